package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Digest;
import tranzr.model.Quota;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** Uploads of which nobody knows at their start how long they will be. */
class UnknownLengthTest {

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

    private String begin(String more) {
        return server.post("/upload/start", "{\"filename\": \"a\", \"file_size\": null" + more + "}").expect(201).field("file_id");
    }

    private Answer put(String id, int from, int to) {
        return server.put("/upload/" + id, Arrays.copyOfRange(FILE, from, to), "Content-Range", "bytes " + from + "-" + (to - 1) + "/*");
    }

    private Answer merge(String id, String json) {
        return server.post("/upload/merge/" + id, json);
    }

    @Test
    void theMergeTellsTheLength() {
        Answer begun = server.post("/upload/start", "{\"filename\": \"a\", \"file_size\": null}").expect(201);
        assertTrue(begun.json().containsKey("total_chunks"));
        assertNull(begun.json().get("total_chunks"));
        assertNull(begun.json().get("file_size"));
        String id = begun.field("file_id");
        assertEquals("uploading", put(id, 1000, 2500).expect(200).field("status"));
        Answer status = server.get("/upload/status/" + id).expect(200);
        assertEquals(List.of(List.of(0, 999)), status.json().get("missing_ranges"));
        assertNull(status.json().get("percentage"));
        put(id, 0, 1000).expect(200);
        merge(id, "").expect(409, "length_unknown");
        Answer short1 = merge(id, "{\"file_size\": 2499}").expect(409, "length_mismatch");
        assertEquals("2500", short1.field("actual"));
        Answer done = merge(id, "{\"file_size\": 2500, \"sha256\": \"" + Digest.sha256(FILE).hex() + "\"}").expect(200);
        assertEquals("2500", done.field("file_size"));
        assertArrayEquals(FILE, server.get("/download/" + id).expect(200).body());
        assertEquals(done.json(), merge(id, "{\"file_size\": 2500}").expect(200).json());
        merge(id, "{\"file_size\": 2501}").expect(409, "length_mismatch");
    }

    @Test
    void aLengthThatIsMoreThanCameTellsWhatIsMissing() {
        String id = begin("");
        put(id, 0, 1000).expect(200);
        Answer refused = merge(id, "{\"file_size\": 2500}").expect(409, "missing_chunks");
        assertEquals(List.of(List.of(1000, 2499)), refused.json().get("missing_ranges"));
        assertEquals("completed", put(id, 1000, 2500).expect(200).field("status"));
    }

    @Test
    void anEmptyFileIsOneToo() {
        String id = begin("");
        assertEquals(Digest.sha256(new byte[0]).hex(), merge(id, "{\"file_size\": 0}").expect(200).field("file_hash"));
        assertEquals(0, server.get("/download/" + id).expect(200).body().length);
    }

    @Test
    void aWrongDigestLeavesItToBeMergedAgain() {
        String id = begin("");
        put(id, 0, 2500).expect(200);
        merge(id, "{\"file_size\": 2500, \"sha256\": \"" + "0".repeat(64) + "\"}").expect(422, "hash_mismatch");
        assertEquals("uploading", server.get("/upload/status/" + id).field("status"));
        merge(id, "{\"file_size\": 2500}").expect(200);
    }

    @Test
    void whatIsNoLengthIsRefused() {
        String id = begin("");
        for (String wrong : List.of("-1", "1.5", "\"1MB\"", "1e40", "[]")) {
            assertEquals("file_size", merge(id, "{\"file_size\": " + wrong + "}").expect(400, "invalid_value").field("field"));
        }
        merge(id, "{\"file_size\": " + Long.MAX_VALUE + "}").expect(413, "file_too_large");
        server.post("/upload/start", "{\"filename\": \"a\", \"file_size\": \"null\"}").expect(400, "invalid_value");
        server.post("/upload/start", "{\"filename\": \"a\"}").expect(400, "invalid_value");
        server.post("/upload/start", "{\"filename\": \"a\", \"file_size\": null, \"chunk_size\": 0}").expect(400, "invalid_value");
    }

    @Test
    void itGrowsNoFurtherThanAStatusCanTell() {
        String id = begin(", \"chunk_size\": \"1B\"");
        assertEquals("1000000", server.put("/upload/" + id, FILE, "Content-Range", "bytes 999999-1002498/*").expect(413, "file_too_large").field("limit"));
        server.put("/upload/" + id, FILE, "Content-Range", "bytes 0-2499/1000001").expect(413, "file_too_large");
        merge(id, "{\"file_size\": 1000001}").expect(413, "file_too_large");
        String inMebibytes = server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 0.001, \"chunk_size\": 0.000001}").expect(201).field("file_id");
        server.put("/upload/" + inMebibytes, new byte[1], "Content-Range", "bytes 0-0/2000000").expect(413, "file_too_large");
        put(id, 0, 2500).expect(200);
    }

    @Test
    void aQuotaHoldsForWhatComesAndForWhatIsSaid(@TempDir Path other) throws IOException {
        try (ServedEngine small = new ServedEngine(other, null, null, new Quota(3000, Quota.NONE.files(), Quota.NONE.monthlyBytes()))) {
            String id = small.post("/upload/start", "{\"filename\": \"a\", \"file_size\": null}").expect(201).field("file_id");
            small.put("/upload/" + id, FILE, "Content-Range", "bytes 0-2499/*").expect(200);
            small.put("/upload/" + id, FILE, "Content-Range", "bytes 2500-4999/*").expect(507, "quota_exceeded");
            small.post("/upload/merge/" + id, "{\"file_size\": 3001}").expect(507, "quota_exceeded");
            small.post("/upload/merge/" + id, "{\"file_size\": 2500}").expect(200);
        }
    }
}
