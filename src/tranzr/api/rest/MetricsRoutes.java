package tranzr.api.rest;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.List;
import java.util.function.Supplier;
import tranzr.api.Paging;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.metrics.Format;
import tranzr.metrics.RecentLog;

/** The routes by which an administrator, or a program of theirs, sees how the server does. */
public final class MetricsRoutes {

    private static final String OPENMETRICS = "application/openmetrics-text";

    private final Function<Format, String> metrics;
    private final Supplier<Map<String, Object>> stats;
    private final IntFunction<List<RecentLog.Line>> log;

    /**
     * @param metrics writes them down
     * @param stats what {@code GET /stats} answers
     * @param log the newest lines, at most so many, newest first
     */
    public MetricsRoutes(Function<Format, String> metrics, Supplier<Map<String, Object>> stats, IntFunction<List<RecentLog.Line>> log) {
        this.metrics = metrics;
        this.stats = stats;
        this.log = log;
    }

    /** {@code GET /metrics}: in OpenMetrics for whoever asks for it first, else in the text format of Prometheus. */
    public Response metrics(Request request) {
        Format format = request.accepts(OPENMETRICS) ? Format.OPENMETRICS : Format.PROMETHEUS;
        return Response.bytes(200, format.mediaType(), metrics.apply(format).getBytes(StandardCharsets.UTF_8)).header("Cache-Control", "no-store");
    }

    /** {@code GET /stats}. */
    public Response stats(Request request) {
        return Response.json(200, stats.get()).header("Cache-Control", "no-store");
    }

    /** {@code GET /log}: the newest lines, newest first. */
    public Response log(Request request) {
        List<Map<String, Object>> lines = log.apply(Paging.of(request).limit()).stream().map(MetricsRoutes::view).toList();
        return Response.json(200, lines).header("Cache-Control", "no-store");
    }

    private static Map<String, Object> view(RecentLog.Line line) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("at", line.at().toString());
        view.put("level", line.level());
        view.put("logger", line.logger());
        view.put("message", line.message());
        return view;
    }
}
