package tranzr.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.Set;
import tranzr.json.Json;
import tranzr.json.JsonException;

/**
 * One request, already checked for what the server below lets through (see {@link HttpListener}). Used by the thread of its
 * handler; {@link #abort} by any.
 */
public final class Request {

    /** User name and password of {@code Authorization: Basic} (RFC 7617); either may be empty. */
    public record Credentials(String user, String password) {
    }

    /** What the connection, rather than the message, knows. */
    interface Origin {
        InetAddress client();

        String baseUrl();

        boolean isSecure();

        boolean canUpgrade();

        boolean interim(int status, String reason, Map<String, String> fields);

        void abort();

        String id();

        void whenEnded(Consumer<Ended> listener);

        void pace(Pace in, Pace out);

        void whenSlow(Supplier<Response> answer);
    }

    private final RequestHead head;
    private final InputStream body;
    private final Origin origin;
    private final List<String> segments;
    private final Map<Class<?>, Object> attached;
    private final long cameAt;
    private Map<String, String> path = Map.of();
    private Map<String, List<String>> query;

    /** @throws BadRequestException {@code invalid_path} */
    Request(RequestHead head, InputStream body, Origin origin) {
        this.head = head;
        this.body = body;
        this.origin = origin;
        this.segments = UriText.segments(head.rawPath());
        this.attached = new HashMap<>(4);
        this.cameAt = System.nanoTime();
    }

    private Request(Request other, RequestHead head) {
        this.head = head;
        this.body = other.body;
        this.origin = other.origin;
        this.segments = other.segments;
        this.attached = other.attached;
        this.cameAt = other.cameAt;
    }

    /**
     * This request, to be handled as one of another method, for protocols whose clients cannot send every method. It brings the same bytes, and what is kept with one of
     * the two is kept with both. On the wire nothing changes: an answer to a request that came as HEAD has no body.
     *
     * @throws BadRequestException {@code invalid_method} for what is no token
     */
    public Request as(String method) {
        if (!Syntax.isToken(method)) {
            throw RequestHead.bad("invalid_method", null, "The method is not a token (RFC 9110, section 9.1).");
        }
        return new Request(this, new RequestHead(method, head.rawPath(), head.rawQuery(), head.authority(), head.headers(), head.contentLength()));
    }

    /** What names this request in answers ({@code X-Request-Id}) and logs: 16 random hexadecimal digits, or what a trusted proxy has called it. */
    public String id() {
        return origin.id();
    }

    /** When its head had come, as {@link System#nanoTime} tells it. */
    public long cameAt() {
        return cameAt;
    }

    public String method() {
        return head.method();
    }

    /** The path as it came, not decoded, without the query. */
    public String rawPath() {
        return head.rawPath();
    }

    /** The query as it came, not decoded; empty when there is none. */
    public Optional<String> rawQuery() {
        return Optional.ofNullable(head.rawQuery());
    }

    /** The host, and perhaps the port, that the client named; empty when a client of HTTP/1.0 named none. */
    public Optional<String> authority() {
        return Optional.ofNullable(head.authority());
    }

    /**
     * The path's segments, each percent-decoded once as strict UTF-8. {@code /a/b} has two, {@code /a/} has "a" and "", {@code /} has
     * none. An encoded slash stays within its segment, and so do dots.
     */
    public List<String> segments() {
        return segments;
    }

    /** A segment named in the route's pattern, decoded. @throws IllegalArgumentException when the pattern has no such name */
    public String path(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route's pattern has no {" + name + "}");
        }
        return value;
    }

    /** As {@link #path}; empty when the route's pattern has no such name. */
    public Optional<String> pathIfAny(String name) {
        return Optional.ofNullable(path.get(name));
    }

    /** Keeps something with this request, for whoever handles it later; in place of what was kept under the same type. */
    public <T> void attach(Class<T> type, T value) {
        attached.put(type, value);
    }

    /** What was kept under this type. */
    public <T> Optional<T> attached(Class<T> type) {
        return Optional.ofNullable(type.cast(attached.get(type)));
    }

    void bind(Map<String, String> values) {
        path = values;
    }

    /**
     * A query parameter, decoded, {@code +} being a space; empty when absent, and the empty text when it has no value.
     *
     * @throws BadRequestException {@code invalid_query} when it is there twice, or when any of the query is not percent-encoded UTF-8
     */
    public Optional<String> query(String name) {
        List<String> values = query().getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw RequestHead.bad("invalid_query", name, "The query parameter " + name + " is there twice.");
        }
        return values.stream().findFirst();
    }

    /** The names of all query parameters, decoded. @throws BadRequestException as {@link #query} */
    public Set<String> queryNames() {
        return Set.copyOf(query().keySet());
    }

    private Map<String, List<String>> query() {
        if (query == null) {
            query = UriText.query(head.rawQuery());
        }
        return query;
    }

    /** The only value of a header field; empty when absent. @throws BadRequestException {@code invalid_header} for several lines of it */
    public Optional<String> header(String name) {
        List<String> lines = headers(name);
        if (lines.size() > 1) {
            throw RequestHead.bad("invalid_header", name, "The header field " + name + " is there twice.");
        }
        return lines.stream().findFirst();
    }

    /** All lines of a header field. */
    public List<String> headers(String name) {
        List<String> lines = head.headers().get(name);
        return lines == null ? List.of() : List.copyOf(lines);
    }

    /** The body's length in bytes; -1 when chunked; 0 when there is none. */
    public long contentLength() {
        return head.contentLength();
    }

    /** Whether a body is announced, even one of length 0. */
    public boolean hasBody() {
        return head.hasBody();
    }

    /**
     * The body. A read fails when the connection breaks before the announced end, and when the chunked coding is malformed. Nobody
     * buffers: read in pieces of 64 KiB or more.
     */
    public InputStream body() {
        return body;
    }

    /**
     * The body as a JSON object; an empty map when there is no body. Unknown fields are kept.
     *
     * @throws BadRequestException {@code invalid_json} for anything but an object (see {@link Json#readObject}), 413
     *         {@code body_too_large} beyond {@code maxBytes}, {@code broken_body} when it does not come whole
     */
    public Map<String, Object> json(int maxBytes) {
        byte[] bytes;
        try {
            bytes = head.contentLength() > maxBytes ? null : body.readNBytes(maxBytes + 1);
        } catch (IOException e) {
            throw RequestHead.bad("broken_body", null, "The body ended before its announced end.");
        }
        if (bytes == null || bytes.length > maxBytes) {
            throw new BadRequestException(413, "body_too_large", null, "The JSON here has at most " + maxBytes + " bytes.");
        }
        try {
            return bytes.length == 0 ? new LinkedHashMap<>() : Json.readObject(bytes);
        } catch (JsonException e) {
            throw new BadRequestException(400, "invalid_json", null, "The body is not the JSON object that is expected here: " + e.getMessage());
        }
    }

    /**
     * The fields of a form as browsers send it when it has no file ({@code application/x-www-form-urlencoded}); none when the body is of another type.
     *
     * @throws BadRequestException {@code invalid_query} when it is not percent-encoded UTF-8 or has a field twice, 413 {@code body_too_large} beyond {@code maxBytes},
     *         {@code broken_body} when it does not come whole
     */
    public Map<String, String> form(int maxBytes) {
        if (header("Content-Type").filter(type -> type.split(";", 2)[0].strip().equalsIgnoreCase("application/x-www-form-urlencoded")).isEmpty()) {
            return Map.of();
        }
        byte[] bytes;
        try {
            bytes = head.contentLength() > maxBytes ? null : body.readNBytes(maxBytes + 1);
        } catch (IOException e) {
            throw RequestHead.bad("broken_body", null, "The body ended before its announced end.");
        }
        if (bytes == null || bytes.length > maxBytes) {
            throw new BadRequestException(413, "body_too_large", null, "The form here has at most " + maxBytes + " bytes.");
        }
        Map<String, String> form = new LinkedHashMap<>();
        UriText.query(new String(bytes, StandardCharsets.ISO_8859_1)).forEach((name, values) -> {
            if (values.size() > 1) {
                throw RequestHead.bad("invalid_query", name, "The field " + name + " is there twice.");
            }
            form.put(name, values.getFirst());
        });
        return form;
    }

    /** The peer's address, or, from a trusted proxy, what {@code Forwarded} or {@code X-Forwarded-For} say of it. */
    public InetAddress client() {
        return origin.client();
    }

    /** The URL under which the client reached us, such as {@code http://host:8000}: no slash at the end. */
    public String baseUrl() {
        return origin.baseUrl();
    }

    /** Whether the client came by HTTPS: to us, or, as a trusted proxy says, to that proxy. */
    public boolean isSecure() {
        return origin.isSecure();
    }

    /**
     * Whether the connection can go over to another protocol ({@link WebSocketHandshake}): only where the server's internals are open to us, and not from
     * HTTP/1.0 (RFC 9110, section 7.8).
     */
    public boolean canUpgrade() {
        return origin.canUpgrade();
    }

    /** Whether {@link #interim} can tell something, as far as is known: only where the server's internals are open to us, and to no client of HTTP/1.0 (RFC 9110, section 15.2). */
    public boolean canInterim() {
        return origin.canUpgrade();
    }

    /**
     * Sends an interim answer (RFC 9110, section 15.2) at once; to be called by the handler's thread, before it returns the final one. A {@code 100 Continue} that the client waits for
     * still comes, when the body is first read. The client need not read before it has sent its body, so whoever sends many has to bound what they have together.
     *
     * @param status 102 to 199, since 100 is sent by reading and 101 is no interim answer
     * @param reason of the status line
     * @param fields as {@link Response#header} takes them
     * @return whether it went out; false where that is not possible, and when the connection has ended
     * @throws IllegalArgumentException for another status, or what no field may carry
     */
    public boolean interim(int status, String reason, Map<String, String> fields) {
        return origin.interim(status, reason, fields);
    }

    /**
     * Whether the client names {@code type} (such as {@code application/json}) in {@code Accept} and prefers nothing to it
     * (RFC 9110, section 12.5.1); a range like {@code *}{@code /*} does not name it.
     */
    public boolean accepts(String type) {
        double named = 0;
        double best = 0;
        for (String range : ProxyHeaders.split(String.join(",", headers("Accept")), ',')) {
            List<String> pieces = ProxyHeaders.split(range, ';');
            double quality = pieces.stream().skip(1).map(String::strip).filter(p -> p.toLowerCase(Locale.ROOT).startsWith("q="))
                    .findFirst().map(p -> quality(p.substring(2))).orElse(1.0);
            if (pieces.getFirst().strip().equalsIgnoreCase(type)) {
                named = Math.max(named, quality);
            }
            best = Math.max(best, pieces.getFirst().isBlank() ? 0 : quality);
        }
        return named > 0 && named >= best;
    }

    /** The token of {@code Authorization: Bearer} (RFC 6750); empty when there is none. @throws BadRequestException for two such fields */
    public Optional<String> bearerToken() {
        return authorization("Bearer").filter(token -> !token.isEmpty());
    }

    /** What {@code Authorization: Basic} carries; empty when absent or malformed. @throws BadRequestException for two such fields */
    public Optional<Credentials> basicCredentials() {
        return authorization("Basic").flatMap(encoded -> {
            try {
                String decoded = Syntax.utf8(ByteBuffer.wrap(Base64.getDecoder().decode(encoded)));
                int colon = decoded.indexOf(':');
                return colon < 0 ? Optional.empty()
                        : Optional.of(new Credentials(decoded.substring(0, colon), decoded.substring(colon + 1)));
            } catch (IllegalArgumentException | CharacterCodingException e) {
                return Optional.empty();
            }
        });
    }

    /**
     * The value of a cookie (RFC 6265, section 4.1.1), without the quotes it may stand in; empty when there is none. One that comes twice, or has characters
     * that no cookie has, is taken for absent: nobody can tell which of the two this server has set.
     */
    public Optional<String> cookie(String name) {
        List<String> values = new ArrayList<>();
        for (String line : headers("Cookie")) {
            for (String pair : line.split(";")) {
                int equals = pair.indexOf('=');
                if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
                    values.add(unquoted(pair.substring(equals + 1).strip()));
                }
            }
        }
        return values.size() == 1 && values.getFirst().chars().allMatch(Request::isCookieCharacter) ? Optional.of(values.getFirst()) : Optional.empty();
    }

    private static String unquoted(String value) {
        return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"") ? value.substring(1, value.length() - 1) : value;
    }

    private static boolean isCookieCharacter(int c) {
        return c > ' ' && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
    }

    /**
     * The listener is told exactly once, however the request ends: answered, refused, aborted, or because the connection broke. That is on the request's
     * thread, after the last byte of the answer was handed to the connection (the client may have it already), or at once when it was added later.
     * What it throws is logged. Listeners are told in the order in which they came, the {@link Observer} last.
     */
    public void whenEnded(Consumer<Ended> listener) {
        origin.whenEnded(listener);
    }

    /**
     * Bounds the speed of the body and of the answer from here on, and takes the place of what was set before. When the exchange is aborted, both are.
     *
     * @param in for the request's body; null for as fast as it comes
     * @param out for the answer's body; null for as fast as it goes
     */
    public void pace(Pace in, Pace out) {
        origin.pace(in, out);
    }

    /**
     * Sets what the client is told when its body stalls or comes too slowly, in place of 408, for protocols whose clients take that for final. Only where the server's
     * internals are open to us; elsewhere such a connection is just closed.
     *
     * @param answer makes a short one, on another thread; seldom asked
     */
    public void whenSlow(Supplier<Response> answer) {
        origin.whenSlow(answer);
    }

    /** Ends the connection from any thread: a stuck read or write of the handler fails at once. */
    public void abort() {
        origin.abort();
    }

    private Optional<String> authorization(String scheme) {
        return header("Authorization").filter(value -> value.length() > scheme.length() && value.charAt(scheme.length()) == ' '
                && value.substring(0, scheme.length()).equalsIgnoreCase(scheme)).map(value -> value.substring(scheme.length()).strip());
    }

    private static double quality(String text) {
        boolean valid = text.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");
        return valid ? Double.parseDouble(text) : 0;
    }
}
