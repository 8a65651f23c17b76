package tranzr.api.live;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tranzr.json.Json;

/** A client of an event stream, which reads as a browser does (HTML Living Standard, section 9.2.6). */
public final class EventReader implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What a block of lines was. @param type "" for the end of the stream, ":" for a comment */
    public record Event(String id, String type, Map<String, Object> data) {
        public Object get(String name) {
            return data.get(name);
        }
    }

    private final HttpClient client;
    private final HttpResponse<InputStream> answer;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    /** As a browser would send it. */
    private volatile String lastId = "";

    /** Opens it. @param headers names and values in turn */
    public static EventReader open(String url, String... headers) {
        return new EventReader(null, url, headers);
    }

    /** @param from the address of this machine to come from; null for any */
    public EventReader(InetAddress from, String url, String... headers) {
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        client = from == null ? builder.build() : builder.localAddress(from).build();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            answer = client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (IOException | InterruptedException e) {
            client.shutdownNow();
            throw new AssertionError(url, e);
        }
        Thread.ofVirtual().start(this::read);
    }

    public int status() {
        return answer.statusCode();
    }

    public String header(String name) {
        return answer.headers().firstValue(name).orElse(null);
    }

    public String lastId() {
        return lastId;
    }

    private void read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            String id = null;
            String type = null;
            StringBuilder data = new StringBuilder();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    lastId = id == null ? lastId : id;
                    if (!data.isEmpty()) {
                        events.add(new Event(id, type, Json.readObject(data.toString().getBytes(StandardCharsets.UTF_8))));
                    }
                    id = null;
                    type = null;
                    data.setLength(0);
                } else if (line.startsWith(":")) {
                    events.add(new Event(null, ":", Map.of()));
                } else if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    type = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data.append(line.substring(6));
                }
            }
            events.add(new Event(null, "", Map.of("clean", true)));
        } catch (IOException e) {
            events.add(new Event(null, "", Map.of("clean", false)));
        }
    }

    /** The next event or end; comments are passed over. @throws AssertionError when none comes for long */
    public Event next() {
        Event event = nextOfAny();
        return event.type().equals(":") ? next() : event;
    }

    /** As {@link #next}, with comments. */
    public Event nextOfAny() {
        try {
            Event event = events.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no event came");
            }
            return event;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The next event that is so, and what came before it. */
    public List<Event> until(Predicate<Event> wanted) {
        List<Event> seen = new ArrayList<>();
        do {
            seen.add(next());
            if (seen.getLast().type().isEmpty() && !wanted.test(seen.getLast())) {
                throw new AssertionError("the stream ended after " + seen);
            }
        } while (!wanted.test(seen.getLast()));
        return seen;
    }

    public List<Event> untilType(String type) {
        return until(event -> event.type().equals(type));
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
