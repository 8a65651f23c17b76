package tranzr.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import tranzr.api.Throttle;
import tranzr.catalog.Catalog;
import tranzr.disk.Disk;
import tranzr.limit.TransferSlots;
import tranzr.metrics.JvmMetrics;
import tranzr.metrics.Registry;
import tranzr.model.Scope;
import tranzr.model.UploadState;
import tranzr.transfer.Engine;
import tranzr.webhook.Hooks;

/** What one server can tell of itself at any moment, each a look at something that is counted anyway: none of it takes longer for many files. */
record Gauges(Catalog catalog, Engine engine, Hooks hooks, Throttle throttle, Disk disk, Path data) {

    private static final double UNKNOWN = Double.NaN;

    /** A question to the disk. */
    private interface Question {
        long ask() throws IOException;
    }

    /** @param meters of whose registry they become a part */
    void register(Meters meters, Listeners listeners, BooleanSupplier ready) {
        meters.registry().later(() -> registerNow(meters, listeners, ready));
    }

    private void registerNow(Meters meters, Listeners listeners, BooleanSupplier ready) {
        Registry to = meters.registry();
        Map<String, String> build = new LinkedHashMap<>();
        build.put("version", Version.text());
        build.put("java", Runtime.version().toString());
        to.info("tranzr_build_info", "Which Tranzr this is, and on which Java it runs.", build);
        to.gauge("tranzr_start_time_seconds", "When this server began, in seconds since 1970.", () -> meters.started().toEpochMilli() / 1000.0);
        to.gauge("tranzr_ready", "Whether the server takes work, as GET /health says: 1 or 0.", () -> ready.getAsBoolean() ? 1 : 0);
        to.gauges("tranzr_uploads", "Uploads and files, by state.", "state", this::uploads);
        to.gauge("tranzr_shares", "Share links.", () -> catalog.counts().shares());
        to.gauge("tranzr_stored_bytes", "Bytes of all files, unfinished uploads counted whole.", this::storedBytes);
        to.gauge("tranzr_disk_free_bytes", "Bytes that are free on the disk, the reserve included.", () -> told(this::diskFree));
        to.gauge("tranzr_disk_size_bytes", "Size of the disk.", () -> told(this::diskTotal));
        to.gauge("tranzr_disk_reserve_bytes", "Bytes that uploads leave free.", engine::reserve);
        to.gauges("tranzr_active_transfers", "Requests that bring or fetch bytes at the moment.", "kind", this::active);
        to.gauge("tranzr_throttled_transfers", "Transfers that wait for bandwidth at the moment.", throttle::waiting);
        to.gauge("tranzr_hash_queue", "Uploads that wait to be hashed in the background.", engine::hashQueue);
        to.gauge("tranzr_webhook_queue", "Events that wait to be sent to webhooks.", hooks::waiting);
        to.gauge("tranzr_connections", "Connections that are open.", listeners::connections);
        to.counter("tranzr_connections_refused_total", "Connections that were refused because there were too many.", listeners::refusedConnections);
        JvmMetrics.register(to);
    }

    private Map<String, Long> uploads() {
        Map<String, Long> byState = new LinkedHashMap<>();
        states().forEach((state, count) -> byState.put(state.wireName(), count));
        return byState;
    }

    Map<UploadState, Long> states() {
        return new EnumMap<>(catalog.counts().uploads());
    }

    private Map<String, Integer> active() {
        return Map.of("upload", throttle.active(TransferSlots.Kind.UPLOAD), "download", throttle.active(TransferSlots.Kind.DOWNLOAD));
    }

    long storedBytes() {
        return catalog.usage(Scope.TOTAL).bytes();
    }

    long diskFree() throws IOException {
        return disk.usableSpace(data);
    }

    long diskTotal() throws IOException {
        return disk.totalSpace(data);
    }

    long reserve() {
        return engine.reserve();
    }

    private static double told(Question question) {
        try {
            return question.ask();
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
