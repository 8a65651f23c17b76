package tranzr.metrics;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What the virtual machine tells of itself, by the names that collectors and their dashboards know. Registering costs nothing: the machine's own management is loaded at the first
 * writing only, not at the start.
 */
public final class JvmMetrics {

    private static final double MILLIS_PER_SECOND = 1000;

    private JvmMetrics() {
    }

    public static void register(Registry registry) {
        registry.gauges("jvm_memory_used_bytes", "Bytes of memory in use, within the heap and beside it.", "area", () -> memory(MemoryUsage::getUsed));
        registry.gauges("jvm_memory_committed_bytes", "Bytes of memory that the machine has of the system.", "area", () -> memory(MemoryUsage::getCommitted));
        registry.gauges("jvm_memory_max_bytes", "Bytes of memory that may be used at most; -1 where there is no bound.", "area", () -> memory(MemoryUsage::getMax));
        registry.summaries("jvm_gc_collection_seconds", "Time spent in collecting garbage, by collector.", "gc", JvmMetrics::collections);
        registry.gauge("jvm_threads_current", "Threads of the platform; those that serve requests are virtual and not among them.",
                () -> ManagementFactory.getThreadMXBean().getThreadCount());
        registry.counter("process_cpu_seconds_total", "Time of processors that the process has used.", JvmMetrics::cpuSeconds);
        registry.gauge("process_start_time_seconds", "When the process was started, in seconds since 1970.", () -> ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS_PER_SECOND);
    }

    private static Map<String, Long> memory(Function<MemoryUsage, Long> which) {
        Map<String, Long> areas = new LinkedHashMap<>();
        areas.put("heap", which.apply(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage()));
        areas.put("nonheap", which.apply(ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage()));
        return areas;
    }

    private static Map<String, Registry.Summary> collections() {
        Map<String, Registry.Summary> all = new LinkedHashMap<>();
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            all.put(collector.getName(), new Registry.Summary(Math.max(0, collector.getCollectionCount()), Math.max(0, collector.getCollectionTime()) / MILLIS_PER_SECOND));
        }
        return all;
    }

    private static double cpuSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e9;
    }
}
