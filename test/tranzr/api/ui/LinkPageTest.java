package tranzr.api.ui;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Http;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

class LinkPageTest {

    private static final byte[] FILE = ServedEngine.bytes(5000, 1);
    private static final String[] BROWSER = {"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"};

    @TempDir
    Path folder;
    private ServedEngine server;
    private String id;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder);
        id = server.store(FILE);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Answer create(String json) {
        return server.post("/share/create/" + id, json).expect(201);
    }

    private Answer submit(String path, String form) {
        return server.send("POST", path, BodyPublishers.ofString(form), "Accept", "text/html", "Content-Type", "application/x-www-form-urlencoded");
    }

    @Test
    void aBrowserGetsAPageThatCountsForNothingAndByItsFormTheBytes() {
        Answer share = create("{\"max_downloads\": 1, \"protected\": false}");
        String path = "/s/" + share.field("token") + "/file.bin";
        for (int i = 0; i < 3; i++) {
            Answer page = server.get(path, BROWSER).expect(200);
            assertEquals("text/html; charset=utf-8", page.header("Content-Type"));
            assertTrue(page.text().contains("file.bin") && page.text().contains("5,000 bytes") && page.text().contains("<dt>Downloads left</dt><dd>1</dd>"), page.text());
            assertTrue(page.text().contains("<form method=\"post\"") && page.text().contains("no preview") || page.text().contains("No preview"), page.text());
        }
        Answer sent = submit(path, "file=0").expect(303);
        assertArrayEquals(FILE, server.get(sent.header("Location"), BROWSER).expect(200).body());
        server.get(path, "User-Agent", "another").expect(410, "download_limit_reached");
    }

    @Test
    void thePasswordComesByTheFormAndStandsInNoAddress() {
        Answer share = create("{\"password\": \"a<b&c +\\u00e9\"}");
        String token = share.field("token");
        Answer page = server.get("/s/" + token + "?password=a%3Cb", BROWSER).expect(200);
        assertFalse(page.text().contains("SHA-256") || page.text().contains("a%3Cb") || page.text().contains("a&lt;b"), page.text());
        assertTrue(page.text().contains("<title>A file was shared with you"), page.text());
        assertTrue(page.text().contains("type=\"password\""), page.text());
        for (String path : List.of("/s/" + token, "/s/" + token + "/x", "/share/download/" + token, "/share/download/" + token + "/x")) {
            String url = submit(path, "password=a%3Cb%26c+%2B%C3%A9").expect(303).header("Location");
            assertFalse(url.contains("a%3C") || url.contains("password"), url);
            assertArrayEquals(FILE, server.get(url, BROWSER).expect(200).body());
        }
    }

    @Test
    void aWrongPasswordIsSaidOnThePageAndSlowsDownAsElsewhere() {
        String path = "/s/" + create("{\"password\": \"right\"}").field("token");
        Answer missing = submit(path, "").expect(403);
        assertTrue(missing.text().contains("This link asks for a password."), missing.text());
        for (int i = 0; i < 5; i++) {
            Answer page = submit(path, "password=wrong&file=0").expect(403);
            assertTrue(page.text().contains("That is not the password."), page.text());
            assertNull(page.header("WWW-Authenticate"));
            assertFalse(page.text().contains("wrong\""), page.text());
        }
        Answer slowed = submit(path, "password=right").expect(429);
        assertTrue(slowed.text().contains("Too many wrong passwords. Try again in ") && Integer.parseInt(slowed.header("Retry-After")) > 0, slowed.text());
    }

    @Test
    void aFormThatIsNoneIsRefusedInWords() {
        String path = "/s/" + create("{\"password\": \"right\"}").field("token");
        submit(path, "password=right&password=right").expect(400, "invalid_query");
        submit(path, "password=%zz").expect(400, "invalid_query");
        submit(path, "password=" + "x".repeat(5000)).expect(413, "body_too_large");
        assertEquals(403, server.send("POST", path, BodyPublishers.ofString("password=right"), "Accept", "text/html", "Content-Type", "text/plain").status());
    }

    @Test
    void aLinkThatCannotBeUsedSaysWhyWithTheStatusThatProgramsGet() {
        assertTrue(server.get("/s/unknown", BROWSER).expect(404).text().contains("There is no such link"));
        assertTrue(submit("/s/unknown", "password=x").expect(404).text().contains("There is no such link"));
        String used = "/s/" + create("{\"protected\": false, \"max_downloads\": 1}").field("token");
        server.get(used, "User-Agent", "curl").expect(200);
        assertTrue(server.get(used, BROWSER).expect(410).text().contains("This link is used up"));
        assertTrue(submit(used, "").expect(410).text().contains("This link is used up"));
        String elsewhere = "/s/" + create("{\"addresses\": [\"10.0.0.0/8\"]}").field("token");
        assertTrue(server.get(elsewhere, BROWSER).expect(403).text().contains("Not from here"));
        String expiring = create("{\"protected\": false}").field("token");
        String granted = server.post("/share/grant/" + expiring, "").expect(201).field("url");
        server.pass(Duration.ofHours(2));
        assertTrue(server.get("/s/" + expiring, BROWSER).expect(410).text().contains("This link has expired"));
        assertTrue(server.get(granted, BROWSER).expect(410).text().contains("This link has expired"));
        // The record follows the answer.
        Http.await("both to be recorded", () -> server.recorded().stream().filter(entry -> entry.result().equals("share_expired")).count() == 2);
    }

    @Test
    void anAddressThatHasExpiredLeadsBackToThePage() {
        String token = create("{\"password\": \"right\", \"expire_minutes\": null, \"max_downloads\": null}").field("token");
        String granted = server.post("/share/grant/" + token, "{\"password\": \"right\"}").expect(201).field("url");
        server.pass(Duration.ofHours(1));
        Answer page = server.get(granted, BROWSER).expect(403);
        assertTrue(page.text().contains("That download address has expired.") && page.text().contains("type=\"password\""), page.text());
        server.get(granted).expect(403, "grant_expired");
    }

    @Test
    void namesAndTitlesAreTextOnThePageWhateverTheyAre() {
        for (String name : List.of("<img src=x onerror=alert(1)>", "\"onmouseover=alert(1) x=\"", "{{main}}{{ui}}", "'><script>alert(1)</script>", "</title><script>alert(1)</script>")) {
            String path = java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8).replace("+", "%20");
            Answer sent = server.put("/" + path, FILE, "Accept", "application/json");
            if (sent.status() != 201) {
                sent = server.post("/upload/start", "{\"filename\": " + new String(tranzr.json.Json.write(java.util.Map.of("n", name)), java.nio.charset.StandardCharsets.UTF_8).substring(5).replaceAll("}$", "")
                        + ", \"file_size\": 0}").expect(201);
                server.post("/upload/merge/" + sent.field("file_id"), "").expect(200);
            }
            String several = server.post("/share/create", new String(tranzr.json.Json.write(java.util.Map.of("file_ids", List.of(sent.field("file_id")), "title", name, "protected", false,
                    "max_downloads", 9)), java.nio.charset.StandardCharsets.UTF_8)).expect(201).field("token");
            String single = server.post("/share/create/" + sent.field("file_id"), "{\"protected\": false}").expect(201).field("token");
            for (String token : List.of(several, single)) {
                String page = server.get("/s/" + token, BROWSER).expect(200).text();
                assertFalse(page.contains("<img src=x") || page.contains("<script>") || page.contains("\"onmouseover") || page.contains("{{"), page);
                assertEquals(1, page.split("<main", -1).length - 1, page);
            }
        }
    }

    @Test
    void onlyTheTitleOfThePageIsForPreviewsInChatsAndNoNameOfAProtectedLink() {
        String open = server.get("/s/" + create("{\"protected\": false}").field("token"), BROWSER).expect(200).text();
        assertTrue(open.contains("<meta property=\"og:title\" content=\"A file was shared with you\">") && open.contains("<title>file.bin"), open);
        Answer guarded = server.get("/s/" + create("").field("token"), BROWSER).expect(200);
        String head = guarded.text().substring(0, guarded.text().indexOf("<body"));
        assertFalse(head.contains("file.bin"), head);
        assertEquals("no-store", guarded.header("Cache-Control"));
        assertTrue(guarded.header("Content-Security-Policy").startsWith("default-src 'none'; script-src 'self'"), guarded.header("Content-Security-Policy"));
    }
}
