package tranzr.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * What a client says that wants to speak WebSocket (RFC 6455, section 4.2.1), where it is whole and right.
 *
 * @param accept the proof that its key was read
 * @param protocols the subprotocols it offers, the best first; {@link #offered} tells of what else may be among them
 */
public record WebSocketHandshake(String accept, List<String> protocols) {

    /** The only version there is. */
    public static final String VERSION = "13";

    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;
    private static final int MAX_PROTOCOLS = 16;
    private static final String KEY_FIELD = "Sec-WebSocket-Key";
    private static final String PROTOCOL_FIELD = "Sec-WebSocket-Protocol";

    /** Whether it asks to go over to WebSocket at all: with GET, {@code Upgrade: websocket} and {@code Connection: Upgrade}. */
    public static boolean isAsked(Request request) {
        return request.method().equals("GET") && names(request, "Upgrade", "websocket") && names(request, "Connection", "upgrade");
    }

    /** Whether it speaks the version that is spoken here; if not, an answer names that in {@code Sec-WebSocket-Version}. */
    public static boolean isOurVersion(Request request) {
        return request.headers("Sec-WebSocket-Version").equals(List.of(VERSION));
    }

    /**
     * The subprotocols that a request offers, whether or not anything else of it is right.
     *
     * @throws BadRequestException {@code invalid_websocket} for what is no list of tokens, for a token twice, or too many
     */
    public static List<String> offered(Request request) {
        List<String> offered = new ArrayList<>();
        for (String line : request.headers(PROTOCOL_FIELD)) {
            for (String item : line.split(",", -1)) {
                String name = item.strip();
                if (!Syntax.isToken(name) || offered.contains(name) || offered.size() == MAX_PROTOCOLS) {
                    throw RequestHead.bad("invalid_websocket", PROTOCOL_FIELD, "Subprotocols are " + MAX_PROTOCOLS + " different tokens at most, with commas between them.");
                }
                offered.add(name);
            }
        }
        return List.copyOf(offered);
    }

    /**
     * Reads it of a request for which {@link #isAsked} and {@link #isOurVersion} hold.
     *
     * @throws BadRequestException {@code invalid_websocket} for a key that is not 16 bytes, for a body, and as {@link #offered}
     */
    public static WebSocketHandshake read(Request request) {
        List<String> keys = request.headers(KEY_FIELD);
        if (keys.size() != 1 || !isKey(keys.getFirst().strip())) {
            throw RequestHead.bad("invalid_websocket", KEY_FIELD, KEY_FIELD + " is 16 bytes in Base64.");
        }
        if (request.contentLength() != 0) {
            throw RequestHead.bad("invalid_websocket", "Content-Length", "A request for a WebSocket has no body.");
        }
        return new WebSocketHandshake(acceptOf(keys.getFirst().strip()), offered(request));
    }

    /**
     * The answer that goes over to WebSocket.
     *
     * @param protocol one of those offered; empty for none
     * @throws IllegalStateException where {@link Request#canUpgrade} does not hold
     */
    public Response answer(Request request, String protocol, WebSocketLimits limits, WebSocket.Session session) {
        if (!request.canUpgrade()) {
            throw new IllegalStateException("this connection cannot go over to anything else");
        }
        Response response = Response.upgrade(new Response.Upgrade(protocol, limits, session)).header("Upgrade", "websocket").header("Connection", "Upgrade")
                .header("Sec-WebSocket-Accept", accept);
        return protocol.isEmpty() ? response : response.header(PROTOCOL_FIELD, protocol);
    }

    private static boolean names(Request request, String field, String token) {
        return request.headers(field).stream().flatMap(line -> List.of(line.split(",", -1)).stream())
                .anyMatch(item -> item.strip().toLowerCase(Locale.ROOT).equals(token));
    }

    private static boolean isKey(String key) {
        try {
            byte[] decoded = Base64.getDecoder().decode(key);
            return decoded.length == KEY_BYTES && key.length() == 24;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Section 4.2.2, step 5.4. SHA-1 protects nothing here. */
    static String acceptOf(String key) {
        try {
            byte[] both = (key + MAGIC).getBytes(StandardCharsets.US_ASCII);
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(both));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }
}
