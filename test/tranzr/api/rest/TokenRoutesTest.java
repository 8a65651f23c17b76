package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

class TokenRoutesTest {

    private static final String OPERATOR = "operator-token-0123456789";

    @TempDir
    Path folder;
    private ServedEngine server;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder, OPERATOR, null);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static String[] as(String token) {
        return new String[] {"Authorization", "Bearer " + token};
    }

    private Answer make(String json) {
        return server.post("/tokens", json, as(OPERATOR));
    }

    private Answer made(String name, String rights) {
        return make("{\"name\": \"" + name + "\", \"rights\": [" + rights + "]}").expect(201);
    }

    @Test
    void aTokenIsToldOnceAndOpensWhatItIsFor() {
        Answer made = make("{\"name\": \"Büro\", \"rights\": [\"list\", \"upload\"], \"quota\": {\"bytes\": \"1KiB\", \"files\": 2}, "
                + "\"expires_in\": \"2h\", \"addresses\": [\"127.0.0.0/8\"]}").expect(201);
        String secret = made.field("token");
        assertTrue(secret.startsWith("tzk_"), secret);
        assertEquals("no-store", made.header("Cache-Control"));
        assertEquals(List.of("upload", "list"), made.json().get("rights"));
        Answer self = server.get("/tokens/self", as(secret)).expect(200);
        assertEquals("Büro", self.field("name"));
        assertNull(self.field("token"));
        assertEquals("2026-01-01T02:00:00Z", self.field("expires_at"));
        java.util.HashMap<String, Object> quota = new java.util.HashMap<>(Map.of("bytes", 1024, "files", 2));
        quota.put("monthly_bytes", null);
        assertEquals(quota, self.json().get("quota"));
        assertEquals(self.json(), server.get(made.header("Location"), as(OPERATOR)).expect(200).json());
        server.get("/files", as(secret)).expect(200);
        server.get("/shares", as(secret)).expect(403, "forbidden");
        server.get("/tokens", as(secret)).expect(403, "forbidden");
        server.post("/tokens", "{\"name\": \"x\", \"rights\": [\"list\"]}", as(secret)).expect(403, "forbidden");
        assertFalse(server.get("/tokens", as(OPERATOR)).expect(200).text().contains(secret));
        server.pass(Duration.ofHours(2));
        server.get("/files", as(secret)).expect(401, "wrong_token");
    }

    @Test
    void whatMakesNoSenseIsRefusedAndMakesNoToken() {
        for (String bad : List.of("{}", "{\"name\": \"x\"}", "{\"name\": \"x\", \"rights\": []}", "{\"name\": \"x\", \"rights\": [\"all\"]}",
                "{\"name\": \"x\", \"rights\": [1]}", "{\"name\": \"\", \"rights\": [\"list\"]}", "{\"name\": \"a\\u0000b\", \"rights\": [\"list\"]}",
                "{\"name\": \"a\\u202eb\", \"rights\": [\"list\"]}", "{\"name\": \" a\", \"rights\": [\"list\"]}",
                "{\"name\": \"" + "x".repeat(101) + "\", \"rights\": [\"list\"]}",
                "{\"name\": \"00000000-0000-4000-8000-000000000000\", \"rights\": [\"list\"]}",
                "{\"name\": \"x\", \"rights\": [\"list\"], \"expires_at\": \"2025-01-01T00:00:00Z\"}",
                "{\"name\": \"x\", \"rights\": [\"list\"], \"expires_in\": \"soon\"}", "{\"name\": \"x\", \"rights\": [\"list\"], \"expires_in\": \"0s\"}",
                "{\"name\": \"x\", \"rights\": [\"list\"], \"addresses\": [\"10.0.0.1/8\"]}", "{\"name\": \"x\", \"rights\": [\"list\"], \"adresses\": []}",
                "{\"name\": \"x\", \"rights\": [\"list\"], \"quota\": {\"byte\": 1}}", "{\"name\": \"x\", \"rights\": [\"list\"], \"quota\": {\"bytes\": -1}}",
                "{\"name\": \"x\", \"rights\": [\"list\"], \"quota\": 5}", "{\"name\": \"x\", \"rights\": [\"list\"], \"rooms\": {\"x\": 1}}")) {
            Answer answer = make(bad);
            assertTrue(answer.status() == 400 && "invalid_value".equals(answer.field("code"))
                    || answer.status() == 404 && "room_not_found".equals(answer.field("code")), bad + ": " + answer);
        }
        assertEquals(List.of(), server.get("/tokens", as(OPERATOR)).expect(200).list());
        server.get("/tokens/nonsense", as(OPERATOR)).expect(404, "token_not_found");
        server.delete("/tokens/00000000-0000-4000-8000-000000000000", as(OPERATOR)).expect(404, "token_not_found");
    }

    @Test
    void tokensAreListedAPageAtATime() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made("token " + i, "\"list\"");
            names.addFirst("token " + i);
            server.pass(Duration.ofSeconds(1));
        }
        List<String> seen = new ArrayList<>();
        String next = "/tokens?limit=2";
        while (next != null) {
            Answer page = server.get(next, as(OPERATOR)).expect(200);
            page.list().forEach(entry -> seen.add((String) entry.get("name")));
            next = page.header("Link") == null ? null : page.header("Link").replaceFirst("<(.*)>; rel=\"next\"", "$1");
        }
        assertEquals(names, seen);
        server.get("/tokens?after=x", as(OPERATOR)).expect(400, "invalid_value");
    }

    @Test
    void aNewSecretEndsTheOldOneAndWhatWasMadeWithIt() {
        Answer made = made("rotating", "\"list\", \"upload\"");
        String old = made.field("token");
        String once = server.post("/one-time-tokens", "{\"right\": \"list\"}", as(old)).expect(201).field("token");
        Answer rotated = server.post("/tokens/self/rotate", "", as(old)).expect(200);
        assertNotEquals(old, rotated.field("token"));
        assertEquals(made.field("token_id"), rotated.field("token_id"));
        server.get("/files", as(old)).expect(401, "wrong_token");
        server.get("/files", as(once)).expect(401, "wrong_token");
        server.get("/files", as(rotated.field("token"))).expect(200);
        String other = made("other", "\"list\"").field("token_id");
        server.post("/tokens/" + other + "/rotate", "", as(rotated.field("token"))).expect(404, "token_not_found");
        server.post("/tokens/" + other + "/rotate", "", as(OPERATOR)).expect(200);
        server.post("/tokens/self/rotate", "", as(OPERATOR)).expect(400, "invalid_value");
    }

    @Test
    void aChangeNamesOnlyWhatItChanges() {
        Answer made = make("{\"name\": \"a\", \"rights\": [\"list\", \"upload\"], \"quota\": {\"files\": 3}, \"expires_in\": \"1d\"}").expect(201);
        String path = "/tokens/" + made.field("token_id");
        Answer changed = server.send("PATCH", path, java.net.http.HttpRequest.BodyPublishers.ofString("{\"name\": \"b\", \"quota\": {\"bytes\": 5}}"), as(OPERATOR))
                .expect(200);
        assertEquals("b", changed.field("name"));
        assertEquals(made.json().get("rights"), changed.json().get("rights"));
        assertEquals(made.field("expires_at"), changed.field("expires_at"));
        assertEquals("{bytes=5, files=3, monthly_bytes=null}", changed.field("quota"));
        changed = server.send("PATCH", path, java.net.http.HttpRequest.BodyPublishers.ofString("{\"quota\": null, \"expires_at\": null, \"rights\": \"download\"}"),
                as(OPERATOR)).expect(200);
        assertNull(changed.field("expires_at"));
        assertEquals("{bytes=null, files=null, monthly_bytes=null}", changed.field("quota"));
        server.get("/files", as(made.field("token"))).expect(403, "forbidden");
    }

    @Test
    void revokingTakesWhatTheTokenHasMadeOnlyWhenAsked() {
        for (boolean madeToo : new boolean[] {false, true}) {
            Answer made = made("maker", "\"upload\", \"share\"");
            Answer stored = server.put("/a.txt", new byte[10], as(made.field("token"))).expect(201);
            String link = stored.text().strip();
            server.get(link).expect(200);
            server.delete("/tokens/" + made.field("token_id") + "?revoke_shares=" + madeToo, as(OPERATOR)).expect(204);
            server.get("/tokens/self", as(made.field("token"))).expect(401, "wrong_token");
            server.get(link).expect(madeToo ? 404 : 200);
            server.get("/files/" + stored.header("X-File-Id"), as(OPERATOR)).expect(200);
        }
        server.delete("/tokens/00000000-0000-4000-8000-000000000000?revoke_shares=perhaps", as(OPERATOR)).expect(400, "invalid_value");
    }

    @Test
    void aOneTimeTokenDoesOneThingOnce() {
        String maker = made("maker", "\"upload\", \"download\", \"list\"").field("token");
        String id = server.put("/a.txt", new byte[10], as(maker)).expect(201).header("X-File-Id");
        String other = server.put("/b.txt", new byte[10], as(maker)).expect(201).header("X-File-Id");
        String ask = "{\"right\": \"download\", \"file_id\": \"" + id + "\", \"expires_in\": \"10m\"}";
        String once = server.post("/one-time-tokens", ask, as(maker)).expect(201).field("token");
        server.get("/download/" + id, as(once)).expect(200);
        server.get("/download/" + id, as(once)).expect(401, "wrong_token");
        once = server.post("/one-time-tokens", ask, as(maker)).expect(201).field("token");
        server.get("/download/" + other, as(once)).expect(404, "not_found");
        once = server.post("/one-time-tokens", ask, as(maker)).expect(201).field("token");
        server.delete("/files/" + id, as(once)).expect(403, "forbidden");
        once = server.post("/one-time-tokens", ask, as(maker)).expect(201).field("token");
        server.post("/one-time-tokens", ask, as(once)).expect(403, "forbidden");
        once = server.post("/one-time-tokens", ask, as(maker)).expect(201).field("token");
        server.pass(Duration.ofMinutes(10));
        server.get("/download/" + id, as(once)).expect(401, "wrong_token");
        server.post("/one-time-tokens", "{\"right\": \"share\"}", as(maker)).expect(403, "forbidden");
        server.post("/one-time-tokens", "{\"right\": \"list\", \"expires_in\": \"25h\"}", as(maker)).expect(400, "invalid_value");
        server.post("/one-time-tokens", "{\"right\": \"fly\"}", as(maker)).expect(400, "invalid_value");
        server.post("/one-time-tokens", "{\"right\": \"list\", \"file_id\": \"00000000-0000-4000-8000-000000000000\"}", as(maker)).expect(404, "not_found");
    }

    @Test
    void thereAreNotMoreOneTimeTokensThanCanBeKept() {
        String maker = made("maker", "\"list\"").field("token");
        for (int i = 0; i < 1000; i++) {
            server.post("/one-time-tokens", "{\"right\": \"list\"}", as(maker)).expect(201);
        }
        server.post("/one-time-tokens", "{\"right\": \"list\"}", as(maker)).expect(409, "too_many");
        server.pass(Duration.ofMinutes(5));
        server.endExpired();
        assertEquals(List.of(), server.engine().core().catalog().entities(tranzr.model.OneTimeToken.class));
        server.post("/one-time-tokens", "{\"right\": \"list\"}", as(maker)).expect(201);
    }

    @Test
    void theLastAdministratorStaysUnlessAnOperatorIsThere() throws IOException {
        Answer admin = made("admin", "\"admin\"");
        server.delete("/tokens/" + admin.field("token_id"), as(admin.field("token"))).expect(204);
        server.close();
        server = new ServedEngine(folder.resolve("open"));
        Answer first = server.post("/tokens", "{\"name\": \"first\", \"rights\": [\"admin\"]}").expect(201);
        String token = first.field("token");
        String path = "/tokens/" + first.field("token_id");
        server.get("/files").expect(401, "token_required");
        Answer user = server.post("/tokens", "{\"name\": \"user\", \"rights\": [\"list\"]}", as(token)).expect(201);
        server.delete(path, as(token)).expect(409, "last_admin");
        for (String less : List.of("{\"rights\": [\"list\"]}", "{\"expires_in\": \"1d\"}")) {
            server.send("PATCH", path, java.net.http.HttpRequest.BodyPublishers.ofString(less), as(token)).expect(409, "last_admin");
        }
        server.delete("/tokens/" + user.field("token_id"), as(token)).expect(204);
        // The only token: without it the server is open to its own machine again.
        server.delete(path, as(token)).expect(204);
        server.get("/files").expect(200);
    }

    @Test
    void usageIsToldToThoseItConcerns() {
        Answer made = make("{\"name\": \"u\", \"rights\": [\"upload\"], \"quota\": {\"files\": 2}}").expect(201);
        server.put("/a", new byte[300], as(made.field("token"))).expect(201);
        Answer own = server.get("/usage", as(made.field("token"))).expect(200);
        assertEquals("token", own.field("of"));
        assertEquals(Map.of("bytes", 300, "files", 1, "monthly_bytes", 300), own.json().get("usage"));
        assertEquals("{bytes=null, files=2, monthly_bytes=null}", own.field("quota"));
        server.put("/b", new byte[100], as(OPERATOR)).expect(201);
        assertEquals(Map.of("bytes", 400, "files", 2, "monthly_bytes", 400), server.get("/usage", as(OPERATOR)).expect(200).json().get("usage"));
        assertEquals(own.json(), server.get("/usage?token=" + made.field("token_id"), as(OPERATOR)).expect(200).json());
        assertEquals(Map.of("bytes", 100, "files", 1, "monthly_bytes", 100), server.get("/usage?token=self", as(OPERATOR)).expect(200).json().get("usage"));
        Set<Integer> others = new HashSet<>();
        String stranger = made("s", "\"list\"").field("token");
        others.add(server.get("/usage?token=" + made.field("token_id"), as(stranger)).status());
        assertEquals(Set.of(404), others);
        server.pass(Duration.ofDays(31));
        assertEquals(Map.of("bytes", 300, "files", 1, "monthly_bytes", 0), server.get("/usage", as(made.field("token"))).expect(200).json().get("usage"));
    }
}
