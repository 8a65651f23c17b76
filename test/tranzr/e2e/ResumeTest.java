package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Http.Answer;

/** What broken and repeated requests leave, and how a client goes on from there. */
class ResumeTest extends RealServer {

    private static final int MIB = 1 << 20;

    /** Sends the beginning of a request's body and breaks off. */
    private static void breakOff(String path, byte[] body, int after, String... headers) throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            StringBuilder head = new StringBuilder("PUT " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                    + body.length + "\r\n");
            for (String header : headers) {
                head.append(header).append("\r\n");
            }
            connection.send(head + "\r\n").send(Http.part(body, 0, after));
        }
    }

    private static List<List<Integer>> missing(String id) {
        @SuppressWarnings("unchecked")
        List<List<Integer>> ranges = (List<List<Integer>>) http.status(id).json().get("missing_ranges");
        return ranges;
    }

    @Test
    void whatABrokenChunkBroughtIsKeptAndOnlyTheRestIsSent() throws Exception {
        byte[] file = Http.bytes(3 * MIB, 1);
        String id = http.begin("cut", file.length, MIB);
        breakOff("/uploads/" + id + "/chunks/1", Http.part(file, MIB, 2 * MIB), 700_000);
        int kept = MIB + 700_000;
        Http.await("the broken chunk's bytes", () -> missing(id).equals(List.of(List.of(0, MIB - 1), List.of(kept, 3 * MIB - 1))));
        assertEquals(700_000, http.status(id).number("bytes_received"));
        assertEquals(List.of(0, 1, 2), http.status(id).json().get("missing_chunks"));
        Answer rest = http.chunk(id, 1, Http.part(file, kept, 2 * MIB), "Content-Range",
                "bytes " + kept + "-" + (2 * MIB - 1) + "/" + file.length).expect(200);
        assertEquals(1, rest.number("uploaded_chunks"));
        http.chunk(id, 0, Http.part(file, 0, MIB)).expect(200);
        http.chunk(id, 2, Http.part(file, 2 * MIB, 3 * MIB)).expect(200);
        assertEquals(Http.sha256(file), http.post("/upload/merge/" + id).expect(200).field("file_hash"));
    }

    @Test
    void aWholeChunkSentAgainAfterABreakIsTakenToo() throws Exception {
        byte[] file = Http.bytes(MIB, 2);
        String id = http.begin("again", MIB, MIB);
        breakOff("/uploads/" + id + "/chunks/0", file, 300_000);
        Http.await("the broken chunk's bytes", () -> http.status(id).number("bytes_received") == 300_000);
        http.chunk(id, 0, file).expect(200);
        assertEquals(Http.sha256(file), http.post("/upload/merge/" + id).expect(200).field("file_hash"));
    }

    @Test
    void aBrokenChunkWithADigestCanStillBeRepeatedWhole() throws Exception {
        byte[] file = Http.bytes(MIB, 3);
        String id = http.begin("digest", MIB, MIB);
        breakOff("/uploads/" + id + "/chunks/0", file, 400_000, "X-Chunk-SHA256: " + Http.sha256(file));
        // The server may come to the broken request after this one, which then loses to it, and is sent again.
        Http.await("the chunk to be taken", () -> sendOrLoseToTheOther(id, 0, file, "X-Chunk-SHA256", Http.sha256(file)) == 200);
        assertEquals(Http.sha256(file), http.post("/upload/merge/" + id).expect(200).field("file_hash"));
    }

    @Test
    void curlResumesAnUploadAtAnOffset(@TempDir Path folder) throws Exception {
        assumeTrue(Shell.has("curl"), "curl is not installed");
        byte[] file = Http.bytes(5 * MIB + 11, 4);
        Path local = Files.write(folder.resolve("big.bin"), file);
        String id = http.begin("big.bin", file.length, MIB);
        breakOff("/upload/" + id, file, 2_000_000);
        Http.await("the broken stream's bytes", () -> http.status(id).number("bytes_received") == 2_000_000);
        String url = server.url() + "/upload/" + id;
        Shell.run(folder, "curl", "-sS", "--fail-with-body", "-C", "2000000", "-T", local.toString(), url).expectSuccess();
        assertEquals("completed", http.status(id).field("status"));
        assertArrayEquals(file, http.get("/download/" + id).expect(200).body());

        String whole = http.begin("whole.bin", file.length, MIB);
        Shell.run(folder, "curl", "-sS", "--fail-with-body", "-C", "-", "-T", local.toString(),
                server.url() + "/upload/" + whole).expectSuccess();
        assertArrayEquals(file, http.get("/download/" + whole).expect(200).body());
    }

    @Test
    void curlResumesADownload(@TempDir Path folder) throws Exception {
        assumeTrue(Shell.has("curl"), "curl is not installed");
        byte[] file = Http.bytes(MIB, 5);
        String id = http.store("down.bin", file);
        String link = http.postJson("/share/create/" + id, "{\"protected\": false}").expect(201).field("share_url");
        Files.write(folder.resolve("down.bin"), Http.part(file, 0, 345_678));
        Shell.run(folder, "curl", "-sS", "--fail", "-C", "-", "-O", link).expectSuccess();
        assertArrayEquals(file, Files.readAllBytes(folder.resolve("down.bin")));
    }

    @Test
    void aTailIsNeverStoredAsAFile() {
        byte[] tail = Http.bytes(50, 6);
        int before = http.get("/files?limit=1000").expect(200).jsonList().size();
        Answer refused = http.put("/tail.bin", tail, "Content-Range", "bytes 50-99/100");
        assertTrue(refused.status() >= 400 && refused.status() < 500, refused.toString());
        assertEquals(before, http.get("/files?limit=1000").expect(200).jsonList().size());
        String id = http.begin("mine", 100, 1024);
        http.put("/upload/" + id, tail, "Content-Range", "bytes 60-109/110").expect(400);
        http.put("/upload/" + id, tail, "Content-Range", "bytes 50-98/100").expect(400);
        assertEquals(0, http.status(id).number("bytes_received"));
        http.put("/upload/" + id, tail, "Content-Range", "bytes 50-99/100").expect(200);
        assertEquals(List.of(List.of(0, 49)), missing(id));
    }

    @Test
    void aNewerRequestEndsAnOlderStuckOneAtOnce() throws Exception {
        byte[] file = Http.bytes(MIB, 7);
        String id = http.begin("stuck", MIB, MIB);
        try (RawConnection stuck = new RawConnection(server)) {
            stuck.head("PUT /uploads/" + id + "/chunks/0 HTTP/1.1", "Host: localhost", "Content-Length: " + MIB,
                    "Expect: 100-continue");
            assertTrue(stuck.readHead().startsWith("HTTP/1.1 100"), "the first request is not taken");
            stuck.send(Http.part(file, 0, 500_000));
            http.get("/health").expect(200);
            http.chunk(id, 0, file).expect(200);
            String end = stuck.readUntilQuiet(10_000);
            assertFalse(end.contains("still open"), "the older one was left hanging: " + end);
        }
        assertEquals(Http.sha256(file), http.post("/upload/merge/" + id).expect(200).field("file_hash"));
    }

    @Test
    void twoClientsResumingOneUploadEndWithOneCorrectFile() throws Exception {
        byte[] file = Http.bytes(4 * MIB + 5, 8);
        int chunk = 128 * 1024;
        String id = http.begin("two", file.length, chunk);
        http.chunk(id, 3, Http.part(file, 3L * chunk, 4L * chunk)).expect(200);
        Callable<Integer> client = () -> {
            int rounds = 0;
            for (List<?> left = missingChunks(id); !left.isEmpty(); left = missingChunks(id)) {
                assertTrue(++rounds < 100, "never ends");
                for (Object index : left) {
                    long i = ((Number) index).longValue();
                    sendOrLoseToTheOther(id, i, Http.part(file, i * chunk, (i + 1) * chunk));
                }
            }
            return http.post("/upload/merge/" + id).expect(200).status();
        };
        assertEquals(List.of(200, 200), together(List.of(client, client)));
        assertArrayEquals(file, http.get("/download/" + id).expect(200).body());
    }

    /** The newer of two requests for one chunk ends the older one, by an answer or by its connection. */
    private static int sendOrLoseToTheOther(String id, long index, byte[] bytes, String... headers) {
        try {
            Answer answer = http.trySend("PUT", "/uploads/" + id + "/chunks/" + index, BodyPublishers.ofByteArray(bytes), headers);
            assertTrue(answer.status() == 200 || answer.status() == 409, answer.toString());
            return answer.status();
        } catch (IOException ended) {
            http.get("/health").expect(200);
            return 0;
        }
    }

    private static List<?> missingChunks(String id) {
        return (List<?>) http.status(id).json().get("missing_chunks");
    }

    @Test
    void anUploadBegunInChunksIsFinishedByOneStream() {
        byte[] file = Http.bytes(3 * MIB, 9);
        String id = http.begin("doors", file.length, MIB);
        for (int i : IntStream.range(0, 2).toArray()) {
            http.chunk(id, i, Http.part(file, (long) i * MIB, (i + 1L) * MIB)).expect(200);
        }
        Answer end = http.put("/upload/" + id, Http.part(file, 2 * MIB, 3 * MIB), "Content-Range",
                "bytes " + 2 * MIB + "-" + (3 * MIB - 1) + "/" + 3 * MIB).expect(200);
        assertEquals("completed", end.field("status"));
        assertEquals(Http.sha256(file), end.field("file_hash"));
    }

    @Test
    void anUploadGoesOnAfterTheServerWasStoppedAndStarted(@TempDir Path folder) {
        try (ServerProcess own = ServerProcess.start(folder.resolve("data")); Http client = new Http(own)) {
            byte[] file = Http.bytes(2 * MIB, 10);
            String id = client.begin("stop", file.length, MIB);
            client.chunk(id, 1, Http.part(file, MIB, 2 * MIB)).expect(200);
            own.terminate();
            own.restart();
            assertEquals(List.of(1), client.status(id).json().get("uploaded_chunks"));
            client.chunk(id, 0, Http.part(file, 0, MIB)).expect(200);
            assertEquals(Http.sha256(file), client.post("/upload/merge/" + id).expect(200).field("file_hash"));
        }
    }
}
