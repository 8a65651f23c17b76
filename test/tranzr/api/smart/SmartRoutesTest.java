package tranzr.api.smart;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import tranzr.model.Digest;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

class SmartRoutesTest {

    @TempDir
    Path folder;
    private ServedEngine server;
    private SmartClient client;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder);
        client = new SmartClient(server, ServedEngine.bytes(2500, 1));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static void failed(Answer answer, int status, String code) {
        answer.expect(status);
        assertEquals(code, answer.field("code"), answer.toString());
        assertFalse(answer.field("error").isBlank());
    }

    @Test
    void everyAnswerHasTheShapeThatItsClientsRead() {
        assertEquals(Map.of("status", "ok"), client.init(1000).expect(200).json());
        assertEquals(Map.of("missing", List.of(0, 1, 2)), client.missing().expect(200).json());
        Answer chunk = client.send(1, 1000).expect(200);
        assertEquals(List.of("status", "received", "total", "speed", "progress"), List.copyOf(chunk.json().keySet()));
        assertEquals("ok", chunk.field("status"));
        assertEquals(1, chunk.json().get("received"));
        assertEquals(3, chunk.json().get("total"));
        assertEquals(33.33, chunk.json().get("progress"));
        assertTrue(((Number) chunk.json().get("speed")).doubleValue() > 0);
        assertEquals(true, client.send(1, 1000).expect(200).json().get("duplicate"));
        assertEquals(Map.of("status", "resumed", "received_chunks", 1), client.init(1000).expect(200).json());
        assertEquals(Map.of("missing", List.of(0, 2)), client.missing().expect(200).json());
        client.send(0, 1000).expect(200);
        assertEquals(100.0, client.send(2, 1000).expect(200).json().get("progress"));
        assertEquals(Map.of("missing", List.of()), client.missing().expect(200).json());
        assertEquals(Map.of("status", "ok", "path", "/download/" + client.id), client.assemble().expect(200).json());
        assertEquals(Map.of("status", "ok", "path", "/download/" + client.id), client.assemble().expect(200).json());
        assertEquals(Map.of("status", "resumed", "received_chunks", 3), client.init(1000).expect(200).json());
        assertArrayEquals(client.file, server.get(client.assemble().field("path")).expect(200).body());
    }

    @Test
    void filesAreListedBareAndNewestFirst() {
        client.init(1000).expect(200);
        client.send(0, 1000).expect(200);
        SmartClient later = new SmartClient(server, new byte[0]);
        server.pass(java.time.Duration.ofSeconds(1));
        later.init(1000).expect(200);
        later.assemble().expect(200);
        List<Map<String, Object>> files = server.get("/api/files").expect(200).list();
        assertEquals(List.of(later.id, client.id), files.stream().map(file -> file.get("file_id")).toList());
        assertEquals(List.of("file_id", "filename", "size", "status", "created_at", "completed_at", "priority"), List.copyOf(files.get(1).keySet()));
        assertEquals(List.of("f.bin", 2500, "active", "high"), List.of(files.get(1).get("filename"), files.get(1).get("size"), files.get(1).get("status"), files.get(1).get("priority")));
        assertNull(files.get(1).get("completed_at"));
        assertEquals("completed", files.get(0).get("status"));
        assertEquals("2026-01-01T00:00:01Z", files.get(0).get("completed_at"));
        Answer page = server.get("/api/files?limit=1").expect(200);
        assertEquals("</api/files?limit=1&after=" + later.id + ">; rel=\"next\"", page.header("Link"));
        assertEquals(List.of(client.id), server.get("/api/files?after=" + later.id).list().stream().map(file -> file.get("file_id")).toList());
        Answer one = server.get("/api/files/" + client.id).expect(200);
        assertEquals(List.of(3, 1, 33.33), List.of(one.json().get("total_chunks"), one.json().get("received_chunks"), one.json().get("progress")));
    }

    @Test
    void anotherCutCountsWhatIsThere() {
        client.init(1000).expect(200);
        client.send(0, 1000).expect(200);
        assertEquals(Map.of("status", "resumed", "received_chunks", 2), client.init(400).expect(200).json());
        assertEquals(Map.of("missing", List.of(2, 3, 4, 5, 6)), client.missing().json());
        for (int index = 2; index < 7; index++) {
            client.send(index, 400).expect(200);
        }
        client.assemble().expect(200);
        assertArrayEquals(client.file, server.get("/download/" + client.id).body());
        assertEquals("7", server.get("/api/files/" + client.id).field("total_chunks"));
        assertEquals(Map.of("status", "resumed", "received_chunks", 7), client.init(1000).expect(200).json(), "what is complete is not cut anew");
    }

    @Test
    void aSpoiltChunkIsSentAgainAndLeavesNothing() {
        client.init(1000).expect(200);
        byte[] spoilt = client.chunk(0, 1000);
        spoilt[5] ^= 1;
        Answer refused = client.send(0, spoilt, Digest.sha256(client.chunk(0, 1000)).hex());
        failed(refused, 422, "checksum_mismatch");
        assertEquals(Map.of("missing", List.of(0, 1, 2)), client.missing().json());
        client.send(0, 1000).expect(200);
        client.send(0, spoilt).expect(409);
    }

    @Test
    void whatIsWrongIsTellsInErrorWhetherToTryAgain() {
        failed(client.send(0, 1000), 404, "not_found");
        failed(client.missing(), 404, "not_found");
        failed(client.assemble(), 404, "not_found");
        failed(server.get("/api/files/" + client.id), 404, "not_found");
        failed(server.get("/api/files/none"), 404, "not_found");
        client.init(1000).expect(200);
        failed(client.send(3, new byte[10]), 400, "chunk_index_out_of_range");
        failed(client.send(0, new byte[999]), 400, "wrong_chunk_length");
        failed(client.send(2, new byte[1000], Digest.sha256(client.chunk(2, 1000)).hex()), 400, "wrong_chunk_length");
        failed(client.send(2, new byte[500]), 400, "invalid_value");
        failed(client.send(0, client.chunk(0, 1000), "xyz"), 400, "invalid_value");
        failed(server.form().field("file_id", client.id).field("chunk_id", 0).file("chunk", "chunk", new byte[1000]).send("POST", "/upload/chunk"), 400, "invalid_value");
        failed(server.form().field("file_id", client.id).field("chunk_id", 0).field("chunk_index", 0).file("chunk", "chunk", new byte[1000]).send("POST", "/upload/chunk"), 400, "invalid_value");
        client.send(0, 1000).expect(200);
        failed(client.assemble(), 400, "missing_chunks");
        assertEquals("missing chunk 1", client.assemble().field("error"));
        failed(server.get("/download/" + client.id), 409, "not_completed");
        assertEquals("application/problem+json", server.get("/download/" + client.id).header("Content-Type"));
    }

    @Test
    void fieldsMayFollowTheFile() {
        client.init(1000).expect(200);
        server.form().file("chunk", "chunk", client.chunk(0, 1000)).field("checksum", Digest.sha256(client.chunk(0, 1000)).hex()).field("chunk_id", 0).field("file_id", client.id)
                .send("POST", "/upload/chunk").expect(200);
        server.form().field("file_id", client.id).field("chunk_id", 2).file("chunk", "chunk", client.chunk(2, 1000)).field("checksum", Digest.sha256(client.chunk(2, 1000)).hex())
                .send("POST", "/upload/chunk").expect(200);
        failed(server.form().field("file_id", client.id).field("chunk_id", 1).file("chunk", "chunk", client.chunk(1, 1000)).field("checksum", Digest.sha256(new byte[1]).hex())
                .send("POST", "/upload/chunk"), 422, "checksum_mismatch");
        assertEquals(Map.of("missing", List.of(1)), client.missing().json());
    }

    @Test
    void ourOwnChunksGoOnByTheSamePath() {
        client.init(1000).expect(200);
        Answer own = server.form().field("file_id", client.id).field("chunk_index", 1).file("chunk", "chunk", client.chunk(1, 1000)).send("POST", "/upload/chunk").expect(200);
        assertEquals("1", own.field("chunk_index"));
        assertEquals("2", server.put("/uploads/" + client.id + "/chunks/2", client.chunk(2, 1000)).expect(200).field("uploaded_chunks"));
        String ours = server.begin(2500, 1200);
        SmartClient other = new SmartClient(server, ours, client.file);
        other.send(1, 1200).expect(200);
        assertEquals(Map.of("status", "resumed", "received_chunks", 3), other.init(400).expect(200).json());
        assertEquals(Map.of("missing", List.of(0, 1, 2, 6)), other.missing().json());
    }

    @Test
    void anotherContentUnderTheSameIdIsRefused() {
        client.init(1000).expect(200);
        failed(new SmartClient(server, client.id, Arrays.copyOf(client.file, 2400)).init(1000), 409, "length_mismatch");
        failed(new SmartClient(server, client.id, ServedEngine.bytes(2500, 2)).init(1000), 409, "chunk_conflict");
        assertEquals(Map.of("status", "resumed", "received_chunks", 0), client.init(1000).json());
    }

    @Test
    void theOldLastChunkIsNeverTakenForOneOfTheNewCut() {
        client.init(1000).expect(200);
        client.init(500).expect(200);
        // It is as long as each chunk is now, and its number is one of them.
        failed(client.send(2, 1000), 400, "invalid_value");
        assertEquals(Map.of("missing", List.of(0, 1, 2, 3, 4)), client.missing().json());
        client.init(1000).expect(200);
        client.send(2, 1000).expect(200);
        assertEquals(Map.of("missing", List.of(0, 1, 2, 3)), missingAfter(500));
    }

    @Test
    void aChunkOfAnOldCutThatIsAsLongAsTheNewLastOneIsNotTakenForIt() {
        client.init(500).expect(200);
        client.init(2000).expect(200);
        failed(client.send(1, 500), 400, "invalid_value");
        client.send(1, 2000).expect(200);
    }

    @Test
    void chunksThatAreEqualInBothCutsAreTaken() {
        client = new SmartClient(server, new byte[2500]);
        client.init(1000).expect(200);
        client.init(500).expect(200);
        for (int index = 0; index < 5; index++) {
            client.send(index, 500).expect(200);
        }
        client.assemble().expect(200);
    }

    private Map<String, Object> missingAfter(int chunkSize) {
        client.init(chunkSize).expect(200);
        return client.missing().json();
    }

    @Test
    void aTransferThatExpiredIsFinal() {
        client.init(1000).expect(200);
        server.pass(java.time.Duration.ofDays(8));
        server.cleanUp();
        failed(client.send(0, 1000), 404, "upload_expired");
        failed(client.init(1000), 404, "upload_expired");
        new SmartClient(server, UUID.randomUUID().toString(), client.file).init(1000).expect(200);
    }
}
