package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tranzr.e2e.Http.Answer;

/** The whole way of a file, from its first chunk to its download and its end. */
class TransferTest extends RealServer {

    @Test
    void chunksInAnyOrderAndInParallelBecomeTheFile() throws Exception {
        byte[] file = Http.bytes(5 * 1024 * 1024 + 77, 1);
        int chunk = 256 * 1024;
        Answer started = http.postJson("/upload/start", "{\"filename\": \"holiday.tar\", \"file_size\": " + file.length
                + ", \"chunk_size\": " + chunk + ", \"unknown\": [1]}").expect(201);
        String id = started.field("file_id");
        assertEquals(4, UUID.fromString(id).version());
        assertEquals("initialized", started.field("status"));
        assertEquals(21, started.number("total_chunks"));
        List<Integer> order = new ArrayList<>(IntStream.range(0, 21).boxed().toList());
        Collections.shuffle(order, new Random(1));
        together(order.subList(0, 10).stream().<Callable<Answer>>map(i -> () -> sendChunk(id, file, chunk, i)).toList());
        Answer half = http.status(id);
        assertEquals("uploading", half.field("status"));
        List<Integer> sent = order.subList(0, 10).stream().sorted().toList();
        assertEquals(sent, half.json().get("uploaded_chunks"));
        assertEquals(order.subList(10, 21).stream().sorted().toList(), half.json().get("missing_chunks"));
        together(order.subList(10, 21).stream().<Callable<Answer>>map(i -> () -> sendChunk(id, file, chunk, i)).toList());
        assertEquals(100.0, ((Number) http.status(id).json().get("percentage")).doubleValue());
        Answer merged = http.postJson("/upload/merge/" + id, "{\"sha256\": \"" + Http.sha256(file) + "\"}").expect(200);
        assertEquals("completed", merged.field("status"));
        assertEquals(Http.sha256(file), merged.field("file_hash"));
        assertEquals(file.length, merged.number("file_size"));
        assertArrayEquals(file, http.get(merged.field("download_url")).expect(200).body());
        assertEquals(merged.json(), http.post("/upload/merge/" + id).expect(200).json());
    }

    private static Answer sendChunk(String id, byte[] file, int chunk, int index) {
        byte[] bytes = Http.part(file, (long) index * chunk, (long) (index + 1) * chunk);
        Answer answer = http.chunk(id, index, bytes).expect(200);
        assertEquals(index, answer.number("chunk_index"));
        assertEquals(bytes.length, answer.number("size"));
        assertEquals(false, answer.json().get("duplicate"));
        return answer;
    }

    @Test
    void downloadsSayWhatTheyAreAndServeRanges() {
        byte[] file = Http.bytes(300_000, 2);
        String id = http.store("Ünï \\\"code.bin", file);
        String path = "/download/" + id;
        Answer whole = http.get(path).expect(200);
        String hash = Http.sha256(file);
        assertEquals(hash, whole.header("X-Content-SHA256"));
        assertEquals("sha-256=:" + Base64.getEncoder().encodeToString(Http.digest(file)) + ":", whole.header("Repr-Digest"));
        assertEquals("bytes", whole.header("Accept-Ranges"));
        assertTrue(whole.header("Content-Disposition").startsWith("attachment"), whole.header("Content-Disposition"));
        assertTrue(whole.header("Content-Disposition").contains("filename*=UTF-8''%C3%9Cn%C3%AF"), whole.header("Content-Disposition"));
        String etag = whole.header("ETag");
        assertTrue(etag.startsWith("\""), "strong: " + etag);
        Answer head = http.send("HEAD", path, HttpRequest.BodyPublishers.noBody()).expect(200);
        assertEquals("300000", head.header("Content-Length"));
        Answer middle = http.get(path, "Range", "bytes=1000-1999").expect(206);
        assertArrayEquals(Http.part(file, 1000, 2000), middle.body());
        assertEquals("bytes 1000-1999/300000", middle.header("Content-Range"));
        assertArrayEquals(Http.part(file, 299_990, 300_000), http.get(path, "Range", "bytes=-10").expect(206).body());
        assertArrayEquals(Http.part(file, 299_990, 300_000), http.get(path, "Range", "bytes=299990-").expect(206).body());
        assertEquals("bytes */300000", http.get(path, "Range", "bytes=300000-").expect(416).header("Content-Range"));
        http.get(path, "Range", "bytes=0-9", "If-Range", etag).expect(206);
        http.get(path, "Range", "bytes=0-9", "If-Range", "\"other\"").expect(200);
        http.get(path, "If-None-Match", etag).expect(304);
    }

    @Test
    void aFileOfNoBytesIsAFile() {
        String id = http.begin("empty", 0, 1024 * 1024);
        assertEquals(0, http.status(id).number("total_chunks"));
        Answer merged = http.post("/upload/merge/" + id).expect(200);
        assertEquals(Http.sha256(new byte[0]), merged.field("file_hash"));
        assertEquals(0, http.get("/download/" + id).expect(200).body().length);
    }

    @Test
    void sizesInMebibytesLeaveTheExactLengthToTheLastChunk() {
        Answer started = http.postJson("/upload/start", "{\"filename\": \"film.mp4\", \"file_size\": 33.5, \"chunk_size\": 5}").expect(201);
        String id = started.field("file_id");
        assertEquals(7, started.number("total_chunks"));
        assertEquals(5 << 20, started.number("chunk_size"));
        byte[] file = Http.bytes((33 << 20) + (1 << 19) - 1234, 3);
        for (int i : new int[] {6, 0, 1, 2, 3, 5, 4}) {
            if (i == 6) {
                http.chunk(id, 6, new byte[(5 << 20) + 1]).expect(400, "wrong_chunk_length");
            }
            http.chunk(id, i, Http.part(file, (long) i * (5 << 20), (i + 1L) * (5 << 20))).expect(200);
        }
        Answer merged = http.post("/upload/merge/" + id).expect(200);
        assertEquals(file.length, merged.number("file_size"));
        assertEquals(Http.sha256(file), merged.field("file_hash"));
    }

    @Test
    void sizesMayHaveAUnit() {
        Answer started = http.postJson("/upload/start",
                "{\"filename\": \"a\", \"file_size\": \"33.5MB\", \"chunk_size\": \"5MiB\"}").expect(201);
        assertEquals(33_500_000, started.number("file_size"));
        assertEquals(5 << 20, started.number("chunk_size"));
        assertEquals(7, started.number("total_chunks"));
    }

    @Test
    void formsAndRawBodiesAreTheSameChunk() {
        byte[] file = Http.bytes(5000, 4);
        String id = http.begin("forms", 5000, 1024);
        new Form().field("file_id", id).field("chunk_index", 0).file("chunk", "blob", Http.part(file, 0, 1024))
                .post(http, "/upload/chunk").expect(200);
        new Form().file("whatever", "x", Http.part(file, 1024, 2048)).field("chunk_index", 1).field("file_id", id)
                .field("sha256", Http.sha256(Http.part(file, 1024, 2048))).post(http, "/upload/chunk").expect(200);
        http.send("POST", "/upload/chunk?file_id=" + id + "&chunk_index=2",
                HttpRequest.BodyPublishers.ofByteArray(Http.part(file, 2048, 3072))).expect(200);
        new Form().file("f", "x", Http.part(file, 3072, 4096)).send(http, "PUT", "/uploads/" + id + "/chunks/3").expect(200);
        Answer last = http.chunk(id, 4, Http.part(file, 4096, 5000)).expect(200);
        assertEquals(5, last.number("uploaded_chunks"));
        assertEquals(5000, last.number("bytes_received"));
        http.post("/upload/merge/" + id).expect(200);
        assertArrayEquals(file, http.get("/download/" + id).expect(200).body());
    }

    @Test
    void aRepeatedChunkIsADuplicateAndAnotherOneAConflict() {
        byte[] file = Http.bytes(4096, 5);
        String id = http.begin("twice", 4096, 1024);
        http.chunk(id, 1, Http.part(file, 1024, 2048)).expect(200);
        Answer again = http.chunk(id, 1, Http.part(file, 1024, 2048)).expect(200);
        assertEquals(true, again.json().get("duplicate"));
        assertEquals(1, again.number("uploaded_chunks"));
        assertEquals(1024, again.number("bytes_received"));
        byte[] other = Http.part(file, 1024, 2048);
        other[700] ^= 1;
        http.chunk(id, 1, other).expect(409, "chunk_conflict");
        http.chunk(id, 1, other, "X-Chunk-SHA256", Http.sha256(other)).expect(409, "chunk_conflict");
        for (int i : new int[] {0, 2, 3}) {
            http.chunk(id, i, Http.part(file, i * 1024L, (i + 1) * 1024L)).expect(200);
        }
        assertEquals(Http.sha256(file), http.post("/upload/merge/" + id).expect(200).field("file_hash"));
    }

    @Test
    void aChunkWithAWrongDigestDoesNotExist() {
        byte[] chunk = Http.bytes(1024, 6);
        String wrong = Http.sha256(new byte[1]);
        String id = http.begin("digests", 2048, 1024);
        http.chunk(id, 0, chunk, "X-Chunk-SHA256", wrong).expect(422, "checksum_mismatch");
        String field = "sha-256=:" + Base64.getEncoder().encodeToString(Http.digest(new byte[1])) + ":";
        http.chunk(id, 0, chunk, "Content-Digest", field).expect(422, "checksum_mismatch");
        new Form().file("chunk", "x", chunk).field("file_id", id).field("chunk_index", 0).field("sha256", wrong)
                .post(http, "/upload/chunk").expect(422, "checksum_mismatch");
        assertEquals(0, http.status(id).number("bytes_received"));
        assertEquals(List.of(), http.status(id).json().get("uploaded_chunks"));
        http.chunk(id, 0, chunk, "X-Chunk-SHA256", Http.sha256(chunk)).expect(200);
        http.chunk(id, 1, chunk, "Content-Digest",
                "sha-256=:" + Base64.getEncoder().encodeToString(Http.digest(chunk)) + ":").expect(200);
    }

    @Test
    void chunksThatDoNotFitAreRefused() {
        String id = http.begin("fit", 2500, 1024);
        http.chunk(id, 0, new byte[1023]).expect(400, "wrong_chunk_length");
        http.chunk(id, 0, new byte[1025]).expect(400, "wrong_chunk_length");
        http.chunk(id, 2, new byte[1024]).expect(400, "wrong_chunk_length");
        http.chunk(id, 3, new byte[1024]).expect(400, "chunk_index_out_of_range");
        http.chunk(id, -1, new byte[1024]).expect(400);
        http.chunk(id, Long.MAX_VALUE, new byte[1024]).expect(400, "chunk_index_out_of_range");
        http.chunk("00000000-0000-4000-8000-000000000000", 0, new byte[1024]).expect(404, "not_found");
        assertEquals(0, http.status(id).number("bytes_received"));
    }

    @Test
    void anIncompleteUploadIsNotMerged() {
        String id = http.begin("gaps", 4096, 1024);
        http.chunk(id, 1, new byte[1024]).expect(200);
        Answer refused = http.post("/upload/merge/" + id).expect(409, "missing_chunks");
        assertEquals(List.of(0, 2, 3), refused.json().get("missing_chunks"));
        assertEquals(List.of(List.of(0, 1023), List.of(2048, 4095)), http.status(id).json().get("missing_ranges"));
        assertTrue(http.get("/download/" + id).status() >= 400);
    }

    @Test
    void aFileWithAnotherHashThanPromisedNeverBecomesVisible() {
        byte[] file = Http.bytes(2000, 7);
        String id = http.begin("wrong", 2000, 1024);
        http.chunk(id, 0, Http.part(file, 0, 1024)).expect(200);
        http.chunk(id, 1, Http.part(file, 1024, 2000)).expect(200);
        http.postJson("/upload/merge/" + id, "{\"sha256\": \"" + "0".repeat(64) + "\"}").expect(422, "hash_mismatch");
        assertTrue(http.get("/download/" + id).status() >= 400);
        http.postJson("/upload/merge/" + id, "{\"sha256\": \"" + Http.sha256(file) + "\"}").expect(200);

        String promised = http.postJson("/upload/start", "{\"filename\": \"p\", \"file_size\": 2000, \"chunk_size\": 2000, \"sha256\": \""
                + "1".repeat(64) + "\"}").expect(201).field("file_id");
        http.chunk(promised, 0, file).expect(200);
        http.post("/upload/merge/" + promised).expect(422, "hash_mismatch");
        assertTrue(http.get("/download/" + promised).status() >= 400);
    }

    @Test
    void nothingIsAddedToACompletedFile() {
        byte[] file = Http.bytes(1500, 8);
        String id = http.store("done", file);
        http.put("/upload/" + id, Http.bytes(1500, 9)).expect(409, "already_completed");
        http.put("/upload/" + id, file).expect(200);
        http.delete("/upload/" + id).expect(409, "already_completed");
        assertArrayEquals(file, http.get("/download/" + id).expect(200).body());
    }

    @Test
    void anAbortedUploadLeavesNothing() {
        String id = http.begin("given-up", 4 << 20, 1 << 20);
        http.chunk(id, 2, Http.bytes(1 << 20, 9)).expect(200);
        assertFalse(filesNaming(data, id).isEmpty());
        assertTrue(http.delete("/upload/" + id).status() < 300);
        http.get("/upload/status/" + id).expect(404, "not_found");
        http.chunk(id, 0, new byte[1 << 20]).expect(404, "not_found");
        Http.await("the bytes to go", () -> filesNaming(data, id).isEmpty());
    }

    @Test
    void deletionIsComplete() {
        String id = http.store("secret", Http.bytes(200_000, 10));
        String token = http.post("/share/create/" + id).expect(201).field("token");
        assertFalse(filesNaming(data, id).isEmpty());
        assertTrue(http.delete("/files/" + id).status() < 300);
        http.get("/files/" + id).expect(404, "not_found");
        http.get("/download/" + id).expect(404, "not_found");
        http.get("/upload/status/" + id).expect(404, "not_found");
        http.get("/share/info/" + token).expect(404, "share_not_found");
        http.get("/s/" + token).expect(404, "share_not_found");
        assertFalse(http.get("/shares").expect(200).text().contains(id));
        Http.await("the bytes to go", () -> filesNaming(data, id).isEmpty());
    }

    @Test
    void filesAreListedNewestFirstPageByPage() {
        List<String> ids = IntStream.range(0, 5).mapToObj(i -> http.store("list" + i, new byte[i])).toList().reversed();
        Answer first = http.get("/files?limit=2&status=completed").expect(200);
        assertEquals(ids.subList(0, 2), idsOf(first));
        assertTrue(first.header("Link").contains("rel=\"next\""), first.header("Link"));
        String next = first.header("Link").replaceFirst(".*<([^>]+)>.*", "$1");
        assertEquals(ids.subList(2, 4), idsOf(http.get(next).expect(200)));
        Map<String, Object> one = http.get("/files/" + ids.getFirst()).expect(200).json();
        assertTrue(one.keySet().containsAll(List.of("file_id", "filename", "file_size", "total_chunks", "status",
                "file_hash", "created_at", "updated_at")), one.toString());
    }

    private static List<Object> idsOf(Answer list) {
        return list.jsonList().stream().<Object>map(entry -> ((Map<?, ?>) entry).get("file_id")).toList();
    }
}
