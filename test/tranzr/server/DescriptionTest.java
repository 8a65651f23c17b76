package tranzr.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.api.rest.ServiceRoutes;
import tranzr.audit.Entry;
import tranzr.json.Json;
import tranzr.model.Digest;
import tranzr.security.Totp;
import tranzr.server.ServedEngine.Answer;

/** Holds real answers against the schemas of the OpenAPI description, in which no member may be missing on either side. */
class DescriptionTest {

    private static final byte[] FILE = ServedEngine.bytes(2500, 1);
    private static final String[] JSON = {"Accept", "application/json"};

    private final Map<String, Object> description = description();
    private final List<String> faults = new ArrayList<>();

    private static Map<String, Object> description() {
        try (var in = ServiceRoutes.class.getResourceAsStream("openapi.json")) {
            return Json.readObject(in.readAllBytes());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void answersAreAsDescribed(@TempDir Path folder) throws IOException {
        try (ServedEngine server = new ServedEngine(folder)) {
            Answer started = server.post("/upload/start", "{\"filename\": \"a\", \"file_size\": 2500, \"chunk_size\": 1024}");
            String id = started.field("file_id");
            check("/upload/start", "post", started);
            check("/upload/status/{file_id}", "get", server.get("/upload/status/" + id));
            check("/upload/merge/{file_id}", "post", server.post("/upload/merge/" + id, ""));
            check("/uploads/{file_id}/chunks/{chunk_index}", "put", server.put("/uploads/" + id + "/chunks/2", java.util.Arrays.copyOfRange(FILE, 2048, 2500)));
            check("/upload/chunk", "post", server.form().field("file_id", id).field("chunk_index", 5).file("f", "x", FILE)
                    .send("POST", "/upload/chunk"));
            check("/upload/{file_id}", "put", server.put("/upload/" + id, FILE, "Content-Range", "bytes 1-2500/2501"));
            check("/upload/{file_id}", "put", server.put("/upload/" + id, java.util.Arrays.copyOf(FILE, 5), "Content-Range", "bytes 0-4/2500"));
            check("/files/{file_id}", "get", server.get("/files/" + id));
            check("/upload/{file_id}", "put", server.put("/upload/" + id, FILE));
            check("/upload/status/{file_id}", "get", server.get("/upload/status/" + id));
            check("/upload/merge/{file_id}", "post", server.post("/upload/merge/" + id, ""));
            Answer endless = server.post("/upload/start", "{\"filename\": \"a\", \"file_size\": null}");
            check("/upload/start", "post", endless);
            check("/upload/status/{file_id}", "get", server.get("/upload/status/" + endless.field("file_id")));
            check("/upload/{file_id}", "put", server.put("/upload/" + endless.field("file_id") + "?complete=false", FILE, "Content-Range", "bytes 0-2499/*"));
            check("/upload/merge/{file_id}", "post", server.post("/upload/merge/" + endless.field("file_id"), "{\"file_size\": 1}"));
            check("/upload/merge/{file_id}", "post", server.post("/upload/merge/" + endless.field("file_id"), "{\"file_size\": 2500}"));
            check("/upload/start", "post", server.post("/upload/start", "{\"filename\": \"b\", \"file_size\": 2500, \"sha256\": \""
                    + tranzr.model.Digest.sha256(FILE).hex() + "\"}").expect(201));
            check("/files", "get", server.get("/files?sha256=" + tranzr.model.Digest.sha256(FILE).hex()));
            check("/files", "get", server.get("/files"));
            check("/files/{file_id}", "get", server.get("/files/" + id));
            check("/download/{file_id}", "get", server.get("/download/" + id, "Range", "bytes=9999-"));
            Answer share = server.post("/share/create/" + id, "");
            check("/share/create/{file_id}", "post", share);
            check("/share/create/{file_id}", "post", server.post("/share/create/" + id, "{\"protected\": false, \"expire_minutes\": null}"));
            check("/shares", "get", server.get("/shares"));
            check("/share/info/{token}", "get", server.get("/share/info/" + share.field("token")));
            check("/s/{token}", "get", server.get("/s/" + share.field("token")));
            check("/shares/{token}", "patch", server.patch("/shares/" + share.field("token"), "{\"protected\": true}"));
            Answer hook = server.post("/webhooks", "{\"url\": \"http://127.0.0.1:1/\", \"active\": true}");
            String at = "/webhooks/" + hook.field("webhook_id");
            check("/webhooks", "post", hook);
            check("/webhooks", "get", server.get("/webhooks"));
            check("/webhooks/{webhook_id}", "get", server.get(at));
            check("/webhooks/{webhook_id}", "patch", server.patch(at, "{\"events\": [\"file-added\"]}"));
            Answer ping = server.post(at + "/test", "");
            check("/webhooks/{webhook_id}/test", "post", ping);
            check("/webhooks/{webhook_id}/deliveries", "get", server.get(at + "/deliveries"));
            check("/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", "post", server.post(at + "/deliveries/" + ping.field("delivery_id") + "/redeliver", ""));
            check("/transfers", "get", server.get("/transfers"));
            check("/health", "get", server.get("/health"));
            server.audit().append(new Entry(Instant.parse("2026-01-01T00:00:00Z"), "r", "t", "n", "a", "x", Map.of("file_id", id), "ok", 1, Map.of("b", "c".repeat(9000))));
            check("/audit", "get", server.get("/audit"));
            check("/audit", "get", server.get("/audit?limit=x"));
            check("/{name}", "put", server.put("/b", FILE, JSON));
            check("/stats", "get", server.get("/stats"));
            check("/log", "get", server.get("/log?limit=2"));
            check("/log", "get", server.get("/log?limit=0"));
            check("/{name}", "put", server.put("/b", FILE, "Accept", "application/json", "Max-Days", "x"));
            check("/", "post", server.form().file("f", "a", FILE).file("f", "b", FILE).send("POST", "/", JSON));
        }
        assertEquals(List.of(), faults);
    }

    @Test
    void answersToClientsOfOtherSystemsAreAsDescribed(@TempDir Path folder) throws IOException {
        try (ServedEngine server = new ServedEngine(folder)) {
            Answer begun = server.post("/uploads/init", "{\"filename\": \"a\", \"total_chunks\": 1, \"chunk_size\": 4000}");
            check("/uploads/init", "post", begun);
            check("/uploads/init", "post", server.post("/uploads/init", "{}"));
            String upflow = "/uploads/" + begun.field("upload_id");
            check("/uploads/{file_id}/complete", "post", server.post(upflow + "/complete", ""));
            check("/uploads/{file_id}/chunks/{chunk_index}", "put", server.form().file("file", "f", FILE).send("PUT", upflow + "/chunks/0"));
            check("/uploads/{file_id}/status", "get", server.get(upflow + "/status"));
            check("/uploads/{file_id}/complete", "post", server.post(upflow + "/complete", ""));
            check("/uploads/{file_id}/chunks/{chunk_index}", "put", server.form().file("file", "f", FILE).send("PUT", upflow + "/chunks/0"));
            String id = "0f8fad5b-d9cb-469f-a165-70867728950e";
            String sum = Digest.sha256(FILE).hex();
            String manifest = "{\"file_id\": \"" + id + "\", \"filename\": \"a\", \"size\": 2500, \"chunk_size\": 2500, \"chunks\": [{\"chunk_id\": 0, \"size\": 2500, \"checksum\": \"" + sum + "\"}]}";
            check("/upload/init", "post", server.post("/upload/init", "{}"));
            check("/upload/init", "post", server.post("/upload/init", manifest));
            check("/upload/init", "post", server.post("/upload/init", manifest));
            check("/upload/missing/{file_id}", "get", server.get("/upload/missing/" + id));
            check("/upload/missing/{file_id}", "get", server.get("/upload/missing/none"));
            check("/assemble/{file_id}", "post", server.post("/assemble/" + id, ""));
            for (String checksum : List.of("x", "0".repeat(64), sum, sum)) {
                check("/upload/chunk", "post", server.form().field("file_id", id).field("chunk_id", 0).field("checksum", checksum).file("chunk", "x", FILE).send("POST", "/upload/chunk"));
            }
            check("/api/files/{file_id}", "get", server.get("/api/files/" + id));
            check("/assemble/{file_id}", "post", server.post("/assemble/" + id, ""));
            check("/api/files", "get", server.get("/api/files"));
            check("/api/files", "get", server.get("/api/files?limit=0"));
            check("/api/files/{file_id}", "get", server.get("/api/files/" + id));
            check("/api/files/{file_id}", "get", server.get("/api/files/none"));
        }
        assertEquals(List.of(), faults);
    }

    @Test
    void answersAboutSignedAddressesAreAsDescribed(@TempDir Path folder) throws IOException {
        try (ServedEngine server = new ServedEngine(folder)) {
            Answer started = server.post("/upload/start", "{\"filename\": \"a\", \"file_size\": 2500, \"chunk_size\": 2500, \"direct\": true}");
            check("/upload/start", "post", started);
            String id = started.field("file_id");
            Answer page = server.post("/upload/urls/" + id, "");
            check("/upload/urls/{file_id}", "post", page);
            check("/files/upload-url", "post", server.post("/files/upload-url", "{\"fileName\": \"a\", \"size\": 1}").expect(201));
            check("/files/upload-url", "post", server.post("/files/upload-url", "{\"uploadId\": \"" + id + "\"}").expect(200));
            check("/files/upload-url", "post", server.post("/files/upload-url", "{}").expect(400));
            check("/files/upload-progress", "post", server.post("/files/upload-progress", "{\"fileId\": \"" + id + "\", \"bytesUploaded\": 9}").expect(204));
            String url = page.text().replaceFirst("(?s).*\"url\":\"([^\"]*)\".*", "$1");
            Answer sent = server.put(url, FILE).expect(200);
            check("/direct/{file_id}/{name}", "put", sent);
            check("/direct/{file_id}/{name}", "put", server.put(url + "0", FILE).expect(403));
            String list = "{\"fileId\": \"" + id + "\", \"parts\": [{\"PartNumber\": 1, \"ETag\": " + "\"" + sent.header("ETag").replace("\"", "") + "\"}]}";
            check("/files/complete-upload", "post", server.post("/files/complete-upload", list).expect(200));
            check("/files/complete-upload", "post", server.post("/files/complete-upload", list.replace("1,", "2,")).expect(400));
            Answer download = server.post("/download-url/" + id, "{\"one_time\": true}");
            check("/download-url/{file_id}", "post", download.expect(201));
            check("/direct/{file_id}/{name}", "get", server.get(download.field("url") + "x").expect(403));
            check("/signed-urls", "delete", server.delete("/signed-urls").expect(204));
        }
        assertEquals(List.of(), faults);
    }

    @Test
    void answersAboutTokensAndRoomsAreAsDescribed(@TempDir Path folder) throws IOException {
        try (ServedEngine server = new ServedEngine(folder, "operator-token-0123456789", null)) {
            String[] operator = {"Authorization", "Bearer operator-token-0123456789"};
            Answer room = server.post("/rooms", "{\"name\": \"r\", \"quota\": {\"bytes\": \"1MiB\"}}", operator);
            check("/rooms", "post", room);
            Answer token = server.post("/tokens", "{\"name\": \"t\", \"rights\": [\"upload\", \"list\"], \"rooms\": {\"r\": \"owner\"}, \"expires_in\": \"1d\", "
                    + "\"addresses\": [\"127.0.0.1\"]}", operator);
            check("/tokens", "post", token);
            String[] owner = {"Authorization", "Bearer " + token.field("token")};
            String tokenPath = "/tokens/" + token.field("token_id");
            check("/tokens", "get", server.get("/tokens", operator));
            check("/tokens/{token_id}", "get", server.get("/tokens/self", operator));
            check("/tokens/{token_id}", "patch", server.send("PATCH", tokenPath, java.net.http.HttpRequest.BodyPublishers.ofString("{}"), operator));
            check("/tokens/{token_id}", "patch", server.send("PATCH", tokenPath, java.net.http.HttpRequest.BodyPublishers.ofString("{\"x\": 1}"), operator));
            check("/one-time-tokens", "post", server.post("/one-time-tokens", "{\"right\": \"list\"}", owner));
            check("/rooms", "get", server.get("/rooms", owner));
            check("/rooms/{room_id}", "get", server.get("/rooms/r", owner));
            check("/rooms/{room_id}", "patch", server.send("PATCH", "/rooms/r", java.net.http.HttpRequest.BodyPublishers.ofString("{\"name\": \"s\"}"), owner));
            check("/rooms/{room_id}/members/{token_id}", "put",
                    server.put("/rooms/s/members/" + token.field("token_id"), "{\"role\": \"owner\"}".getBytes(), operator));
            check("/rooms/{room_id}/members/{token_id}", "delete", server.delete("/rooms/s/members/" + token.field("token_id"), owner));
            Answer started = server.post("/upload/start", "{\"filename\": \"a\", \"file_size\": 5, \"room\": \"s\"}", owner);
            check("/files", "get", server.get("/files?room=s", owner));
            String access = "/files/" + started.field("file_id") + "/access";
            check("/files/{file_id}/access", "get", server.get(access, owner));
            check("/files/{file_id}/access", "put",
                    server.put(access, ("{\"room\": null, \"grants\": {\"" + token.field("token_id") + "\": [\"list\"]}}").getBytes(), operator));
            check("/usage", "get", server.get("/usage", owner));
            check("/usage", "get", server.get("/usage", operator));
            check("/rooms/{room_id}", "delete", server.delete("/rooms/none", operator));
            check("/tokens/{token_id}/rotate", "post", server.post(tokenPath + "/rotate", "", operator));
        }
        assertEquals(List.of(), faults);
    }

    @Test
    void answersAboutLoginsAreAsDescribed(@TempDir Path folder) throws IOException {
        try (ServedEngine server = new ServedEngine(folder, "operator-token-0123456789", null)) {
            String[] operator = {"Authorization", "Bearer operator-token-0123456789"};
            String[] user = {"Authorization", "Bearer "
                    + server.post("/tokens", "{\"name\": \"t\", \"rights\": [\"list\"]}", operator).expect(201).field("token")};
            Answer login = server.post("/login", "", user);
            check("/login", "post", login);
            check("/login", "post", server.post("/login", ""));
            check("/session", "get", server.get("/session", operator));
            check("/session", "get", server.get("/session", "Cookie", login.header("Set-Cookie").replaceFirst(";.*", "")));
            check("/sessions", "get", server.get("/sessions", user));
            check("/sessions/{session_id}", "delete", server.delete("/sessions/none", user));
            check("/totp", "post", server.post("/totp", "", operator));
            Answer enrolled = server.post("/totp", "", user);
            check("/totp", "post", enrolled);
            check("/totp/confirm", "post", server.post("/totp/confirm", "{\"code\": \"x\"}", user));
            server.post("/totp/confirm", code(server, enrolled.field("secret")), user).expect(204);
            check("/totp", "delete", server.delete("/totp", user));
            server.pass(Totp.STEP);
            check("/session/prove", "post", server.post("/session/prove", code(server, enrolled.field("secret")), "Cookie",
                    login.header("Set-Cookie").replaceFirst(";.*", ""), "X-CSRF-Token", login.field("csrf_token")));
            check("/session/prove", "post", server.post("/session/prove", "{\"code\": \"123456\"}", user));
            check("/tokens/{token_id}/totp", "delete", server.delete("/tokens/none/totp", operator));
        }
        assertEquals(List.of(), faults);
    }

    private static String code(ServedEngine server, String secret) {
        return "{\"code\": \"" + Totp.code(secret, server.engine().core().now()) + "\"}";
    }

    @Test
    void answersAboutUploadRequestsAndAttemptsAreAsDescribed(@TempDir Path folder) throws IOException {
        try (ServedEngine server = new ServedEngine(folder)) {
            server.post("/rooms", "{\"name\": \"r\"}").expect(201);
            check("/rooms/{room_id}/requests", "post", server.post("/rooms/r/requests", ""));
            Answer made = server.post("/rooms/r/requests", "{\"protected\": true, \"max_files\": 2, \"max_bytes\": \"1MB\", \"types\": [\"a\"]}");
            check("/rooms/{room_id}/requests", "post", made);
            check("/rooms/{room_id}/requests", "post", server.post("/rooms/r/requests", "{\"x\": 1}"));
            String path = "/requests/" + made.field("request_id");
            check("/requests", "get", server.get("/requests"));
            check("/requests/{request_id}", "get", server.get(path));
            check("/requests/{request_id}", "patch", server.patch(path, "{\"protected\": false}"));
            check("/requests/{request_id}", "patch", server.patch(path, "{\"protected\": true}"));
            server.delete(path).expect(204);
            check("/requests/{request_id}", "delete", server.delete(path));
            String link = "/r/" + server.post("/rooms/r/requests", "").field("token");
            check("/r/{link}", "get", server.get(link));
            check("/r/{link}/{name}", "put", server.put(link + "/a", FILE, JSON));
            check("/r/{link}/{name}", "post", server.post(link + "/a", "a", JSON));
            check("/r/{link}", "put", server.put(link, FILE, JSON));
            check("/r/{link}", "post", server.form().file("f", "a", FILE).file("f", "b", FILE).send("POST", link, JSON));
            check("/r/{link}", "post", server.form().file("f", "a", FILE).send("POST", link, JSON));
            check("/r/{link}", "get", server.get("/r/none"));
            String[] bearer = {"Authorization", "Bearer " + link.substring(3)};
            Answer started = server.post("/upload/start", "{\"filename\": \"a\", \"file_size\": 2500}", bearer);
            check("/upload/{file_id}", "put", server.put("/upload/" + started.field("file_id"), FILE, bearer));
            Answer share = server.post("/share/create/" + started.field("file_id"), "{\"addresses\": [\"10.0.0.0/8\"], \"one_time\": true, \"notice\": true}");
            check("/share/create/{file_id}", "post", share);
            server.audit().append(new Entry(Instant.parse("2026-01-01T00:00:00Z"), "r", "nobody", null, "10.0.0.1", "share.download",
                    Map.of("share", share.field("share_id")), "address_not_allowed", 403, Map.of()));
            check("/shares/{token}/attempts", "get", server.get("/shares/" + share.field("share_id") + "/attempts"));
            check("/shares/{token}", "patch", server.patch("/shares/" + share.field("token"), "{\"one_time\": false}"));
        }
        assertEquals(List.of(), faults);
    }

    @Test
    void answersToClientsOfChunkyAreAsDescribed(@TempDir Path folder) throws IOException {
        try (ServedEngine server = new ServedEngine(folder)) {
            String hash = tranzr.model.Digest.sha256(FILE).base64();
            String begin = "{\"fileHash\": \"" + hash + "\", \"totalFileSizeBytes\": 2500}";
            Answer begun = server.post("/initiateUploadSession", begin);
            check("/initiateUploadSession", "post", begun);
            check("/initiateUploadSession", "post", server.post("/initiateUploadSession", "{}", JSON));
            String pair = "{\"sessionId\": \"" + begun.field("sessionId") + "\", \"fileHash\": \"" + hash + "\"";
            check("/uploadChunk", "patch", server.send("PATCH", "/uploadChunk", java.net.http.HttpRequest.BodyPublishers.ofString(pair + ", \"chunk\": \"AA==\", \"startByte\": -1}"), JSON));
            for (int end : new int[] {99, 2499}) {
                check("/uploadFileChunk", "patch", server.patch("/uploadFileChunk", pair + ", \"startByte\": 0, \"endByte\": " + end + ", \"chunk\": \""
                        + java.util.Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(FILE, end + 1)) + "\"}").expect(200));
                check("/byteRangesToUpload", "post", server.post("/byteRangesToUpload", pair + "}").expect(200));
                check("/uploadStatus", "get", server.get("/uploadStatus?sessionId=" + begun.field("sessionId") + "&fileHash=" + hash).expect(200));
                check("/endUpload", "post", server.post("/endUpload", pair + "}", JSON));
            }
            check("/initiateUploadSession", "post", server.post("/initiateUploadSession", pair + "," + begin.substring(begin.indexOf("\"total"))).expect(200));
            check("/endUpload", "post", server.post("/endUpload", pair.replace(hash, "") + "}", JSON));
        }
        assertEquals(List.of(), faults);
    }

    private void check(String path, String method, Answer answer) {
        Map<String, Object> operation = object(object(object(description.get("paths")).get(path)).get(method));
        Map<String, Object> responses = object(operation.get("responses"));
        Object response = responses.getOrDefault(String.valueOf(answer.status()), responses.get("default"));
        String type = answer.header("Content-Type");
        if (type == null) {
            assertEquals(0, answer.body().length);
            assertEquals(null, resolve(response).get("content"), method + " " + path);
            return;
        }
        Object schema = object(object(resolve(response).get("content")).get(type)).get("schema");
        Object body = answer.text().startsWith("[") ? answer.list() : answer.json();
        List<String> found = new ArrayList<>();
        compare(method + " " + path + " " + answer.status(), body, object(schema), found);
        faults.addAll(found);
    }

    private void compare(String at, Object value, Map<String, Object> given, List<String> found) {
        Map<String, Object> schema = merged(resolve(given));
        if (schema.get("oneOf") instanceof List<?> choices) {
            List<List<String>> tried = choices.stream().map(choice -> {
                List<String> wrong = new ArrayList<>();
                compare(at, value, object(choice), wrong);
                return wrong;
            }).toList();
            if (tried.stream().filter(List::isEmpty).count() != 1) {
                found.add(at + " fits not exactly one of: " + tried);
            }
            return;
        }
        List<?> types = schema.get("type") instanceof List<?> several ? several : List.of(schema.get("type"));
        if (!types.contains(typeOf(value)) && !(types.contains("number") && "integer".equals(typeOf(value)))) {
            found.add(at + " is " + typeOf(value) + ", described as " + types);
        } else if (schema.containsKey("const") && !schema.get("const").equals(value)
                || schema.get("enum") instanceof List<?> values && !values.contains(value)) {
            found.add(at + " is " + value + ", described as " + schema);
        } else if (value instanceof List<?> list) {
            list.forEach(entry -> compare(at + "[]", entry, object(schema.get("items")), found));
        } else if (value instanceof Map<?, ?> && schema.get("properties") != null) {
            members(at, object(value), schema, found);
        }
    }

    private void members(String at, Map<String, Object> value, Map<String, Object> schema, List<String> found) {
        Map<String, Object> properties = object(schema.get("properties"));
        // A problem may bring members that depend on its code.
        boolean open = properties.containsKey("retryable");
        ((List<?>) schema.getOrDefault("required", List.of())).stream().filter(name -> !value.containsKey(name))
                .forEach(name -> found.add(at + " lacks " + name));
        value.forEach((name, member) -> {
            if (properties.get(name) != null) {
                compare(at + "." + name, member, object(properties.get(name)), found);
            } else if (!open) {
                found.add(at + " has " + name + ", which is not described");
            }
        });
    }

    private static String typeOf(Object value) {
        return switch (value) {
            case null -> "null";
            case String _ -> "string";
            case Boolean _ -> "boolean";
            case Double _ -> "number";
            case Number _ -> "integer";
            case List<?> _ -> "array";
            default -> "object";
        };
    }

    /** One schema of all that {@code allOf} demands. */
    private Map<String, Object> merged(Map<String, Object> schema) {
        if (!(schema.get("allOf") instanceof List<?> parts)) {
            return schema;
        }
        Map<String, Object> properties = new LinkedHashMap<>();
        Set<Object> required = new HashSet<>();
        parts.forEach(part -> {
            Map<String, Object> one = merged(resolve(part));
            properties.putAll(object(one.get("properties")));
            required.addAll((List<?>) one.get("required"));
        });
        return Map.of("type", "object", "properties", properties, "required", List.copyOf(required));
    }

    private Map<String, Object> resolve(Object value) {
        Map<String, Object> at = object(value);
        if (!(at.get("$ref") instanceof String reference)) {
            return at;
        }
        Object target = description;
        for (String step : reference.substring(2).split("/")) {
            target = object(target).get(step);
        }
        return object(target);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }
}
