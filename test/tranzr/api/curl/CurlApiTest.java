package tranzr.api.curl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

class CurlApiTest {

    private static final byte[] FILE = ServedEngine.bytes(5000, 1);
    private static final String[] JSON = {"Accept", "application/json"};

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

    private void nothingIsStored() {
        assertEquals(List.of(), server.get("/files").list());
        assertEquals(List.of(), server.get("/shares").list());
    }

    @Test
    void aFileIsAnsweredWithItsLink() {
        Answer answer = server.put("/my%20file%C3%BC.bin", FILE).expect(201);
        assertTrue(answer.header("Content-Type").startsWith("text/plain"), answer.toString());
        String link = answer.text().stripTrailing();
        assertEquals(link + "\n", answer.text());
        assertTrue(link.startsWith(server.url() + "/s/") && link.endsWith("/my%20file%C3%BC.bin"), link);
        assertArrayEquals(FILE, server.get(link).expect(200).body());
        assertEquals(Digest.sha256(FILE).hex(), answer.header("X-Content-SHA256"));
        Map<String, Object> share = server.get("/shares").list().getFirst();
        assertNull(share.get("expires_at"));
        assertNull(share.get("max_downloads"));
        assertEquals(false, share.get("protected"));
        assertNull(server.get("/files/" + answer.header("X-File-Id")).expect(200).field("expires_at"));
    }

    @Test
    void theDeleteUrlRemovesTheFileAndNothingElseDoes() {
        Answer answer = server.put("/a", FILE).expect(201);
        String url = answer.header("X-Delete-Url");
        assertTrue(url.startsWith(server.url() + "/delete/" + answer.header("X-File-Id") + "/"), url);
        assertTrue(server.delete(url + "x").expect(404).text().endsWith("(not_found)\n"));
        server.get(url).expect(405);
        server.delete(url).expect(204);
        server.delete(url).expect(404);
        nothingIsStored();
    }

    @Test
    void jsonIsAnsweredWhenAskedFor() {
        Answer answer = server.put("/a", FILE, "Accept", "application/json", "Max-Downloads", "3", "Expires-In", "90m", "Share-Password", "pw")
                .expect(201);
        assertEquals(List.of("file_id", "filename", "file_size", "file_hash", "token", "share_url", "delete_url", "expires_at",
                "max_downloads", "protected", "addresses", "one_time", "notice"), List.copyOf(answer.json().keySet()));
        assertEquals("3", answer.field("max_downloads"));
        assertEquals("2026-01-01T01:30:00Z", answer.field("expires_at"));
        assertEquals("2026-01-01T01:30:00Z", server.get("/files/" + answer.field("file_id")).field("expires_at"));
        server.get(answer.field("share_url")).expect(401);
        server.get(answer.field("share_url") + "?password=pw").expect(200);
    }

    @Test
    void aBadOptionIsNeverNoLimit() {
        for (String[] option : new String[][] {{"Share-From", "10.0.0.1/8"}, {"Share-From", ""}, {"Share-From", "home"}, {"One-Time", "yes"}, {"Notice", "1"}, {"Max-Downloads", "0"}, {"Max-Downloads", "-1"}, {"Max-Downloads", "many"}, {"Max-Downloads", ""},
                {"Max-Downloads", "1.5"}, {"Max-Days", "0"}, {"Max-Days", "x"}, {"Max-Days", "99999999"}, {"Expires-In", "90"},
                {"Expires-In", "soon"}, {"Expires-In", "0s"}, {"Expires-In", ""}, {"Share-Password", ""}}) {
            Answer answer = server.put("/a", FILE, option).expect(400);
            assertTrue(answer.text().startsWith("error: ") && answer.text().endsWith("(invalid_value)\n"), answer.toString());
        }
        server.put("/a", FILE, "Max-Days", "1", "Expires-In", "1d").expect(400);
        server.put("/a?max_downloads=lots", FILE).expect(400);
        server.put("/a?max_downloads=1", FILE, "Max-Downloads", "2").expect(400);
        server.put("/a", FILE, "Max-Downloads", "x", "Accept", "application/json").expect(400, "invalid_value");
        nothingIsStored();
    }

    @Test
    void optionsMayStandInTheQuery() {
        Answer answer = server.put("/a?max_downloads=2&max_days=1", FILE, JSON).expect(201);
        assertEquals("2", answer.field("max_downloads"));
        assertEquals("2026-01-02T00:00:00Z", answer.field("expires_at"));
    }

    @Test
    void anOptionInTheQueryIsKnownInAnyCase() {
        for (String name : List.of("max-downloads", "MAX_DOWNLOADS", "Max_downloads", "max-Downloads")) {
            server.put("/x?" + name + "=none", new byte[1], JSON).expect(400, "invalid_value");
            assertEquals("1", server.put("/x?" + name + "=1", new byte[1], JSON).expect(201).field("max_downloads"));
        }
    }

    @Test
    void aStreamWithoutANameGetsOne() {
        Answer answer = server.send("PUT", "/", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(FILE)), JSON).expect(201);
        assertTrue(answer.field("filename").matches("upload-[0-9a-f]{8}\\.bin"), answer.toString());
        assertArrayEquals(FILE, server.get(answer.field("share_url")).expect(200).body());
        assertEquals("5000", server.put("/", FILE, JSON).expect(201).field("file_size"));
    }

    @Test
    void postTakesABareBodyOrAForm() {
        assertTrue(server.send("POST", "/name.txt", BodyPublishers.ofByteArray(FILE), "Content-Type", "application/x-www-form-urlencoded")
                .expect(201).text().endsWith("/name.txt\n"));
        assertTrue(server.form().file("file", "theirs", FILE).send("POST", "/ours").expect(201).text().endsWith("/ours\n"));
        Answer two = server.form().field("max_downloads", 1).file("file", "a", FILE).file("file", "b", new byte[0]).send("POST", "/").expect(201);
        List<String> links = two.text().lines().toList();
        assertEquals(2, links.size());
        assertTrue(links.getFirst().endsWith("/a") && links.getLast().endsWith("/b"), two.text());
        assertArrayEquals(FILE, server.get(links.getFirst(), "User-Agent", "x").expect(200).body());
        server.get(links.getFirst(), "User-Agent", "y").expect(410, "download_limit_reached");
        assertEquals(2, two.header("X-Delete-Url").split(", ").length);
        assertEquals(2, server.form().file("f", "a", FILE).file("f", "b", FILE).send("POST", "/", JSON).expect(201).list().size());
        assertEquals("a", server.form().file("f", "a", FILE).send("POST", "/", JSON).expect(201).field("filename"));
    }

    @Test
    void aFormIsTakenWholeOrNotAtAll() {
        server.form().file("file", "a", FILE).file("file", "../b", FILE).send("POST", "/").expect(400);
        server.form().file("file", "a", FILE).field("max_downloads", 1).send("POST", "/").expect(400);
        server.form().field("max_downloads", "x").file("file", "a", FILE).send("POST", "/").expect(400);
        server.form().field("comment", "no file").send("POST", "/").expect(400);
        server.form().file("file", "a", FILE).file("file", "b", FILE).send("POST", "/name").expect(400);
        nothingIsStored();
    }

    @Test
    void aTailIsNeverTakenForAFile() {
        for (String range : List.of("bytes 50-5049/5050", "bytes 0-4999/6000", "bytes 0-4999/*")) {
            Answer answer = server.put("/a", FILE, "Content-Range", range).expect(409);
            assertTrue(answer.text().contains("/upload/start") && answer.text().contains("resume_needs_upload_id"), answer.text());
        }
        server.put("/a", FILE, "Content-Range", "bytes 0-98/99").expect(400);
        server.put("/a", FILE, "Content-Range", "nonsense").expect(400);
        nothingIsStored();
        server.put("/a", FILE, "Content-Range", "bytes 0-4999/5000").expect(201);
    }

    @Test
    void aDigestIsChecked() {
        server.put("/a", FILE, "X-Chunk-SHA256", Digest.sha256(new byte[1]).hex()).expect(422);
        server.put("/a", FILE, "Content-Digest", "sha-256=:" + Digest.sha256(new byte[1]).base64() + ":").expect(422);
        nothingIsStored();
        server.put("/a", FILE, "Content-Digest", "sha-256=:" + Digest.sha256(FILE).base64() + ":").expect(201);
    }

    @Test
    void namesAreCheckedAndFilesMayBeEmpty() {
        for (String name : List.of("..", "%2e%2e%2fx", "a%00b", "a%0d%0ab", "%E2%80%AEgnp.exe", "x".repeat(300))) {
            server.put("/" + name, FILE).expect(400);
        }
        nothingIsStored();
        assertEquals(0, server.get(server.put("/empty", new byte[0]).expect(201).text().strip()).expect(200).body().length);
    }

    @Test
    void aRequestWithoutABodyIsNoFile() throws IOException {
        assertTrue(server.raw("PUT /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").startsWith("HTTP/1.1 411"));
        nothingIsStored();
    }

    @Test
    void fileAndLinkEndTogether() {
        Answer answer = server.put("/a", FILE, "Max-Days", "2", "Accept", "application/json").expect(201);
        assertEquals("2026-01-03T00:00:00Z", server.get("/files/" + answer.field("file_id")).field("expires_at"));
        server.pass(Duration.ofDays(2));
        server.get(answer.field("share_url")).expect(410, "share_expired");
    }

    @Test
    void theHelpNamesThisServer() {
        Answer help = server.get("/").expect(200);
        assertTrue(help.text().contains("curl -T FILE " + server.url() + "/"), help.text());
        assertTrue(help.header("Content-Type").startsWith("text/plain"));
    }

    @Test
    void anOptionWithTheNameOfItsHeaderIsNotOverlookedElsewhere() {
        for (String name : List.of("Max-Downloads", "max-downloads", "max_downloads")) {
            server.form().field(name, "0").file("f", "x", new byte[3]).send("POST", "/", "Accept", "application/json").expect(400, "invalid_value");
            Answer sent = server.form().field(name, "3").file("f", "x", new byte[3]).send("POST", "/", "Accept", "application/json").expect(201);
            assertEquals("3", sent.field("max_downloads"));
        }
        server.put("/x?Max-Downloads=0", new byte[3], "Accept", "application/json").expect(400, "invalid_value");
    }

    @Test
    void aLinkIsBoundToAddressesAndToOneDownloadByHeaderFormOrQuery() {
        Answer json = server.put("/a", FILE, "Accept", "application/json", "Share-From", "10.0.0.0/8, 127.0.0.1", "One-Time", "true", "Notice", "true")
                .expect(201);
        assertEquals("[10.0.0.0/8, 127.0.0.1]", json.json().get("addresses").toString());
        assertEquals("1", json.field("max_downloads"));
        assertEquals(true, json.json().get("notice"));
        server.get(json.field("share_url")).expect(200);
        server.get(json.field("share_url")).expect(410, "download_limit_reached");
        String elsewhere = server.put("/a?addresses=10.0.0.0/8", FILE).expect(201).text().strip();
        server.get(elsewhere).expect(403, "address_not_allowed");
        String once = server.form().field("one_time", "true").file("f", "a", FILE).send("POST", "/").expect(201).text().strip();
        server.get(once).expect(200);
        server.get(once).expect(410);
        server.put("/a", FILE, "One-Time", "true", "Max-Downloads", "2", "Accept", "application/json").expect(400, "invalid_value");
    }
}
