package tranzr.api.ietf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.ServedEngine;

/** What draft-ietf-httpbis-resumable-upload-12 demands of upload resources (sections 4.1 and 4.3 to 4.6), said by each test's name. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AppendRequirementsTest {

    private static final byte[] FILE = ServedEngine.bytes(1000, 1);
    private static final byte[] NOTHING = new byte[0];
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

    private byte[] stored(Wire.Answer answer) {
        return server.get("/download/" + answer.field("X-File-Id")).expect(200).body();
    }

    private static byte[] part(int from, int to) {
        return Arrays.copyOfRange(FILE, from, to);
    }

    /** An upload of which the first bytes are there. @return where it goes on */
    private String begun(int there, String... more) throws IOException {
        String[] lines = Arrays.copyOf(new String[] {"POST /files/upload", "Upload-Complete: ?0"}, 2 + more.length);
        System.arraycopy(more, 0, lines, 2, more.length);
        return ask(part(0, there), lines).expect(201).field("Location");
    }

    private Wire.Answer append(String location, byte[] body, long offset, boolean complete) throws IOException {
        return ask(body, "PATCH " + location, VERSION, TYPE, "Upload-Offset: " + offset, "Upload-Complete: ?" + (complete ? 1 : 0));
    }

    private String stands(String location) throws IOException {
        Wire.Answer answer = Wire.head(server, location).expect(204);
        return answer.field("Upload-Offset") + " " + answer.field("Upload-Complete");
    }

    // 4.3: retrieving the offset

    @Test
    void aRetrievalTellsOffsetCompletenessLengthAndLimitsAndIsNotCached() throws IOException {
        String location = begun(300, "Upload-Length: 1000");
        for (String method : List.of("HEAD", "GET")) {
            try (Wire wire = new Wire(server)) {
                Wire.Answer answer = wire.head(method + " " + location, VERSION).next(false).expect(204);
                assertEquals("300 ?0 1000 no-store", answer.field("Upload-Offset") + " " + answer.field("Upload-Complete") + " " + answer.field("Upload-Length")
                        + " " + answer.field("Cache-Control"));
                assertTrue(answer.field("Upload-Limit").matches("min-size=0, max-size=\\d+, max-age=604800"), answer.toString());
            }
        }
    }

    @Test
    void aRetrievalAfterTheEndTellsWhatAMissedAnswerTold() throws IOException {
        String location = begun(300);
        Wire.Answer done = append(location, part(300, 1000), 300, true).expect(201);
        Wire.Answer answer = Wire.head(server, location).expect(204);
        assertEquals("1000 ?1 1000", answer.field("Upload-Offset") + " " + answer.field("Upload-Complete") + " " + answer.field("Upload-Length"));
        for (String name : List.of("X-File-Id", "X-Content-SHA256", "Repr-Digest")) {
            assertEquals(done.field(name), answer.field(name));
        }
    }

    @Test
    void anUnknownUploadIsNotFound() throws IOException {
        for (String id : List.of("00000000-0000-4000-8000-000000000000", "x")) {
            Wire.head(server, "/files/upload/" + id).expect(404);
            append("/files/upload/" + id, FILE, 0, true).expect(404);
            ask(NOTHING, "DELETE /files/upload/" + id).expect(404);
        }
    }

    @Test
    void anExpiredUploadIsGone() throws IOException {
        String location = begun(300);
        server.pass(java.time.Duration.ofDays(8));
        server.cleanUp();
        assertEquals("upload_expired", append(location, FILE, 300, true).expect(410).member("code"));
        Wire.head(server, location, VERSION).expect(410);
    }

    // 4.4: appending

    @Test
    void anAppendIsAcknowledgedAsNotComplete() throws IOException {
        Wire.Answer answer = append(begun(300), part(300, 500), 300, false).expect(204);
        assertEquals("500 ?0", answer.field("Upload-Offset") + " " + answer.field("Upload-Complete"));
        assertFalse(answer.fields().containsKey("location"), answer.toString());
    }

    @Test
    void theLastAppendCompletesAndSaysSo() throws IOException {
        Wire.Answer answer = append(begun(300), part(300, 1000), 300, true).expect(201);
        assertEquals("?1", answer.field("Upload-Complete"));
        assertArrayEquals(FILE, stored(answer));
    }

    @Test
    void anEmptyAppendCompletesWhatIsThere() throws IOException {
        String location = begun(1000);
        append(location, NOTHING, 1000, false).expect(204);
        assertArrayEquals(FILE, stored(append(location, NOTHING, 1000, true).expect(201)));
    }

    @Test
    void anotherOffsetIsRefusedWithTheRightOne() throws IOException {
        String location = begun(300);
        for (long offset : List.of(0L, 299L, 301L, 999_999_999_999_999L)) {
            Wire.Answer answer = append(location, part(0, 10), offset, false).expect(409, "mismatching-upload-offset");
            assertEquals("300 300 " + offset + " offset_mismatch", answer.field("Upload-Offset") + " " + answer.member("expected-offset") + " " + answer.member("provided-offset")
                    + " " + answer.member("code"));
            assertEquals("300 ?0", stands(location));
        }
    }

    @Test
    void anAppendNeedsAnOffsetAndACompleteness() throws IOException {
        String location = begun(300);
        for (String offset : List.of("X-None: 1", "Upload-Offset: -1", "Upload-Offset: 3.0", "Upload-Offset: \"300\"", "Upload-Offset: 300, 300")) {
            ask(FILE, "PATCH " + location, TYPE, "Upload-Complete: ?1", offset).expect(400);
        }
        for (String complete : List.of("X-None: 1", "Upload-Complete: 1", "Upload-Complete: true")) {
            ask(FILE, "PATCH " + location, TYPE, "Upload-Offset: 300", complete).expect(400);
        }
        assertEquals("300 ?0", stands(location));
    }

    @Test
    void anAppendNeedsItsMediaType() throws IOException {
        String location = begun(300);
        for (String type : List.of("X-None: 1", "Content-Type: application/octet-stream", "Content-Type: application/offset+octet-stream")) {
            Wire.Answer answer = ask(FILE, "PATCH " + location, type, "Upload-Offset: 300", "Upload-Complete: ?1").expect(415);
            assertEquals("application/partial-upload", answer.field("Accept-Patch"));
            assertEquals("unsupported_media_type", answer.member("code"));
        }
        ask(part(300, 1000), "PATCH " + location, "Content-Type: Application/Partial-Upload; x=y", "Upload-Offset: 300", "Upload-Complete: ?1").expect(201);
    }

    @Test
    void whatIsCompleteIsNotModifiedAndRefusesEverything() throws IOException {
        Wire.Answer done = ask(FILE, "POST /files/upload", VERSION, "Upload-Complete: ?1").expect(201);
        String location = done.interim().getFirst().field("Location");
        append(location, part(0, 10), 1000, true).expect(400, "inconsistent-upload-length");
        append(location, FILE, 0, true).expect(400, "inconsistent-upload-length");
        try (Wire wire = new Wire(server)) {
            wire.head("PATCH " + location, TYPE, "Upload-Offset: 1000", "Upload-Complete: ?0", "Transfer-Encoding: chunked").chunk(FILE).chunk(NOTHING).answer()
                    .expect(400, "inconsistent-upload-length");
        }
        Wire.Answer empty = append(location, NOTHING, 1000, true).expect(400, "completed-upload");
        assertEquals("completed_upload ?1", empty.member("code") + " " + empty.field("Upload-Complete"));
        assertEquals("already_completed", ask(NOTHING, "DELETE " + location).expect(409).member("code"));
        assertArrayEquals(FILE, stored(done));
        assertEquals("1000 ?1", stands(location));
    }

    @Test
    void lengthsOfSeveralRequestsMustMatch() throws IOException {
        String location = begun(300, "Upload-Length: 1000");
        ask(part(300, 400), "PATCH " + location, TYPE, "Upload-Offset: 300", "Upload-Complete: ?0", "Upload-Length: 1001").expect(400, "inconsistent-upload-length");
        append(location, part(300, 400), 300, true).expect(400, "inconsistent-upload-length");
        assertEquals("300 ?0", stands(location));
        append(location, part(300, 1000), 300, true).expect(201);
    }

    @Test
    void aLengthIsRecordedByAnAppend() throws IOException {
        String location = begun(300);
        ask(part(300, 400), "PATCH " + location, TYPE, "Upload-Offset: 300", "Upload-Complete: ?0", "Upload-Length: 1000").expect(204);
        assertEquals("1000", Wire.head(server, location).field("Upload-Length"));
        String other = begun(300);
        ask(part(300, 400), "PATCH " + other, TYPE, "Upload-Offset: 300", "Upload-Complete: ?0", "Upload-Length: 200").expect(400, "inconsistent-upload-length");
        try (Wire wire = new Wire(server)) {
            wire.head("PATCH " + other, TYPE, "Upload-Offset: 300", "Upload-Complete: ?1", "Content-Length: 700", "Expect: 100-continue").next().expect(100);
            wire.send(part(300, 350));
        }
        assertEquals("350 ?0", stands(other));
        assertEquals("1000", Wire.head(server, other).field("Upload-Length"));
    }

    @Test
    void contentPastTheLengthMakesTheUploadInvalid() throws IOException {
        String counted = begun(300, "Upload-Length: 1000");
        append(counted, new byte[701], 300, false).expect(400, "inconsistent-upload-length");
        Wire.head(server, counted).expect(404);
        String uncounted = begun(300, "Upload-Length: 1000");
        try (Wire wire = new Wire(server)) {
            wire.head("PATCH " + uncounted, TYPE, "Upload-Offset: 300", "Upload-Complete: ?0", "Transfer-Encoding: chunked").chunk(new byte[701]).chunk(NOTHING).answer()
                    .expect(400, "inconsistent-upload-length");
        }
        append(uncounted, part(300, 1000), 300, true).expect(404);
    }

    @Test
    void whatCameBeforeABreakIsKeptAndNotComplete() throws IOException {
        String location = begun(300);
        try (Wire wire = new Wire(server)) {
            wire.head("PATCH " + location, TYPE, "Upload-Offset: 300", "Upload-Complete: ?1", "Transfer-Encoding: chunked", "Expect: 100-continue").next().expect(100);
            wire.chunk(part(300, 400)).send("64\r\nabc".getBytes());
        }
        assertEquals("403 ?0", stands(location));
    }

    // 4.4.2 and 5: progress

    @Test
    void progressIsToldWhileContentComesWithoutALocationAndStaysTrue() throws IOException {
        byte[] big = ServedEngine.bytes(40 << 20, 2);
        String location = begun(0);
        try (Wire wire = new Wire(server)) {
            wire.head("PATCH " + location, VERSION, TYPE, "Upload-Offset: 0", "Upload-Complete: ?1", "Content-Length: " + (big.length + 1)).send(big);
            Wire.Answer first = wire.next().expect(104);
            assertEquals("8", first.field("Upload-Draft-Interop-Version"));
            assertFalse(first.fields().containsKey("location"), first.toString());
            long told = Long.parseLong(first.field("Upload-Offset"));
            assertTrue(told > 0 && told <= big.length, first.toString());
            assertTrue(Long.parseLong(Wire.head(server, location).field("Upload-Offset")) >= told);
        }
    }

    @Test
    void progressIsToldWhileTheFirstContentComes() throws IOException {
        byte[] big = ServedEngine.bytes(40 << 20, 3);
        Wire.Answer done = ask(big, "POST /files/upload", VERSION, "Upload-Complete: ?1").expect(201);
        assertTrue(done.interim().size() > 1 && done.interim().size() < 10, done.toString());
        long before = 0;
        for (Wire.Answer interim : done.interim().subList(1, done.interim().size())) {
            long told = Long.parseLong(interim.expect(104).field("Upload-Offset"));
            assertTrue(told > before && told <= big.length, done.toString());
            before = told;
        }
    }

    // 4.5: cancelling

    @Test
    void aCancelledUploadIsGone() throws IOException {
        String location = begun(300);
        ask(NOTHING, "DELETE " + location).expect(204);
        Wire.head(server, location).expect(404);
        append(location, FILE, 300, true).expect(404);
    }

    @Test
    void cancellingEndsARequestUnderWay() throws IOException {
        String location = begun(0);
        try (Wire wire = dead(location, 0, 500)) {
            ask(NOTHING, "DELETE " + location).expect(204);
            assertTrue(wire.endsUnanswered());
        }
        Wire.head(server, location).expect(404);
    }

    // 4.6: concurrency

    /** An append whose client has fallen silent, and of which these bytes have come. */
    private Wire dead(String location, int from, int to) throws IOException {
        Wire wire = new Wire(server).head("PATCH " + location, TYPE, "Upload-Offset: " + from, "Upload-Complete: ?1", "Expect: 100-continue", "Content-Length: " + (FILE.length - from));
        wire.next().expect(100); // it is being received
        wire.send(part(from, to));
        return wire;
    }

    @Test
    void aRetrievalEndsAnOlderAppendAndItsOffsetStaysTrue() throws IOException {
        String location = begun(0);
        try (Wire wire = dead(location, 0, 500)) {
            long offset = Long.parseLong(Wire.head(server, location).expect(204).field("Upload-Offset"));
            assertTrue(wire.endsUnanswered());
            // What the older one still sends changes nothing.
            assertEquals(offset + " ?0", stands(location));
            assertArrayEquals(FILE, stored(append(location, part((int) offset, 1000), offset, true).expect(201)));
        }
    }

    @Test
    void anAppendEndsAnOlderOneAndIsServed() throws IOException {
        String location = begun(100);
        try (Wire wire = dead(location, 100, 100)) {
            assertArrayEquals(FILE, stored(append(location, part(100, 1000), 100, true).expect(201)));
            assertTrue(wire.endsUnanswered());
        }
    }

    @Test
    void aRetrievalEndsAnOlderCreation() throws IOException {
        try (Wire wire = new Wire(server)) {
            wire.head("POST /files/upload", VERSION, "Upload-Complete: ?1", "Expect: 100-continue", "Content-Length: 1000");
            String location = wire.next().expect(104).field("Location");
            wire.next().expect(100);
            wire.send(part(0, 400));
            long offset = Long.parseLong(Wire.head(server, location).expect(204).field("Upload-Offset"));
            assertTrue(wire.endsUnanswered());
            assertArrayEquals(FILE, stored(append(location, part((int) offset, 1000), offset, true).expect(201)));
        }
    }

    @Test
    void anUploadOfAnotherDoorGoesOnHere() throws IOException {
        String id = server.begin(1000, 1000);
        server.put("/upload/" + id, part(0, 100), "Content-Range", "bytes 0-99/1000").expect(200);
        server.put("/upload/" + id, part(500, 600), "Content-Range", "bytes 500-599/1000").expect(200);
        assertEquals("100 ?0", stands("/files/upload/" + id));
        assertArrayEquals(FILE, stored(append("/files/upload/" + id, part(100, 1000), 100, true).expect(201)));
    }
}
