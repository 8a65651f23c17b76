package tranzr.api.ietf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Digest;
import tranzr.model.HashAlgorithm;
import tranzr.server.ServedEngine;

/** Digests of RFC 9530 with resumable uploads (section 10 of the draft). */
class DigestRequirementsTest {

    private static final byte[] FILE = ServedEngine.bytes(1000, 1);
    private static final byte[] FIRST = Arrays.copyOf(FILE, 300);
    private static final byte[] REST = Arrays.copyOfRange(FILE, 300, 1000);
    private static final String VERSION = "Upload-Draft-Interop-Version: 8";
    private static final String TYPE = "Content-Type: application/partial-upload";

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

    private Wire.Answer ask(byte[] body, String... lines) throws IOException {
        return Wire.ask(server, body, lines);
    }

    private static String sha256(byte[] bytes) {
        return "sha-256=:" + Digest.sha256(bytes).base64() + ":";
    }

    private static String sha512(byte[] bytes) {
        return "sha-512=:" + Base64.getEncoder().encodeToString(HashAlgorithm.SHA_512.engine().digest(bytes)) + ":";
    }

    @Test
    void contentOfAnotherDigestIsNotAppended() throws IOException {
        for (String wrong : List.of(sha256(FIRST), sha512(FIRST), "crc32c=:AAAAAA==:")) {
            String location = ask(FIRST, "POST /files/upload", "Upload-Complete: ?0").expect(201).field("Location");
            Wire.Answer answer = ask(REST, "PATCH " + location, VERSION, TYPE, "Upload-Offset: 300", "Upload-Complete: ?1", "Content-Digest: " + wrong).expect(422);
            assertEquals("checksum_mismatch 300 ?0", answer.member("code") + " " + answer.field("Upload-Offset") + " " + answer.field("Upload-Complete"));
            assertEquals("300", Wire.head(server, location).field("Upload-Offset"));
            ask(REST, "PATCH " + location, TYPE, "Upload-Offset: 300", "Upload-Complete: ?1", "Content-Digest: " + sha512(REST)).expect(201);
        }
    }

    @Test
    void firstContentOfAnotherDigestIsNotKept() throws IOException {
        Wire.Answer told = ask(FILE, "POST /files/upload", VERSION, "Upload-Complete: ?1", "Content-Digest: " + sha256(FIRST)).expect(422);
        assertEquals("0 ?0", told.field("Upload-Offset") + " " + told.field("Upload-Complete"));
        String location = told.interim().getFirst().field("Location");
        assertEquals(location, told.field("Location"));
        ask(FILE, "PATCH " + location, TYPE, "Upload-Offset: 0", "Upload-Complete: ?1").expect(201);
        // Whoever was told no address gets nothing that could be resumed.
        ask(FIRST, "POST /files/upload", "Upload-Complete: ?0", "Content-Digest: " + sha256(FILE)).expect(422);
        ask(FIRST, "POST /files/upload", "Upload-Complete: ?1", "Content-Digest: " + sha512(FILE)).expect(422);
        assertEquals(1, server.get("/files").list().size());
    }

    @Test
    void emptyContentHasADigestToo() throws IOException {
        String location = ask(FIRST, "POST /files/upload", "Upload-Complete: ?0").field("Location");
        ask(new byte[0], "PATCH " + location, TYPE, "Upload-Offset: 300", "Upload-Complete: ?1", "Content-Digest: " + sha256(FIRST)).expect(422);
        ask(new byte[0], "PATCH " + location, TYPE, "Upload-Offset: 300", "Upload-Complete: ?1", "Content-Digest: " + sha256(new byte[0])).expect(201);
    }

    @Test
    void aWholeOfAnotherDigestThanAnnouncedFails() throws IOException {
        String location = ask(FIRST, "POST /files/upload", "Upload-Complete: ?0", "Repr-Digest: " + sha256(FIRST)).expect(201).field("Location");
        Wire.Answer answer = ask(REST, "PATCH " + location, TYPE, "Upload-Offset: 300", "Upload-Complete: ?1").expect(422);
        assertEquals("hash_mismatch ?1", answer.member("code") + " " + answer.field("Upload-Complete"));
        Wire.head(server, location).expect(404);
        ask(FILE, "POST /files/upload", "Upload-Complete: ?1", "Repr-Digest: " + sha256(FIRST)).expect(422);
        ask(FILE, "POST /files/upload", VERSION, "Upload-Complete: ?1", "Repr-Digest: " + sha256(FIRST)).expect(422);
        assertEquals(List.of(), server.get("/files").list());
    }

    @Test
    void aWholeMayBeHeldToItsDigestInTheEnd() throws IOException {
        String location = ask(FIRST, "POST /files/upload", "Upload-Complete: ?0").field("Location");
        ask(REST, "PATCH " + location, TYPE, "Upload-Offset: 300", "Upload-Complete: ?1", "Repr-Digest: " + sha256(REST)).expect(422);
        String other = ask(FIRST, "POST /files/upload", "Upload-Complete: ?0").field("Location");
        ask(REST, "PATCH " + other, TYPE, "Upload-Offset: 300", "Upload-Complete: ?1", "Repr-Digest: " + sha256(FILE)).expect(201);
    }

    @Test
    void theDigestIsToldUnlessItIsDeclined() throws IOException {
        for (String want : List.of("X-None: 1", "Want-Repr-Digest: sha-256=10, sha-512=3", "Want-Repr-Digest: sha-512=10", "Want-Repr-Digest: not a dictionary!")) {
            assertEquals(sha256(FILE), ask(FILE, "POST /files/upload", "Upload-Complete: ?1", want).expect(201).field("Repr-Digest"), want);
        }
        assertNull(ask(FILE, "POST /files/upload", "Upload-Complete: ?1", "Want-Repr-Digest: sha-256=0, sha-512=5").expect(201).field("Repr-Digest"));
    }

    @Test
    void theDigestOfAnAnswerIsToldWhenItIsWanted() throws IOException {
        Wire.Answer answer = ask(FILE, "POST /files/upload", "Upload-Complete: ?1", "Want-Content-Digest: sha-256=1").expect(201);
        assertEquals(sha256(answer.body()), answer.field("Content-Digest"));
        Wire.Answer longer = ask(FILE, "POST /files/upload", "Upload-Complete: ?1", "Want-Content-Digest: sha-256=1, sha-512=2").expect(201);
        assertEquals(sha512(longer.body()), longer.field("Content-Digest"));
        assertNull(ask(FILE, "POST /files/upload", "Upload-Complete: ?1", "Want-Content-Digest: sha-256=0").expect(201).field("Content-Digest"));
    }

    @Test
    void aMalformedDigestIsRefused() throws IOException {
        for (String field : List.of("Content-Digest: sha-256=abc", "Repr-Digest: sha-256=:AAAA:", "Content-Digest: sha-512=:AAAA:")) {
            for (String version : List.of(VERSION, "X-None: 1")) {
                assertEquals("invalid_digest", ask(FILE, "POST /files/upload", version, "Upload-Complete: ?1", field).expect(400).member("code"), field);
            }
        }
    }
}
