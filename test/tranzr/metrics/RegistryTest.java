package tranzr.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class RegistryTest {

    private final Registry registry = new Registry();

    @Test
    void allKindsAreWrittenByNameInTheFormatOfPrometheus() {
        Labelled<Counter> requests = registry.counters("b_total", "Requests.", "action", "status");
        requests.with("put", "200").add(3);
        requests.with("get", "404").increment();
        registry.gauge("a_bytes", "Free.", () -> 1.5);
        registry.gauges("d", "Of each.", "kind", () -> new LinkedHashMap<>(Map.of("x", 7L)));
        registry.info("e_info", "Which.", Map.of("version", "1"));
        registry.summaries("f_seconds", "Pauses.", "gc", () -> Map.of("young", new Registry.Summary(2, 0.25)));
        Histogram times = registry.histogram("c_seconds", "Times.", 0.5, 1, 10);
        for (double seconds : new double[] {0.5, 0.500001, 1, 7, 11, Double.NaN}) {
            times.observe(seconds);
        }
        assertEquals("""
                # HELP a_bytes Free.
                # TYPE a_bytes gauge
                a_bytes 1.5
                # HELP b_total Requests.
                # TYPE b_total counter
                b_total{action="get",status="404"} 1
                b_total{action="put",status="200"} 3
                # HELP c_seconds Times.
                # TYPE c_seconds histogram
                c_seconds_bucket{le="0.5"} 1
                c_seconds_bucket{le="1"} 3
                c_seconds_bucket{le="10"} 4
                c_seconds_bucket{le="+Inf"} 5
                c_seconds_sum 20.000001
                c_seconds_count 5
                # HELP d Of each.
                # TYPE d gauge
                d{kind="x"} 7
                # HELP e_info Which.
                # TYPE e_info gauge
                e_info{version="1"} 1
                # HELP f_seconds Pauses.
                # TYPE f_seconds summary
                f_seconds_sum{gc="young"} 0.25
                f_seconds_count{gc="young"} 2
                """, registry.write(Format.PROMETHEUS));
    }

    @Test
    void openMetricsNamesCountersWithoutTheirSuffixWritesBoundsAsFractionsAndEnds() {
        registry.counter("a_total", "Say \"a\".").add(2);
        registry.histograms("b_seconds", "Times.", "kind", 0.5, 2).with("x").observeNanos(600_000_000);
        assertEquals("""
                # HELP a Say \\"a\\".
                # TYPE a counter
                a_total 2
                # HELP b_seconds Times.
                # TYPE b_seconds histogram
                b_seconds_bucket{kind="x",le="0.5"} 0
                b_seconds_bucket{kind="x",le="2.0"} 1
                b_seconds_bucket{kind="x",le="+Inf"} 1
                b_seconds_sum{kind="x"} 0.6
                b_seconds_count{kind="x"} 1
                # EOF
                """, registry.write(Format.OPENMETRICS));
    }

    @Test
    void whatStandsInALabelCannotEndIt() {
        registry.counters("a_total", "Back\\slash\nand \"quote\".", "l").with("\"} 1\n\\").increment();
        assertEquals("""
                # HELP a_total Back\\\\slash\\nand "quote".
                # TYPE a_total counter
                a_total{l="\\"} 1\\n\\\\"} 1
                """, registry.write(Format.PROMETHEUS));
    }

    @Test
    void numbersAreWrittenSoThatNothingIsLost() {
        assertEquals("NaN +Inf -Inf 0 -3 9007199254740991 1.0E300 0.1", String.join(" ", List.of(Exposition.number(Double.NaN), Exposition.number(Double.POSITIVE_INFINITY),
                Exposition.number(Double.NEGATIVE_INFINITY), Exposition.number(0), Exposition.number(-3), Exposition.number((1L << 53) - 1), Exposition.number(1e300),
                Exposition.number(0.1))));
    }

    @Test
    void valuesOfLabelsBeyondABoundAreCountedTogether() {
        Labelled<Counter> few = new Labelled<>(List.of("a", "b"), Counter::new, 3);
        for (int i = 0; i < 100; i++) {
            few.with("x" + i, "y").increment();
        }
        few.with("x1", "y").increment();
        assertEquals(Map.of(List.of("x0", "y"), 1L, List.of("x1", "y"), 2L, List.of("x2", "y"), 1L, List.of("other", "other"), 97L),
                few.all().entrySet().stream().collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().value())));
        assertSame(few.with("x0", "y"), few.with("x0", "y"));
        assertThrows(IllegalArgumentException.class, () -> few.with("x"));
    }

    @Test
    void namesThatBreakTheConventionsAreRefused() {
        registry.gauge("taken", "", () -> 1);
        List<Runnable> wrong = List.of(() -> registry.gauge("taken", "", () -> 1), () -> registry.counter("a", ""), () -> registry.gauge("a_total", "", () -> 1),
                () -> registry.gauge("a-b", "", () -> 1), () -> registry.gauge("", "", () -> 1), () -> registry.counters("a_total", "", "le"),
                () -> registry.counters("b_total", "", "1"), () -> registry.histogram("c", "", 1, 1), () -> registry.histogram("d", "", Double.NaN));
        for (Runnable each : wrong) {
            assertThrows(IllegalArgumentException.class, each::run);
        }
    }

    @Test
    void whatCannotBeAskedIsLeftOutAndTheRestIsTold() {
        AtomicBoolean broken = new AtomicBoolean(true);
        registry.gauge("a", "A.", () -> {
            if (broken.get()) {
                throw new IllegalStateException("not now");
            }
            return 1;
        });
        registry.counter("b_total", "B.").increment();
        assertEquals("# HELP a A.\n# TYPE a gauge\n# HELP b_total B.\n# TYPE b_total counter\nb_total 1\n", registry.write(Format.PROMETHEUS));
        broken.set(false);
        assertTrue(registry.write(Format.PROMETHEUS).contains("\na 1\n"));
    }

    @Test
    void aCounterNeverFalls() {
        Counter counter = registry.counter("a_total", "A.");
        counter.add(5);
        counter.add(-3);
        assertEquals(5, counter.value());
    }

    @Test
    void aHistogramIsConsistentWhileOthersObserve() throws InterruptedException {
        Histogram histogram = registry.histogram("h", "H.", 1, 2, 3);
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 40_000; n++) {
                    histogram.observe(n % 5);
                }
            }));
        }
        Thread reader = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                consistent(registry.write(Format.PROMETHEUS));
            }
        });
        for (Thread thread : threads) {
            thread.join();
        }
        done.set(true);
        reader.join();
        assertEquals(List.of(48_000L, 72_000L, 96_000L, 120_000L, 120_000L), consistent(registry.write(Format.PROMETHEUS)));
        assertEquals(120_000, histogram.count());
        assertEquals(240_000, histogram.sum());
    }

    /** The buckets, each with those below it, and the count. */
    private static List<Long> consistent(String text) {
        List<Long> counts = text.lines().filter(line -> line.contains("_bucket") || line.contains("_count"))
                .map(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1))).toList();
        for (int i = 1; i < counts.size(); i++) {
            assertFalse(counts.get(i) < counts.get(i - 1), counts.toString());
        }
        assertEquals(counts.get(counts.size() - 2), counts.getLast());
        return counts;
    }

    @Test
    void theMachineTellsOfItselfByTheUsualNames() {
        JvmMetrics.register(registry);
        String text = registry.write(Format.PROMETHEUS);
        for (String sample : List.of("jvm_memory_used_bytes{area=\"heap\"} ", "jvm_memory_max_bytes{area=\"nonheap\"} ", "jvm_gc_collection_seconds_count{gc=", "jvm_threads_current ",
                "process_cpu_seconds_total ", "process_start_time_seconds ")) {
            assertTrue(text.contains("\n" + sample), sample + " in\n" + text);
        }
    }
}
