package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Http.Answer;
import tranzr.json.Json;

/** A file sent as UpFlow's page does, step by step, with curl, to a server that is killed in the middle. */
class UpflowTranscriptTest {

    private static final int CHUNK = 256 * 1024;
    private static final int COUNT = 8;
    private static final byte[] FILE = Http.bytes((COUNT - 1) * CHUNK + 12_345, 7);

    @TempDir
    Path folder;
    private ServerProcess server;
    private Http http;

    @Test
    void aFileIsSentInterruptedByAKillAndResumed() throws Exception {
        try (ServerProcess started = ServerProcess.start(folder.resolve("data"))) {
            server = started;
            http = new Http(server);
            // Step 1: the session, without a length
            Map<String, Object> begun = curl("-H", "Content-Type: application/json", "-d",
                    "{\"filename\": \"video.bin\", \"total_chunks\": " + COUNT + ", \"chunk_size\": " + CHUNK + "}", server.url() + "/uploads/init");
            String id = begun.get("upload_id").toString();
            assertEquals(Map.of("upload_id", id, "status", "initialized"), begun);
            assertEquals(id, UUID.fromString(id).toString());
            assertEquals(status(id, 0, "initialized"), curl(server.url() + "/uploads/" + id + "/status"));
            // Step 2: chunks as forms, the last one, which is shorter, among the first
            for (int index : new int[] {0, 7, 2, 1}) {
                assertEquals(Map.of("upload_id", id, "chunk_index", index, "status", "uploaded"), put(id, index));
            }
            assertEquals(status(id, 4, "uploading"), curl(server.url() + "/uploads/" + id + "/status"));
            // Too early
            assertEquals(Map.of("detail", Map.of("error", "not all chunks have been uploaded", "uploaded_chunks", 4, "expected_chunks", COUNT)),
                    curl("-X", "POST", server.url() + "/uploads/" + id + "/complete"));
            http.post("/uploads/" + id + "/complete").expect(400);
            // The server goes in the middle of a chunk, and comes back
            breakOffAndKill(id, 3);
            server.restart();
            assertEquals(status(id, 4, "uploading"), curl(server.url() + "/uploads/" + id + "/status"));
            // The page sends from its own list, which does not know what of the broken chunk arrived, nor that one more did
            for (int index : new int[] {2, 3, 4, 5, 6}) {
                assertEquals("uploaded", put(id, index).get("status"));
            }
            // Step 3: complete, and ask until it is
            assertTrue(curl("-X", "POST", server.url() + "/uploads/" + id + "/complete").get("status").toString().matches("pending_assembly|completed"));
            Http.await("the assembly", () -> http.get("/uploads/" + id + "/status").expect(200).field("status").equals("completed"));
            assertEquals(status(id, COUNT, "completed"), curl(server.url() + "/uploads/" + id + "/status"));
            // Step 4: what comes later is refused
            Answer late = new Form().file("file", "blob", Http.part(FILE, 0, CHUNK)).send(http, "PUT", "/uploads/" + id + "/chunks/0").expect(400);
            assertTrue(late.json().get("detail") instanceof String);
            assertArrayEquals(FILE, http.get("/download/" + id).expect(200).body());
            assertEquals(Http.sha256(FILE), http.get("/files/" + id).expect(200).field("file_hash"));
        } finally {
            http.close();
        }
    }

    private static Map<String, Object> status(String id, int uploaded, String state) {
        return Map.of("upload_id", id, "filename", "video.bin", "total_chunks", COUNT, "uploaded_chunks", uploaded, "status", state);
    }

    private static byte[] chunk(int index) {
        return Http.part(FILE, (long) index * CHUNK, Math.min(FILE.length, (index + 1L) * CHUNK));
    }

    private Map<String, Object> put(String id, int index) throws IOException {
        Path part = folder.resolve("part");
        Files.write(part, chunk(index));
        return curl("-X", "PUT", "-F", "file=@" + part + ";filename=blob", server.url() + "/uploads/" + id + "/chunks/" + index);
    }

    private Map<String, Object> curl(String... arguments) {
        String[] command = new String[arguments.length + 2];
        command[0] = "curl";
        command[1] = "-sS";
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        return Json.readObject(Shell.run(folder, command).expectSuccess().output().getBytes(StandardCharsets.UTF_8));
    }

    private void breakOffAndKill(String id, int index) throws IOException {
        String head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"blob\"\r\n\r\n";
        try (RawConnection raw = new RawConnection(server)) {
            raw.head("PUT /uploads/" + id + "/chunks/" + index + " HTTP/1.1", "Host: localhost", "Content-Type: multipart/form-data; boundary=b",
                    "Content-Length: " + (head.length() + CHUNK + "\r\n--b--\r\n".length()));
            raw.send(head.getBytes(StandardCharsets.UTF_8));
            raw.send(Http.part(chunk(index), 0, CHUNK / 2));
            server.kill();
        }
    }
}
