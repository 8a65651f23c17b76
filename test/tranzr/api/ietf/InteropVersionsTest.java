package tranzr.api.ietf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

/** A whole conversation in each interop version of the draft, as its clients lead it. */
class InteropVersionsTest {

    private static final byte[] FILE = ServedEngine.bytes(1000, 1);

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

    private static byte[] part(int from, int to) {
        return Arrays.copyOfRange(FILE, from, to);
    }

    /** Three parts. @param complete of what is not the last @param type of appended content, or null @param appended the status of an append that does not complete */
    private void inParts(int version, String complete, String last, String type, int appended) throws IOException {
        String named = "Upload-Draft-Interop-Version: " + version;
        String label = type == null ? "X-None: 1" : "Content-Type: " + type;
        Wire.Answer begun = Wire.ask(server, part(0, 300), "POST /files/upload", named, complete).expect(201);
        String location = begun.field("Location");
        assertEquals(List.of(Integer.toString(version)), begun.interim().stream().map(interim -> interim.expect(104).field("Upload-Draft-Interop-Version")).toList());
        assertEquals(location, begun.interim().getFirst().field("Location"));
        says(begun, complete, "300");
        Wire.Answer second = Wire.ask(server, part(300, 600), "PATCH " + location, named, complete, label, "Upload-Offset: 300").expect(appended);
        says(second, complete, "600");
        Wire.Answer stands = Wire.head(server, location, named).expect(204);
        says(stands, complete, "600");
        assertEquals("no-store", stands.field("Cache-Control"));
        assertEquals("600", Wire.ask(server, part(0, 10), "PATCH " + location, named, complete, label, "Upload-Offset: 0").expect(409).field("Upload-Offset"));
        Wire.Answer done = Wire.ask(server, part(600, 1000), "PATCH " + location, named, last, label, "Upload-Offset: 600").expect(201);
        says(done, version == 3 ? "Upload-Incomplete: ?0" : last, "1000");
        assertArrayEquals(FILE, server.get("/download/" + done.field("X-File-Id")).body());
        says(Wire.head(server, location, named).expect(204), version == 3 ? "Upload-Incomplete: ?0" : last, "1000");
        Wire.ask(server, part(0, 10), "PATCH " + location, named, last, label, "Upload-Offset: 1000").expect(400);
    }

    /** Completeness by the version's own field, and none by the other. */
    private static void says(Wire.Answer answer, String complete, String offset) {
        String name = complete.substring(0, complete.indexOf(':'));
        assertEquals(complete.substring(complete.indexOf('?')), answer.field(name), answer.toString());
        assertNull(answer.field(name.equals("Upload-Complete") ? "Upload-Incomplete" : "Upload-Complete"), answer.toString());
        assertEquals(offset, answer.field("Upload-Offset"), answer.toString());
    }

    private void inOneGo(int version, String whole) throws IOException {
        Wire.Answer done = Wire.ask(server, FILE, "POST /files/upload", "Upload-Draft-Interop-Version: " + version, whole).expect(201);
        assertEquals(done.interim().getFirst().field("Location"), done.field("Location"));
        assertEquals(version >= 6, done.interim().getFirst().fields().containsKey("upload-limit"));
        says(done, whole, "1000");
        assertArrayEquals(FILE, server.get("/download/" + done.field("X-File-Id")).body());
    }

    private void refusesFieldsOfAppendsElsewhere(int version, String... fields) throws IOException {
        String named = "Upload-Draft-Interop-Version: " + version;
        String location = Wire.ask(server, part(0, 300), "POST /files/upload", named, version == 3 ? "Upload-Incomplete: ?1" : "Upload-Complete: ?0").expect(201).field("Location");
        for (String field : fields) {
            Wire.head(server, location, named, field).expect(400);
            Wire.ask(server, new byte[0], "DELETE " + location, named, field).expect(400);
        }
        Wire.ask(server, new byte[0], "DELETE " + location, named).expect(204);
        Wire.head(server, location, named).expect(404);
    }

    /** Draft 01. */
    @Test
    void version3SaysIncompleteAndItsLastAppendSaysNothing() throws IOException {
        inParts(3, "Upload-Incomplete: ?1", "X-Nothing: 1", null, 201);
        inOneGo(3, "Upload-Incomplete: ?0");
        refusesFieldsOfAppendsElsewhere(3, "Upload-Incomplete: ?1", "Upload-Offset: 300");
    }

    @Test
    void version3IsKnownByItsFieldAlone() throws IOException {
        Wire.Answer begun = Wire.ask(server, part(0, 300), "POST /files/upload", "Upload-Incomplete: ?1").expect(201);
        assertEquals(List.of(), begun.interim());
        says(begun, "Upload-Incomplete: ?1", "300");
    }

    /** Draft 02. */
    @Test
    void version4SaysComplete() throws IOException {
        inParts(4, "Upload-Complete: ?0", "Upload-Complete: ?1", null, 201);
        inOneGo(4, "Upload-Complete: ?1");
        refusesFieldsOfAppendsElsewhere(4, "Upload-Complete: ?0", "Upload-Offset: 300");
    }

    /** Draft 03, also that of tus-js-client's {@code ietf-draft-03}. */
    @Test
    void version5TellsProgressAndLabelsNothing() throws IOException {
        inParts(5, "Upload-Complete: ?0", "Upload-Complete: ?1", null, 201);
        inParts(5, "Upload-Complete: ?0", "Upload-Complete: ?1", "application/offset+octet-stream", 201);
        inOneGo(5, "Upload-Complete: ?1");
        assertTrue(progressOf(5));
        assertFalse(progressOf(4));
        refusesFieldsOfAppendsElsewhere(5, "Upload-Complete: ?0");
    }

    private boolean progressOf(int version) throws IOException {
        Wire.Answer done = Wire.ask(server, ServedEngine.bytes(24 << 20, 2), "POST /files/upload", "Upload-Draft-Interop-Version: " + version, "Upload-Complete: ?1").expect(201);
        return done.interim().size() > 1;
    }

    /** Drafts 04 and 05, the latter that of tus-js-client's {@code ietf-draft-05}. */
    @Test
    void version6LabelsContentAndNamesLimits() throws IOException {
        inParts(6, "Upload-Complete: ?0", "Upload-Complete: ?1", "application/partial-upload", 201);
        inOneGo(6, "Upload-Complete: ?1");
        refusesFieldsOfAppendsElsewhere(6, "Upload-Complete: ?0");
        Wire.Answer begun = Wire.ask(server, part(0, 300), "POST /files/upload", "Upload-Draft-Interop-Version: 6", "Upload-Complete: ?0").expect(201);
        assertTrue(begun.field("Upload-Limit").endsWith(", expires=604800"), begun.toString());
        Wire.ask(server, part(300, 400), "PATCH " + begun.field("Location"), "Upload-Draft-Interop-Version: 6", "Upload-Complete: ?0", "Upload-Offset: 300").expect(415);
    }

    /** Drafts 06 to 08. */
    @Test
    void version7CallsTheLifeMaxAge() throws IOException {
        inParts(7, "Upload-Complete: ?0", "Upload-Complete: ?1", "application/partial-upload", 204);
        inOneGo(7, "Upload-Complete: ?1");
        Wire.Answer begun = Wire.ask(server, part(0, 300), "POST /files/upload", "Upload-Draft-Interop-Version: 7", "Upload-Complete: ?0").expect(201);
        assertTrue(begun.field("Upload-Limit").endsWith(", max-age=604800"), begun.toString());
        Wire.head(server, begun.field("Location"), "Upload-Draft-Interop-Version: 7", "Upload-Complete: ?0").expect(204);
    }

    /** Drafts 09 to 12. */
    @Test
    void version8IsTheNewest() throws IOException {
        inParts(8, "Upload-Complete: ?0", "Upload-Complete: ?1", "application/partial-upload", 204);
        inOneGo(8, "Upload-Complete: ?1");
    }
}
