package tranzr.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tranzr.model.Digest;

/** Answers as a test wants it, one request a connection. */
final class LyingServer implements AutoCloseable {

    private static final Pattern RANGE = Pattern.compile("(?im)^range: bytes=([0-9]+)-([0-9]+)$");

    /** What was asked. @param end exclusive; -1 when all was asked for */
    record Asked(String method, String path, String head, int start, int end) {

        boolean isHead() {
            return method.equals("HEAD");
        }
    }

    /** Writes an answer. */
    @FunctionalInterface
    interface Script {
        void answer(Asked asked, OutputStream out) throws IOException;
    }

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Script script;
    final List<Asked> asked = new CopyOnWriteArrayList<>();

    LyingServer(Script script) throws IOException {
        this.script = script;
        Thread.ofVirtual().start(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket connection) {
        try (connection; BufferedReader in = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1))) {
            StringBuilder head = new StringBuilder();
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                head.append(line).append('\n');
            }
            if (head.isEmpty()) {
                return;
            }
            String[] first = head.substring(0, head.indexOf("\n")).split(" ");
            Matcher range = RANGE.matcher(head);
            boolean part = range.find();
            Asked request = new Asked(first[0], first[1], head.toString(), part ? Integer.parseInt(range.group(1)) : 0, part ? Integer.parseInt(range.group(2)) + 1 : -1);
            asked.add(request);
            script.answer(request, connection.getOutputStream());
            connection.getOutputStream().flush();
        } catch (IOException e) {
            // The client has gone, which it may.
        }
    }

    static void head(OutputStream out, String... lines) throws IOException {
        out.write((String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    static String tag(byte[] bytes) {
        return "ETag: \"sha256-" + Digest.sha256(bytes).hex() + "\"";
    }

    /** As a true server answers. @param claimed whose digest is told */
    static void honest(Asked asked, OutputStream out, byte[] bytes, byte[] claimed, String... more) throws IOException {
        int end = asked.end() < 0 ? bytes.length : asked.end();
        String[] lines = {asked.end() < 0 ? "HTTP/1.1 200 OK" : "HTTP/1.1 206 Partial Content", tag(claimed), "Content-Length: " + (end - asked.start()),
            "Content-Range: bytes " + asked.start() + "-" + (end - 1) + "/" + bytes.length};
        String[] all = Arrays.copyOf(lines, lines.length + more.length);
        System.arraycopy(more, 0, all, lines.length, more.length);
        head(out, all);
        if (!asked.isHead()) {
            out.write(bytes, asked.start(), end - asked.start());
        }
    }

    static void problem(OutputStream out, int status, String code) throws IOException {
        String body = "{\"status\": " + status + ", \"code\": \"" + code + "\", \"detail\": \"it is so\"}";
        head(out, "HTTP/1.1 " + status + " No", "Content-Type: application/problem+json", "Content-Length: " + body.length());
        out.write(body.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
