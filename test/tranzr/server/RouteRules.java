package tranzr.server;

import static tranzr.model.Right.DELETE;
import static tranzr.model.Right.DOWNLOAD;
import static tranzr.model.Right.LIST;
import static tranzr.model.Right.METRICS;
import static tranzr.model.Right.SHARE;
import static tranzr.model.Right.UPLOAD;

import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import tranzr.model.Digest;
import tranzr.model.Right;

/** How every route is decided, written down once more for {@link PermissionMatrixTest}. */
final class RouteRules {

    private RouteRules() {
    }

    /** How one route is decided. */
    sealed interface Rule {
    }

    /** No token is asked for. */
    record Open() implements Rule {
    }

    /** Only what the token may at all. */
    record AtAll(Right right) implements Rule {
    }

    /** What it may do with this file: {@code state} says which kind is needed. */
    record OnFile(Right right, State state) implements Rule {
    }

    /** As {@link OnFile}, told by the link: who may not, hears that there is no such link. */
    record OnShare(Right right) implements Rule {
    }

    /** The right to administer. */
    record Admin() implements Rule {
    }

    /** Any token, whatever it may do. */
    record Anybody() implements Rule {
    }

    /** Any token, for what is its own alone; it is told by {@code status} that it has nothing of the kind. */
    record Nothing(int status) implements Rule {
    }

    /** The token whose session it is, and administrators; others hear that there is none. */
    record OnSession() implements Rule {
    }

    /** Its owner with the right to list, and administrators; all others hear that it is not there. */
    record OnWebhook() implements Rule {
    }

    /** The token that is named, and administrators; all others hear {@code others}. */
    record Self(int others) implements Rule {
    }

    /** By what the token is in the room; a stranger hears that there is none. */
    record InRoom(int owner, int writer, int reader) implements Rule {
    }

    /** Who decides about a file: its owner when it is in no room, the owner of its room otherwise. */
    record Decides() implements Rule {
    }

    /** Who made the upload request and may still make one, and who owns its room; all others hear that there is none. */
    record OnRequest() implements Rule {
    }

    /** An address that somebody has signed who had the right then: whoever asks, it holds as long as that one has it. */
    record Signed(Right right) implements Rule {
    }

    enum State { OPEN, COMPLETED }

    /** How to ask whether a route is open: an answer that goes on for ever only for its head. */
    static String methodOf(Routes.Route route) {
        return route.action().equals("event.stream") ? "HEAD" : route.method();
    }

    /** Without a token: there the link's own secret is the key, or there is nothing to guard. */
    private static final List<String> OPEN = List.of("GET /share/info/{token}", "POST /share/grant/{token}", "GET /share/preview/{token}", "GET /share/download/{token}",
            "GET /share/download/{token}/{filename}", "GET /s/{token}", "GET /s/{token}/{filename}", "POST /share/download/{token}", "POST /share/download/{token}/{filename}",
            "POST /s/{token}", "POST /s/{token}/{filename}", "GET /health", "GET /openapi.json", "GET /login", "GET /account", "GET /docs", "GET /pdf-viewer", "GET /dashboard", "GET /ui/{version}/{file}",
            "GET /ui/{version}/vendor/{file}", "GET /", "DELETE /delete/{file_id}/{key}", "POST /login");

    private static final Map<String, Rule> DIRECT = Map.of("POST /upload/urls/{file_id}", new OnFile(UPLOAD, State.OPEN),
            "POST /download-url/{file_id}", new OnFile(DOWNLOAD, State.COMPLETED), "DELETE /signed-urls", new Admin(), "POST /files/upload-url", new AtAll(UPLOAD),
            "POST /files/complete-upload", new OnFile(UPLOAD, State.COMPLETED), "POST /files/upload-progress", new OnFile(UPLOAD, State.OPEN),
            "PUT /direct/{file_id}/{name}", new Signed(UPLOAD), "GET /direct/{file_id}/{name}", new Signed(DOWNLOAD));

    /** What a call of a neighbour says of an upload of these bytes; empty for other routes. @param file null for one that is to begin */
    static Optional<String> neighbourBody(Routes.Route route, String file, byte[] content) {
        return switch (route.pattern()) {
            case "/uploads/init" -> Optional.of("{\"filename\": \"f\", \"total_chunks\": 1, \"chunk_size\": 5}");
            case "/upload/init" -> Optional.of("{\"file_id\": \"" + UUID.randomUUID() + "\", \"filename\": \"f\", \"size\": 0, \"chunk_size\": 5, \"chunks\": []}");
            default -> chunkyBody(route, file, content);
        };
    }

    private static Optional<String> chunkyBody(Routes.Route route, String file, byte[] content) {
        Set<String> calls = Set.of("/initiateUploadSession", "/uploadFileChunk", "/uploadChunk", "/byteRangesToUpload", "/uploadStatus", "/endUpload");
        boolean begins = route.pattern().equals("/initiateUploadSession");
        return calls.contains(route.pattern()) ? Optional.of("{" + (begins ? "" : "\"sessionId\": \"" + file + "\", ") + "\"fileHash\": \"" + Digest.sha256(content).base64() + "\", \"totalFileSizeBytes\": "
                + content.length + ", \"startByte\": 0, \"endByte\": 0, \"chunk\": \"" + Base64.getEncoder().encodeToString(Arrays.copyOf(content, 1)) + "\"}") : Optional.empty();
    }

    private static Map<String, Rule> ofChunky() {
        Map<String, Rule> rules = new HashMap<>();
        for (String route : List.of("PATCH /uploadFileChunk", "PATCH /uploadChunk", "POST /byteRangesToUpload", "GET /uploadStatus")) {
            rules.put(route, new OnFile(UPLOAD, State.OPEN));
        }
        rules.put("POST /initiateUploadSession", new AtAll(UPLOAD));
        rules.put("POST /endUpload", new OnFile(UPLOAD, State.COMPLETED));
        return rules;
    }

    /** The fields without which a route refuses anybody. */
    static String[] withFields(Routes.Route route, String[] headers) {
        if (!route.method().equals("PATCH") || !route.pattern().equals("/files/upload/{file_id}")) {
            return headers;
        }
        return Stream.concat(Arrays.stream(headers), Stream.of("Content-Type", "application/partial-upload", "Upload-Offset", "0", "Upload-Complete", "?0")).toArray(String[]::new);
    }

    private static Map<String, Rule> ofResumableUploads() {
        Map<String, Rule> rules = new HashMap<>();
        for (String method : List.of("GET", "PATCH", "DELETE")) {
            rules.put(method + " /files/upload/{file_id}", new OnFile(UPLOAD, State.OPEN));
        }
        for (String route : List.of("POST /files/upload", "PUT /files/upload", "PATCH /files/upload", "OPTIONS /files/upload", "OPTIONS /", "OPTIONS /{name}")) {
            rules.put(route, new AtAll(UPLOAD));
        }
        return rules;
    }

    private static final Map<String, Rule> TUS = Map.of("POST /tus", new AtAll(UPLOAD), "POST /tus/", new AtAll(UPLOAD), "HEAD /tus/{file_id}", new OnFile(UPLOAD, State.OPEN),
            "PATCH /tus/{file_id}", new OnFile(UPLOAD, State.OPEN), "DELETE /tus/{file_id}", new OnFile(UPLOAD, State.OPEN), "GET /tus/{file_id}", new OnFile(DOWNLOAD, State.COMPLETED));

    private static Map<String, Rule> ofUpflowAndSmart() {
        return Map.of("POST /uploads/init", new AtAll(UPLOAD), "POST /uploads/{file_id}/complete", new OnFile(UPLOAD, State.COMPLETED),
                "GET /uploads/{file_id}/status", new OnFile(UPLOAD, State.OPEN), "POST /upload/init", new AtAll(UPLOAD),
                "GET /upload/missing/{file_id}", new OnFile(UPLOAD, State.OPEN), "POST /assemble/{file_id}", new OnFile(UPLOAD, State.COMPLETED),
                "GET /api/files", new AtAll(LIST), "GET /api/files/{file_id}", new OnFile(LIST, State.COMPLETED));
    }

    private static Map<String, Rule> ofRooms() {
        return Map.of("GET /rooms/{room_id}", new InRoom(200, 200, 200), "PATCH /rooms/{room_id}", new InRoom(200, 403, 403),
                "PUT /rooms/{room_id}/members/{token_id}", new InRoom(200, 403, 403), "DELETE /rooms/{room_id}/members/{token_id}", new InRoom(200, 403, 403));
    }

    /** By method and pattern. */
    static Map<String, Rule> all() {
        Map<String, Rule> rules = new HashMap<>(ofChunky());
        rules.putAll(ofResumableUploads());
        rules.putAll(ofUpflowAndSmart());
        rules.putAll(TUS);
        rules.put("POST /upload/start", new AtAll(UPLOAD));
        for (String route : List.of("POST /upload/chunk", "PUT /uploads/{file_id}/chunks/{chunk_index}", "GET /upload/status/{file_id}",
                "PUT /upload/{file_id}", "DELETE /upload/{file_id}")) {
            rules.put(route, new OnFile(UPLOAD, State.OPEN));
        }
        // Once more for what is whole already, which changes nothing.
        rules.put("POST /upload/merge/{file_id}", new OnFile(UPLOAD, State.COMPLETED));
        rules.put("GET /upload/events/{file_id}", new OnFile(UPLOAD, State.OPEN));
        rules.put("GET /events", new AtAll(LIST));
        rules.put("GET /transfers", new Admin());
        rules.put("GET /files", new AtAll(LIST));
        rules.put("GET /files/{file_id}", new OnFile(LIST, State.COMPLETED));
        rules.put("PATCH /files/{file_id}", new OnFile(DELETE, State.COMPLETED));
        rules.put("DELETE /files/{file_id}", new OnFile(DELETE, State.COMPLETED));
        rules.put("GET /download/{file_id}", new OnFile(DOWNLOAD, State.COMPLETED));
        rules.put("GET /files/{file_id}/preview", new OnFile(DOWNLOAD, State.COMPLETED));
        rules.put("POST /share/create/{file_id}", new OnFile(SHARE, State.COMPLETED));
        rules.put("POST /share/create", new OnFile(SHARE, State.COMPLETED));
        rules.put("POST /webhooks", new AtAll(LIST));
        rules.put("GET /webhooks", new AtAll(LIST));
        for (String route : List.of("GET /webhooks/{webhook_id}", "PATCH /webhooks/{webhook_id}", "DELETE /webhooks/{webhook_id}",
                "POST /webhooks/{webhook_id}/test", "GET /webhooks/{webhook_id}/deliveries",
                "POST /webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver")) {
            rules.put(route, new OnWebhook());
        }
        rules.put("GET /shares", new AtAll(SHARE));
        rules.put("PATCH /shares/{token}", new OnShare(SHARE));
        rules.put("DELETE /shares/{token}", new OnShare(SHARE));
        rules.put("GET /shares/{token}/attempts", new OnShare(SHARE));
        rules.put("POST /rooms/{room_id}/requests", new InRoom(200, 200, 403));
        rules.put("GET /requests", new AtAll(SHARE));
        rules.putAll(DIRECT);
        for (String method : List.of("GET", "PATCH", "DELETE")) {
            rules.put(method + " /requests/{request_id}", new OnRequest());
        }
        for (String route : List.of("GET /r/{link}", "POST /r/{link}", "PUT /r/{link}", "POST /r/{link}/{name}", "PUT /r/{link}/{name}")) {
            rules.put(route, new Open());
        }
        OPEN.forEach(route -> rules.put(route, new Open()));
        for (String route : List.of("POST /", "PUT /", "POST /{name}", "PUT /{name}")) {
            rules.put(route, new AtAll(UPLOAD));
        }
        ofAccounts(rules);
        return rules;
    }

    private static void ofAccounts(Map<String, Rule> rules) {
        for (String route : List.of("POST /tokens", "GET /tokens", "PATCH /tokens/{token_id}", "DELETE /tokens/{token_id}", "POST /rooms",
                "DELETE /rooms/{room_id}", "GET /audit", "GET /stats", "GET /log")) {
            rules.put(route, new Admin());
        }
        rules.put("GET /metrics", new AtAll(METRICS));
        rules.put("GET /tokens/{token_id}", new Self(404));
        rules.put("POST /tokens/{token_id}/rotate", new Self(404));
        for (String route : List.of("POST /one-time-tokens", "GET /rooms", "GET /usage", "POST /logout", "GET /session", "GET /sessions", "DELETE /sessions",
                "POST /totp")) {
            rules.put(route, new Anybody());
        }
        // Of their own, and these tokens have none: no session, no code, no second factor.
        rules.putAll(Map.of("POST /session/prove", new Nothing(400), "POST /totp/confirm", new Nothing(400)));
        rules.put("DELETE /totp", new Nothing(409));
        rules.put("GET /ws", new Nothing(426)); // what is told there is asked for each event
        rules.put("DELETE /sessions/{session_id}", new OnSession());
        rules.put("DELETE /tokens/{token_id}/totp", new Admin());
        rules.putAll(ofRooms());
        rules.put("GET /files/{file_id}/access", new Decides());
        rules.put("PUT /files/{file_id}/access", new Decides());
    }
}
