package tranzr.api.tus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;

/** What "Concatenation" of tus 1.0.0 requires of a server, over a raw socket. */
class TusConcatenationTest {

    private static final byte[] FIRST = ServedEngine.bytes(1000, 1);
    private static final byte[] SECOND = ServedEngine.bytes(300_000, 2);
    private static final byte[] NONE = new byte[0];
    private static final String PARTIAL = "Upload-Concat: partial";

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

    private static byte[] all(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** A partial upload with these bytes. @return its path */
    private String part(byte[] bytes, String... lines) {
        String path = tus.begin(bytes.length, concat(lines, PARTIAL));
        if (bytes.length > 0) {
            tus.patch(path, 0, bytes).expect(204);
        }
        return path;
    }

    private static String[] concat(String[] lines, String line) {
        String[] all = Arrays.copyOf(lines, lines.length + 1);
        all[lines.length] = line;
        return all;
    }

    private RawTus.Answer join(String urls, String... lines) {
        return tus.ask("POST", "/tus", NONE, concat(lines, "Upload-Concat: final;" + urls));
    }

    /** Waits until it is hashed, by the means of the protocol. */
    private RawTus.Answer completed(String path) {
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        RawTus.Answer head = tus.head(path).expect(200);
        while (head.field("X-Content-SHA256") == null && System.nanoTime() < until) {
            Thread.onSpinWait();
            head = tus.head(path).expect(200);
        }
        return head;
    }

    private void assertHolds(byte[] bytes, String path) throws Exception {
        assertEquals(Digest.sha256(bytes).hex(), completed(path).field("X-Content-SHA256"));
        assertArrayEquals(bytes, server.get("/download/" + path.substring(5)).expect(200).body());
    }

    private static String metadata(String key, String value) {
        return key + " " + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theExtensionIsTold() {
        assertTrue(List.of(tus.askPlain("OPTIONS", "/tus", null).field("Tus-Extension").split(",")).contains("concatenation"));
    }

    @Test
    void theFinalUploadHasTheBytesOfItsPartsInTheOrderOfTheirUrls() throws Exception {
        String a = part(FIRST);
        String b = part(SECOND);
        RawTus.Answer made = join(b + " " + a).expect(201);
        String path = made.field("Location");
        assertEquals(301_000, made.offset());
        RawTus.Answer head = tus.head(path).expect(200);
        assertEquals("final;" + b + " " + a, head.field("Upload-Concat"));
        assertEquals("301000", head.field("Upload-Length"));
        assertEquals(301_000, head.offset());
        assertEquals("no-store", head.field("Cache-Control"));
        assertHolds(all(SECOND, FIRST), path);
        assertHolds(all(FIRST, SECOND, FIRST, FIRST), join(a + " " + b + " " + a + " " + a).expect(201).field("Location"));
    }

    @Test
    void urlsAreTakenWithAndWithoutSchemeAndHostAndBehindAProxysPath() throws Exception {
        String a = part(FIRST);
        String b = part(SECOND);
        for (String url : List.of("http://localhost:" + server.port() + b, "https://files.example.org" + b, "https://files.example.org/deep/down" + b, "/deep/down" + b)) {
            RawTus.Answer made = join(a + " " + url).expect(201);
            assertEquals("final;" + a + " " + url, tus.head(made.field("Location")).field("Upload-Concat"));
            assertHolds(all(FIRST, SECOND), made.field("Location"));
        }
    }

    @Test
    void aPartialUploadIsNoFileAndTellsWhatItIs() throws Exception {
        String open = tus.begin(1000, PARTIAL);
        String whole = part(FIRST);
        String brought = tus.ask("POST", "/tus", FIRST, "Upload-Length: 1000", RawTus.BYTES, PARTIAL).expect(201).field("Location");
        String empty = part(NONE);
        for (String path : List.of(open, whole, brought, empty)) {
            RawTus.Answer head = tus.head(path).expect(200);
            assertEquals("partial", head.field("Upload-Concat"));
            assertEquals(path.equals(open) || path.equals(empty) ? 0 : 1000, head.offset());
            assertNull(head.field("X-Content-SHA256"));
            assertEquals("Thu, 08 Jan 2026 00:00:00 GMT", head.field("Upload-Expires"));
            assertEquals(409, server.get("/download/" + path.substring(5)).status());
        }
        assertEquals("[]", server.get("/files").expect(200).text());
        assertEquals(1000, tus.patch(whole, 1000, NONE).expect(204).offset());
        assertHolds(all(FIRST, FIRST), join(whole + " " + empty + " " + brought).expect(201).field("Location"));
        server.pass(Duration.ofDays(8));
        server.cleanUp();
        tus.head(whole).expect(410);
    }

    @Test
    void theMetadataOfPartsIsNotThatOfTheWhole() throws Exception {
        String a = part(FIRST, "Upload-Metadata: " + metadata("filename", "part.bin"));
        assertEquals(metadata("filename", "part.bin"), tus.head(a).field("Upload-Metadata"));
        String named = join(a, "Upload-Metadata: " + metadata("filename", "whole.bin")).expect(201).field("Location");
        assertEquals(metadata("filename", "whole.bin"), tus.head(named).field("Upload-Metadata"));
        assertHolds(FIRST, named);
        assertTrue(server.get("/files").expect(200).text().contains("\"filename\":\"whole.bin\""));
        String unnamed = join(a).expect(201).field("Location");
        assertNull(tus.head(unnamed).field("Upload-Metadata"));
        assertFalse(server.get("/files").expect(200).text().contains("part.bin"));
    }

    @Test
    void patchOnAFinalUploadIs403AndChangesNothing() throws Exception {
        String a = part(FIRST);
        String path = join(a).expect(201).field("Location");
        for (long offset : new long[] {0, 1000, 5}) {
            tus.patch(path, offset, FIRST).expect(403, "forbidden");
        }
        tus.patch(path, 1000, NONE).expect(403, "forbidden");
        assertEquals(1000, tus.head(path).offset());
        assertEquals(1000, tus.head(a).offset());
        assertHolds(FIRST, path);
    }

    @Test
    void theSameRequestOnceMoreLeadsToTheSameFile() throws Exception {
        String a = part(FIRST);
        String b = part(SECOND);
        String name = "Upload-Metadata: " + metadata("filename", "whole.bin");
        String path = join(a + " " + b, name).expect(201).field("Location");
        assertEquals(path, join(a + " " + b, name).expect(201).field("Location"));
        completed(path);
        RawTus.Answer again = join(a + " " + b, name).expect(201);
        assertEquals(path, again.field("Location"));
        assertEquals(Digest.sha256(all(FIRST, SECOND)).hex(), again.field("X-Content-SHA256"));
        tus.ask("DELETE", a, null).expect(204);
        assertEquals(path, join(a + " " + b, name).expect(201).field("Location"), "the parts are not needed to find it");
        assertNotEquals(path, join(b, name).expect(201).field("Location"));
        String text = server.get("/files").expect(200).text();
        assertEquals(2, text.split("\"file_id\"", -1).length - 1, text);
    }

    @Test
    void partsAndWholeGoEachByItself() throws Exception {
        String a = part(FIRST);
        String b = part(SECOND);
        String path = join(a + " " + b).expect(201).field("Location");
        tus.ask("DELETE", a, null).expect(204);
        assertHolds(all(FIRST, SECOND), path);
        tus.ask("DELETE", path, null).expect(204);
        tus.head(path).expect(404);
        assertEquals(SECOND.length, tus.head(b).expect(200).offset());
        join(a + " " + b).expect(404);
        assertHolds(SECOND, join(b).expect(201).field("Location"));
    }

    @Test
    void whatIsNotWholeYetIsNotJoined() throws Exception {
        String a = part(FIRST);
        String open = tus.begin(1000, PARTIAL);
        tus.patch(open, 0, Arrays.copyOf(FIRST, 10)).expect(204);
        join(a + " " + open).expect(409, "missing_chunks");
        String endless = tus.ask("POST", "/tus", NONE, "Upload-Defer-Length: 1", PARTIAL).expect(201).field("Location");
        join(endless + " " + a).expect(409, "length_unknown");
        tus.patch(open, 10, Arrays.copyOfRange(FIRST, 10, 1000)).expect(204);
        tus.patch(endless, 0, SECOND, "Upload-Length: " + SECOND.length).expect(204);
        assertHolds(all(FIRST, FIRST, SECOND), join(a + " " + open + " " + endless).expect(201).field("Location"));
    }

    @Test
    void aFinalUploadHasNeitherLengthNorBytesOfItsOwn() {
        String a = part(FIRST);
        join(a, "Upload-Length: 1000").expect(400, "invalid_value");
        join(a, "Upload-Defer-Length: 1").expect(400, "invalid_value");
        tus.ask("POST", "/tus", FIRST, RawTus.BYTES, "Upload-Concat: final;" + a).expect(400, "invalid_value");
    }

    @Test
    void anythingElseThanTheTwoFormsIs400() {
        String a = part(FIRST);
        for (String concat : List.of("", "Partial", "partial;", "final", "final;", "final; ", "final;x", "final;/tus/", "final;/tus", "final;" + a + "?x", "final;" + a + "#x", "final;mailto:" + a, "final;//host" + a,
                "final;" + a + "," + a, "final;" + a + "/x", "final;" + a + a, "final;/files/" + a.substring(5), "final;http:" + a, "final;" + a + " %zz", "final " + a)) {
            tus.ask("POST", "/tus", NONE, "Upload-Concat: " + concat).expect(400, "invalid_value");
        }
        join("/tus/nonsense").expect(404, "not_found");
        join("/tus/6ba7b810-9dad-41d1-80b4-00c04fd430c8").expect(404, "not_found");
        tus.ask("POST", "/tus", NONE, "Upload-Length: 5", PARTIAL, PARTIAL).expect(400, "invalid_value");
    }

    @Test
    void manyPartsAreTakenAndTooManyRefused() throws Exception {
        String a = part(Arrays.copyOf(FIRST, 3));
        byte[] expected = new byte[300 * 3];
        for (int i = 0; i < 300; i++) {
            System.arraycopy(FIRST, 0, expected, 3 * i, 3);
        }
        assertHolds(expected, join(String.join(" ", Collections.nCopies(300, a))).expect(201).field("Location"));
        join(String.join(" ", Collections.nCopies(345, a))).expect(400, "invalid_value");
    }

    @Test
    void aLinkIsWishedForWithTheWholeAndNotWithAPart() {
        String wish = "Upload-Metadata: " + metadata("share", "true") + "," + metadata("filename", "whole.bin");
        tus.ask("POST", "/tus", NONE, "Upload-Length: 5", PARTIAL, wish).expect(400, "invalid_value");
        String a = part(FIRST);
        RawTus.Answer made = join(a, wish).expect(201);
        assertTrue(made.field("X-Share-Url").contains("/s/"), made::toString);
        completed(made.field("Location"));
        assertNull(join(a, wish).expect(201).field("X-Share-Url"), "a link that does not come into being is told");
    }
}
