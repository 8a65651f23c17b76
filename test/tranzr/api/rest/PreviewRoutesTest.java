package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

class PreviewRoutesTest {

    private static final byte[] PNG = latin("\u0089PNG\r\n\u001A\n and more \u0000\u0001");

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

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String typeOf(byte[] content) {
        return PreviewType.of(content).map(PreviewType::type).orElse("none");
    }

    @Test
    void theTypeIsThatOfTheContentAndNothingThatRunsIsAmongThem() {
        Map<String, String> types = new LinkedHashMap<>();
        types.put("\u0089PNG\r\n\u001A\n\u0000", "image/png");
        types.put("\u00FF\u00D8\u00FF\u00E0\u0000", "image/jpeg");
        types.put("GIF89a\u0000", "image/gif");
        types.put("RIFF\u0001\u0002\u0003\u0004WEBPVP8 ", "image/webp");
        types.put("RIFF\u0001\u0002\u0003\u0004WAVEfmt ", "audio/wav");
        types.put("RIFF\u0001\u0002\u0003\u0004AVI LIST", "none");
        types.put("\u0000\u0000\u0000\u001Cftypavif\u0000", "image/avif");
        types.put("\u0000\u0000\u0000\u001Cftypisom\u0000", "video/mp4");
        types.put("\u0000\u0000\u0000\u001CftypM4A \u0000", "audio/mp4");
        types.put("\u0000\u0000\u0000\u001Cftypheic\u0000", "none");
        types.put("ID3\u0004\u0000", "audio/mpeg");
        types.put("\u00FF\u00FB\u0090\u0064", "audio/mpeg");
        types.put("\u00FF\u00FF\u00FF\u00FF", "none");
        types.put("OggS\u0000\u0002", "audio/ogg");
        types.put("fLaC\u0000", "audio/flac");
        types.put("\u001AE\u00DF\u00A3\u009FB\u0086\u0081\u0001B\u0082\u0084webmB\u0087", "video/webm");
        types.put("\u001AE\u00DF\u00A3\u009FB\u0086\u0081\u0001B\u0082\u0088matroska", "none");
        types.put("%PDF-1.7\n%only ascii", "application/pdf");
        types.put("\n%PDF-1.7\n\u0080", "none");
        types.put("%PDF", "text/plain; charset=utf-8");
        types.put("PK\u0003\u0004", "none");
        types.put("<html><script>alert(1)</script>", "text/plain; charset=utf-8");
        types.put("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "text/plain; charset=utf-8");
        types.put("<?xml version='1.0'?><x/>", "text/plain; charset=utf-8");
        types.put("plain\ttext\r\n", "text/plain; charset=utf-8");
        types.put("", "text/plain; charset=utf-8");
        types.put("caf\u00E9 in Latin-1", "none");
        types.put("text with a \u0000", "none");
        types.put("\u00FF\u00FEh\u0000i\u0000", "none");
        types.forEach((content, type) -> assertEquals(type, typeOf(latin(content)), content));
        assertEquals("text/plain; charset=utf-8", typeOf("grüße 😀".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whateverTheContentIsTheTypeIsOneOfTheAllowed() {
        Random random = new Random(5);
        List<String> allowed = List.of("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "audio/mpeg", "audio/ogg", "audio/wav", "audio/flac", "audio/mp4", "video/mp4",
                "video/webm", "application/pdf", "text/plain; charset=utf-8", "none");
        for (int i = 0; i < 20_000; i++) {
            byte[] content = new byte[random.nextInt(40)];
            random.nextBytes(content);
            if (i % 3 == 0) {
                System.arraycopy(PNG, 0, content, 0, Math.min(content.length, random.nextInt(10)));
            }
            assertTrue(allowed.contains(typeOf(content)));
        }
    }

    @Test
    void aLongTextIsShownUpToAWholeCharacter() {
        byte[] text = "ü".repeat(PreviewType.HEAD_BYTES).getBytes(StandardCharsets.UTF_8);
        for (int shift = 0; shift < 3; shift++) {
            byte[] head = Arrays.copyOfRange(("x".repeat(shift) + new String(text, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8), 0, PreviewType.HEAD_BYTES);
            Optional<PreviewType> type = PreviewType.of(head);
            assertEquals(PreviewType.HEAD_BYTES - shift % 2 - (shift % 2 == 0 && head[head.length - 1] == (byte) 0xC3 ? 1 : 0), type.orElseThrow().length(), 2);
        }
        byte[] sent = ("a" + "ü".repeat(200_000)).getBytes(StandardCharsets.UTF_8);
        Answer preview = server.get("/files/" + server.store(sent) + "/preview").expect(200);
        assertTrue(preview.body().length <= PreviewType.HEAD_BYTES && preview.body().length > PreviewType.HEAD_BYTES - 4);
        assertTrue(preview.text().endsWith("ü"));
        assertTrue(preview.header("ETag").startsWith("\"head-"));
    }

    @Test
    void whatIsShownIsSandboxedAndNeverGuessedAnotherTypeOf() {
        Answer image = server.get("/files/" + server.store(PNG) + "/preview").expect(200);
        assertEquals("image/png", image.header("Content-Type"));
        assertEquals("inline", image.header("Content-Disposition"));
        assertEquals("nosniff", image.header("X-Content-Type-Options"));
        assertEquals("same-origin", image.header("Cross-Origin-Resource-Policy"));
        assertTrue(image.header("Content-Security-Policy").startsWith("sandbox; default-src 'none'"), image.header("Content-Security-Policy"));
        assertArrayEquals(PNG, image.body());
        String html = server.store("<script>alert(1)</script>".getBytes(StandardCharsets.UTF_8));
        assertEquals("text/plain; charset=utf-8", server.get("/files/" + html + "/preview").expect(200).header("Content-Type"));
        assertEquals("application/octet-stream", server.get("/download/" + html).expect(200).header("Content-Type"));
        server.get("/files/" + server.store(new byte[] {0, 1, 2}) + "/preview").expect(404, "no_preview");
        server.get("/files/" + server.begin(10, 10) + "/preview").expect(409, "not_completed");
        assertArrayEquals(Arrays.copyOfRange(PNG, 3, 6), server.get("/files/" + server.store(PNG) + "/preview", "Range", "bytes=3-5").expect(206).body());
    }

    @Test
    void aPdfIsHandedToAScriptAndOpensNothingByItself() {
        byte[] pdf = latin("%PDF-1.7\n\u0080\u0000 and more");
        String id = server.store(pdf);
        Answer preview = server.get("/files/" + id + "/preview").expect(200);
        assertEquals("application/pdf", preview.header("Content-Type"));
        assertTrue(preview.header("Content-Disposition").startsWith("attachment"), preview.header("Content-Disposition"));
        assertTrue(preview.header("Content-Security-Policy").startsWith("sandbox; default-src 'none'"), preview.header("Content-Security-Policy"));
        assertEquals("nosniff", preview.header("X-Content-Type-Options"));
        assertArrayEquals(pdf, preview.body());
        assertArrayEquals(Arrays.copyOfRange(pdf, 1, 5), server.get("/files/" + id + "/preview", "Range", "bytes=1-4").expect(206).body());
        assertEquals("inline", server.get("/files/" + server.store(PNG) + "/preview").header("Content-Disposition"));
    }

    @Test
    void aPdfThatWouldFillABrowsersMemoryHasNoPreview() {
        byte[] pdf = new byte[(int) PreviewType.MAX_PDF_BYTES];
        System.arraycopy(latin("%PDF-1.7\n"), 0, pdf, 0, 9);
        String largest = server.store(pdf);
        assertEquals(Long.toString(PreviewType.MAX_PDF_BYTES), server.head("/files/" + largest + "/preview").expect(200).header("Content-Length"));
        String tooLarge = server.store(Arrays.copyOf(pdf, pdf.length + 1));
        assertTrue(server.get("/files/" + tooLarge + "/preview").expect(404, "no_preview").text().contains("32 MiB"));
        server.head("/files/" + tooLarge + "/preview").expect(404);
    }

    @Test
    void aLinkShowsItsFilesOnlyWhereThatGivesNothingAway() {
        String id = server.store(PNG);
        String open = server.post("/share/create/" + id, "{\"protected\": false, \"max_downloads\": null}").expect(201).field("token");
        assertArrayEquals(PNG, server.get("/share/preview/" + open).expect(200).body());
        assertEquals("0", server.get("/shares").list().getFirst().get("downloads").toString());
        String limited = server.post("/share/create/" + id, "{\"protected\": false}").expect(201).field("token");
        server.get("/share/preview/" + limited).expect(404, "no_preview");
        server.head("/share/preview/" + limited).expect(404);
        String guarded = server.post("/share/create/" + id, "{\"password\": \"right\", \"max_downloads\": null}").expect(201).field("token");
        server.get("/share/preview/" + guarded).expect(401, "password_required");
        String url = server.post("/share/grant/" + guarded, "{\"password\": \"right\"}").expect(201).field("url");
        server.get("/share/preview/" + guarded + url.substring(url.indexOf('?'))).expect(200);
        server.get("/share/preview/unknown").expect(404, "share_not_found");
        String several = server.post("/share/create", "{\"file_ids\": [\"" + id + "\"], \"protected\": false, \"max_downloads\": null}").expect(201).field("token");
        server.get("/share/preview/" + several).expect(404, "no_preview");
        server.get("/share/preview/" + several + "?file=0").expect(200);
    }
}
