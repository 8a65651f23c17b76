package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Http.Answer;

/**
 * A file sent as the sender of Smart File Transfer System does, step by step, to a server that is killed in the middle. The sender adapts the size of its chunks: it shrinks it at once
 * by 0.7, before it has measured anything, and sends another manifest only when it has come far from the first.
 */
class SmartTranscriptTest {

    private static final int FIRST = 256 * 1024;
    private static final int LEAST = 64 * 1024;
    private static final byte[] FILE = Http.bytes(1_500_000, 8);

    @TempDir
    Path folder;
    private Http http;
    private final String id = UUID.randomUUID().toString();

    private static int count(int chunkSize) {
        return (FILE.length + chunkSize - 1) / chunkSize;
    }

    private static byte[] chunk(int index, int chunkSize) {
        return Http.part(FILE, (long) index * chunkSize, Math.min(FILE.length, (index + 1L) * chunkSize));
    }

    private Map<String, Object> manifest(int chunkSize) {
        String chunks = IntStream.range(0, count(chunkSize)).mapToObj(index -> "{\"chunk_id\": " + index + ", \"size\": " + chunk(index, chunkSize).length + ", \"checksum\": \""
                + Http.sha256(chunk(index, chunkSize)) + "\"}").collect(Collectors.joining(", "));
        return http.postJson("/upload/init", "{\"file_id\": \"" + id + "\", \"filename\": \"data.bin\", \"size\": " + FILE.length + ", \"chunk_size\": " + chunkSize
                + ", \"chunks\": [" + chunks + "], \"priority\": \"normal\"}").expect(200).json();
    }

    private Answer send(int index, int chunkSize) {
        byte[] bytes = chunk(index, chunkSize);
        return new Form().field("file_id", id).field("chunk_id", index).field("checksum", Http.sha256(bytes)).file("chunk", "chunk", bytes).post(http, "/upload/chunk");
    }

    @SuppressWarnings("unchecked")
    private List<Integer> missing() {
        return (List<Integer>) http.get("/upload/missing/" + id).expect(200).json().get("missing");
    }

    @Test
    void aFileIsSentAdaptedInterruptedByAKillAndResumed() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"))) {
            http = new Http(server);
            // The manifest, and what is missing of it
            assertEquals(Map.of("status", "ok"), manifest(FIRST));
            assertEquals(IntStream.range(0, count(FIRST)).boxed().toList(), missing());
            // A first chunk of another size than was said: refused for good, so that the sender shrinks its chunks once more, and says so
            Answer refused = send(0, 183_500).expect(400);
            assertTrue(refused.field("error").contains("183500"), refused.toString());
            assertEquals(Map.of("status", "resumed", "received_chunks", 0), manifest(128_450));
            assertEquals(Map.of("status", "resumed", "received_chunks", 0), manifest(LEAST));
            // Now chunk by chunk, in the order of what is missing
            List<Integer> missing = missing();
            assertEquals(count(LEAST), missing.size());
            for (int index : missing.subList(0, 10)) {
                Answer taken = send(index, LEAST).expect(200);
                assertEquals(index + 1, taken.json().get("received"));
                assertEquals(count(LEAST), taken.json().get("total"));
            }
            // The server goes in the middle of a chunk, and comes back
            breakOffAndKill(server, 10);
            server.restart();
            // The sender tries the chunk again, as after any break; one that it had not heard of is a duplicate
            assertEquals(true, send(9, LEAST).expect(200).json().get("duplicate"));
            send(10, LEAST).expect(200);
            // The line is good: larger chunks, of which some are there whole, and one in part
            assertEquals(Map.of("status", "resumed", "received_chunks", 11 * LEAST / 300_000), manifest(300_000));
            assertEquals(List.of(2, 3, 4), missing());
            for (int index : missing()) {
                assertEquals("ok", send(index, 300_000).expect(200).field("status"));
            }
            assertEquals(List.of(), missing());
            // Assembly, and the receiver
            Answer assembled = http.post("/assemble/" + id).expect(200);
            assertEquals("ok", assembled.field("status"));
            Map<?, ?> listed = (Map<?, ?>) http.get("/api/files").expect(200).jsonList().getFirst();
            assertEquals(List.of(id, "data.bin", FILE.length, "completed"), List.of(listed.get("file_id"), listed.get("filename"), listed.get("size"), listed.get("status")));
            assertEquals(100.0, http.get("/api/files/" + id).expect(200).json().get("progress"));
            assertArrayEquals(FILE, http.get(assembled.field("path")).expect(200).body());
            assertEquals(Http.sha256(FILE), http.get("/files/" + id).expect(200).field("file_hash"));
        } finally {
            http.close();
        }
    }

    private void breakOffAndKill(ServerProcess server, int index) throws IOException {
        String fields = Stream.of("file_id=" + id, "chunk_id=" + index, "checksum=" + Http.sha256(chunk(index, LEAST))).map(field -> field.split("="))
                .map(field -> "--b\r\nContent-Disposition: form-data; name=\"" + field[0] + "\"\r\n\r\n" + field[1] + "\r\n").collect(Collectors.joining())
                + "--b\r\nContent-Disposition: form-data; name=\"chunk\"; filename=\"chunk\"\r\n\r\n";
        try (RawConnection raw = new RawConnection(server)) {
            raw.head("POST /upload/chunk HTTP/1.1", "Host: localhost", "Content-Type: multipart/form-data; boundary=b", "Content-Length: " + (fields.length() + LEAST + 9));
            raw.send(fields.getBytes(StandardCharsets.UTF_8));
            raw.send(Http.part(chunk(index, LEAST), 0, LEAST / 2));
            server.kill();
        }
    }

    @Test
    void aManifestOfAMillionChunksFitsIntoASmallHeap() throws Exception {
        try (ServerProcess server = ServerProcess.start(ServerProcess.Launch.on(folder.resolve("data")).jvm("-Xmx32m", "-XX:+UseSerialGC"))) {
            http = new Http(server);
            String before = "{\"file_id\": \"" + id + "\", \"filename\": \"data.bin\", \"size\": 1000000, \"chunk_size\": 1, \"chunks\": [";
            assertEquals("ok", http.send("POST", "/upload/init", BodyPublishers.ofInputStream(() -> million(before))).expect(200).field("status"));
            byte[] told = http.get("/upload/missing/" + id).expect(200).body();
            assertTrue(new String(told, 0, 20, StandardCharsets.US_ASCII).startsWith("{\"missing\":[0,1,2,3,"));
            assertTrue(new String(told, StandardCharsets.US_ASCII).endsWith(",999998,999999]}"));
            assertEquals("0", http.get("/api/files/" + id).expect(200).field("received_chunks"));
        } finally {
            http.close();
        }
    }

    /** As its own client writes them, about 110 MB. */
    private static InputStream million(String before) {
        Iterator<String> texts = Stream.concat(Stream.of(before), Stream.concat(IntStream.range(0, 1_000_000).mapToObj(index -> (index == 0 ? "" : ", ") + "{\"chunk_id\": " + index
                + ", \"size\": 1, \"checksum\": \"" + "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9\"}"), Stream.of("]}"))).iterator();
        return new InputStream() {
            private byte[] piece = new byte[0];
            private int at;

            @Override
            public int read() {
                return fill() ? piece[at++] & 0xff : -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                if (!fill()) {
                    return -1;
                }
                int count = Math.min(length, piece.length - at);
                System.arraycopy(piece, at, target, offset, count);
                at += count;
                return count;
            }

            private boolean fill() {
                if (at == piece.length && texts.hasNext()) {
                    StringBuilder more = new StringBuilder();
                    while (texts.hasNext() && more.length() < 16_000) {
                        more.append(texts.next());
                    }
                    piece = more.toString().getBytes(StandardCharsets.US_ASCII);
                    at = 0;
                }
                return at < piece.length;
            }
        };
    }
}
