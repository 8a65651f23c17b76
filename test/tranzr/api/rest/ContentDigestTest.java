package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.audit.Entry;
import tranzr.e2e.Http;
import tranzr.model.Crc32c;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** What a request says of its own bytes, and requests that leave completing to a merge. */
class ContentDigestTest {

    private static final byte[] FILE = ServedEngine.bytes(2500, 1);

    @TempDir
    Path folder;
    private ServedEngine server;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static String crc(byte[] bytes) {
        byte[] four = ByteBuffer.allocate(4).putInt(Crc32c.of(bytes, 0, bytes.length)).array();
        return "crc32c=:" + Base64.getEncoder().encodeToString(four) + ":";
    }

    private static String sha(byte[] bytes) {
        return "sha-256=:" + Digest.sha256(bytes).base64() + ":";
    }

    @Test
    void aCrcIsCheckedLikeASha() {
        String id = server.begin(FILE.length, 1024);
        byte[] part = Arrays.copyOf(FILE, 1024);
        Answer refused = server.put("/uploads/" + id + "/chunks/0", part, "Content-Digest", crc(FILE)).expect(422, "checksum_mismatch");
        assertTrue(refused.field("detail").contains("CRC-32C"));
        assertEquals("%08x".formatted(Crc32c.of(FILE, 0, FILE.length)), refused.field("expected"));
        assertEquals("%08x".formatted(Crc32c.of(part, 0, part.length)), refused.field("actual"));
        assertEquals("0", server.get("/upload/status/" + id).field("bytes_received"));
        server.put("/uploads/" + id + "/chunks/0", part, "Content-Digest", crc(part)).expect(200);
        server.put("/upload/" + id, FILE, "Content-Digest", crc(part)).expect(422, "checksum_mismatch");
        assertEquals("1024", server.get("/upload/status/" + id).field("bytes_received"));
        server.put("/upload/" + id, FILE, "Content-Digest", crc(FILE)).expect(200);
        assertArrayEquals(FILE, server.get("/download/" + id).expect(200).body());
    }

    @Test
    void bothAreCheckedWhenBothAreThere() {
        String id = server.begin(FILE.length, 1024);
        byte[] other = new byte[1];
        server.put("/upload/" + id, FILE, "Content-Digest", sha(FILE) + ", " + crc(other)).expect(422, "checksum_mismatch");
        server.put("/upload/" + id, FILE, "Content-Digest", crc(FILE) + ", " + sha(other)).expect(422, "checksum_mismatch");
        server.put("/upload/" + id, FILE, "Content-Digest", crc(FILE), "X-Chunk-SHA256", Digest.sha256(other).hex()).expect(422, "checksum_mismatch");
        server.put("/upload/" + id, FILE, "Content-Digest", "crc32c=:AAAA:").expect(400, "invalid_digest");
        assertEquals("0", server.get("/upload/status/" + id).field("bytes_received"));
        server.put("/upload/" + id, FILE, "Content-Digest", sha(FILE) + ", " + crc(FILE)).expect(200);
    }

    @Test
    void aCrcHoldsForFormsAndForCurlsDoor() {
        String id = server.begin(FILE.length, 4096);
        server.form().field("file_id", id).field("chunk_index", 0).file("f", "x", FILE).send("POST", "/upload/chunk", "Content-Digest", crc(new byte[1]))
                .expect(422, "checksum_mismatch");
        server.form().file("f", "x", FILE).field("chunk_index", 0).field("file_id", id).send("POST", "/upload/chunk", "Content-Digest", crc(new byte[1]))
                .expect(422, "checksum_mismatch");
        server.form().field("file_id", id).field("chunk_index", 0).file("f", "x", FILE).send("POST", "/upload/chunk", "Content-Digest", crc(FILE)).expect(200);
        server.put("/x", FILE, "Accept", "application/json", "Content-Digest", crc(new byte[1])).expect(422, "checksum_mismatch");
        server.put("/x", FILE, "Content-Digest", crc(FILE)).expect(201);
        assertEquals(2, server.get("/files").list().size());
    }

    @Test
    void otherBytesWithTheirOwnCrcAreAConflict() {
        String id = server.begin(FILE.length, 1024);
        byte[] part = Arrays.copyOf(FILE, 1024);
        server.put("/uploads/" + id + "/chunks/0", part).expect(200);
        part[1000]++;
        server.put("/uploads/" + id + "/chunks/0", part, "Content-Digest", crc(part)).expect(409, "chunk_conflict");
        server.put("/uploads/" + id + "/chunks/0", part, "Content-Digest", crc(FILE)).expect(422, "checksum_mismatch");
    }

    @Test
    void completingCanBeLeftToAMerge() {
        String id = server.begin(FILE.length, 1024);
        Answer put = server.put("/upload/" + id + "?complete=false", FILE).expect(200);
        assertEquals("uploading", put.field("status"));
        assertEquals(List.of(), put.json().get("missing_ranges"));
        assertEquals("100.0", put.field("percentage"));
        server.get("/download/" + id).expect(409, "not_completed");
        server.post("/upload/merge/" + id, "{\"sha256\": \"" + "0".repeat(64) + "\"}").expect(422, "hash_mismatch");
        server.get("/download/" + id).expect(409, "not_completed");
        server.put("/upload/" + id + "?complete=perhaps", FILE).expect(400, "invalid_value");
        server.put("/upload/" + id + "?complete=true", FILE).expect(200);
        assertArrayEquals(FILE, server.get("/download/" + id).expect(200).body());
    }

    @Test
    void whatLeavesCompletingToAMergeIsRecordedWhenItFails() {
        String id = server.begin(FILE.length, 1024);
        server.put("/upload/" + id + "?complete=false", FILE, "Content-Digest", crc(new byte[1])).expect(422, "checksum_mismatch");
        server.put("/upload/" + id + "?complete=false", FILE).expect(200);
        server.post("/upload/merge/" + id, "").expect(200);
        Http.await("the record of the merge", () -> server.recorded().stream().anyMatch(entry -> entry.action().equals("upload.complete")));
        assertEquals(List.of("checksum_mismatch"), server.recorded().stream().filter(entry -> entry.action().equals("upload.put")).map(Entry::result).toList());
    }

    @Test
    void filesAreFoundByTheirDigest() {
        String first = server.store(FILE);
        server.store(new byte[] {1});
        String second = server.store(FILE);
        server.begin(5, 1024);
        String hex = Digest.sha256(FILE).hex();
        assertEquals(Set.of(second, first), server.get("/files?sha256=" + hex.toUpperCase()).list().stream().map(file -> file.get("file_id")).collect(Collectors.toSet()));
        Answer page = server.get("/files?limit=1&sha256=" + hex).expect(200);
        String next = page.header("Link").replaceFirst("<(.*)>.*", "$1");
        assertTrue(next.contains("sha256=" + hex), next);
        assertEquals(List.of(), server.get("/files?sha256=" + "0".repeat(64)).list());
        for (String wrong : List.of("", "0", "g".repeat(64))) {
            assertEquals("sha256", server.get("/files?sha256=" + wrong).expect(400, "invalid_value").field("field"));
        }
    }
}
