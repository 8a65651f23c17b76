package tranzr.webhook;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tranzr.json.Json;

/** A server on a socket of its own that takes what webhooks send, and answers as it is told. */
public final class Receiver implements AutoCloseable {

    public static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    private static final long PATIENCE_SECONDS = 20;

    /** One request. @param line the first of the head; @param fields by name in lower case */
    public record Got(String line, Map<String, String> fields, byte[] body) {

        /** A member of the body as text; null when it is not there. */
        public String member(String name) {
            Object value = Json.readObject(body).get(name);
            return value == null ? null : value.toString();
        }

        public String field(String name) {
            return fields.get(name.toLowerCase(java.util.Locale.ROOT));
        }
    }

    /** Writes the answer, or does not; the connection is closed afterwards. */
    @FunctionalInterface
    public interface Script {
        void answer(Got got, Socket connection) throws Exception;
    }

    private final ServerSocket server;
    private final BlockingQueue<Got> got = new LinkedBlockingQueue<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile Script script;

    public Receiver(Script script) throws IOException {
        this(0, script);
    }

    /** @param port 0 for a free one */
    public Receiver(int port, Script script) throws IOException {
        this.script = script;
        server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    public static Receiver answering(String answer) throws IOException {
        return new Receiver(always(answer));
    }

    public static Script always(String answer) {
        return (got, connection) -> connection.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
    }

    public void script(Script script) {
        this.script = script;
    }

    public int port() {
        return server.getLocalPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port() + "/hook";
    }

    /** How many have connected. */
    public int connections() {
        return connections.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = server.accept();
                connections.incrementAndGet();
                open.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            Got request = read(connection.getInputStream());
            got.add(request);
            script.answer(request, connection);
            connection.shutdownOutput();
        } catch (Exception broken) {
            // The sender has gone, which it may.
        } finally {
            open.remove(connection);
        }
    }

    private static Got read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            head.write(next);
        }
        String[] lines = head.toString(StandardCharsets.ISO_8859_1).split("\r\n");
        Map<String, String> fields = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            String[] parts = lines[i].split(": ", 2);
            fields.put(parts[0].toLowerCase(java.util.Locale.ROOT), parts[1]);
        }
        return new Got(lines[0], fields, in.readNBytes(Integer.parseInt(fields.get("content-length"))));
    }

    /** The next request. @throws AssertionError when none comes */
    public Got next() {
        try {
            Got next = got.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing came");
            }
            return next;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of this type; others before it are thrown away. */
    public Got next(String type) {
        Got next = next();
        while (!type.equals(next.field("X-Tranzr-Event"))) {
            next = next();
        }
        return next;
    }

    /** What has come and was not looked at. */
    public int left() {
        return got.size();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket connection : open) {
            connection.close();
        }
    }
}
