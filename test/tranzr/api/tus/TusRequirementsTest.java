package tranzr.api.tus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;

/** What the core of tus 1.0.0 requires of a server, over a raw socket: a test for each MUST and each SHOULD of its sections "Headers" and "Requests". */
class TusRequirementsTest {

    private static final byte[] FILE = ServedEngine.bytes(1000, 1);

    @TempDir
    static Path folder;
    private static ServedEngine server;
    private static RawTus tus;

    @BeforeAll
    static void start() throws Exception {
        server = new ServedEngine(folder);
        tus = new RawTus(server);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    private static byte[] part(int from, int to) {
        return Arrays.copyOfRange(FILE, from, to);
    }

    // HEAD

    @Test
    void headTellsTheOffsetEvenIfItIsZero() {
        assertEquals("0", tus.head(tus.begin(1000)).expect(200).field("Upload-Offset"));
    }

    @Test
    void headTellsTheOffsetOfACompletedUpload() {
        String path = tus.begin(1000);
        tus.patch(path, 0, FILE).expect(204);
        RawTus.Answer head = tus.head(path).expect(200);
        assertEquals("1000", head.field("Upload-Offset"));
        assertEquals("1000", head.field("Upload-Length"));
        assertEquals(Digest.sha256(FILE).hex(), head.field("X-Content-SHA256"));
    }

    @Test
    void headTellsTheLengthWhenItIsKnown() {
        assertEquals("1000", tus.head(tus.begin(1000)).expect(200).field("Upload-Length"));
    }

    @Test
    void headOfWhatIsNotThereIs404WithoutAnOffset() {
        for (String path : List.of("/tus/0f8fad5b-d9cb-469f-a165-70867728950e", "/tus/none", "/tus/..%2f", "/tus/a/b")) {
            assertNull(tus.head(path).expect(404).field("Upload-Offset"), path);
        }
    }

    @Test
    void headIsNeverCached() {
        assertEquals("no-store", tus.head(tus.begin(1)).field("Cache-Control"));
        assertEquals("no-store", tus.head("/tus/none").expect(404).field("Cache-Control"));
    }

    // PATCH

    @Test
    void patchOfAnotherTypeIs415AndChangesNothing() {
        String path = tus.begin(1000);
        tus.ask("PATCH", path, FILE, "Upload-Offset: 0", "Content-Type: application/octet-stream").expect(415, "unsupported_media_type");
        tus.ask("PATCH", path, FILE, "Upload-Offset: 0").expect(415, "unsupported_media_type");
        assertEquals(0, tus.head(path).offset());
        // Names of types are in any case, and may have parameters (RFC 9110, section 8.3.1).
        tus.ask("PATCH", path, FILE, "Upload-Offset: 0", "Content-Type: Application/Offset+Octet-Stream; x=y").expect(204);
    }

    @Test
    void patchAtAnotherOffsetIs409AndChangesNothing() {
        String path = tus.begin(1000);
        tus.patch(path, 0, part(0, 500)).expect(204);
        for (int offset : List.of(0, 499, 501, 1000, 5000)) {
            tus.patch(path, offset, part(500, 600)).expect(409, "offset_mismatch");
            assertEquals(500, tus.head(path).offset());
        }
        tus.patch(path, 500, part(500, 1000)).expect(204);
        assertEquals(Digest.sha256(FILE).hex(), tus.head(path).field("X-Content-SHA256"));
        tus.patch(path, 0, FILE).expect(409, "offset_mismatch");
    }

    @Test
    void patchIsAnsweredWith204AndTheSumOfTheOffsetAndTheBytes() {
        String path = tus.begin(1000);
        for (int at = 0; at < 1000; at += 250) {
            RawTus.Answer answer = tus.patch(path, at, part(at, at + 250)).expect(204);
            assertEquals(at + 250, answer.offset());
            assertEquals("", answer.body());
        }
    }

    @Test
    void patchOnWhatIsNotThereIs404() {
        tus.patch("/tus/0f8fad5b-d9cb-469f-a165-70867728950e", 0, FILE).expect(404, "not_found");
    }

    @Test
    void anOffsetIsANonNegativeInteger() {
        String path = tus.begin(1000);
        for (String offset : List.of("-1", "+0", "0.0", "0x0", "", "zero", "9223372036854775808", "99999999999999999999", "0, 0", "\u0660")) {
            tus.ask("PATCH", path, FILE, RawTus.BYTES, "Upload-Offset: " + offset).expect(400, "invalid_value");
        }
        tus.ask("PATCH", path, FILE, RawTus.BYTES).expect(400, "invalid_value");
        tus.ask("PATCH", path, FILE, RawTus.BYTES, "Upload-Offset: 0", "Upload-Offset: 0").expect(400, "invalid_header");
        assertEquals(0, tus.head(path).offset());
    }

    @Test
    void bytesBeyondTheLengthAreRefusedAsAWhole() {
        String path = tus.begin(999);
        tus.patch(path, 0, FILE).expect(400, "range_out_of_bounds");
        assertEquals(0, tus.head(path).offset());
        tus.ask("PATCH", path, null, RawTus.BYTES, "Upload-Offset: 0").expect(204);
    }

    @Test
    void whatCameOfABrokenPatchIsStored() throws Exception {
        byte[] bytes = ServedEngine.bytes(300_000, 2);
        String path = tus.begin(1_000_000);
        try (Socket socket = tus.open()) {
            tus.send(socket, "PATCH", path, List.of(RawTus.VERSION, RawTus.BYTES, "Upload-Offset: 0", "Content-Length: 1000000"));
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            RawTus.read(socket, false).expect(423, "body_incomplete");
        }
        assertEquals(300_000, tus.head(path).offset());
    }

    @Test
    void whatCameOfABrokenPatchWithoutALengthIsStored() throws Exception {
        String path = tus.begin(1000);
        try (Socket socket = tus.open()) {
            tus.send(socket, "PATCH", path, List.of(RawTus.VERSION, RawTus.BYTES, "Upload-Offset: 0", "Transfer-Encoding: chunked"));
            socket.getOutputStream().write("5\r\n".getBytes());
            socket.getOutputStream().write(part(0, 5));
            socket.getOutputStream().write("\r\n64\r\n".getBytes());
            socket.getOutputStream().write(part(5, 50));
            socket.shutdownOutput();
            RawTus.read(socket, false).expect(423, "body_incomplete");
        }
        assertEquals(50, tus.head(path).offset());
    }

    @Test
    void aDeadPatchDelaysNeitherHeadNorItsSuccessor() throws Exception {
        int piece = 128 * 1024;
        byte[] file = ServedEngine.bytes(4 * piece, 3);
        String path = tus.begin(file.length);
        try (Socket dead = tus.open(); Socket deadToo = tus.open()) {
            tus.send(dead, "PATCH", path, List.of(RawTus.VERSION, RawTus.BYTES, "Upload-Offset: 0", "Content-Length: " + file.length));
            dead.getOutputStream().write(file, 0, piece);
            awaitReceived(path, piece);
            assertEquals(piece, tus.head(path).expect(200).offset());
            tus.send(deadToo, "PATCH", path, List.of(RawTus.VERSION, RawTus.BYTES, "Upload-Offset: " + piece, "Content-Length: " + 3 * piece));
            deadToo.getOutputStream().write(file, piece, piece);
            awaitReceived(path, 2 * piece);
            // It goes on without asking first, from where it was told before, and hears where that is by now.
            tus.patch(path, piece, Arrays.copyOfRange(file, piece, file.length)).expect(409, "offset_mismatch");
            tus.patch(path, 2 * piece, Arrays.copyOfRange(file, 2 * piece, file.length)).expect(204);
        }
        assertEquals(Digest.sha256(file).hex(), tus.head(path).field("X-Content-SHA256"));
    }

    /** Waits until the engine has taken so many bytes of this upload. */
    private static void awaitReceived(String path, long bytes) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (System.nanoTime() < deadline) {
            boolean there = server.get("/transfers").list().stream()
                    .anyMatch(transfer -> path.endsWith(transfer.get("file_id").toString()) && ((Number) transfer.get("bytes")).longValue() == bytes);
            if (there) {
                return;
            }
        }
        throw new AssertionError("no upload under way has " + bytes + " bytes: " + server.get("/transfers").text());
    }

    // Versions

    @Test
    void everyAnswerTellsTheVersion() {
        String path = tus.begin(10);
        List<RawTus.Answer> answers = List.of(tus.head(path).expect(200), tus.patch(path, 0, part(0, 10)).expect(204), tus.ask("POST", "/tus", null).expect(400),
                tus.head("/tus/none").expect(404), tus.ask("PUT", path, null).expect(405), tus.ask("PUT", "/tus", null).expect(405), tus.patch(path, 5, FILE).expect(409),
                tus.ask("PATCH", path, FILE).expect(415), tus.askPlain("HEAD", path, null).expect(412), tus.ask("GET", path, null).expect(200),
                tus.ask("GET", "/tus/none", null).expect(404), tus.ask("DELETE", path, null).expect(204), tus.ask("POST", "/tus", null, "Upload-Length: 99999999999").expect(413),
                tus.ask("POST", "/tus", null, "Upload-Length: 1", "Origin: http://elsewhere.example").expect(403), tus.ask("POST", "/tus/a/b/c", null).expect(404),
                tus.ask("POST", "/tus", null, "X-HTTP-Method-Override: (").expect(400), tus.askPlain("OPTIONS", "/tus", null).expect(204));
        answers.forEach(answer -> assertEquals("1.0.0", answer.field("Tus-Resumable"), answer::toString));
        assertNull(tus.askPlain("GET", "/files", null).expect(200).field("Tus-Resumable"));
    }

    @Test
    void anotherVersionIs412WithThoseThatAreKnownAndIsNotProcessed() {
        String path = tus.begin(1000);
        for (String[] version : new String[][] {{"Tus-Resumable: 0.2.2"}, {"Tus-Resumable: 1.0"}, {"Tus-Resumable: 2.0.0"}, {"Tus-Resumable: "}, {}}) {
            String[] bytes = Arrays.copyOf(new String[] {RawTus.BYTES, "Upload-Offset: 0", "Upload-Length: 1000"}, 3 + version.length);
            System.arraycopy(version, 0, bytes, 3, version.length);
            int before = server.get("/files").list().size();
            for (RawTus.Answer answer : List.of(tus.askPlain("PATCH", path, FILE, bytes), tus.askPlain("POST", "/tus", null, bytes), tus.askPlain("DELETE", path, null, version))) {
                assertEquals("1.0.0", answer.expect(412, "unsupported_version").field("Tus-Version"));
            }
            assertNull(tus.askPlain("HEAD", path, null, version).expect(412).field("Upload-Offset"));
            assertEquals(0, tus.head(path).expect(200).offset());
            assertEquals(before, server.get("/files").list().size());
        }
    }

    // OPTIONS

    @Test
    void optionsTellsVersionsExtensionsAndLimits() {
        String path = tus.begin(1000);
        for (String at : List.of("/tus", "/tus/", path)) {
            RawTus.Answer answer = tus.askPlain("OPTIONS", at, null).expect(204);
            assertEquals("1.0.0", answer.field("Tus-Version"));
            assertEquals(List.of("creation", "creation-with-upload", "creation-defer-length", "expiration", "checksum", "termination"),
                    Arrays.asList(answer.field("Tus-Extension").split(",")));
            assertEquals(Long.toString(1L << 32), answer.field("Tus-Max-Size"));
            assertFalse(answer.field("Tus-Extension").contains("trailer"));
        }
    }

    @Test
    void optionsIgnoresTheVersionOfTheClient() {
        assertNotNull(tus.askPlain("OPTIONS", "/tus", null, "Tus-Resumable: 0.0.1").expect(204).field("Tus-Version"));
    }

    // X-HTTP-Method-Override

    @Test
    void theOverridingMethodIsTheMethod() {
        String path = tus.begin(1000);
        assertEquals(500, tus.ask("POST", path, part(0, 500), "X-HTTP-Method-Override: PATCH", RawTus.BYTES, "Upload-Offset: 0").expect(204).offset());
        RawTus.Answer head = tus.ask("POST", path, null, "X-HTTP-Method-Override: HEAD").expect(200);
        assertEquals(500, head.offset());
        assertEquals("", head.body());
        tus.ask("POST", path, null).expect(405, "method_not_allowed");
        tus.ask("POST", path, null, "X-HTTP-Method-Override: DELETE").expect(204);
        tus.head(path).expect(404);
    }

    @Test
    void theActualMethodIsIgnoredBesideAnOverridingOne() {
        String path = tus.begin(1000);
        assertEquals(500, tus.ask("DELETE", path, part(0, 500), "X-HTTP-Method-Override: PATCH", RawTus.BYTES, "Upload-Offset: 0").expect(204).offset());
        tus.ask("PATCH", path, part(500, 600), "X-HTTP-Method-Override: BREW", RawTus.BYTES, "Upload-Offset: 500").expect(405);
        tus.ask("PATCH", path, part(500, 600), "X-HTTP-Method-Override: PATCH", "X-HTTP-Method-Override: DELETE", RawTus.BYTES, "Upload-Offset: 500").expect(400, "invalid_header");
        assertEquals(500, tus.head(path).offset());
        assertNotNull(tus.ask("DELETE", path, null, "X-HTTP-Method-Override: OPTIONS").expect(204).field("Tus-Extension"));
        assertEquals(500, tus.head(path).offset());
        // Only here: elsewhere a method is what it is.
        tus.askPlain("GET", "/files/" + path.substring(5), null, "X-HTTP-Method-Override: DELETE").expect(200);
    }
}
