package tranzr.api.live;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tranzr.json.Json;

/** An event socket by the JDK's client. Every wait ends after 20 s. */
public final class SocketClient implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final WebSocket socket;

    /** @param uri of the socket. @param fields names and values of header fields in turn; a {@code Protocols} gives the subprotocols instead */
    public SocketClient(HttpClient client, URI uri, String... fields) {
        WebSocket.Builder builder = client.newWebSocketBuilder();
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equals("Protocols")) {
                String[] all = fields[i + 1].split(", ");
                builder.subprotocols(all[0], java.util.Arrays.copyOfRange(all, 1, all.length));
            } else {
                builder.header(fields[i], fields[i + 1]);
            }
        }
        socket = builder.buildAsync(uri, new WebSocket.Listener() {
            private final StringBuilder text = new StringBuilder();

            @Override
            public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                text.append(data);
                if (last) {
                    heard.add(text.toString());
                    text.setLength(0);
                }
                from.request(1);
                return null;
            }

            @Override
            public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
                heard.add("{\"type\":\"closed\",\"code\":" + code + "}");
                return null;
            }

            @Override
            public void onError(WebSocket from, Throwable error) {
                heard.add("{\"type\":\"broken\"}");
            }
        }).orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** The subprotocol that was agreed on. */
    public String protocol() {
        return socket.getSubprotocol();
    }

    public SocketClient say(String json) {
        socket.sendText(json, true).orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        return this;
    }

    /** The next message as it came. */
    public String nextText() {
        try {
            String text = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (text == null) {
                throw new AssertionError("nothing is heard");
            }
            return text;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The next message. */
    public Map<String, Object> next() {
        return Json.readObject(nextText().getBytes(StandardCharsets.UTF_8));
    }

    /** The next message for which this holds; those before it are dropped. */
    public Map<String, Object> await(Predicate<Map<String, Object>> which) {
        Map<String, Object> message = next();
        while (!which.test(message)) {
            if ("closed".equals(message.get("type")) || "broken".equals(message.get("type"))) {
                throw new AssertionError("it ended: " + message);
            }
            message = next();
        }
        return message;
    }

    /** The next message of a type. */
    public Map<String, Object> await(String type) {
        return await(message -> type.equals(message.get("type")));
    }

    @Override
    public void close() {
        socket.abort();
    }
}
