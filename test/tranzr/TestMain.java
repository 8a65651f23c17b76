package tranzr;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;
import static org.junit.platform.launcher.TagFilter.excludeTags;
import static org.junit.platform.launcher.TagFilter.includeTags;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.platform.engine.Filter;
import org.junit.platform.engine.TestExecutionResult;
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

    /**
     * The tag of classes that mostly wait, and whose servers and clients are processes of their own. When all tests run, they run in a virtual machine of their own beside the others,
     * one by one as those do: some of the others count the threads, or the bytes, of the whole machine.
     */
    public static final String ASIDE = "aside";

    /** Asks for those of {@link #ASIDE} only; the last line is then the counts, for the one who asked. */
    private static final String LANE = "--aside";

    private TestMain() {
    }

    /** What came of some tests. */
    private record Counts(int passed, int failed, int skipped) {

        Counts plus(Counts other) {
            return new Counts(passed + other.passed, failed + other.failed, skipped + other.skipped);
        }
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        if (List.of(args).equals(List.of(LANE))) {
            Counts counts = run(".*Test", includeTags(ASIDE));
            System.out.println(LANE + " " + counts.passed + " " + counts.failed + " " + counts.skipped);
            System.out.flush();
            System.exit(0);
        }
        Counts counts;
        if (args.length > 0) {
            counts = run(".*(" + String.join("|", Arrays.stream(args).map(Pattern::quote).toList()) + ").*", null);
        } else {
            AsideLane lane = new AsideLane();
            counts = run(".*Test", excludeTags(ASIDE)).plus(lane.result());
        }
        String skipped = counts.skipped == 0 ? "" : ", " + counts.skipped + " skipped";
        System.out.println(counts.passed + " passed, " + counts.failed + " failed" + skipped);
        System.out.flush();
        System.exit(counts.failed > 0 ? 1 : counts.passed == 0 ? 3 : 0);
    }

    /** @param tags null for all */
    private static Counts run(String names, Filter<?> tags) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectPackage("tranzr")).filters(includeClassNamePatterns(names));
        if (tags != null) {
            request.filters(tags);
        }
        Report report = new Report();
        LauncherFactory.create().execute(request.build(), report);
        return new Counts(report.passed.get(), report.failed.get(), report.skipped.get());
    }

    /** The other virtual machine. It ends when this one does. */
    private static final class AsideLane {

        private final Process process;
        private final Thread reader;
        private volatile Counts counts;

        AsideLane() throws IOException {
            List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
            command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), TestMain.class.getName(), LANE));
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            reader = Thread.ofPlatform().start(this::read);
        }

        private void read() {
            try (BufferedReader lines = process.inputReader()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith(LANE + " ")) {
                        int[] numbers = Arrays.stream(line.substring(LANE.length() + 1).split(" ")).mapToInt(Integer::parseInt).toArray();
                        counts = new Counts(numbers[0], numbers[1], numbers[2]);
                    } else {
                        System.out.println(line);
                    }
                }
            } catch (IOException e) {
                e.printStackTrace(System.out);
            }
        }

        /** Waits for it. One that ended without telling how counts as a failure. */
        Counts result() throws InterruptedException {
            reader.join();
            int code = process.waitFor();
            if (counts == null || code != 0) {
                System.out.println("FAILED the tests that run aside ended with exit code " + code);
                return (counts == null ? new Counts(0, 0, 0) : counts).plus(new Counts(0, 1, 0));
            }
            return counts;
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
