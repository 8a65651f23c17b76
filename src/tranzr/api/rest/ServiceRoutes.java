package tranzr.api.rest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tranzr.http.Request;
import tranzr.http.Response;

/** The routes that tell of the server itself. */
public final class ServiceRoutes {

    /**
     * How the server is.
     *
     * @param reasons why it is not ready, and what else an operator should know; empty when all is well
     */
    public record Health(boolean ready, List<String> reasons) {
    }

    private final Supplier<Health> health;
    private final String version;
    private final byte[] description;

    /** @param health asked at each request; safe for several threads */
    public ServiceRoutes(Supplier<Health> health, String version) {
        this.health = health;
        this.version = version;
        this.description = description();
    }

    /** {@code GET /health}: an answer at all means that it lives; 503 that it takes no work. */
    public Response health(Request request) {
        Health now = health.get();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("status", now.ready() ? "ok" : "unavailable");
        view.put("ready", now.ready());
        view.put("reasons", now.reasons());
        view.put("version", version);
        return Response.json(now.ready() ? 200 : 503, view).header("Cache-Control", "no-store");
    }

    /** {@code GET /openapi.json}. */
    public Response openApi(Request request) {
        return Response.bytes(200, "application/json", description);
    }

    private static byte[] description() {
        try (InputStream in = ServiceRoutes.class.getResourceAsStream("openapi.json")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
