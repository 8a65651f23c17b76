package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

class UploadRoutesTest {

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

    private static byte[] part(int from, int to) {
        return Arrays.copyOfRange(FILE, from, to);
    }

    @Test
    void anUploadBeginsWithWhatWasAnnounced() {
        Answer started = server.post("/upload/start",
                "{\"filename\": \"a/b ü.bin\", \"file_size\": 2500, \"chunk_size\": 1024, \"later\": {}}").expect(201);
        assertEquals(List.of("file_id", "filename", "file_size", "chunk_size", "total_chunks", "status", "created_at", "expires_at"),
                List.copyOf(started.json().keySet()));
        assertEquals("a/b ü.bin", started.field("filename"));
        assertEquals("3", started.field("total_chunks"));
        assertEquals("2026-01-01T00:00:00Z", started.field("created_at"));
        assertEquals("2026-01-08T00:00:00Z", started.field("expires_at"));
        assertEquals("initialized", server.get(started.header("Location")).expect(200).field("status"));
    }

    @Test
    void whatIsWrongAtTheStartIsNamed() {
        Map<String, String> wrong = Map.of("{}", "filename", "{\"filename\": 5}", "filename", "{\"filename\": \"../x\", \"file_size\": 1}",
                "filename", "{\"filename\": \"a\"}", "file_size", "{\"filename\": \"a\", \"file_size\": [1]}", "file_size",
                "{\"filename\": \"a\", \"file_size\": 1, \"chunk_size\": {}}", "chunk_size",
                "{\"filename\": \"a\", \"file_size\": 1, \"sha256\": \"abc\"}", "sha256");
        wrong.forEach((json, field) ->
                assertEquals(field, server.post("/upload/start", json).expect(400, "invalid_value").field("field"), json));
        server.post("/upload/start", "not json").expect(400, "invalid_json");
        server.post("/upload/start", "[]").expect(400, "invalid_json");
        server.post("/upload/start", "{\"filename\": \"a\", \"file_size\": " + (1L << 40) + "}").expect(413, "file_too_large");
        server.post("/upload/start", "{\"x\": \"" + "y".repeat(70_000) + "\"}").expect(413, "body_too_large");
        assertEquals(0, server.get("/files").list().size());
    }

    @Test
    void aStreamCompletesWhatBecomesWhole() {
        String id = server.begin(FILE.length, 1024);
        Answer first = server.put("/upload/" + id, part(0, 1500), "Content-Range", "bytes 0-1499/2500").expect(200);
        assertEquals("uploading", first.field("status"));
        assertEquals(List.of(List.of(1500, 2499)), first.json().get("missing_ranges"));
        Answer rest = server.put("/upload/" + id, part(1500, 2500), "Content-Range", "bytes 1500-2499/*").expect(200);
        assertEquals("completed", rest.field("status"));
        assertEquals(Digest.sha256(FILE).hex(), rest.field("file_hash"));
        assertEquals(server.url() + "/download/" + id, rest.field("download_url"));
    }

    @Test
    void aRangeThatContradictsItsBodyOrTheLengthIsRefused() {
        String id = server.begin(FILE.length, 1024);
        server.put("/upload/" + id, part(0, 100), "Content-Range", "bytes 0-98/2500").expect(400, "wrong_chunk_length");
        server.put("/upload/" + id, part(0, 100), "Content-Range", "bytes 0-99/2400").expect(400, "range_out_of_bounds");
        server.put("/upload/" + id, part(0, 100), "Content-Range", "bytes 2450-2549/2550").expect(400, "range_out_of_bounds");
        server.put("/upload/" + id, part(0, 100), "Content-Range", "bytes 99-0/2500").expect(400, "invalid_content_range");
        server.put("/upload/" + id, new byte[2501]).expect(400);
        assertEquals("0", server.get("/upload/status/" + id).field("bytes_received"));
    }

    @Test
    void aLengthInMebibytesIsFixedByTheStream() {
        String id = server.post("/upload/start", "{\"filename\": \"a\", \"file_size\": 0.003, \"chunk_size\": 0.001}").expect(201)
                .field("file_id");
        server.send("PUT", "/upload/" + id, BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(FILE)))
                .expect(411, "length_required");
        assertEquals("2500", server.put("/upload/" + id, FILE).expect(200).field("file_size"));
    }

    @Test
    void mergingTellsWhatIsMissing() {
        String id = server.begin(FILE.length, 1024);
        server.put("/uploads/" + id + "/chunks/1", part(1024, 2048)).expect(200);
        Answer refused = server.post("/upload/merge/" + id, "").expect(409, "missing_chunks");
        assertEquals(List.of(0, 2), refused.json().get("missing_chunks"));
        assertEquals(List.of(List.of(0, 1023), List.of(2048, 2499)), refused.json().get("missing_ranges"));
        assertEquals(false, refused.json().get("retryable"));
    }

    @Test
    void mergingAgainIsHarmlessAndAHashIsChecked() {
        String id = server.store(FILE);
        Answer first = server.post("/upload/merge/" + id, "").expect(200);
        assertEquals(first.json(), server.post("/upload/merge/" + id, "{\"sha256\": \"" + Digest.sha256(FILE).hex() + "\"}").expect(200).json());
        server.post("/upload/merge/" + id, "{\"sha256\": 5}").expect(400, "invalid_value");
        server.post("/upload/merge/" + id + "?wait=61", "").expect(400, "invalid_value");
        server.post("/upload/merge/" + id + "?wait=soon", "").expect(400, "invalid_value");
        server.post("/upload/merge/" + id + "?wait=0.5", "").expect(200);
    }

    @Test
    void anExpiredUploadIsGoneAndAnAbortedOneUnknown() {
        String aborted = server.begin(10, 1024);
        server.delete("/upload/" + aborted).expect(204);
        server.get("/upload/status/" + aborted).expect(404, "not_found");
        server.delete("/upload/" + aborted).expect(404, "not_found");
        server.get("/upload/status/no-id").expect(404, "not_found");
        String id = server.begin(10, 1024);
        server.pass(Duration.ofDays(8));
        server.cleanUp();
        server.get("/upload/status/" + id).expect(410, "upload_expired");
        server.put("/uploads/" + id + "/chunks/0", new byte[10]).expect(410, "upload_expired");
        assertEquals(List.of(), server.get("/files").list());
        assertEquals(id, server.get("/files?status=expired").list().getFirst().get("file_id"));
    }

    @Test
    void aStatusOfManyChunksIsAnswered() {
        String id = server.begin(1_000_000L * 1024, 1024);
        Answer status = server.get("/upload/status/" + id).expect(200);
        assertEquals(1_000_000, ((List<?>) status.json().get("missing_chunks")).size());
        assertTrue(status.body().length < 10_000_000);
    }

    @Test
    void mergingAndStatusTellTheSameMissingRangesOfALengthInMebibytes() {
        Answer begun = server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 1.5, \"chunk_size\": 1}").expect(201);
        String id = begun.field("file_id");
        Object told = server.post("/upload/merge/" + id, "").expect(409, "missing_chunks").json().get("missing_ranges");
        assertEquals(List.of(List.of(0, 1_572_863)), told);
        assertEquals(told, server.get("/upload/status/" + id).json().get("missing_ranges"));
    }
}
