package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.audit.Entry;
import tranzr.e2e.Http;
import tranzr.model.Digest;
import tranzr.model.Quota;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** Starts that say what the file holds, by the public door. */
class InstantRoutesTest {

    private static final String OPERATOR = "operator-token-0123456789";
    private static final String[] ANY = {"Authorization", "Bearer " + OPERATOR};
    private static final byte[] FILE = ServedEngine.bytes(2500, 1);
    private static final String HEX = Digest.sha256(FILE).hex();

    @TempDir
    Path folder;
    private ServedEngine server;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder, OPERATOR, null, new Quota(4 * FILE.length, Quota.NONE.files(), Quota.NONE.monthlyBytes()));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private String[] token(String name, String rights, String more) {
        String made = server.post("/tokens", "{\"name\": \"" + name + "\", \"rights\": [" + rights + "]" + more + "}", ANY).expect(201).field("token");
        return new String[] {"Authorization", "Bearer " + made};
    }

    private Answer announce(String more, String... as) {
        return server.post("/upload/start", "{\"filename\": \"again\", \"file_size\": 2500, \"chunk_size\": 1024, \"sha256\": \"" + HEX + "\"" + more + "}", as);
    }

    private void sent(String more, String... as) {
        Answer begun = announce(more, as).expect(201);
        assertEquals("initialized", begun.field("status"));
        assertFalse(begun.json().containsKey("instant"));
        server.delete("/upload/" + begun.field("file_id"), as).expect(204);
    }

    @Test
    void whatIsThereNeedsNoBytesAndIsAFileOfItsOwn() {
        String first = server.put("/first", FILE, ANY).expect(201).header("X-File-Id");
        Answer begun = announce("", ANY).expect(201);
        assertEquals(List.of("file_id", "filename", "file_size", "chunk_size", "total_chunks", "status", "created_at", "expires_at", "file_hash", "download_url",
                "instant"), List.copyOf(begun.json().keySet()));
        assertEquals(true, begun.json().get("instant"));
        assertEquals("completed", begun.field("status"));
        assertEquals(HEX, begun.field("file_hash"));
        String id = begun.field("file_id");
        assertNotEquals(first, id);
        assertEquals("3", begun.field("total_chunks"));
        server.delete("/files/" + first, ANY).expect(204);
        assertArrayEquals(FILE, server.get("/download/" + id, ANY).expect(200).body());
        assertEquals("again", server.get("/files/" + id, ANY).expect(200).field("filename"));
        server.post("/upload/merge/" + id, "{\"file_size\": 2500, \"sha256\": \"" + HEX + "\"}", ANY).expect(200);
        Http.await("the record of the start", () -> server.recorded().stream().anyMatch(entry -> entry.action().equals("upload.start")));
        Entry entry = server.recorded().stream().filter(each -> each.action().equals("upload.start")).findFirst().orElseThrow();
        assertEquals(first, entry.subject().get("source"));
        assertEquals(id, entry.subject().get("file_id"));
    }

    @Test
    void whoSendsTheBytesAllTheSameIsToldThatTheyAreThere() {
        server.put("/first", FILE, ANY).expect(201);
        String id = announce("", ANY).expect(201).field("file_id");
        byte[] part = Arrays.copyOf(FILE, 1024);
        assertEquals("true", server.put("/uploads/" + id + "/chunks/0", part, ANY).expect(200).field("duplicate"));
        assertEquals("3", server.form().field("file_id", id).field("chunk_index", 2).file("f", "x", Arrays.copyOfRange(FILE, 2048, 2500))
                .send("POST", "/upload/chunk", ANY).expect(200).field("uploaded_chunks"));
        assertEquals(HEX, server.put("/upload/" + id, FILE, ANY).expect(200).field("file_hash"));
        assertEquals("completed", server.put("/upload/" + id + "?complete=false", FILE, ANY).expect(200).field("status"));
        part[3]++;
        server.put("/uploads/" + id + "/chunks/0", part, ANY).expect(409, "already_completed");
        server.put("/upload/" + id, new byte[3000], ANY).expect(409, "already_completed");
    }

    @Test
    void aQuotaCountsItWhole() {
        server.put("/first", FILE, ANY).expect(201);
        for (int i = 0; i < 3; i++) {
            announce("", ANY).expect(201);
        }
        announce("", ANY).expect(507, "quota_exceeded");
        assertEquals(4, server.get("/files", ANY).list().size());
    }

    @Test
    void onlyWhatTheCallerMayDownloadIsUsed() {
        server.post("/rooms", "{\"name\": \"r\"}", ANY).expect(201);
        String[] one = token("one", "\"upload\", \"download\", \"list\"", "");
        String[] blind = token("blind", "\"upload\", \"list\"", "");
        String[] member = token("member", "\"upload\", \"download\", \"list\"", ", \"rooms\": {\"r\": \"writer\"}");
        server.put("/mine", FILE, one).expect(201);
        sent("", member);
        sent("", blind);
        server.put("/ours", FILE, "Authorization", ANY[1], "Room", "r").expect(201);
        sent("", blind);
        Answer own = announce("", member).expect(201);
        assertEquals("true", own.field("instant"));
        assertEquals("true", announce(", \"room\": \"r\"", member).expect(201).field("instant"));
        announce(", \"room\": \"r\"", one).expect(404, "room_not_found");
    }

    @Test
    void whoMayNotReadAFileIsNotToldWhetherItsBytesAreTheSame() {
        String[] blind = token("blind", "\"upload\", \"list\"", "");
        String id = server.put("/mine", FILE, blind).expect(201).header("X-File-Id");
        server.put("/upload/" + id, FILE, blind).expect(409, "already_completed");
    }

    @Test
    void guestsAlwaysSend() {
        server.post("/rooms", "{\"name\": \"r\"}", ANY).expect(201);
        server.put("/ours", FILE, "Authorization", ANY[1], "Room", "r").expect(201);
        String link = server.post("/rooms/r/requests", "", ANY).expect(201).field("token");
        String[] guest = {"Authorization", "Bearer " + link};
        sent("", guest);
        String id = server.post("/upload/start", "{\"filename\": \"a\", \"file_size\": 2500}", guest).expect(201).field("file_id");
        server.put("/upload/" + id, FILE, guest).expect(200);
        server.put("/upload/" + id, FILE, guest).expect(409, "already_completed");
    }
}
