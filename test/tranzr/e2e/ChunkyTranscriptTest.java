package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Http.Answer;

/** A file sent as the protocol page of chunky says, step by step, to a server that is killed in the middle; the bodies are those that its client writes. */
class ChunkyTranscriptTest {

    private static final int CHUNK = 300_000;
    private static final byte[] FILE = Http.bytes(3_000_001, 6);
    private static final String HASH = Base64.getEncoder().encodeToString(Http.digest(FILE));

    private ServerProcess server;
    private Http http;
    private String session;

    @Test
    void aFileIsSentInterruptedByAKillAndResumed(@TempDir Path folder) throws Exception {
        try (ServerProcess started = ServerProcess.start(folder.resolve("data"))) {
            server = started;
            http = new Http(server);
            // Step 2: a session for this file; somebody else who sends the same file has another
            Answer begun = http.postJson("/initiateUploadSession", "{\"fileHash\":\"" + HASH + "\",\"totalFileSizeBytes\":" + FILE.length + "}").expect(200);
            session = begun.field("sessionId");
            assertTrue(begun.number("ttl") > 0);
            String other = http.postJson("/initiateUploadSession", "{\"fileHash\":\"" + HASH + "\",\"totalFileSizeBytes\":" + FILE.length + "}").expect(200).field("sessionId");
            assertNotEquals(session, other);
            // Step 3 and 4: chunks, several at a time; one that comes twice is fine
            sendAll(List.of(new int[] {0, CHUNK - 1}, new int[] {4 * CHUNK, 5 * CHUNK - 1}, new int[] {CHUNK, 2 * CHUNK - 1}, new int[] {0, CHUNK - 1}, new int[] {10 * CHUNK, 10 * CHUNK}));
            // Step 5: what terminates an upload
            assertEquals("Invalid session ID\n", patch("00000000-0000-4000-8000-000000000000", HASH, 0, 9).expect(404).text());
            assertEquals("Invalid file hash\n", patch(session, HASH.replace(HASH.charAt(0), HASH.charAt(0) == 'A' ? 'B' : 'A'), 0, 9).expect(409).text());
            // Step 6: the server goes in the middle of a chunk, and comes back
            breakOffAndKill();
            server.restart();
            assertEquals("[[0, " + (FILE.length - 1) + "]]", missingOf(other).toString());
            Answer status = http.get("/uploadStatus?sessionId=" + session + "&fileHash=" + HASH.replace("+", "%2B")).expect(200);
            assertEquals("incomplete", status.field("status"));
            List<List<Integer>> missing = missingOf(session);
            assertEquals(missing, status.json().get("byteRanges"));
            assertEquals(List.of(2 * CHUNK, 4 * CHUNK - 1), missing.getFirst());
            assertEquals(List.of(5 * CHUNK, 10 * CHUNK - 1), missing.getLast());
            http.postJson("/endUpload", pair(session)).expect(409);
            // Overlapping chunks are safe
            List<int[]> rest = new ArrayList<>();
            for (List<Integer> range : missing) {
                for (int start = range.getFirst(); start <= range.getLast(); start += CHUNK) {
                    rest.add(new int[] {Math.max(0, start - 100), Math.min(range.getLast(), start + CHUNK - 1)});
                }
            }
            sendAll(rest);
            // Step 7: the end
            assertEquals("complete", http.send("GET", "/uploadStatus", BodyPublishers.ofString(pair(session))).expect(200).field("status"));
            assertEquals("complete", http.postJson("/endUpload", pair(session)).expect(200).field("status"));
            assertEquals("complete", http.postJson("/endUpload", pair(session)).expect(200).field("status"));
            assertArrayEquals(FILE, http.get("/download/" + session).expect(200).body());
            assertEquals(Http.sha256(FILE), http.get("/files/" + session).expect(200).field("file_hash"));
        } finally {
            http.close();
        }
    }

    private static String pair(String session) {
        return "{\"sessionId\":\"" + session + "\",\"fileHash\":\"" + HASH + "\"}";
    }

    private static String message(String session, String hash, int start, int end) {
        return "{\"sessionId\":\"" + session + "\",\"fileHash\":\"" + hash + "\",\"chunk\":\"" + Base64.getEncoder().encodeToString(Http.part(FILE, start, end + 1L)) + "\",\"startByte\":" + start
                + ",\"endByte\":" + end + "}";
    }

    private Answer patch(String id, String hash, int start, int end) {
        return http.send("PATCH", "/uploadFileChunk", BodyPublishers.ofString(message(id, hash, start, end)), "Content-Type", "application/json");
    }

    @SuppressWarnings("unchecked")
    private List<List<Integer>> missingOf(String id) {
        return (List<List<Integer>>) http.postJson("/byteRangesToUpload", pair(id)).expect(200).json().get("byteRanges");
    }

    private void sendAll(List<int[]> ranges) throws Exception {
        try (ExecutorService five = Executors.newFixedThreadPool(5)) {
            List<Future<Answer>> answers = ranges.stream().map(range -> five.submit(() -> patch(session, HASH, range[0], range[1]))).toList();
            for (Future<Answer> answer : answers) {
                answer.get().expect(200);
            }
        }
    }

    private void breakOffAndKill() throws IOException {
        String body = message(session, HASH, 2 * CHUNK, 3 * CHUNK - 1);
        try (RawConnection raw = new RawConnection(server)) {
            raw.head("PATCH /uploadFileChunk HTTP/1.1", "Host: localhost", "Content-Type: application/json", "Content-Length: " + body.length());
            raw.send(body.substring(0, body.length() / 2).getBytes(StandardCharsets.UTF_8));
            server.kill();
        }
    }
}
