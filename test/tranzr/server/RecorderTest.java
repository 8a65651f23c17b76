package tranzr.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.audit.Entry;
import tranzr.e2e.Http;

/** What the audit log is told of requests. */
class RecorderTest {

    private static final String TOKEN = "the-operators-own-token";
    private static final String[] OPERATOR = {"Authorization", "Bearer " + TOKEN};
    private static final byte[] BYTES = ServedEngine.bytes(1000, 1);

    @TempDir
    Path folder;
    private ServedEngine server;

    @BeforeEach
    void start() throws Exception {
        server = new ServedEngine(folder, TOKEN, null);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    /** The record of the last request, which comes just after its answer. */
    private Entry last(String action) {
        Http.await("a record of " + action, () -> server.recorded().stream().anyMatch(entry -> entry.action().equals(action)));
        return server.recorded().stream().filter(entry -> entry.action().equals(action)).reduce((first, second) -> second).orElseThrow();
    }

    private String store() {
        return server.put("/a.bin", BYTES, OPERATOR).expect(201).header("X-File-Id");
    }

    @Test
    void eachOperationIsToldWithWhoWhatAndResult() {
        String id = store();
        Entry received = last("upload.receive");
        assertEquals("operator", received.actor());
        assertEquals("127.0.0.1", received.address());
        assertEquals(id, received.subject().get("file_id"));
        assertEquals(Entry.OK, received.result());
        assertEquals(201, received.status());
        assertEquals(1000L, received.details().get("received"));
        String share = server.post("/share/create/" + id, "{\"protected\": false}", OPERATOR).expect(201).field("token");
        String shareId = last("share.create").subject().get("share");
        assertNotNull(shareId);
        server.get("/s/" + share).expect(200);
        Entry download = last("share.download");
        assertEquals("nobody", download.actor());
        assertEquals(Map.of("share", shareId, "file_id", id), download.subject());
        assertEquals(1000L, download.details().get("sent"));
        server.delete("/files/" + id, OPERATOR).expect(204);
        assertEquals(Map.of("file_id", id), last("file.delete").subject());
    }

    @Test
    void whatIsRefusedForAFieldThatComesTwiceIsToldAllTheSame() throws Exception {
        String path = "/download/" + store();
        String answer = server.raw("GET " + path + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + TOKEN
                + "\r\nRange: bytes=0-1\r\nRange: bytes=2-3\r\nConnection: close\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
        Entry refused = last("file.download");
        assertEquals("invalid_header", refused.result());
        assertEquals("bytes=0-1, bytes=2-3", refused.details().get("range"));
    }

    @Test
    void whatWasMadeIsNamed() {
        String token = server.post("/tokens", "{\"name\": \"ann\", \"rights\": [\"list\"]}", OPERATOR).expect(201).field("token_id");
        assertEquals(Map.of("token_id", token), last("token.create").subject());
        String room = server.post("/rooms", "{\"name\": \"r\"}", OPERATOR).expect(201).field("room_id");
        assertEquals(Map.of("room_id", room), last("room.create").subject());
        String session = server.post("/login", "{\"token\": \"" + TOKEN + "\"}").expect(200).field("session_id");
        assertEquals(Map.of("session_id", session), last("login").subject());
        assertEquals("operator", last("login").actor());
        String hook = server.post("/webhooks", "{\"url\": \"http://127.0.0.1:9/\"}", OPERATOR).expect(201).field("webhook_id");
        assertEquals(Map.of("webhook_id", hook), last("webhook.create").subject());
        server.delete("/tokens/" + token, OPERATOR).expect(204);
        assertEquals(Map.of("token_id", token), last("token.revoke").subject());
    }

    @Test
    void theIdInTheAnswerIsTheOneInTheRecord() {
        String id = server.get("/download/" + store(), OPERATOR).expect(200).header("X-Request-Id");
        assertEquals(id, last("file.download").requestId());
    }

    @Test
    void failedAttemptsAreToldWithTheirCodeEvenWhereSuccessIsNot() {
        server.get("/files", OPERATOR).expect(200);
        server.get("/files").expect(401);
        Entry refused = last("file.list");
        assertEquals("token_required", refused.result());
        assertEquals(401, refused.status());
        server.get("/download/00000000-0000-4000-8000-000000000000", OPERATOR).expect(404);
        assertEquals("not_found", last("file.download").result());
        server.get("/s/no-such-link").expect(404);
        assertEquals("share_not_found", last("share.download").result());
        assertEquals(1, server.recorded().stream().filter(entry -> entry.action().equals("file.list")).count());
    }

    @Test
    void noSecretIsEverTold() {
        String id = store();
        String share = server.post("/share/create/" + id, "{\"password\": \"a-secret-word\"}", OPERATOR).expect(201).field("token");
        server.get("/s/" + share, "X-Share-Password", "another-secret").expect(401);
        server.get("/s/" + share + "?password=third-secret").expect(401);
        server.get("/s/" + share, "X-Share-Password", "a-secret-word").expect(200);
        server.get("/files", "Authorization", "Bearer tzk_not-known-but-a-secret").expect(401);
        String delete = server.put("/b.bin", BYTES, OPERATOR).expect(201).header("X-Delete-Url");
        server.delete(delete).expect(204);
        last("file.delete");
        String all = server.recorded().toString();
        for (String secret : List.of(TOKEN, share, "a-secret-word", "another-secret", "third-secret", "not-known", delete.replaceFirst(".*/", ""))) {
            assertFalse(all.contains(secret), secret);
        }
    }

    @Test
    void whoFailsAllTheTimeCannotFillTheDisk() {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            statuses.add(server.get("/files").status());
        }
        assertEquals(400, statuses.stream().filter(status -> status == 401).count());
        assertTrue(server.recorded().size() < 250, server.recorded().size() + " records");
        store();
        assertEquals(Entry.OK, last("upload.receive").result());
    }
}
