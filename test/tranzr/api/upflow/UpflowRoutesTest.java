package tranzr.api.upflow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

class UpflowRoutesTest {

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

    private Answer init(Object chunks, Object chunkSize) {
        return server.post("/uploads/init", "{\"filename\": \"f.bin\", \"total_chunks\": " + chunks + ", \"chunk_size\": " + chunkSize + "}");
    }

    private Answer put(String id, int index, byte[] bytes) {
        return server.form().file("file", "blob", bytes).send("PUT", "/uploads/" + id + "/chunks/" + index);
    }

    private static byte[] chunk(int index) {
        return Arrays.copyOfRange(FILE, index * 1000, Math.min(FILE.length, (index + 1) * 1000));
    }

    @Test
    void everyAnswerHasTheShapeThatItsClientsRead() {
        Answer begun = init(3, 1000).expect(200);
        String id = begun.field("upload_id");
        assertEquals(Map.of("upload_id", id, "status", "initialized"), begun.json());
        assertEquals(id, UUID.fromString(id).toString());
        assertEquals(Map.of("upload_id", id, "chunk_index", 2, "status", "uploaded"), put(id, 2, chunk(2)).expect(200).json());
        put(id, 0, chunk(0)).expect(200);
        assertEquals(Map.of("upload_id", id, "filename", "f.bin", "total_chunks", 3, "uploaded_chunks", 2, "status", "uploading"),
                server.get("/uploads/" + id + "/status").expect(200).json());
        put(id, 1, chunk(1)).expect(200);
        assertEquals(Map.of("upload_id", id, "status", "completed"), server.post("/uploads/" + id + "/complete", "").expect(200).json());
        assertEquals(Map.of("upload_id", id, "filename", "f.bin", "total_chunks", 3, "uploaded_chunks", 3, "status", "completed"),
                server.get("/uploads/" + id + "/status").expect(200).json());
        assertArrayEquals(FILE, server.get("/download/" + id).expect(200).body());
    }

    @Test
    void anIncompleteUploadIsToldInDetailWithBothCounts() {
        String id = init(3, 1000).field("upload_id");
        put(id, 0, chunk(0)).expect(200);
        assertEquals(Map.of("detail", Map.of("error", "not all chunks have been uploaded", "uploaded_chunks", 1, "expected_chunks", 3)),
                server.post("/uploads/" + id + "/complete", "").expect(400).json());
        put(id, 2, chunk(2)).expect(200);
        assertEquals(2, ((Map<?, ?>) server.post("/uploads/" + id + "/complete", "").expect(400).json().get("detail")).get("uploaded_chunks"));
        put(id, 1, chunk(1)).expect(200);
        server.post("/uploads/" + id + "/complete", "").expect(200);
    }

    @Test
    void afterCompletionAChunkIsABadRequest() {
        String id = init(1, 4000).field("upload_id");
        put(id, 0, FILE).expect(200);
        put(id, 0, FILE).expect(200);
        server.post("/uploads/" + id + "/complete", "").expect(200);
        put(id, 0, FILE).expect(400, "already_completed");
        assertEquals("completed", server.post("/uploads/" + id + "/complete", "").expect(200).field("status"));
    }
}
