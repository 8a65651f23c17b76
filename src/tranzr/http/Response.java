package tranzr.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import tranzr.json.Json;

/** One answer. Not safe for several threads. The listener drops the body for HEAD and keeps its length. */
public final class Response {

    /** Writes a body of known length. */
    @FunctionalInterface
    public interface BodyWriter {
        /** @param out buffered by nobody: write in large pieces. Writing fewer bytes than announced ends the connection. */
        void write(OutputStream out) throws IOException;
    }

    /** What the connection goes over to. @param protocol empty for none */
    record Upgrade(String protocol, WebSocketLimits limits, WebSocket.Session session) {
    }

    private static final int SWITCHING_PROTOCOLS = 101;

    private final int status;
    private final long length;
    private final BodyWriter body;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private Consumer<Boolean> ended;
    /** The body, when it is at hand as a whole; else null. */
    private byte[] bytes;
    /** Null where the connection stays with HTTP. */
    private Upgrade upgrade;

    /** The length of a body that goes on until its writer returns. */
    static final long OPEN = -1;

    private Response(int status, String contentType, long length, BodyWriter body, Consumer<Boolean> ended) {
        if ((status < 200 || status > 599) && status != SWITCHING_PROTOCOLS) {
            throw new IllegalArgumentException("not the status of an answer: " + status);
        }
        if (length < OPEN) {
            throw new IllegalArgumentException("the length of an answer is negative: " + length);
        }
        this.status = status;
        this.length = length;
        this.body = body;
        this.ended = ended;
        if (contentType != null) {
            header("Content-Type", contentType);
        }
    }

    /** No body. */
    public static Response empty(int status) {
        return new Response(status, null, 0, out -> { }, null);
    }

    /** {@code text/plain; charset=utf-8}. */
    public static Response text(int status, String body) {
        return bytes(status, "text/plain; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
    }

    /** {@code application/json}; maps, lists, strings, numbers, booleans, null. */
    public static Response json(int status, Object body) {
        return bytes(status, "application/json", Json.write(body));
    }

    /**
     * {@code application/problem+json} (RFC 9457): {@code type}, {@code title}, {@code status}, {@code detail}, {@code code} and what
     * {@code extra} holds, which may also replace the type.
     */
    public static Response problem(int status, String code, String title, String detail, Map<String, ?> extra) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", "urn:tranzr:problem:" + code);
        members.put("title", title);
        members.put("status", status);
        members.put("detail", detail);
        members.put("code", code);
        members.putAll(extra);
        return bytes(status, "application/problem+json", Json.write(members)).header("Cache-Control", "no-store");
    }

    public static Response bytes(int status, String contentType, byte[] body) {
        Response response = new Response(status, contentType, body.length, out -> out.write(body), null);
        response.bytes = body;
        return response;
    }

    /**
     * Adds the digest of the body that {@code Want-Content-Digest} prefers (RFC 9530, sections 2 and 4), when the body is at hand as a whole and it is SHA-256 or SHA-512 that is wanted.
     */
    public Response digestedFor(Request request) {
        if (bytes != null && !forbidsBody()) {
            DigestFields.preferred(request.headers("Want-Content-Digest"))
                    .ifPresent(algorithm -> header("Content-Digest", DigestFields.of(algorithm, algorithm.engine().digest(bytes))));
        }
        return this;
    }

    /**
     * A body of {@code length} bytes.
     *
     * @param ended told once, after the last byte was handed to the connection (true) or when that can no longer happen (false:
     *        the client left, the body failed, or it was a HEAD); also when nothing was written at all. An answer that was made on
     *        the thread of a request and then not returned is ended with that request
     */
    public static Response stream(int status, String contentType, long length, BodyWriter body, Consumer<Boolean> ended) {
        if (length < 0) {
            throw new IllegalArgumentException("the length of an answer is negative: " + length);
        }
        return owed(new Response(status, contentType, length, body, ended));
    }

    /**
     * A body that has no length and goes on until its writer returns, such as a stream of events: what is written goes out when it is flushed. A client of HTTP/1.0 gets it
     * until the connection ends. The writer may wait for long for what it is to write: only waiting for the client counts as a stall. While the server stops, the writer has to return by itself.
     *
     * @param ended as {@link #stream}
     */
    public static Response open(int status, String contentType, BodyWriter body, Consumer<Boolean> ended) {
        return owed(new Response(status, contentType, OPEN, body, ended));
    }

    private static Response owed(Response response) {
        if (Exchange.CURRENT.isBound()) {
            Exchange.CURRENT.get().owes(response);
        }
        return response;
    }

    /** 101: no other answer follows on the connection. Only by {@link WebSocketHandshake#answer}. */
    static Response upgrade(Upgrade upgrade) {
        Response response = new Response(SWITCHING_PROTOCOLS, null, 0, out -> { }, null);
        response.upgrade = upgrade;
        return response;
    }

    /** The head of an interim answer as it goes over the connection, checked like that of a final one. */
    static byte[] interim(int status, String reason, Map<String, String> fields) {
        if (status <= SWITCHING_PROTOCOLS || status > 199) {
            throw new IllegalArgumentException("not the status of an interim answer: " + status);
        }
        Response checked = empty(200);
        fields.forEach(checked::header);
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " " + reason + "\r\n");
        checked.headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Sets a header field. @throws IllegalArgumentException for CR, LF, NUL or what is not Latin-1 in the value, or for a bad name */
    public Response header(String name, String value) {
        if (!Syntax.isToken(name)) {
            throw new IllegalArgumentException("not the name of a header field: " + name);
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' && c != '\t' || c == 0x7f || c > 0xff) {
                throw new IllegalArgumentException("a character that no header field may carry, in " + name);
            }
        }
        headers.put(name, value);
        return this;
    }

    /** Sets a header field unless it is set. */
    void headerIfAbsent(String name, String value) {
        headers.putIfAbsent(name, value);
    }

    public int status() {
        return status;
    }

    /** Null for an ordinary answer. */
    Upgrade upgrade() {
        return upgrade;
    }

    /** Of the body, in bytes, or {@link #OPEN}. */
    long length() {
        return length;
    }

    BodyWriter body() {
        return body;
    }

    Map<String, String> headers() {
        return headers;
    }

    /** Whether HTTP forbids this status a body (RFC 9110, section 6.4.1). */
    boolean forbidsBody() {
        return status == 204 || status == 304;
    }

    /** All of it as it goes over a connection that ends with it. For when no exchange can send it; of short answers. */
    byte[] wholeAnswer(String requestId) throws IOException {
        StandardFields.complete(this, requestId);
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Refused\r\nContent-Length: " + length + "\r\nConnection: close\r\n");
        headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        body.write(answer);
        return answer.toByteArray();
    }

    /** Tells, unless it was told before, whether the whole body went out. */
    void end(boolean whole) {
        Consumer<Boolean> told = ended;
        ended = null;
        if (told != null) {
            told.accept(whole);
        }
    }
}
