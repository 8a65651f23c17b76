package tranzr.api.tus;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tranzr.server.ServedEngine;

/** Says to a server, over a socket of its own each time, exactly what a test wants to be said by tus. */
final class RawTus {

    static final String VERSION = "Tus-Resumable: 1.0.0";
    static final String BYTES = "Content-Type: application/offset+octet-stream";

    private static final int PATIENCE_MILLIS = 20_000;

    /** One answer. @param head in lower case, by name */
    record Answer(int status, Map<String, String> head, String body) {

        /** A field, by its name in any case; null when it is not there. */
        String field(String name) {
            return head.get(name);
        }

        /** This answer, if it has that status. @throws AssertionError with all of it otherwise */
        Answer expect(int wanted) {
            if (status != wanted) {
                throw new AssertionError("expected " + wanted + " but got " + this);
            }
            return this;
        }

        Answer expect(int wanted, String code) {
            if (!expect(wanted).body.contains("\"code\":\"" + code + "\"")) {
                throw new AssertionError("expected " + code + " but got " + this);
            }
            return this;
        }

        long offset() {
            return Long.parseLong(field("Upload-Offset"));
        }
    }

    private final ServedEngine server;

    RawTus(ServedEngine server) {
        this.server = server;
    }

    /** One request with this body, in the version of the protocol, and its answer. @param lines of its head */
    Answer ask(String method, String path, byte[] body, String... lines) {
        return askPlain(method, path, body, Stream.concat(Stream.of(VERSION), Stream.of(lines)).toArray(String[]::new));
    }

    /** As {@link #ask}, without the version. @param body null for none */
    Answer askPlain(String method, String path, byte[] body, String... lines) {
        try (Socket socket = open()) {
            List<String> head = Stream.concat(Stream.of(lines), body == null ? Stream.of() : Stream.of("Content-Length: " + body.length)).toList();
            send(socket, method, path, head);
            if (body != null) {
                socket.getOutputStream().write(body);
            }
            return read(socket, method.equals("HEAD"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A connection on which a test can be slow, or break off. */
    Socket open() throws IOException {
        Socket socket = new Socket("127.0.0.1", server.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    void send(Socket socket, String method, String path, List<String> lines) throws IOException {
        String head = method + " " + path + " HTTP/1.1\r\nHost: localhost:" + server.port() + "\r\n" + String.join("", lines.stream().map(line -> line + "\r\n").toList()) + "\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** The next answer. @param ofHead whether it has no body whatever its length says */
    static Answer read(Socket socket, boolean ofHead) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("the connection ended within a head: " + bytes);
            }
            bytes.write(c);
        }
        String[] lines = bytes.toString(StandardCharsets.ISO_8859_1).split("\r\n");
        Map<String, String> head = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            head.put(lines[i].substring(0, colon), lines[i].substring(colon + 1).strip());
        }
        int length = ofHead ? 0 : Integer.parseInt(head.getOrDefault("Content-Length", "0"));
        return new Answer(Integer.parseInt(lines[0].split(" ")[1]), head, new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    /** Begins an upload. @return its path */
    String begin(long length, String... lines) {
        return ask("POST", "/tus", new byte[0], Stream.concat(Stream.of("Upload-Length: " + length), Stream.of(lines)).toArray(String[]::new)).expect(201).field("Location");
    }

    Answer patch(String path, long offset, byte[] body, String... lines) {
        return ask("PATCH", path, body, Stream.concat(Stream.of(BYTES, "Upload-Offset: " + offset), Stream.of(lines)).toArray(String[]::new));
    }

    Answer head(String path) {
        return ask("HEAD", path, null);
    }
}
