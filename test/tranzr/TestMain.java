package tranzr;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.platform.engine.Filter;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the tests and prints, as the last line, {@code N passed, N failed}. With arguments: only classes whose name
 * contains one of them. Exits with 1 when a test failed, 3 when none ran.
 */
public final class TestMain {

    /** The tag of classes that mostly wait, and whose servers and clients are processes of their own: they run one by one beside the others, which run one by one as well. */
    public static final String ASIDE = "aside";

    private TestMain() {
    }

    public static void main(String[] args) {
        String names = args.length == 0 ? ".*Test"
                : ".*(" + String.join("|", java.util.Arrays.stream(args).map(Pattern::quote).toList()) + ").*";
        Report aside = new Report();
        Report report = new Report();
        Thread lane = Thread.ofPlatform().start(() -> run(names, TagFilter.includeTags(ASIDE), aside));
        run(names, TagFilter.excludeTags(ASIDE), report);
        join(lane);
        int passed = report.passed.get() + aside.passed.get();
        int failed = report.failed.get() + aside.failed.get();
        int skipped = report.skipped.get() + aside.skipped.get();
        System.out.println(passed + " passed, " + failed + " failed" + (skipped == 0 ? "" : ", " + skipped + " skipped"));
        System.out.flush();
        System.exit(failed > 0 ? 1 : passed == 0 ? 3 : 0);
    }

    private static void run(String names, Filter<?> lane, Report report) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectPackage("tranzr")).filters(includeClassNamePatterns(names), lane).build();
        try {
            LauncherFactory.create().execute(request, report);
        } catch (RuntimeException | Error e) {
            // Of a thread nobody hears otherwise.
            e.printStackTrace(System.out);
            report.failed.incrementAndGet();
        }
    }

    private static void join(Thread lane) {
        try {
            lane.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Prints a line a test class, and every failure with its trace. */
    private static final class Report implements TestExecutionListener {
        final AtomicInteger passed = new AtomicInteger();
        final AtomicInteger failed = new AtomicInteger();
        final AtomicInteger skipped = new AtomicInteger();
        private final java.util.Map<String, Long> started = new java.util.concurrent.ConcurrentHashMap<>();
        private TestPlan plan;

        @Override
        public void testPlanExecutionStarted(TestPlan testPlan) {
            plan = testPlan;
        }

        @Override
        public void executionStarted(TestIdentifier test) {
            started.put(test.getUniqueId(), System.nanoTime());
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            skipped.addAndGet((int) plan.getDescendants(test).stream().filter(TestIdentifier::isTest).count()
                    + (test.isTest() ? 1 : 0));
            System.out.println("skipped: " + test.getDisplayName() + ": " + reason);
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            boolean good = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
            if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
                skipped.incrementAndGet();
                System.out.println("skipped: " + nameOf(test) + ": "
                        + result.getThrowable().map(Throwable::getMessage).orElse(""));
                return;
            }
            if (test.isTest()) {
                (good ? passed : failed).incrementAndGet();
            } else if (!good) {
                failed.incrementAndGet();
            }
            if (!good) {
                System.out.println("FAILED " + nameOf(test));
                result.getThrowable().ifPresent(thrown -> thrown.printStackTrace(System.out));
            } else if (test.isContainer() && test.getUniqueId().contains("[class:")
                    && !test.getUniqueId().contains("[method:") && !test.getUniqueId().contains("[test-")) {
                long millis = (System.nanoTime() - started.get(test.getUniqueId())) / 1_000_000;
                System.out.printf("%6d ms  %s%n", millis, test.getDisplayName());
            }
        }

        private String nameOf(TestIdentifier test) {
            return plan.getParent(test).map(parent -> parent.getDisplayName() + " › ").orElse("") + test.getDisplayName();
        }
    }
}
