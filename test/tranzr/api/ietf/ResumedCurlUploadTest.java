package tranzr.api.ietf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;

/** Files that come by {@code PUT /{name}} and can be resumed, which must be what they are without that. */
class ResumedCurlUploadTest {

    private static final byte[] FILE = ServedEngine.bytes(1000, 1);
    private static final String VERSION = "Upload-Draft-Interop-Version: 8";
    private static final String TYPE = "Content-Type: application/partial-upload";
    private static final String TOKEN = "the-operators-own-token";
    private static final String OPERATOR = "Authorization: Bearer " + TOKEN;

    @TempDir
    Path folder;
    private ServedEngine server;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder, TOKEN, null);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Wire.Answer ask(byte[] body, String... lines) throws IOException {
        String[] all = Arrays.copyOf(lines, lines.length + 1);
        all[lines.length] = OPERATOR;
        return Wire.ask(server, body, all);
    }

    private static String text(Wire.Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    /** Half of a file. @return where it goes on */
    private String half(String... more) throws IOException {
        String[] lines = Arrays.copyOf(new String[] {"PUT /a%20b.bin", VERSION, "Upload-Complete: ?0", "Upload-Length: 1000"}, 4 + more.length);
        System.arraycopy(more, 0, lines, 4, more.length);
        return ask(Arrays.copyOf(FILE, 500), lines).expect(201).field("Location");
    }

    private Wire.Answer rest(String location, String... more) throws IOException {
        String[] lines = Arrays.copyOf(new String[] {"PATCH " + location, VERSION, TYPE, "Upload-Complete: ?1", "Upload-Offset: 500"}, 5 + more.length);
        System.arraycopy(more, 0, lines, 5, more.length);
        return ask(Arrays.copyOfRange(FILE, 500, 1000), lines);
    }

    private void isFile(String url) {
        assertTrue(url.startsWith(server.url().replace("127.0.0.1", "localhost").replaceAll(":\\d+$", "")), url);
        assertArrayEquals(FILE, server.get(url.substring(url.indexOf("/s/"))).expect(200).body());
    }

    @Test
    void theLastPartIsAnsweredWithTheLinkAsCurlIs() throws IOException {
        Wire.Answer done = rest(half()).expect(201);
        assertTrue(done.field("Content-Type").startsWith("text/plain"), done.toString());
        assertTrue(text(done).endsWith("/a%20b.bin\n"), done.toString());
        isFile(text(done).strip());
        assertEquals("?1 " + Digest.sha256(FILE).hex(), done.field("Upload-Complete") + " " + done.field("X-Content-SHA256"));
        String delete = done.field("X-Delete-Url");
        assertTrue(delete.contains("/delete/" + done.field("X-File-Id") + "/"), done.toString());
        server.delete(delete.substring(delete.indexOf("/delete/"))).expect(204);
    }

    @Test
    void inOneGoTheAnswerIsTheSameAndItCouldHaveBeenResumed() throws IOException {
        Wire.Answer done = ask(FILE, "PUT /x.bin", VERSION, "Upload-Complete: ?1").expect(201);
        assertEquals(104, done.interim().getFirst().status());
        isFile(text(done).strip());
        assertTrue(done.fields().containsKey("x-delete-url") && done.field("Upload-Complete").equals("?1"), done.toString());
        Wire.Answer unnamed = ask(FILE, "POST /", VERSION, "Upload-Complete: ?1").expect(201);
        isFile(text(unnamed).strip());
    }

    @Test
    void whoeverCannotBeToldFindsTheCurlDoorAsItIs() throws IOException {
        Wire.Answer done = ask(FILE, "PUT /x.bin", "Upload-Complete: ?1").expect(201);
        assertEquals(List.of(), done.interim());
        assertEquals("?1", done.field("Upload-Complete"));
        isFile(text(done).strip());
        Wire.Answer plain = ask(FILE, "PUT /x.bin", VERSION).expect(201);
        assertEquals(List.of(), plain.interim());
        assertFalse(plain.fields().containsKey("upload-complete"), plain.toString());
    }

    @Test
    void whatIsAskedOfTheLinkHoldsFromItsCompletionOn() throws IOException {
        String location = half("Max-Downloads: 3", "Expires-In: 90m", "Share-Password: pw");
        server.pass(java.time.Duration.ofHours(2));
        Wire.Answer done = rest(location, "Accept: application/json").expect(201);
        assertEquals("3", done.member("max_downloads"));
        assertEquals("2026-01-01T03:30:00Z", done.member("expires_at"));
        assertEquals("true", done.member("protected"));
        server.get("/s/" + done.member("token")).expect(401);
        assertArrayEquals(FILE, server.get("/s/" + done.member("token"), "X-Share-Password", "pw").expect(200).body());
        assertEquals("2026-01-01T03:30:00Z", server.get("/files/" + done.member("file_id"), "Authorization", "Bearer " + TOKEN).field("expires_at"));
    }

    @Test
    void badOptionsAreRefusedAtTheBeginning() throws IOException {
        ask(FILE, "PUT /x.bin", VERSION, "Upload-Complete: ?1", "Max-Downloads: many").expect(400);
        ask(FILE, "PUT /x.bin", VERSION, "Upload-Complete: ?0", "Expires-In: 90").expect(400);
        assertEquals(List.of(), server.get("/files", "Authorization", "Bearer " + TOKEN).list());
    }

    @Test
    void withoutTheSecretsOfItsUrlNobodyIsToldTheLink() throws IOException {
        String location = half();
        String bare = location.substring(0, location.indexOf('?'));
        Wire.Answer done = rest(bare + "?link=tzs_x&delete=tzd_x").expect(201);
        assertTrue(text(done).contains("/download/"), done.toString());
        assertNull(done.field("X-Delete-Url"));
        assertEquals(1, server.get("/shares", "Authorization", "Bearer " + TOKEN).list().size());
    }

    @Test
    void aFormOrARangeCannotComeInParts() throws IOException {
        ask(FILE, "POST /x.bin", VERSION, "Upload-Complete: ?0", "Content-Type: multipart/form-data; boundary=x").expect(415);
        ask(FILE, "PUT /x.bin", VERSION, "Upload-Complete: ?0", "Content-Range: bytes 0-999/2000").expect(415);
        ask(FILE, "PUT /x.bin", VERSION, "Upload-Complete: ?1", "Content-Range: bytes 0-999/1000").expect(201);
    }

    @Test
    void guestsSendWholeFilesToTheirLinkAndPartsWithItAsToken() throws IOException {
        String[] operator = {"Authorization", "Bearer " + TOKEN};
        server.post("/rooms", "{\"name\": \"inbox\"}", operator).expect(201);
        String link = server.post("/rooms/inbox/requests", "", operator).expect(201).field("token");
        Wire.Answer refused = Wire.ask(server, FILE, "PUT /r/" + link + "/x.bin", VERSION, "Upload-Complete: ?0", "Accept: application/json").expect(409);
        assertEquals("resume_needs_upload_id", refused.member("code"));
        assertEquals(List.of(), Wire.ask(server, FILE, "PUT /r/" + link + "/x.bin", VERSION, "Upload-Complete: ?1").expect(201).interim());
        String guest = "Authorization: Bearer " + link;
        for (String path : List.of("/files/upload", "/y.bin")) {
            Wire.Answer begun = Wire.ask(server, Arrays.copyOf(FILE, 500), "PUT " + path, VERSION, guest, "Upload-Complete: ?0").expect(201);
            Wire.Answer done = Wire.ask(server, Arrays.copyOfRange(FILE, 500, 1000), "PATCH " + begun.field("Location"), TYPE, guest, "Upload-Offset: 500", "Upload-Complete: ?1").expect(201);
            assertFalse(text(done).contains("http"), done.toString());
            assertNull(done.field("X-Delete-Url"));
        }
    }

    @Test
    void nobodyElseMayAppendOrLook() throws IOException {
        String location = half();
        Wire.ask(server, FILE, "PATCH " + location, TYPE, "Upload-Offset: 500", "Upload-Complete: ?1").expect(401);
        Wire.head(server, location).expect(401);
    }
}
