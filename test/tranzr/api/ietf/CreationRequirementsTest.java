package tranzr.api.ietf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.ServedEngine;

/** What draft-ietf-httpbis-resumable-upload-12 demands where an upload begins (sections 4.1 and 4.2, 5, and of versions its appendix), said by each test's name. */
class CreationRequirementsTest {

    private static final byte[] FILE = ServedEngine.bytes(1000, 1);
    private static final byte[] NOTHING = new byte[0];
    private static final String VERSION = "Upload-Draft-Interop-Version: 8";

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

    private byte[] stored(Wire.Answer answer) {
        return server.get("/download/" + answer.field("X-File-Id")).expect(200).body();
    }

    private void nothingIsThere() {
        assertEquals(List.of(), server.get("/files").list());
    }

    @Test
    void anInterimAnswerHasLocationLimitAndVersionBeforeTheBodyIsSent() throws IOException {
        try (Wire wire = new Wire(server)) {
            wire.head("POST /files/upload", VERSION, "Upload-Complete: ?1", "Content-Length: 1000");
            Wire.Answer interim = wire.next().expect(104);
            assertEquals("8", interim.field("Upload-Draft-Interop-Version"));
            assertTrue(interim.field("Location").startsWith("/files/upload/"), interim.toString());
            assertTrue(interim.field("Upload-Limit").matches("min-size=0, max-size=\\d+, max-age=604800"), interim.toString());
            Wire.Answer done = wire.send(FILE).answer().expect(201);
            assertEquals(List.of(), done.interim());
            assertEquals(interim.field("Location"), done.field("Location"));
            assertArrayEquals(FILE, stored(done));
        }
    }

    @Test
    void noInterimAnswerIsSentWhenTheVersionIsMissingOrMismatching() throws IOException {
        for (String version : List.of("X-None: 1", "Upload-Draft-Interop-Version: 2", "Upload-Draft-Interop-Version: 9", "Upload-Draft-Interop-Version: 8.0", "Upload-Draft-Interop-Version: \"8\"")) {
            for (String complete : List.of("?1", "?0")) {
                Wire.Answer answer = ask(FILE, "POST /files/upload", version, "Upload-Complete: " + complete).expect(201);
                assertEquals(List.of(), answer.interim(), version);
                assertEquals(complete, answer.field("Upload-Complete"));
            }
        }
    }

    @Test
    void aClientOfHttp10IsNeverSentAnInterimAnswerAndGetsItsFile() throws IOException {
        Wire.Answer answer = ask(FILE, "POST /files/upload HTTP/1.0", VERSION, "Upload-Complete: ?1").expect(201);
        assertEquals(List.of(), answer.interim());
        assertArrayEquals(FILE, stored(answer));
    }

    @Test
    void the100IsNotOmittedBecauseOfThe104() throws IOException {
        try (Wire wire = new Wire(server)) {
            wire.head("POST /files/upload", VERSION, "Upload-Complete: ?1", "Content-Length: 1000", "Expect: 100-continue");
            wire.next().expect(104);
            wire.next().expect(100);
            assertArrayEquals(FILE, stored(wire.send(FILE).answer().expect(201)));
        }
    }

    @Test
    void aFirstPartIsAnsweredWithLocationAndLimit() throws IOException {
        Wire.Answer answer = ask(FILE, "POST /files/upload", VERSION, "Upload-Complete: ?0").expect(201);
        assertEquals("?0", answer.field("Upload-Complete"));
        assertEquals("1000", answer.field("Upload-Offset"));
        assertNotNull(answer.field("Upload-Limit"));
        assertEquals(answer.interim().getFirst().field("Location"), answer.field("Location"));
        assertEquals("1000", Wire.head(server, answer.field("Location")).expect(204).field("Upload-Offset"));
    }

    @Test
    void everyMethodWithContentBegins() throws IOException {
        for (String method : List.of("POST", "PUT", "PATCH")) {
            Wire.Answer answer = ask(FILE, method + " /files/upload", "Upload-Complete: ?1").expect(201);
            assertArrayEquals(FILE, stored(answer));
            ask(FILE, method + " /files/upload", "Upload-Complete: ?0").expect(201);
        }
    }

    @Test
    void contentMayBeEmptyBothWays() throws IOException {
        Wire.Answer whole = ask(NOTHING, "POST /files/upload", VERSION, "Upload-Complete: ?1").expect(201);
        assertArrayEquals(NOTHING, stored(whole));
        Wire.Answer begun = ask(NOTHING, "POST /files/upload", "Upload-Complete: ?0").expect(201);
        assertEquals("?0 0", Wire.head(server, begun.field("Location")).field("Upload-Complete") + " " + begun.field("Upload-Offset"));
    }

    @Test
    void theLengthOfAWholeIsRecordedEvenWhenItBreaksOffAndItIsNotComplete() throws IOException {
        String location;
        try (Wire wire = new Wire(server)) {
            wire.head("POST /files/upload", VERSION, "Upload-Complete: ?1", "Content-Length: 1000");
            location = wire.next().expect(104).field("Location");
            wire.send(Arrays.copyOf(FILE, 400));
            wire.reset();
        }
        Wire.Answer stands = Wire.head(server, location).expect(204);
        assertEquals("?0 1000", stands.field("Upload-Complete") + " " + stands.field("Upload-Length"));
        // Of what a reset overtakes, nobody can know how much came; it can be resumed wherever it stands.
        int offset = Integer.parseInt(stands.field("Upload-Offset"));
        Wire.Answer done = ask(Arrays.copyOfRange(FILE, offset, 1000), "PATCH " + location, "Upload-Complete: ?1", "Upload-Offset: " + offset, "Content-Type: application/partial-upload").expect(201);
        assertArrayEquals(FILE, stored(done));
    }

    @Test
    void whatCameBeforeABreakIsKept() throws IOException {
        // Often, since who asks at once must not overtake the one that was told where to ask and has not begun to read.
        for (int i = 0; i < 25; i++) {
            String location;
            try (Wire wire = new Wire(server)) {
                wire.head("POST /files/upload", VERSION, "Upload-Complete: ?1", "Content-Length: 1000");
                location = wire.next().expect(104).field("Location");
                wire.send(Arrays.copyOf(FILE, 400));
            }
            assertEquals("400", Wire.head(server, location).expect(204).field("Upload-Offset"));
        }
    }

    @Test
    void aLengthIsRecordedFromUploadLength() throws IOException {
        Wire.Answer begun = ask(FILE, "POST /files/upload", "Upload-Complete: ?0", "Upload-Length: 5000").expect(201);
        assertEquals("5000", Wire.head(server, begun.field("Location")).field("Upload-Length"));
        Wire.Answer unknown = ask(FILE, "POST /files/upload", "Upload-Complete: ?0").expect(201);
        assertNull(Wire.head(server, unknown.field("Location")).field("Upload-Length"));
    }

    @Test
    void theEndOfWhatIsThereIsNotItsCompletion() throws IOException {
        Wire.Answer begun = ask(FILE, "POST /files/upload", "Upload-Complete: ?0", "Upload-Length: 1000").expect(201);
        assertEquals("?0", Wire.head(server, begun.field("Location")).field("Upload-Complete"));
        assertEquals("?1", ask(NOTHING, "PATCH " + begun.field("Location"), "Upload-Complete: ?1", "Upload-Offset: 1000", "Content-Type: application/partial-upload")
                .expect(201).field("Upload-Complete"));
    }

    @Test
    void bothIndicatorsOfTheLengthMustMatch() throws IOException {
        ask(FILE, "POST /files/upload", "Upload-Complete: ?1", "Upload-Length: 1001").expect(400, "inconsistent-upload-length");
        ask(FILE, "POST /files/upload", "Upload-Complete: ?1", "Upload-Length: 999").expect(400, "inconsistent-upload-length");
        Wire.Answer past = ask(FILE, "POST /files/upload", "Upload-Complete: ?0", "Upload-Length: 999").expect(400, "inconsistent-upload-length");
        assertEquals("inconsistent_upload_length", past.member("code"));
        nothingIsThere();
    }

    @Test
    void contentPastItsLengthIsRefusedAlsoWithoutContentLength() throws IOException {
        String location;
        try (Wire wire = new Wire(server)) {
            wire.head("POST /files/upload", VERSION, "Upload-Complete: ?0", "Upload-Length: 999", "Transfer-Encoding: chunked");
            location = wire.next().expect(104).field("Location");
            wire.chunk(FILE).chunk(NOTHING).answer().expect(400, "inconsistent-upload-length");
        }
        Wire.head(server, location).expect(404);
        nothingIsThere();
    }

    @Test
    void contentShorterThanItsLengthDoesNotComplete() throws IOException {
        try (Wire wire = new Wire(server)) {
            wire.head("POST /files/upload", VERSION, "Upload-Complete: ?1", "Upload-Length: 1001", "Transfer-Encoding: chunked");
            String location = wire.next().expect(104).field("Location");
            assertEquals("?0", wire.chunk(FILE).chunk(NOTHING).answer().expect(400, "inconsistent-upload-length").field("Upload-Complete"));
            assertEquals("?0 1000", Wire.head(server, location).field("Upload-Complete") + " " + Wire.head(server, location).field("Upload-Offset"));
        }
    }

    @Test
    void aWholeOfUnknownLengthCompletesWhereItEnds() throws IOException {
        for (String version : List.of(VERSION, "X-None: 1")) {
            try (Wire wire = new Wire(server)) {
                wire.head("POST /files/upload", version, "Upload-Complete: ?1", "Transfer-Encoding: chunked").chunk(FILE).chunk(NOTHING);
                assertArrayEquals(FILE, stored(wire.answer().expect(201)));
            }
        }
    }

    @Test
    void anImpossibleUploadCompleteIsIgnored() throws IOException {
        for (String value : List.of("1", "true", "?2", "\"?0\"", "?0, ?0", "?0;A=1", "")) {
            Wire.Answer answer = ask(FILE, "POST /files/upload", VERSION, "Upload-Complete: " + value).expect(201);
            assertEquals(List.of(), answer.interim(), value);
            assertArrayEquals(FILE, stored(answer), value);
        }
        assertEquals("?0", ask(FILE, "POST /files/upload", "Upload-Complete:  ?0;a=1;b ").expect(201).field("Upload-Complete"));
    }

    @Test
    void anImpossibleUploadLengthIsIgnored() throws IOException {
        for (String value : List.of("-1", "1.5", "\"7\"", "1000000000000000", "7, 7", "?1")) {
            Wire.Answer answer = ask(FILE, "POST /files/upload", "Upload-Complete: ?0", "Upload-Length: " + value).expect(201);
            assertNull(Wire.head(server, answer.field("Location")).field("Upload-Length"), value);
        }
    }

    @Test
    void optionsNamesTheMediaTypeInFullAndTheLimits() throws IOException {
        for (String path : List.of("/files/upload", "/name.bin", "/")) {
            Wire.Answer answer = ask(NOTHING, "OPTIONS " + path).expect(204);
            assertEquals("application/partial-upload", answer.field("Accept-Patch"), path);
            assertTrue(answer.field("Upload-Limit").matches("min-size=0, max-size=\\d+"), answer.toString());
            assertTrue(answer.field("Allow").contains("PUT"), answer.toString());
        }
    }

    @Test
    void what413RefusesComesWithTheLimit() throws IOException {
        Wire.Answer announced = ask(NOTHING, "POST /files/upload", "Upload-Complete: ?0", "Upload-Length: 999999999999999").expect(413);
        assertTrue(announced.field("Upload-Limit").contains("max-size="), announced.toString());
        try (Wire wire = new Wire(server)) {
            Wire.Answer sent = wire.head("POST /files/upload", "Upload-Complete: ?1", "Content-Length: 9223372036854775807").answer().expect(413);
            assertTrue(sent.field("Upload-Limit").contains("max-size="), sent.toString());
        }
        nothingIsThere();
    }

    @Test
    void theNameIsCheckedLikeAnyOther() throws IOException {
        ask(FILE, "POST /files/upload", "Upload-Complete: ?1", "Content-Disposition: inline; filename=\"../x\"").expect(400);
        ask(FILE, "POST /files/upload", VERSION, "Upload-Complete: ?1", "Content-Disposition: inline; filename*=UTF-8''a%0Ab").expect(400);
        assertEquals("file name.jpg", ask(FILE, "POST /files/upload", "Upload-Complete: ?1",
                "Content-Disposition: inline; filename=\"x\"; filename*=UTF-8''file%20name.jpg").expect(201).member("filename"));
        assertTrue(ask(FILE, "POST /files/upload", "Upload-Complete: ?1", "Content-Disposition: inline; filename*=bad").expect(201).member("filename").startsWith("upload-"));
    }

    @Test
    void aFormIsNotTakenForAFile() throws IOException {
        Wire.Answer answer = ask(FILE, "POST /files/upload", "Upload-Complete: ?1", "Content-Type: multipart/form-data; boundary=x").expect(415);
        assertEquals("application/partial-upload", answer.field("Accept-Patch"));
        ask(FILE, "PUT /files/upload", "Upload-Complete: ?1", "Content-Range: bytes 0-999/2000").expect(415);
        nothingIsThere();
    }

    @Test
    void whoeverDoesNotSpeakTheDraftSendsAFileAllTheSame() throws IOException {
        Wire.Answer answer = ask(FILE, "PUT /files/upload").expect(201);
        assertArrayEquals(FILE, stored(answer));
        assertFalse(answer.fields().containsKey("location"), answer.toString());
    }
}
