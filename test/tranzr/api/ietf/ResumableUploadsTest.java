package tranzr.api.ietf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
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

class ResumableUploadsTest {

    private static final byte[] FILE = ServedEngine.bytes(100_000, 1);
    private static final String[] APPEND = {"Content-Type", "application/partial-upload"};

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

    private Answer send(String method, String path, byte[] body, String... headers) {
        return server.send(method, path, BodyPublishers.ofByteArray(body), headers);
    }

    @Test
    void aFileComesInOneGo() {
        Answer answer = send("POST", "/files/upload", FILE, "Upload-Complete", "?1", "Content-Disposition", "inline; filename=\"a b.bin\"").expect(201);
        assertEquals("?1", answer.header("Upload-Complete"));
        assertEquals("a b.bin", answer.field("filename"));
        assertEquals(Digest.sha256(FILE).hex(), answer.header("X-Content-SHA256"));
        assertArrayEquals(FILE, server.get("/download/" + answer.header("X-File-Id")).expect(200).body());
    }

    @Test
    void aFileComesInParts() {
        Answer begun = send("POST", "/files/upload", Arrays.copyOf(FILE, 40_000), "Upload-Complete", "?0", "Upload-Length", "100000").expect(201);
        String location = begun.header("Location");
        assertEquals("?0", begun.header("Upload-Complete"));
        Answer stands = server.head(location).expect(204);
        assertEquals("40000 100000 ?0", stands.header("Upload-Offset") + " " + stands.header("Upload-Length") + " " + stands.header("Upload-Complete"));
        Answer done = send("PATCH", location, Arrays.copyOfRange(FILE, 40_000, 100_000), "Upload-Complete", "?1", "Upload-Offset", "40000", APPEND[0], APPEND[1]).expect(201);
        assertEquals("?1", done.header("Upload-Complete"));
        assertArrayEquals(FILE, server.get("/download/" + done.field("file_id")).expect(200).body());
    }
}
