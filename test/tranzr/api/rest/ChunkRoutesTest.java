package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

class ChunkRoutesTest {

    private static final byte[] FILE = ServedEngine.bytes(2500, 1);

    @TempDir
    Path folder;
    private ServedEngine server;
    private String id;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder);
        id = server.begin(FILE.length, 1024);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static byte[] part(int from, int to) {
        return Arrays.copyOfRange(FILE, from, to);
    }

    private static String hash(byte[] bytes) {
        return Digest.sha256(bytes).hex();
    }

    private void nothingCame() {
        assertEquals("0", server.get("/upload/status/" + id).expect(200).field("bytes_received"));
    }

    @Test
    void theFieldsOfAFormComeInAnyOrder() {
        Answer first = server.form().field("file_id", id).field("chunk_index", 0).file("chunk", "blob", part(0, 1024))
                .send("POST", "/upload/chunk").expect(200);
        assertEquals(List.of("file_id", "chunk_index", "size", "duplicate", "uploaded_chunks", "total_chunks", "bytes_received",
                "status"), List.copyOf(first.json().keySet()));
        server.form().file("whatever", "x", part(1024, 2048)).field("sha256", hash(part(1024, 2048)).toUpperCase(java.util.Locale.ROOT))
                .field("chunk_index", 1).field("file_id", id).send("POST", "/upload/chunk").expect(200);
        server.form().field("chunk_index", 2).file("f", "x", part(2048, 2500)).field("file_id", id).field("other", "ignored")
                .send("POST", "/upload/chunk").expect(200);
        server.post("/upload/merge/" + id, "").expect(200);
        assertArrayEquals(FILE, server.get("/download/" + id).expect(200).body());
    }

    @Test
    void aPartWithoutAFileNameMayBeTheChunk() {
        server.send("POST", "/upload/chunk", BodyPublishers.ofString("--b\r\nContent-Disposition: form-data; name=\"file_id\"\r\n\r\n" + id
                + "\r\n--b\r\nContent-Disposition: form-data; name=\"chunk_index\"\r\n\r\n2\r\n--b\r\n"
                + "Content-Disposition: form-data; name=\"chunk\"\r\n\r\n" + "x".repeat(452) + "\r\n--b--\r\n"),
                "Content-Type", "multipart/form-data; boundary=b").expect(200);
    }

    @Test
    void aDigestAfterTheFileIsCheckedBeforeAnythingIsKept() {
        String wrong = hash(new byte[1]);
        server.form().field("file_id", id).field("chunk_index", 0).file("chunk", "x", part(0, 1024)).field("sha256", wrong)
                .send("POST", "/upload/chunk").expect(422, "checksum_mismatch");
        server.form().file("chunk", "x", part(0, 1024)).field("file_id", id).field("chunk_index", 0).field("sha256", wrong)
                .send("POST", "/upload/chunk").expect(422, "checksum_mismatch");
        server.form().field("file_id", id).field("chunk_index", 0).file("chunk", "x", part(0, 1024)).field("sha256", "junk")
                .send("POST", "/upload/chunk").expect(400, "invalid_value");
        nothingCame();
        server.form().field("file_id", id).field("chunk_index", 0).file("chunk", "x", part(0, 1024)).field("sha256", hash(part(0, 1024)))
                .send("POST", "/upload/chunk").expect(200);
    }

    @Test
    void aFormThatIsNoChunkIsRefused() {
        assertEquals("file_id", server.form().field("chunk_index", 0).file("chunk", "x", part(0, 1024)).send("POST", "/upload/chunk")
                .expect(400, "invalid_value").field("field"));
        assertEquals("chunk_index", server.form().field("file_id", id).file("chunk", "x", part(0, 1024)).send("POST", "/upload/chunk")
                .expect(400, "invalid_value").field("field"));
        assertEquals("chunk", server.form().field("file_id", id).field("chunk_index", 0).send("POST", "/upload/chunk")
                .expect(400, "invalid_value").field("field"));
        server.form().field("file_id", id).field("chunk_index", "first").file("chunk", "x", part(0, 1024)).send("POST", "/upload/chunk")
                .expect(400, "invalid_value");
        server.form().field("file_id", "x").field("chunk_index", 0).file("chunk", "x", part(0, 1024)).send("POST", "/upload/chunk")
                .expect(404, "not_found");
        server.form().field("file_id", id).field("chunk_index", 0).field("chunk_index", 1).file("chunk", "x", part(0, 1024))
                .send("POST", "/upload/chunk").expect(400, "invalid_value");
        server.form().field("file_id", id).field("chunk_index", 0).file("chunk", "x", part(0, 1024)).file("more", "y", part(0, 1024))
                .send("POST", "/upload/chunk").expect(400, "invalid_value");
        nothingCame();
    }

    @Test
    void aFormThatEndsWithinAFileThatCameBeforeItsIdIsTheClientsFault() throws IOException {
        String form = "--b\r\nContent-Disposition: form-data; name=\"chunk\"; filename=\"x\"\r\n\r\nhel";
        String answer = server.raw("POST /upload/chunk HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nConnection: close\r\nContent-Length: "
                + form.length() + "\r\n\r\n" + form);
        assertTrue(answer.startsWith("HTTP/1.1 400 ") && answer.contains("body_incomplete") && !answer.contains("file_id"), answer);
    }

    @Test
    void aBareBodyHasItsPlaceInTheQuery() {
        server.send("POST", "/upload/chunk?file_id=" + id + "&chunk_index=1", BodyPublishers.ofByteArray(part(1024, 2048))).expect(200);
        server.send("POST", "/upload/chunk?file_id=" + id, BodyPublishers.ofByteArray(part(1024, 2048))).expect(400, "invalid_value");
        server.send("POST", "/upload/chunk", BodyPublishers.ofByteArray(part(1024, 2048))).expect(400, "invalid_value");
        assertEquals(List.of(1), server.get("/upload/status/" + id).json().get("uploaded_chunks"));
    }

    @Test
    void aPutMayBeAForm() {
        server.form().file("file", "x", part(0, 1024)).send("PUT", "/uploads/" + id + "/chunks/0").expect(200);
        server.form().file("file", "x", part(0, 1024)).field("chunk_index", 1).send("PUT", "/uploads/" + id + "/chunks/0")
                .expect(400, "invalid_value");
        server.form().field("chunk_index", 1).file("file", "x", part(0, 1024)).send("PUT", "/uploads/" + id + "/chunks/0")
                .expect(400, "invalid_value");
    }

    @Test
    void theRestOfAChunkIsCountedInTheFileOrInTheChunk() {
        String path = "/uploads/" + id + "/chunks/1";
        server.put(path, part(1024, 1100), "Content-Range", "bytes 1024-1099/2500").expect(200);
        Answer middle = server.put(path, part(1100, 1500), "Content-Range", "bytes 76-475/1024").expect(200);
        assertEquals("400", middle.field("size"));
        assertEquals("0", middle.field("uploaded_chunks"));
        assertEquals(List.of(List.of(0, 1023), List.of(1500, 2499)), server.get("/upload/status/" + id).json().get("missing_ranges"));
        assertEquals("1", server.put(path, part(1500, 2048), "Content-Range", "bytes 1500-2047/*").expect(200).field("uploaded_chunks"));
        server.put(path, part(0, 10), "Content-Range", "bytes 0-9/*").expect(400, "range_out_of_bounds");
        server.put(path, part(0, 10), "Content-Range", "bytes 2040-2049/2500").expect(400, "range_out_of_bounds");
        server.put(path, part(0, 10), "Content-Range", "bytes 1024-1034/2500").expect(400, "wrong_chunk_length");
        server.put("/uploads/" + id + "/chunks/3", part(0, 10), "Content-Range", "bytes 0-9/10").expect(400, "chunk_index_out_of_range");
        server.put("/uploads/" + id + "/chunks/-1", part(0, 10), "Content-Range", "bytes 0-9/10").expect(400, "chunk_index_out_of_range");
    }

    @Test
    void digestsInHeadersAreChecked() {
        String path = "/uploads/" + id + "/chunks/0";
        String right = "sha-256=:" + Digest.sha256(part(0, 1024)).base64() + ":";
        String wrong = "sha-256=:" + Digest.sha256(new byte[1]).base64() + ":";
        server.put(path, part(0, 1024), "Content-Digest", wrong).expect(422, "checksum_mismatch");
        server.put(path, part(0, 1024), "X-Chunk-SHA256", hash(new byte[1])).expect(422, "checksum_mismatch");
        server.put(path, part(0, 1024), "X-Chunk-SHA256", "abc").expect(400, "invalid_value");
        server.put(path, part(0, 1024), "Content-Digest", "sha-256=abc").expect(400, "invalid_digest");
        server.put(path, part(0, 1024), "Content-Digest", right, "X-Chunk-SHA256", hash(new byte[1])).expect(400, "invalid_value");
        server.form().file("f", "x", part(0, 1024)).send("PUT", path, "Content-Digest", wrong).expect(422, "checksum_mismatch");
        nothingCame();
        server.put(path, part(0, 1024), "Content-Digest", right, "X-Chunk-SHA256", hash(part(0, 1024))).expect(200);
    }

    @Test
    void bytesSpoiltOnTheirWayToAStoredChunkAreNotTakenForAConflict() {
        String path = "/uploads/" + id + "/chunks/0";
        server.put(path, part(0, 1024)).expect(200);
        byte[] spoilt = part(0, 1024);
        spoilt[5] ^= 1;
        server.put(path, spoilt, "X-Chunk-SHA256", hash(part(0, 1024))).expect(422, "checksum_mismatch");
        server.put(path, spoilt, "X-Chunk-SHA256", hash(spoilt)).expect(409, "chunk_conflict");
        server.put(path, spoilt).expect(409, "chunk_conflict");
        assertEquals("true", server.put(path, part(0, 1024), "X-Chunk-SHA256", hash(part(0, 1024))).expect(200).field("duplicate"));
    }

    @Test
    void aConflictInTheMiddleKeepsNothingOfItsBody() {
        server.put("/uploads/" + id + "/chunks/1", part(1024, 1100), "Content-Range", "bytes 1024-1099/*").expect(200);
        byte[] other = part(1024, 2048);
        other[0] ^= 1;
        server.put("/uploads/" + id + "/chunks/1", other, "X-Chunk-SHA256", hash(other)).expect(409, "chunk_conflict");
        assertEquals("76", server.get("/upload/status/" + id).field("bytes_received"));
    }
}
