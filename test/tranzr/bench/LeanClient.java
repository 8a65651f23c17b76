package tranzr.bench;

import java.io.BufferedInputStream;
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

    /** @param body empty when there is none */
    record Answer(int status, String body) {

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
        byte[] head = head("PUT", path, body.length, "");
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
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        byte[] head = head("POST", path, body.length, body.length == 0 ? "" : "Content-Type: application/json\r\n");
        byte[] whole = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return exchange(whole);
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
        int at = fields.indexOf("\r\ncontent-length:");
        int length = at < 0 ? 0 : Integer.parseInt(fields.substring(at + 17, fields.indexOf('\r', at + 2)).strip());
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        if (fields.contains("\r\nconnection: close")) {
            close();
        }
        return new Answer(status, body);
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
