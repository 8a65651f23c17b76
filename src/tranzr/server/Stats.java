package tranzr.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tranzr.metrics.MinuteHistory;

/** The figures of a server for people, from what its {@link Meters} have counted since its start and what its {@link Gauges} tell. */
final class Stats {

    private final Meters meters;
    private final Gauges gauges;

    Stats(Meters meters, Gauges gauges) {
        this.meters = meters;
        this.gauges = gauges;
    }

    /** As {@code GET /stats} answers. */
    Map<String, Object> view() {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("started_at", meters.started().toString());
        view.put("uptime_seconds", meters.uptime().toSeconds());
        Map<String, Object> uploads = new LinkedHashMap<>();
        gauges.states().forEach((state, count) -> uploads.put(state.wireName(), count));
        view.put("uploads", uploads);
        view.put("bytes_stored", gauges.storedBytes());
        view.put("disk", disk());
        long completed = meters.uploads(Meters.COMPLETED);
        long failed = meters.uploads(Meters.ABORTED) + meters.uploads(Meters.EXPIRED) + meters.uploads(Meters.REFUSED);
        long fetched = meters.downloads(Meters.COMPLETED);
        long broken = meters.downloads(Meters.BROKEN_OFF) + meters.downloads(Meters.FAILED);
        Map<String, Object> totals = new LinkedHashMap<>();
        totals.put("uploads_completed", completed);
        totals.put("uploads_failed", failed);
        totals.put("downloads_completed", fetched);
        totals.put("downloads_failed", broken);
        totals.put("bytes_in", meters.history().totalIn());
        totals.put("bytes_out", meters.history().totalOut());
        view.put("totals", totals);
        long all = completed + failed + fetched + broken;
        view.put("success_rate", all == 0 ? null : (double) (completed + fetched) / all);
        view.put("history", meters.history().last().stream().map(Stats::minute).toList());
        view.put("failures", failures());
        return view;
    }

    private Map<String, Object> disk() {
        Map<String, Object> disk = new LinkedHashMap<>();
        try {
            disk.put("total", gauges.diskTotal());
            disk.put("free", gauges.diskFree());
        } catch (IOException e) {
            disk.put("total", null);
            disk.put("free", null);
        }
        disk.put("reserve", gauges.reserve());
        return disk;
    }

    private static Map<String, Object> minute(MinuteHistory.Minute minute) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("at", minute.at().toString());
        view.put("bytes_in", minute.in());
        view.put("bytes_out", minute.out());
        return view;
    }

    private List<Map<String, Object>> failures() {
        List<Map<String, Object>> failures = new ArrayList<>();
        meters.failures().entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()).thenComparing(Map.Entry.comparingByKey()))
                .forEach(entry -> failures.add(Map.of("code", entry.getKey(), "count", entry.getValue())));
        return failures;
    }
}
