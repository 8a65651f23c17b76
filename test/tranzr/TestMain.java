package tranzr;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
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

    private TestMain() {
    }

    public static void main(String[] args) {
        String names = args.length == 0 ? ".*Test"
                : ".*(" + String.join("|", java.util.Arrays.stream(args).map(Pattern::quote).toList()) + ").*";
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectPackage("tranzr")).filters(includeClassNamePatterns(names)).build();
        Report report = new Report();
        LauncherFactory.create().execute(request, report);
        String skipped = report.skipped.get() == 0 ? "" : ", " + report.skipped.get() + " skipped";
        System.out.println(report.passed.get() + " passed, " + report.failed.get() + " failed" + skipped);
        System.out.flush();
        System.exit(report.failed.get() > 0 ? 1 : report.passed.get() == 0 ? 3 : 0);
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
