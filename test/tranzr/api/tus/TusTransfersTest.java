package tranzr.api.tus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** Whole uploads by tus, as its clients make them. */
class TusTransfersTest {

    @TempDir
    Path folder;
    private ServedEngine server;

    @BeforeEach
    void start() throws Exception {
        server = new ServedEngine(folder);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private Answer ask(String method, String path, byte[] body, String... headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Tus-Resumable";
        all[headers.length + 1] = "1.0.0";
        return server.send(method, path, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body), all);
    }

    private Answer patch(String path, long offset, byte[] body, String... headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 4);
        System.arraycopy(new String[] {"Upload-Offset", Long.toString(offset), "Content-Type", "application/offset+octet-stream"}, 0, all, headers.length, 4);
        return ask("PATCH", path, body, all);
    }

    @Test
    void anUploadInTwoPiecesIsAFileAfterTheSecond() {
        byte[] bytes = ServedEngine.bytes(200_000, 1);
        String path = ask("POST", "/tus", null, "Upload-Length", "200000", "Upload-Metadata", "filename Y2F0LmpwZw==").expect(201).header("Location");
        Answer first = patch(path, 0, Arrays.copyOf(bytes, 70_000)).expect(204);
        assertEquals("70000", first.header("Upload-Offset"));
        assertNull(first.header("X-Content-SHA256"));
        assertEquals("70000", ask("HEAD", path, null).expect(200).header("Upload-Offset"));
        Answer last = patch(path, 70_000, Arrays.copyOfRange(bytes, 70_000, 200_000)).expect(204);
        assertEquals("200000", last.header("Upload-Offset"));
        assertEquals(Digest.sha256(bytes).hex(), last.header("X-Content-SHA256"));
        Answer file = server.get("/download/" + last.header("X-File-Id")).expect(200);
        assertArrayEquals(bytes, file.body());
        assertEquals("attachment; filename=\"cat.jpg\"", file.header("Content-Disposition"));
        assertArrayEquals(bytes, server.get(path).expect(200).body());
    }
}
