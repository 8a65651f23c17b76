package tranzr.web;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import tranzr.json.Json;
import tranzr.server.ServedEngine;

/** The page of a share link. */
class LinkPageBrowserTest extends ServedPages {

    private static final byte[] CONTENT = ServedEngine.bytes(50_000, 3);

    private String store(String name, byte[] bytes) {
        String id = server.post("/upload/start", json(Map.of("filename", name, "file_size", bytes.length)), AS_OPERATOR).expect(201).field("file_id");
        server.put("/upload/" + id, bytes, AS_OPERATOR).expect(200);
        return id;
    }

    private static String json(Object value) {
        return new String(Json.write(value), StandardCharsets.UTF_8);
    }

    private String share(Map<String, Object> terms) {
        return server.post("/share/create", json(terms), AS_OPERATOR).expect(201).field("token");
    }

    private String shareOne(String id, String terms) {
        return server.post("/share/create/" + id, terms, AS_OPERATOR).expect(201).field("token");
    }

    private long downloads() {
        return ((Number) server.get("/shares", AS_OPERATOR).list().getFirst().get("downloads")).longValue();
    }

    /** Waits until the browser has the whole file. */
    private Path downloaded(String name, long length) {
        Path file = browser.downloads().resolve(name);
        browser.until("for " + name, () -> {
            try {
                return Files.exists(file) && Files.size(file) == length;
            } catch (IOException e) {
                return false;
            }
        });
        return file;
    }

    @Test
    void aFileIsDownloadedWithItsPasswordWhichStandsInNoAddress() throws IOException {
        String token = shareOne(store("secret plan.bin", CONTENT), "{\"password\": \"open sesame\", \"max_downloads\": 2}");
        open("/s/" + token);
        browser.untilText("h1", "secret plan.bin");
        browser.assertAccessible();
        browser.type("#password", "wrong");
        browser.click("#get button.primary");
        browser.untilText("#problem", "That is not the password.");
        assertEquals("input#password", browser.focused());
        assertEquals("true", browser.script("return document.querySelector('#password').getAttribute('aria-invalid')"));
        browser.clear("#password");
        browser.type("#password", "open sesame");
        browser.keys(Keys.ENTER);
        assertArrayEquals(CONTENT, Files.readAllBytes(downloaded("secret plan.bin", CONTENT.length)));
        assertEquals(server.url() + "/s/" + token, browser.url());
        assertFalse(browser.requested().keySet().stream().anyMatch(url -> url.contains("sesame")), browser.requested().toString());
        assertEquals(1, downloads());
    }

    @Test
    void openingThePageBurnsNothingAndWhatIsUsedUpSaysSo() throws IOException {
        String token = shareOne(store("once.bin", CONTENT), "{\"protected\": false, \"max_downloads\": 1}");
        for (int i = 0; i < 3; i++) {
            open("/s/" + token);
            browser.untilText("#link", "Downloads left");
        }
        assertEquals(0, downloads());
        browser.untilText("#link", "No preview");
        browser.click("#get button.primary");
        assertArrayEquals(CONTENT, Files.readAllBytes(downloaded("once.bin", CONTENT.length)));
        assertEquals(1, downloads());
    }

    @Test
    void severalFilesAreDownloadedAloneAndAsOneArchive() throws IOException {
        String token = share(Map.of("file_ids", List.of(store("one.bin", CONTENT), store("folder/two.txt", "two".getBytes(StandardCharsets.UTF_8))), "title", "Both of them", "protected", false,
                "max_downloads", 3));
        open("/s/" + token + "/Both%20of%20them.zip");
        browser.untilText("h1", "Both of them");
        browser.assertAccessible();
        browser.click("button[aria-label='Download folder/two.txt']");
        assertEquals("two", Files.readString(downloaded("two.txt", 3)));
        browser.click("#get button.primary");
        long length = ((Number) server.get("/share/info/" + token).expect(200).json().get("file_size")).longValue();
        try (ZipFile zip = new ZipFile(downloaded("Both of them.zip", length).toFile())) {
            assertArrayEquals(CONTENT, zip.getInputStream(zip.getEntry("one.bin")).readAllBytes());
            assertEquals(2, zip.size());
        }
    }

    @Test
    void nothingOfAHostileFileOrNameRuns() {
        byte[] html = "<!DOCTYPE html><script>document.title='taken';alert(1)</script><img src=x onerror=alert(2)>".getBytes(StandardCharsets.UTF_8);
        byte[] svg = "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(3)'><script>alert(4)</script></svg>".getBytes(StandardCharsets.UTF_8);
        String name = "<img src=x onerror=alert(5)>\"'{{main}}.svg";
        Map<String, Object> terms = new java.util.HashMap<>(Map.of("file_ids", List.of(store(name, svg), store("page.html", html)), "title", "<script>alert(6)</script>", "protected", false));
        terms.put("max_downloads", null);
        String token = share(terms);
        open("/s/" + token);
        browser.untilText("h1", "<script>alert(6)</script>");
        for (int i = 0; i < 2; i++) {
            browser.click("button[data-preview][value='" + i + "']");
            browser.await("#preview-" + i + " pre");
        }
        browser.untilText("#preview-0 pre", "alert(3)");
        browser.untilText("#preview-1 pre", "alert(1)");
        assertEquals(0L, ((Number) browser.script("return document.querySelectorAll('main script, main svg, main img').length")).longValue());
        assertTrue(browser.title().startsWith("<script>alert(6)</script>"), browser.title());
        browser.open(server.url() + "/share/preview/" + token + "?file=1");
        assertEquals("text/plain", browser.script("return document.contentType"));
    }

    @Test
    void aPictureIsShownAndTheKeyboardIsEnough() {
        byte[] gif = java.util.Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");
        String token = shareOne(store("dot.gif", gif), "{\"password\": \"right\", \"max_downloads\": null}");
        open("/s/" + token);
        browser.until("for the focus", () -> {
            browser.keys(Keys.TAB);
            return browser.focused().equals("input#password");
        });
        browser.keys("right", Keys.TAB, Keys.TAB, Keys.ENTER);
        browser.await("#preview-0 img");
        browser.until("for the picture", () -> ((Number) browser.property("#preview-0 img", "naturalWidth")).longValue() == 1);
        browser.assertAccessible();
        assertEquals(0, downloads());
    }

    @Test
    void aLinkThatDoesNotExistIsSaidToBeSo() {
        open("/s/unknown");
        browser.untilText("h1", "There is no such link");
        browser.assertAccessible();
    }
}
