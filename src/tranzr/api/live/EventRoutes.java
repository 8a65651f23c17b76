package tranzr.api.live;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import tranzr.api.Callers;
import tranzr.api.Ids;
import tranzr.events.Batch;
import tranzr.events.EventHub;
import tranzr.events.Subscription;
import tranzr.http.Pace;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.Right;
import tranzr.transfer.Engine;

/**
 * The routes that tell of events as they happen, as Server-Sent Events (HTML Living Standard, section 9.2). A stream lasts until its client leaves, until what let it
 * in is over, or until the server stops.
 */
public final class EventRoutes {

    /** How long a stream is silent at most: longer than a proxy bears would cut it, and a client that has left is noticed by it. */
    public static final Duration HEARTBEAT = Duration.ofSeconds(15);
    /** How long a browser waits before it comes back, in milliseconds. */
    private static final int RETRY_MILLIS = 2000;
    private static final int PIECE = 16 * 1024;

    private final EventHub hub;
    private final Engine engine;
    private final Duration heartbeat;

    /** @param heartbeat {@link #HEARTBEAT} but in tests */
    public EventRoutes(EventHub hub, Engine engine, Duration heartbeat) {
        this.hub = hub;
        this.engine = engine;
        this.heartbeat = heartbeat;
    }

    /** {@code GET /events}. */
    public Response all(Request request) {
        return stream(request, null);
    }

    /** {@code GET /upload/events/{file_id}}. */
    public Response upload(Request request) {
        UUID file = Ids.fileId(request);
        engine.uploads(Callers.of(request)).get(file, Right.UPLOAD);
        return stream(request, file);
    }

    /** @param file null for all */
    private Response stream(Request request, UUID file) {
        OptionalLong last = lastId(request);
        Subscription subscription = hub.subscribe(Callers.of(request), Callers.peer(request), file, last);
        // When the connection is cut, whoever waits for the next event has to hear of it.
        request.pace(null, new Unbounded(subscription));
        return Response.open(200, "text/event-stream", out -> write(out, subscription), _ -> subscription.close())
                .header("Cache-Control", "no-store")
                .header("X-Accel-Buffering", "no");
    }

    /** Where the client was; what is no number says nothing, and begins anew. The field that browsers send counts before the parameter that their page gave at first. */
    private static OptionalLong lastId(Request request) {
        Optional<String> given = request.header("Last-Event-ID").or(() -> request.query("last_event_id")).map(String::strip).filter(text -> !text.isEmpty());
        if (given.isEmpty()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(given.get().matches("[0-9]{1,18}") ? Long.parseLong(given.get()) : -1);
    }

    private void write(OutputStream out, Subscription subscription) throws IOException {
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        append(piece, "retry: " + RETRY_MILLIS + "\n\n");
        long told = -1;
        for (Batch batch = subscription.next(Duration.ZERO); batch != null; batch = subscription.next(heartbeat)) {
            long reached = -1;
            for (Batch.Entry entry : batch.entries()) {
                append(piece, (entry.number() < 0 ? "" : "id: " + entry.number() + "\n") + "event: " + entry.type() + "\ndata: " + entry.text() + "\n\n");
                reached = entry.number();
                if (piece.size() >= PIECE) {
                    flush(out, piece);
                }
            }
            // An id without data moves the client on, and calls nobody.
            if (reached != batch.position() && told != batch.position()) {
                append(piece, "id: " + batch.position() + "\n\n");
            } else if (batch.entries().isEmpty()) {
                append(piece, ": nothing new\n\n");
            }
            told = batch.position();
            flush(out, piece);
        }
    }

    private static void append(ByteArrayOutputStream piece, String text) {
        piece.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void flush(OutputStream out, ByteArrayOutputStream piece) throws IOException {
        piece.writeTo(out);
        out.flush();
        piece.reset();
    }

    /** Events are no transfer, and wait for no bandwidth. */
    private record Unbounded(Subscription subscription) implements Pace {
        @Override
        public int take(int wanted) {
            return wanted;
        }

        @Override
        public void abort() {
            subscription.close();
        }
    }
}
