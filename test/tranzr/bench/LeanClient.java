package tranzr.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * One kept-alive connection that costs little, so that it is the server that is measured: blocking sockets, prepared bytes, no parsing beyond status and
 * length. Speaks to any server; used by one thread.
 */
final class LeanClient implements AutoCloseable {

    /**
     * What came back.
     *
     * @param location where that header field leads; empty without it
     * @param body empty when there is none
     */
    record Answer(int status, String location, String body) {

        Answer expectSuccess() {
            if (status / 100 != 2) {
                throw new IllegalStateException("status " + status + ": " + body);
            }
            return this;
        }

        /** The text of a JSON field, which must be there. */
        String field(String name) {
            int at = body.indexOf('"' + name + '"');
            if (at < 0) {
                throw new IllegalStateException("no " + name + " in " + body);
            }
            return body.substring(at + name.length() + 2).replaceFirst("(?s)^\\s*:\\s*\"?([^\",}]*).*", "$1");
        }
    }

    private static final int BLOCK = 256 * 1024;

    private final int port;
    private final String authorization;
    private Socket socket;
    private OutputStream out;
    private InputStream in;

    LeanClient(int port) {
        this(port, null);
    }

    /** @param token of the API; null for none */
    LeanClient(int port, String token) {
        this.port = port;
        this.authorization = token == null ? "" : "Authorization: Bearer " + token + "\r\n";
    }

    private void connect() throws IOException {
        socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        out = socket.getOutputStream();
        in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
    }

    private byte[] head(String method, String path, long length, String type) {
        return (method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + authorization + type + "Content-Length: " + length + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Small requests go out in one piece. */
    Answer put(String path, byte[] body) throws IOException {
        if (body.length > BLOCK) {
            return putRepeated(path, body, body.length, "");
        }
        return send("PUT", path, body, "");
    }

    /** Sends all in one piece. @param headers complete lines, each ended by CR LF */
    Answer send(String method, String path, byte[] body, String headers) throws IOException {
        byte[] head = head(method, path, body.length, headers);
        byte[] whole = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return exchange(whole);
    }

    /** A body of {@code length} bytes that repeats {@code block}. @param headers complete lines, each ended by CR LF */
    Answer putRepeated(String path, byte[] block, long length, String headers) throws IOException {
        if (socket == null) {
            connect();
        }
        out.write(head("PUT", path, length, headers));
        for (long left = length; left > 0;) {
            int at = (int) ((length - left) % block.length);
            int n = (int) Math.min(left, Math.min(BLOCK, block.length - at));
            out.write(block, at, n);
            left -= n;
        }
        return answer();
    }

    Answer post(String path, String json) throws IOException {
        return send("POST", path, json.getBytes(StandardCharsets.UTF_8), json.isEmpty() ? "" : "Content-Type: application/json\r\n");
    }

    Answer request(String method, String path) throws IOException {
        return request(method, path, "");
    }

    /** @param headers complete lines, each ended by CR LF */
    Answer request(String method, String path, String headers) throws IOException {
        return exchange(head(method, path, 0, headers));
    }

    private Answer exchange(byte[] request) throws IOException {
        if (socket == null) {
            connect();
        }
        out.write(request);
        return answer();
    }

    private Answer answer() throws IOException {
        StringBuilder head = new StringBuilder(256);
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("the connection ended after: " + head);
            }
            head.append((char) c);
        }
        int status = Integer.parseInt(head.substring(9, 12));
        String fields = head.toString().toLowerCase(Locale.ROOT);
        String length = field(fields, head, "content-length");
        byte[] bytes = fields.contains("\r\ntransfer-encoding: chunked") ? chunked() : in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length));
        String body = new String(bytes, StandardCharsets.UTF_8);
        if (fields.contains("\r\nconnection: close")) {
            close();
        }
        return new Answer(status, field(fields, head, "location"), body);
    }

    /** As some servers send even an empty body (RFC 9112, section 7.1); without trailers. */
    private byte[] chunked() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int length = Integer.parseInt(line(), 16);
            body.write(in.readNBytes(length));
            line();
            if (length == 0) {
                return body.toByteArray();
            }
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    /** @param fields all of them in lower case. @return the value as it was sent; empty when it is not there */
    private static String field(String fields, StringBuilder head, String name) {
        int at = fields.indexOf("\r\n" + name + ":");
        return at < 0 ? "" : head.substring(at + name.length() + 3, head.indexOf("\r", at + 2)).strip();
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
