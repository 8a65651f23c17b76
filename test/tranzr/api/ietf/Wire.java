package tranzr.api.ietf;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tranzr.json.Json;
import tranzr.server.ServedEngine;

/** One connection on which a test says exactly what a client of the draft says, and sees every answer, interim ones too. */
final class Wire implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    /** @param interim what came before the final answer, in order */
    record Answer(int status, Map<String, String> fields, byte[] body, List<Answer> interim) {

        /** Null when it is absent. */
        String field(String name) {
            return fields.get(name.toLowerCase(Locale.ROOT));
        }

        String member(String name) {
            return String.valueOf(Json.readObject(body).get(name));
        }

        Answer expect(int wanted) {
            if (status != wanted) {
                throw new AssertionError("expected " + wanted + " but got " + this);
            }
            return this;
        }

        /** This answer, if it is a problem of that type, as the draft names it. */
        Answer expect(int wanted, String type) {
            if (!member("type").equals("https://iana.org/assignments/http-problem-types#" + type)) {
                throw new AssertionError("expected " + type + " but got " + this);
            }
            return expect(wanted);
        }

        @Override
        public String toString() {
            return status + " " + fields + " " + new String(body, StandardCharsets.UTF_8) + " after " + interim;
        }
    }

    private final Socket socket = new Socket();
    private final DataInputStream in;

    Wire(ServedEngine server) throws IOException {
        socket.connect(new InetSocketAddress("127.0.0.1", server.port()), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
    }

    /** Sends a head, with a Host. @param lines the request line without the version, and fields */
    Wire head(String... lines) throws IOException {
        StringBuilder head = new StringBuilder(lines[0]).append(lines[0].contains(" HTTP/") ? "" : " HTTP/1.1").append("\r\nHost: localhost\r\n");
        for (int i = 1; i < lines.length; i++) {
            head.append(lines[i]).append("\r\n");
        }
        return send(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    Wire send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** One chunk of the chunked coding; the last when it is empty. */
    Wire chunk(byte[] bytes) throws IOException {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        chunk.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        chunk.writeBytes(bytes);
        chunk.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        return send(chunk.toByteArray());
    }

    /** The next answer, be it an interim one. @param hasBody false for the answer to a HEAD */
    Answer next(boolean hasBody) throws IOException {
        String statusLine = line();
        Map<String, String> fields = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            fields.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        byte[] body = new byte[hasBody ? Integer.parseInt(fields.getOrDefault("content-length", "0")) : 0];
        in.readFully(body);
        return new Answer(Integer.parseInt(statusLine.split(" ")[1]), fields, body, List.of());
    }

    Answer next() throws IOException {
        return next(true);
    }

    /** The final answer, with those before it. */
    Answer answer() throws IOException {
        return answer(true);
    }

    private Answer answer(boolean hasBody) throws IOException {
        List<Answer> interim = new ArrayList<>();
        Answer answer = next(hasBody);
        while (answer.status() < 200) {
            interim.add(answer);
            answer = next(hasBody);
        }
        return new Answer(answer.status(), answer.fields(), answer.body(), interim);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended in a line: " + line);
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    /** Whether the server ends the connection without a final answer. */
    boolean endsUnanswered() throws IOException {
        try {
            for (Answer answer = next(); answer.status() < 200;) {
                answer = next();
            }
            return false;
        } catch (EOFException | java.net.SocketException e) {
            return true;
        }
    }

    /** One request on a connection of its own. @param lines as of {@link #head}, without Content-Length */
    static Answer ask(ServedEngine server, byte[] body, String... lines) throws IOException {
        try (Wire wire = new Wire(server)) {
            String[] all = java.util.Arrays.copyOf(lines, lines.length + 1);
            all[lines.length] = "Content-Length: " + body.length;
            return wire.head(all).send(body).answer();
        }
    }

    static Answer head(ServedEngine server, String path, String... fields) throws IOException {
        try (Wire wire = new Wire(server)) {
            String[] all = new String[fields.length + 1];
            all[0] = "HEAD " + path;
            System.arraycopy(fields, 0, all, 1, fields.length);
            return wire.head(all).answer(false);
        }
    }

    /** Ends the connection with a reset, as a network that breaks. */
    void reset() throws IOException {
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
