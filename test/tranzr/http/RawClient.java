package tranzr.http;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import tranzr.json.Json;

/** One connection on which a test sends exactly the bytes it wants. Every read fails after 10 s. */
final class RawClient implements AutoCloseable {

    /** An answer as it came; header names in lower case, the last of equal ones. */
    record Answer(int status, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        String code() {
            return (String) Json.readObject(body).get("code");
        }

        boolean closes() {
            return "close".equals(headers.get("connection"));
        }
    }

    private final Socket socket;
    private final DataInputStream in;

    RawClient(InetSocketAddress address) throws IOException {
        socket = TestServer.isTls(address) ? TlsClient.trusting(TestServer.certificate().certificate()).createSocket(address.getAddress(), address.getPort())
                : new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(10_000);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
    }

    /** Sends characters up to U+00FF as bytes. */
    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    Answer answer() throws IOException {
        return answer(true);
    }

    /** @param hasBody false for the answer to a HEAD */
    Answer answer(boolean hasBody) throws IOException {
        String statusLine = line();
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon).toLowerCase(java.util.Locale.ROOT), line.substring(colon + 1).strip());
        }
        byte[] body = new byte[hasBody ? Integer.parseInt(headers.getOrDefault("content-length", "0")) : 0];
        in.readFully(body);
        return new Answer(Integer.parseInt(statusLine.split(" ")[1]), headers, body);
    }

    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended in a line: " + line);
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    /** Whether the server has closed the connection, and sent nothing before. */
    boolean isAtEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException e) {
            return true;
        }
    }

    Socket socket() {
        return socket;
    }

    DataInputStream in() {
        return in;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** One request on a connection of its own, and its answer. */
    static Answer exchange(InetSocketAddress address, String request) throws IOException {
        try (RawClient client = new RawClient(address)) {
            return client.send(request).answer();
        }
    }
}
