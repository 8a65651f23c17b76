package tranzr.api.tus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;

/** What "Creation" and "Creation With Upload" of tus 1.0.0 require of a server, over a raw socket. */
class TusCreationRequirementsTest {

    private static final byte[] FILE = ServedEngine.bytes(1000, 1);
    private static final byte[] NONE = new byte[0];

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

    private static String pair(String key, String value) {
        return key + " " + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    }

    private static int uploads() {
        return server.get("/files?limit=1000").expect(200).list().size();
    }

    // Creation

    @Test
    void creationIsAnsweredWith201AndARelativeLocation() {
        for (String at : List.of("/tus", "/tus/")) {
            RawTus.Answer answer = tus.ask("POST", at, NONE, "Upload-Length: 1000").expect(201);
            assertTrue(answer.field("Location").matches("/tus/[0-9a-f-]{36}"), answer::toString);
            assertEquals(0, tus.head(answer.field("Location")).expect(200).offset());
        }
        assertTrue(tus.ask("POST", "/tus", null, "Upload-Length: 5").expect(201).field("Location").startsWith("/tus/"));
        // Some clients say of their empty body that it is a form.
        tus.ask("POST", "/tus", NONE, "Upload-Length: 5", "Content-Type: application/x-www-form-urlencoded").expect(201);
    }

    @Test
    void theLocationHasThePathBelowWhichAProxyHasTheServer(@TempDir Path other) throws Exception {
        try (ServedEngine behind = new ServedEngine(other, null, "https://files.example.org/below/here")) {
            RawTus there = new RawTus(behind);
            assertTrue(there.begin(5).matches("/below/here/tus/[0-9a-f-]{36}"));
        }
    }

    @Test
    void creationNeedsALengthOrToldDeferral() {
        int before = uploads();
        tus.ask("POST", "/tus", NONE).expect(400, "invalid_value");
        tus.ask("POST", "/tus", NONE, "Upload-Length: 5", "Upload-Defer-Length: 1").expect(400, "invalid_value");
        for (String length : List.of("-1", "+5", "1e3", "", "five", "9223372036854775808")) {
            tus.ask("POST", "/tus", NONE, "Upload-Length: " + length).expect(400, "invalid_value");
        }
        assertEquals(before, uploads());
    }

    @Test
    void aDeferralOtherThanOneIs400() {
        for (String deferral : List.of("0", "2", "true", "", "01")) {
            tus.ask("POST", "/tus", NONE, "Upload-Defer-Length: " + deferral).expect(400, "invalid_value");
        }
    }

    @Test
    void aDeferredLengthIsToldInEveryHeadUntilAPatchHasSetItForGood() {
        String path = tus.ask("POST", "/tus", NONE, "Upload-Defer-Length: 1").expect(201).field("Location");
        assertEquals("1", tus.head(path).expect(200).field("Upload-Defer-Length"));
        assertNull(tus.head(path).field("Upload-Length"));
        tus.patch(path, 0, part(0, 100)).expect(204);
        assertEquals("1", tus.head(path).field("Upload-Defer-Length"));
        assertEquals(200, tus.patch(path, 100, part(100, 200), "Upload-Length: 1000").expect(204).offset());
        assertNull(tus.head(path).field("Upload-Defer-Length"));
        assertEquals("1000", tus.head(path).field("Upload-Length"));
        tus.patch(path, 200, part(200, 300), "Upload-Length: 999").expect(400, "length_mismatch");
        tus.patch(path, 200, part(200, 300), "Upload-Length: 1001").expect(400, "length_mismatch");
        assertEquals(200, tus.head(path).offset());
        // The same once more is no change.
        tus.patch(path, 200, part(200, 1000), "Upload-Length: 1000").expect(204);
        assertEquals(Digest.sha256(FILE).hex(), tus.head(path).field("X-Content-SHA256"));
    }

    @Test
    void aDeferredLengthMayBeToldAtTheEndWithoutBytes() {
        String path = tus.ask("POST", "/tus", NONE, "Upload-Defer-Length: 1").expect(201).field("Location");
        tus.patch(path, 0, FILE).expect(204);
        assertEquals(Digest.sha256(FILE).hex(), tus.patch(path, 1000, NONE, "Upload-Length: 1000").expect(204).field("X-Content-SHA256"));
        String empty = tus.ask("POST", "/tus", NONE, "Upload-Defer-Length: 1").expect(201).field("Location");
        assertEquals(Digest.sha256(NONE).hex(), tus.patch(empty, 0, NONE, "Upload-Length: 0").expect(204).field("X-Content-SHA256"));
    }

    @Test
    void aLengthBelowWhatIsThereIsRefused() {
        String path = tus.ask("POST", "/tus", NONE, "Upload-Defer-Length: 1").expect(201).field("Location");
        tus.patch(path, 0, part(0, 100)).expect(204);
        tus.patch(path, 100, NONE, "Upload-Length: 99").expect(400, "length_mismatch");
        tus.patch(path, 100, part(100, 200), "Upload-Length: 150").expect(400, "range_out_of_bounds");
        assertEquals(100, tus.head(path).offset());
    }

    @Test
    void metadataIsToldByHeadAsItCame() {
        for (String metadata : List.of("filename d29ybGRfZG9taW5hdGlvbl9wbGFuLnBkZg==,is_confidential", "a ,b,c AP8=", "filetype aW1hZ2UvcG5n, name eA==", "relativePath bnVsbA==")) {
            assertEquals(metadata, tus.head(tus.begin(5, "Upload-Metadata: " + metadata)).expect(200).field("Upload-Metadata"));
        }
        assertNull(tus.head(tus.begin(5)).field("Upload-Metadata"));
        assertNull(tus.head(tus.begin(5, "Upload-Metadata: ")).field("Upload-Metadata"));
    }

    @Test
    void metadataThatIsNoListOfPairsIsRefused() {
        int before = uploads();
        for (String metadata : List.of(",", "a,,b", "a eA==,a eQ==", "a eA==,a", "a not base64", "a !!!!", "filename eA==,", "a  eA==", "a eA=", "filename " + "A".repeat(8000))) {
            tus.ask("POST", "/tus", NONE, "Upload-Length: 5", "Upload-Metadata: " + metadata).expect(400, "invalid_value");
        }
        assertEquals(before, uploads());
    }

    @Test
    void theNameComesFromTheMetadataAndIsHeldToTheRules() {
        for (String key : List.of("filename", "name")) {
            String id = tus.begin(5, "Upload-Metadata: " + pair(key, "größe 1.txt")).substring(5);
            assertEquals("größe 1.txt", server.get("/files/" + id).expect(200).field("filename"));
        }
        String both = tus.begin(5, "Upload-Metadata: " + pair("name", "b") + "," + pair("filename", "a")).substring(5);
        assertEquals("a", server.get("/files/" + both).field("filename"));
        assertTrue(server.get("/files/" + tus.begin(5).substring(5)).field("filename").matches("upload-[0-9a-f]{8}\\.bin"));
        for (String name : List.of("../x", "a/../b", "a\0b", "a\r\nb", "\u202Egpj.exe", "x".repeat(256))) {
            tus.ask("POST", "/tus", NONE, "Upload-Length: 5", "Upload-Metadata: " + pair("filename", name)).expect(400, "invalid_value");
        }
        tus.ask("POST", "/tus", NONE, "Upload-Length: 5", "Upload-Metadata: filename wyg=").expect(400, "invalid_value");
    }

    @Test
    void anExpectedDigestInTheMetadataIsChecked() {
        String right = tus.begin(1000, "Upload-Metadata: " + pair("sha256", Digest.sha256(FILE).hex()));
        tus.patch(right, 0, FILE).expect(204);
        String wrong = tus.begin(1000, "Upload-Metadata: " + pair("sha256", Digest.sha256(NONE).hex()));
        tus.patch(wrong, 0, FILE).expect(422, "hash_mismatch");
        // An offset that is the length would tell the client that all is well.
        assertNull(tus.head(wrong).expect(422).field("Upload-Offset"));
        server.get("/download/" + wrong.substring(5)).expect(409);
        tus.ask("POST", "/tus", NONE, "Upload-Length: 5", "Upload-Metadata: " + pair("sha256", "abc")).expect(400, "invalid_value");
    }

    @Test
    void aLengthAboveTheMaximumIs413() {
        tus.ask("POST", "/tus", NONE, "Upload-Length: " + ((1L << 32) + 1)).expect(413, "file_too_large");
        tus.ask("POST", "/tus", NONE, "Upload-Length: " + (1L << 32)).expect(201);
        String deferred = tus.ask("POST", "/tus", NONE, "Upload-Defer-Length: 1").expect(201).field("Location");
        tus.patch(deferred, 0, NONE, "Upload-Length: " + ((1L << 32) + 1)).expect(413, "file_too_large");
        assertEquals("1", tus.head(deferred).field("Upload-Defer-Length"));
    }

    @Test
    void anUploadOfLengthZeroIsCompleteAtOnce() {
        RawTus.Answer answer = tus.ask("POST", "/tus", NONE, "Upload-Length: 0", "Upload-Metadata: " + pair("filename", "empty")).expect(201);
        assertEquals(Digest.sha256(NONE).hex(), answer.field("X-Content-SHA256"));
        RawTus.Answer head = tus.head(answer.field("Location")).expect(200);
        assertEquals("0", head.field("Upload-Offset"));
        assertEquals("0", head.field("Upload-Length"));
        assertEquals("completed", server.get("/files/" + answer.field("X-File-Id")).field("status"));
    }

    // Creation with upload

    @Test
    void bytesThatComeWithTheCreationAreToldByTheOffset() {
        RawTus.Answer some = tus.ask("POST", "/tus", part(0, 300), "Upload-Length: 1000", RawTus.BYTES).expect(201);
        assertEquals(300, some.offset());
        assertNull(some.field("X-Content-SHA256"));
        assertEquals(300, tus.head(some.field("Location")).offset());
        RawTus.Answer all = tus.ask("POST", "/tus", FILE, "Upload-Length: 1000", RawTus.BYTES).expect(201);
        assertEquals(1000, all.offset());
        assertEquals(Digest.sha256(FILE).hex(), all.field("X-Content-SHA256"));
        assertArrayEquals(FILE, server.get("/download/" + all.field("X-File-Id")).expect(200).body());
        RawTus.Answer deferred = tus.ask("POST", "/tus", FILE, "Upload-Defer-Length: 1", RawTus.BYTES).expect(201);
        assertEquals(1000, deferred.offset());
        assertEquals("1", tus.head(deferred.field("Location")).field("Upload-Defer-Length"));
    }

    @Test
    void bytesOfUnknownNumberMayComeWithTheCreation() throws Exception {
        for (int length : List.of(1000, 2000)) {
            try (Socket socket = tus.open()) {
                tus.send(socket, "POST", "/tus", List.of(RawTus.VERSION, RawTus.BYTES, "Upload-Length: " + length, "Transfer-Encoding: chunked"));
                socket.getOutputStream().write("3e8\r\n".getBytes());
                socket.getOutputStream().write(FILE);
                socket.getOutputStream().write("\r\n0\r\n\r\n".getBytes());
                RawTus.Answer answer = RawTus.read(socket, false).expect(201);
                assertEquals(1000, answer.offset());
                assertEquals(length == 1000 ? Digest.sha256(FILE).hex() : null, answer.field("X-Content-SHA256"));
            }
        }
    }

    @Test
    void bytesOfAnotherTypeOrTooManyMakeNoUpload() {
        int before = uploads();
        tus.ask("POST", "/tus", FILE, "Upload-Length: 1000", "Content-Type: text/plain").expect(415, "unsupported_media_type");
        tus.ask("POST", "/tus", FILE, "Upload-Length: 1000").expect(415);
        tus.ask("POST", "/tus", FILE, "Upload-Length: 999", RawTus.BYTES).expect(400, "range_out_of_bounds");
        tus.ask("POST", "/tus", FILE, "Upload-Length: 1000", RawTus.BYTES, "Upload-Checksum: sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=").expect(460, "checksum_mismatch");
        tus.ask("POST", "/tus", part(0, 500), "Upload-Length: 1000", RawTus.BYTES, "Upload-Checksum: sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=").expect(460, "checksum_mismatch");
        assertEquals(before, uploads());
    }

    // Links

    @Test
    void aLinkThatWasWishedForIsGoodFromCompletionOn() {
        RawTus.Answer made = tus.ask("POST", "/tus", NONE, "Upload-Length: 1000",
                "Upload-Metadata: " + String.join(",", pair("filename", "a b.txt"), pair("share_password", "gehe1m"), pair("share_expires_in_minutes", "10"), pair("share_max_downloads", "2")))
                .expect(201);
        String link = made.field("X-Share-Url").substring(server.url().replace("127.0.0.1", "localhost").length());
        assertTrue(link.matches("/s/[^/]+/a%20b\\.txt"), link);
        assertNull(made.field("X-Share-Password"));
        assertEquals("no-store", made.field("Cache-Control"));
        server.get(link, "X-Share-Password", "gehe1m").expect(404, "share_not_found");
        server.pass(java.time.Duration.ofMinutes(60));
        tus.patch(made.field("Location"), 0, FILE).expect(204);
        server.get(link).expect(401, "password_required");
        server.pass(java.time.Duration.ofMinutes(9));
        assertArrayEquals(FILE, server.get(link, "X-Share-Password", "gehe1m").expect(200).body());
        assertArrayEquals(FILE, server.get(link, "X-Share-Password", "gehe1m").expect(200).body());
        server.get(link, "X-Share-Password", "gehe1m").expect(410, "download_limit_reached");
    }

    @Test
    void aLinkWithoutTermsHasTheUsualOnesAndTellsItsPassword() {
        RawTus.Answer made = tus.ask("POST", "/tus", FILE, "Upload-Length: 1000", RawTus.BYTES, "Upload-Metadata: share").expect(201);
        String link = made.field("X-Share-Url").replaceFirst("^http://localhost:\\d+", "");
        assertArrayEquals(FILE, server.get(link, "X-Share-Password", made.field("X-Share-Password")).expect(200).body());
        RawTus.Answer open = tus.ask("POST", "/tus", FILE, "Upload-Length: 1000", RawTus.BYTES, "Upload-Metadata: " + pair("share_protected", "false")).expect(201);
        assertNull(open.field("X-Share-Password"));
        server.get(open.field("X-Share-Url").replaceFirst("^http://localhost:\\d+", "")).expect(200);
        assertNotEquals(made.field("X-Share-Url"), open.field("X-Share-Url"));
        assertNull(tus.ask("POST", "/tus", FILE, "Upload-Length: 1000", RawTus.BYTES, "Upload-Metadata: " + pair("share", "false")).expect(201).field("X-Share-Url"));
    }

    @Test
    void aTermThatCannotBeReadNeverMeansNoLimit() {
        int before = uploads();
        for (List<String> pairs : List.of(List.of(pair("share_max_downloads", "0")), List.of(pair("share_max_downloads", "many")), List.of("share_max_downloads"),
                List.of(pair("share_max_download", "1")), List.of(pair("share_expires_in_minutes", "-1")), List.of(pair("share_expires_in_minutes", "5"), pair("share_expire_minutes", "9")),
                List.of("share_password"), List.of(pair("share", "maybe")), List.of(pair("share", "false"), pair("share_max_downloads", "1")), List.of(pair("share_protected", "false"), pair("share_password", "x")))) {
            tus.ask("POST", "/tus", FILE, "Upload-Length: 1000", RawTus.BYTES, "Upload-Metadata: " + String.join(",", pairs)).expect(400, "invalid_value");
        }
        assertEquals(before, uploads());
    }
}
