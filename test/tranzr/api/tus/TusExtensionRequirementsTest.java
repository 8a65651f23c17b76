package tranzr.api.tus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;

/** What "Expiration", "Checksum" and "Termination" of tus 1.0.0 require of a server, over a raw socket. */
class TusExtensionRequirementsTest {

    private static final byte[] FILE = ServedEngine.bytes(1000, 1);
    private static final byte[] NONE = new byte[0];

    @TempDir
    Path folder;
    private ServedEngine server;
    private RawTus tus;

    @BeforeEach
    void start() throws Exception {
        server = new ServedEngine(folder);
        tus = new RawTus(server);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private static byte[] part(int from, int to) {
        return Arrays.copyOfRange(FILE, from, to);
    }

    // Expiration

    @Test
    void theEndIsToldAtCreationAndWithEveryPatchAsHttpWritesTimes() {
        RawTus.Answer made = tus.ask("POST", "/tus", NONE, "Upload-Length: 1000").expect(201);
        // RFC 9110, section 5.6.7: two digits for the day. The clock stands at the first of January 2026, and an upload has a week.
        assertEquals("Thu, 08 Jan 2026 00:00:00 GMT", made.field("Upload-Expires"));
        server.pass(Duration.ofDays(1));
        String moved = tus.patch(made.field("Location"), 0, part(0, 10)).expect(204).field("Upload-Expires");
        assertEquals(Instant.parse("2026-01-09T00:00:00Z"), ZonedDateTime.parse(moved, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        assertEquals(moved, tus.head(made.field("Location")).field("Upload-Expires"));
        assertEquals(moved, tus.patch(made.field("Location"), 10, NONE).expect(204).field("Upload-Expires"));
        assertNull(tus.patch(made.field("Location"), 10, part(10, 1000)).expect(204).field("Upload-Expires"), "a completed one is not going to expire");
    }

    @Test
    void whatHasExpiredIsGone() {
        String path = tus.begin(1000);
        tus.patch(path, 0, part(0, 10)).expect(204);
        server.pass(Duration.ofDays(8));
        server.cleanUp();
        assertNull(tus.head(path).expect(410).field("Upload-Offset"));
        tus.patch(path, 10, part(10, 20)).expect(410, "upload_expired");
        server.pass(Duration.ofDays(8));
        server.cleanUp();
        tus.head(path).expect(404);
    }

    // Checksum

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String checksum(String algorithm, byte[] bytes) throws Exception {
        if (algorithm.equals("crc32c")) {
            CRC32C crc = new CRC32C();
            crc.update(bytes);
            return "Upload-Checksum: crc32c " + base64(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
        }
        String name = algorithm.equals("md5") ? "MD5" : algorithm.replace("sha", "SHA-");
        return "Upload-Checksum: " + algorithm + " " + base64(MessageDigest.getInstance(name).digest(bytes));
    }

    @Test
    void theAlgorithmsAreToldInLowerCaseAndSha1IsOneOfThem() {
        RawTus.Answer answer = tus.askPlain("OPTIONS", "/tus", null).expect(204);
        List<String> algorithms = Arrays.asList(answer.field("Tus-Checksum-Algorithm").split(","));
        assertTrue(algorithms.containsAll(List.of("sha1", "sha256", "md5", "crc32c")), algorithms::toString);
        assertTrue(algorithms.stream().allMatch(name -> name.matches("[a-z0-9]+")), algorithms::toString);
    }

    @Test
    void aBodyIsCheckedByEachAlgorithmThatIsTold() throws Exception {
        String algorithms = tus.askPlain("OPTIONS", "/tus", null).field("Tus-Checksum-Algorithm");
        for (String algorithm : algorithms.split(",")) {
            String path = tus.begin(1000);
            tus.patch(path, 0, part(0, 400), checksum(algorithm, part(0, 401))).expect(460, "checksum_mismatch");
            assertEquals(0, tus.head(path).offset(), algorithm);
            assertEquals(400, tus.patch(path, 0, part(0, 400), checksum(algorithm, part(0, 400))).expect(204).offset());
            tus.patch(path, 400, part(0, 600), checksum(algorithm, part(400, 1000))).expect(460);
            assertEquals(400, tus.head(path).offset(), algorithm);
            tus.patch(path, 400, part(400, 1000), checksum(algorithm, part(400, 1000))).expect(204);
            assertEquals(Digest.sha256(FILE).hex(), tus.head(path).field("X-Content-SHA256"));
            tus.ask("POST", "/tus", FILE, "Upload-Length: 1000", RawTus.BYTES, checksum(algorithm, FILE)).expect(201);
        }
    }

    @Test
    void aLongBodyThatIsNotWhatItShouldBeIsDiscarded() throws Exception {
        byte[] bytes = ServedEngine.bytes(9 << 20, 2);
        String path = tus.begin(bytes.length);
        for (String algorithm : List.of("sha1", "crc32c")) {
            tus.patch(path, 0, bytes, checksum(algorithm, NONE)).expect(460);
            assertEquals(0, tus.head(path).offset());
        }
        tus.patch(path, 0, bytes, checksum("md5", bytes)).expect(204);
        assertEquals(Digest.sha256(bytes).hex(), tus.head(path).field("X-Content-SHA256"));
    }

    /** A chunk that does not have its checksum is to be discarded, and of half of one nobody can tell whether it has. */
    @Test
    void aBodyWithAChecksumThatBreaksOffIsDiscardedAndOneWithoutIsKept() throws Exception {
        String path = tus.begin(1000);
        for (String checksum : List.of(checksum("sha1", FILE), checksum("crc32c", FILE), "X-Checksum: none")) {
            try (Socket socket = tus.open()) {
                tus.send(socket, "PATCH", path, List.of("Tus-Resumable: 1.0.0", RawTus.BYTES, "Upload-Offset: 0", "Content-Length: 1000", checksum));
                socket.getOutputStream().write(part(0, 500));
                socket.shutdownOutput();
                RawTus.read(socket, false).expect(423, "body_incomplete"); // or who looks may come before it
            }
            assertEquals(checksum.contains("none") ? 500 : 0, tus.head(path).offset(), checksum);
        }
    }

    @Test
    void anUnknownAlgorithmOrWhatIsNoChecksumIs400AndChangesNothing() {
        String path = tus.begin(1000);
        for (String checksum : List.of("sha512 AAAA", "crc32 AAAAAA==", "SHA1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "sha1", "sha1 ", "sha1 !", "sha1 AAAA", "sha1  2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
                "", "crc32c AAAA", "sha256 2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk= x")) {
            tus.patch(path, 0, FILE, "Upload-Checksum: " + checksum).expect(400, "invalid_digest");
        }
        tus.patch(path, 0, FILE, "Trailer: Upload-Checksum").expect(400, "invalid_digest");
        assertEquals(0, tus.head(path).offset());
    }

    @Test
    void aBodyThatIsNotWhatItShouldBeDoesNotEvenSetTheLength() throws Exception {
        String path = tus.ask("POST", "/tus", NONE, "Upload-Defer-Length: 1").expect(201).field("Location");
        tus.patch(path, 0, FILE, "Upload-Length: 1000", checksum("sha1", NONE)).expect(460);
        assertEquals("1", tus.head(path).field("Upload-Defer-Length"));
        tus.patch(path, 0, FILE, "Upload-Length: 999", checksum("sha1", FILE)).expect(400, "range_out_of_bounds");
        tus.patch(path, 0, NONE, "Upload-Length: 1000", checksum("sha1", FILE)).expect(460);
        assertEquals("1", tus.head(path).field("Upload-Defer-Length"));
        tus.patch(path, 0, FILE, "Upload-Length: 1000", checksum("sha1", FILE)).expect(204);
        assertEquals(Digest.sha256(FILE).hex(), tus.head(path).field("X-Content-SHA256"));
    }

    // Termination

    @Test
    void whatWasTerminatedIsGone() {
        String open = tus.begin(1000);
        tus.patch(open, 0, part(0, 10)).expect(204);
        String completed = tus.ask("POST", "/tus", FILE, "Upload-Length: 1000", RawTus.BYTES).expect(201).field("Location");
        for (String path : List.of(open, completed)) {
            tus.ask("DELETE", path, null).expect(204);
            assertNull(tus.head(path).expect(404).field("Upload-Offset"));
            tus.patch(path, 10, part(10, 20)).expect(404);
            tus.ask("DELETE", path, null).expect(404);
            server.get("/download/" + path.substring(5)).expect(404);
        }
    }
}
