package tranzr.api.live;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tranzr.events.EventHub;
import tranzr.events.Transfer;
import tranzr.http.Request;
import tranzr.http.Response;

/** The route that lists what is under way, and what has ended lately. */
public final class TransferRoutes {

    private final EventHub hub;

    public TransferRoutes(EventHub hub) {
        this.hub = hub;
    }

    /** {@code GET /transfers}. */
    public Response list(Request request) {
        List<Map<String, Object>> all = hub.transfers().stream().map(TransferRoutes::view).toList();
        return Response.json(200, all).header("Cache-Control", "no-store");
    }

    private static Map<String, Object> view(Transfer transfer) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("transfer_id", transfer.id().toString());
        view.put("kind", name(transfer.kind()));
        view.put("file_id", transfer.file().toString());
        view.put("filename", transfer.filename());
        view.put("total_bytes", transfer.totalBytes() < 0 ? null : transfer.totalBytes());
        view.put("bytes", transfer.bytes());
        view.put("percentage", transfer.percentage() < 0 ? null : transfer.percentage());
        view.put("speed", Math.round(transfer.speed()));
        view.put("eta_seconds", transfer.secondsLeft() < 0 ? null : transfer.secondsLeft());
        view.put("priority", name(transfer.priority()));
        view.put("client", transfer.address() == null ? null : transfer.address().getHostAddress());
        view.put("user_agent", transfer.agent());
        view.put("connections", transfer.connections());
        view.put("retries", transfer.retries());
        view.put("started_at", transfer.started().toString());
        view.put("ended_at", transfer.ended() == null ? null : transfer.ended().toString());
        view.put("state", name(transfer.state()));
        view.put("code", transfer.failure() == null ? null : transfer.failure().code());
        view.put("reason", transfer.failure() == null ? null : transfer.failure().text());
        return view;
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
