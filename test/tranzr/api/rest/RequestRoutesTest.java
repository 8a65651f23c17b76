package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** Upload requests, as members of a room make them and as guests use them. */
class RequestRoutesTest {

    private static final String OPERATOR = "operator-token-0123456789";
    private static final String[] AS_OPERATOR = {"Authorization", "Bearer " + OPERATOR};
    private static final byte[] FILE = ServedEngine.bytes(5000, 1);

    @TempDir
    Path folder;
    private ServedEngine server;
    private String room;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder, OPERATOR, null);
        room = server.post("/rooms", "{\"name\": \"inbox\"}", AS_OPERATOR).expect(201).field("room_id");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Answer create(String json) {
        return server.post("/rooms/inbox/requests", json, AS_OPERATOR).expect(201);
    }

    private Answer change(Answer made, String json) {
        return server.send("PATCH", "/requests/" + made.field("request_id"), BodyPublishers.ofString(json), AS_OPERATOR);
    }

    private static String link(Answer made) {
        return made.field("request_url");
    }

    private static String[] guest(Answer made) {
        return new String[] {"Authorization", "Bearer " + made.field("token")};
    }

    private static String basic(String password) {
        return "Basic " + Base64.getEncoder().encodeToString(("guest:" + password).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aRequestWithoutParametersLastsAWeekAndTakesEverything() {
        Answer made = create("");
        assertTrue(made.field("token").startsWith("tzr_"), made.toString());
        assertEquals(server.url() + "/r/" + made.field("token"), link(made));
        assertEquals("/requests/" + made.field("request_id"), made.header("Location"));
        assertEquals("2026-01-08T00:00:00Z", made.field("expires_at"));
        assertEquals(room, made.field("room"));
        assertEquals("no-store", made.header("Cache-Control"));
        for (String unlimited : List.of("max_file_size", "max_bytes", "max_files", "password")) {
            assertTrue(made.json().containsKey(unlimited));
            assertNull(made.field(unlimited), unlimited);
        }
        assertFalse(server.get("/requests", AS_OPERATOR).text().contains(made.field("token")), "the list tells the secret");
        assertFalse(server.get(made.header("Location"), AS_OPERATOR).text().contains(made.field("token")));
    }

    @Test
    void aRequestThatIsOverStaysAsLongAsItsUploadsMayGoOnAndThenGoes() {
        Answer made = create("");
        server.pass(Duration.ofDays(8));
        server.endExpired();
        server.get(link(made).replace(server.url(), "")).expect(410, "request_closed");
        server.get(made.header("Location"), AS_OPERATOR).expect(200);
        server.pass(Duration.ofDays(7));
        server.endExpired();
        server.get(made.header("Location"), AS_OPERATOR).expect(404);
    }

    @Test
    void badTermsAreRefusedAndNeverMeanNoLimit() {
        for (String wrong : List.of("{\"max_files\": 0}", "{\"max_files\": -1}", "{\"max_files\": \"5\"}", "{\"max_files\": 1.5}", "{\"max_bytes\": 0}",
                "{\"max_bytes\": \"much\"}", "{\"max_bytes\": true}", "{\"max_file_size\": 0}", "{\"max_file_size\": \"0\"}", "{\"max_flies\": 5}",
                "{\"types\": [\"\"]}", "{\"types\": [\".\"]}", "{\"types\": [\"a/b\"]}", "{\"types\": [5]}", "{\"types\": [\"pdf.\"]}",
                "{\"expires_in\": \"0s\"}", "{\"expires_at\": \"2020-01-01T00:00:00Z\"}", "{\"expires_in\": \"1d\", \"expires_at\": \"2027-01-01T00:00:00Z\"}",
                "{\"expires_in\": \"90000d\"}", "{\"title\": \"a\\u0007b\"}", "{\"title\": \"a\\u202eb\"}", "{\"title\": \"" + "x".repeat(201) + "\"}",
                "{\"password\": \"\"}", "{\"password\": null}", "{\"password\": \"x\", \"protected\": false}", "{\"notice\": \"yes\"}")) {
            server.post("/rooms/inbox/requests", wrong, AS_OPERATOR).expect(400, "invalid_value");
        }
        assertEquals(List.of(), server.get("/requests", AS_OPERATOR).list());
        server.post("/rooms/none/requests", "", AS_OPERATOR).expect(404, "room_not_found");
        server.get("/requests/nonsense", AS_OPERATOR).expect(404, "request_not_found");
        server.delete("/requests/00000000-0000-4000-8000-000000000000", AS_OPERATOR).expect(404, "request_not_found");
    }

    @Test
    void aGuestSendsAFileByCurlAndGetsAReceipt() {
        Answer made = create("{\"title\": \"Slides\"}");
        Answer sent = server.put(link(made) + "/talk.pdf", FILE).expect(201);
        String sha = Digest.sha256(FILE).hex();
        assertEquals("received talk.pdf, 5000 bytes, SHA-256 " + sha + "\n", sent.text());
        assertNull(sent.header("X-Delete-Url"));
        Answer json = server.put(link(made) + "/talk.pdf", FILE, "Accept", "application/json").expect(201);
        assertEquals(java.util.Set.of("file_id", "filename", "file_size", "file_hash"), json.json().keySet());
        assertEquals(sha, json.field("file_hash"));
        assertTrue(server.put(link(made), FILE).expect(201).text().startsWith("received upload-"));
        assertTrue(server.post(link(made) + "/by-post.txt", "hello").expect(201).text().startsWith("received by-post.txt, 5 bytes"));
        Map<String, Object> file = server.get("/files/" + json.field("file_id"), AS_OPERATOR).expect(200).json();
        assertEquals(room, file.get("room"));
        assertArrayEquals(FILE, server.get("/download/" + json.field("file_id"), AS_OPERATOR).expect(200).body());
        Answer told = server.get(made.header("Location"), AS_OPERATOR).expect(200);
        assertEquals("4", told.field("files"));
        assertEquals("15005", told.field("bytes"));
    }

    @Test
    void aFormBringsSeveralAndWhatCameBeforeARefusalStaysAndIsNamed() {
        Answer made = create("{\"max_files\": 3}");
        Answer both = server.form().file("f", "a.txt", FILE).file("f", "b.txt", FILE).send("POST", link(made), "Accept", "application/json").expect(201);
        assertEquals(2, both.list().size());
        Answer refused = server.form().file("f", "c.txt", FILE).file("f", "d.txt", FILE).send("POST", link(made), "Accept", "application/json")
                .expect(507, "quota_exceeded");
        assertEquals("request", refused.field("quota"));
        assertTrue(refused.json().get("received").toString().contains("c.txt"), refused.toString());
        Answer inWords = server.form().file("f", "e.txt", FILE).send("POST", link(made)).expect(507);
        assertFalse(inWords.text().contains("received before"), inWords.text());
        List<String> names = server.get("/files?room=inbox", AS_OPERATOR).list().stream().map(file -> (String) file.get("filename")).sorted().toList();
        assertEquals(List.of("a.txt", "b.txt", "c.txt"), names);
    }

    @Test
    void aGuestSendsChunksAndResumesByTheUploadRoutes() {
        Answer made = create("");
        String id = server.post("/upload/start", "{\"filename\": \"x.bin\", \"file_size\": 5000, \"chunk_size\": 2500}", guest(made)).expect(201).field("file_id");
        byte[] half = java.util.Arrays.copyOfRange(FILE, 2500, 5000);
        server.put("/uploads/" + id + "/chunks/1", half, guest(made)).expect(200);
        assertEquals("[0]", server.get("/upload/status/" + id, guest(made)).expect(200).json().get("missing_chunks").toString());
        Answer done = server.put("/upload/" + id, FILE, guest(made)).expect(200);
        assertEquals("completed", done.field("status"));
        assertTrue(done.json().containsKey("download_url"));
        assertNull(done.field("download_url"));
        assertEquals("completed", server.get("/upload/status/" + id, guest(made)).expect(200).field("status"));
        server.get("/download/" + id, guest(made)).expect(403, "forbidden");
        server.put("/upload/" + id, new byte[5000], guest(made)).expect(409, "already_completed");
        server.delete("/upload/" + id, guest(made)).expect(409, "already_completed");
    }

    @Test
    void sizesTypesAndOptionsAreHeld() {
        Answer made = create("{\"max_file_size\": \"4KB\", \"max_bytes\": 6000, \"types\": [\".PDF\", \"tar.gz\"]}");
        assertEquals("[pdf, tar.gz]", made.json().get("types").toString());
        server.put(link(made) + "/a.pdf", FILE).expect(413);
        server.post("/upload/start", "{\"filename\": \"a.pdf\", \"file_size\": 4001}", guest(made)).expect(413, "file_too_large");
        for (int size : new int[] {4001, 3 << 20}) {
            server.send("PUT", link(made) + "/a.pdf", BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(new byte[size])), "Accept",
                    "application/json").expect(413, "file_too_large");
        }
        byte[] small = java.util.Arrays.copyOf(FILE, 3500);
        for (String name : List.of("a.txt", "pdf", "a.pdf.exe", "a.gz", "apdf")) {
            Answer refused = server.put(link(made) + "/" + name, small, "Accept", "application/json").expect(400, "invalid_value");
            assertEquals("filename", refused.field("field"));
        }
        server.put(link(made) + "/a.PDF", small).expect(201);
        server.put(link(made) + "/a.tar.gz", small, "Accept", "application/json").expect(507, "quota_exceeded");
        for (String[] option : new String[][] {{"Max-Downloads", "1"}, {"Expires-In", "1s"}, {"Room", "inbox"}, {"Share-Password", "x"}, {"One-Time", "true"}}) {
            server.put(link(made) + "/b.pdf", new byte[1], option[0], option[1], "Accept", "application/json").expect(403, "forbidden");
        }
        assertEquals("1", server.get(made.header("Location"), AS_OPERATOR).field("files"));
    }

    @Test
    void theLinkTellsWhatIsLeftAndNothingOfWhatOthersSent() {
        Answer made = create("{\"title\": \"Send & <b>win</b>\", \"max_files\": 2, \"max_bytes\": 8000, \"max_file_size\": 6000, \"types\": [\"pdf\"]}");
        server.put(link(made) + "/secret-name.pdf", FILE).expect(201);
        Answer told = server.get(link(made)).expect(200);
        assertEquals("1", told.field("files_left"));
        assertEquals("3000", told.field("bytes_left"));
        assertEquals("6000", told.field("max_file_size"));
        assertEquals(false, told.json().get("protected"));
        assertEquals("no-store", told.header("Cache-Control"));
        Answer page = server.get(link(made), "Accept", "text/html,*/*").expect(200);
        assertTrue(page.text().contains("multipart/form-data"), "a form is there without script, too: " + page.text());
        assertEquals(page.text(), server.get("/r/tzr_" + "a".repeat(43), "Accept", "text/html").expect(410).text(), "the same for every link; its terms come by script");
        assertTrue(page.header("Content-Security-Policy").contains("script-src 'self'") && page.header("Content-Security-Policy").contains("form-action 'self'"), page.toString());
        for (Answer answer : List.of(told, page)) {
            assertFalse(answer.text().contains("secret-name") || answer.text().contains("inbox") || answer.text().contains(room), answer.text());
        }
    }

    @Test
    void theFormOfThePageIsTakenFromHereAndNotFromAPageOfAnotherSite() {
        String link = link(create(""));
        server.form().file("f", "a", FILE).send("POST", link, "Origin", server.url(), "Sec-Fetch-Site", "same-origin").expect(201);
        server.form().file("f", "a", FILE).send("POST", link, "Origin", "https://evil.example").expect(403);
        server.form().file("f", "a", FILE).send("POST", link, "Sec-Fetch-Site", "cross-site").expect(403);
    }

    @Test
    void aPasswordIsAskedForHoweverTheFilesCome() {
        Answer made = create("{\"protected\": true}");
        String password = made.field("password");
        assertTrue(password.length() >= 25, password);
        assertEquals(true, server.get(link(made)).expect(200).json().get("protected"));
        String path = link(made) + "/a";
        String[] json = {"Accept", "application/json"};
        Answer asked = server.put(path, FILE, json).expect(401, "password_required");
        assertTrue(asked.header("WWW-Authenticate").startsWith("Basic"), asked.toString());
        server.put(path, FILE, "Accept", "application/json", "X-Share-Password", "wrong").expect(401, "wrong_password");
        server.put(path, FILE, "Accept", "application/json", "Authorization", basic("wrong")).expect(401, "wrong_password");
        server.post("/upload/start", "{\"filename\": \"a\", \"file_size\": 1}", guest(made)).expect(401, "password_required");
        server.put(path, FILE, "X-Share-Password", password).expect(201);
        server.put(path, FILE, "Authorization", basic(password)).expect(201);
        server.post("/upload/start", "{\"filename\": \"a\", \"file_size\": 1}", "Authorization", "Bearer " + made.field("token"), "X-Share-Password", password)
                .expect(201);
        assertNull(change(made, "{\"protected\": false}").expect(200).field("password"));
        server.put(path, FILE).expect(201);
        String generated = change(made, "{\"protected\": true}").expect(200).field("password");
        server.put(path, FILE, "X-Share-Password", password).expect(401);
        server.put(path, FILE, "X-Share-Password", generated).expect(201);
        change(made, "{\"title\": \"kept\"}").expect(200);
        server.put(path, FILE).expect(401);
    }

    @Test
    void guessingIsSlowedDownByLinkAlsoAfterARestart() throws IOException {
        Answer made = create("{\"password\": \"correct horse\"}");
        String path = "/r/" + made.field("token") + "/a";
        for (int i = 0; i < 5; i++) {
            server.put(path, FILE, "X-Share-Password", "wrong " + i).expect(401);
        }
        Answer wait = server.put(path, FILE, "Accept", "application/json", "X-Share-Password", "wrong").expect(429, "too_many_attempts");
        assertEquals("1", wait.header("Retry-After"));
        stop();
        server = new ServedEngine(folder, OPERATOR, null);
        server.put(path, FILE, "Accept", "application/json", "X-Share-Password", "correct horse").expect(429, "too_many_attempts");
        server.pass(Duration.ofSeconds(1));
        server.put(path, FILE, "X-Share-Password", "correct horse").expect(201);
        server.put(path, FILE, "X-Share-Password", "wrong").expect(401);
    }

    @Test
    void aLinkThatDoesNotExistCostsWhatAWrongPasswordCostsAndAPasswordIsHashedOnce() {
        Answer made = create("{\"password\": \"correct horse\"}");
        int before = server.hashedPasswords();
        server.put(link(made) + "/a", FILE, "X-Share-Password", "wrong").expect(401);
        assertEquals(before + 1, server.hashedPasswords());
        server.put("/r/tzr_unknown/a", FILE, "X-Share-Password", "wrong", "Accept", "application/json").expect(410, "request_closed");
        assertEquals(before + 2, server.hashedPasswords());
        server.get("/upload/status/x", "Authorization", "Bearer tzr_unknown", "X-Share-Password", "wrong").expect(410, "request_closed");
        assertEquals(before + 3, server.hashedPasswords());
        for (int i = 0; i < 5; i++) {
            server.put(link(made) + "/a", FILE, "X-Share-Password", "correct horse").expect(201);
        }
        assertEquals(before + 4, server.hashedPasswords());
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            statuses.add(server.put("/r/tzr_unknown" + i + "/a", FILE, "X-Share-Password", "wrong").status());
        }
        assertTrue(statuses.contains(429), "one address may guess without end");
    }

    @Test
    void changesHoldForTheLinkThatIsOut() {
        Answer made = create("{\"max_files\": 1, \"types\": \"pdf\", \"notice\": true}");
        server.put(link(made) + "/a.pdf", FILE).expect(201);
        server.put(link(made) + "/b.pdf", FILE).expect(507);
        Answer changed = change(made, "{\"max_files\": 2, \"title\": \"More\", \"types\": null}").expect(200);
        assertEquals("More", changed.field("title"));
        assertEquals(true, changed.json().get("notice"));
        assertEquals("1", changed.field("files"));
        server.put(link(made) + "/b.txt", FILE).expect(201);
        change(made, "{\"max_file\": 9}").expect(400, "invalid_value");
        change(made, "{\"expires_in\": \"1h\"}").expect(200);
        server.pass(Duration.ofHours(1));
        server.get(link(made)).expect(410, "request_closed");
        change(made, "{\"expires_in\": null, \"max_files\": null}").expect(200);
        server.put(link(made) + "/c.txt", FILE).expect(201);
    }

    @Test
    void aRevokedLinkIsOverForEverything() {
        Answer made = create("");
        String id = server.post("/upload/start", "{\"filename\": \"x\", \"file_size\": 5000}", guest(made)).expect(201).field("file_id");
        server.delete("/requests/" + made.field("request_id"), AS_OPERATOR).expect(204);
        server.get(link(made)).expect(410, "request_closed");
        server.put(link(made) + "/a", FILE, "Accept", "application/json").expect(410, "request_closed");
        server.put("/upload/" + id, FILE, guest(made)).expect(410, "request_closed");
        server.get("/upload/status/" + id, guest(made)).expect(410, "request_closed");
        server.delete("/requests/" + made.field("request_id"), AS_OPERATOR).expect(404, "request_not_found");
        server.put("/upload/" + id, FILE, AS_OPERATOR).expect(200);
    }

    @Test
    void whatBeganInTimeMayBeFinishedAndNothingElse() {
        Answer made = create("{\"expires_in\": \"1h\"}");
        String id = server.post("/upload/start", "{\"filename\": \"x\", \"file_size\": 5000}", guest(made)).expect(201).field("file_id");
        server.pass(Duration.ofHours(2));
        server.put(link(made) + "/a", FILE, "Accept", "application/json").expect(410, "request_closed");
        server.post("/upload/start", "{\"filename\": \"y\", \"file_size\": 1}", guest(made)).expect(410, "request_closed");
        server.put("/upload/" + id, FILE, guest(made)).expect(200);
        server.pass(Duration.ofDays(7));
        server.get("/upload/status/" + id, guest(made)).expect(410, "request_closed");
    }

    @Test
    void listsArePagedAndFilteredByRoom() {
        server.post("/rooms", "{\"name\": \"other\"}", AS_OPERATOR).expect(201);
        server.post("/rooms/other/requests", "{\"title\": \"elsewhere\"}", AS_OPERATOR).expect(201);
        for (int i = 0; i < 3; i++) {
            server.pass(Duration.ofSeconds(1));
            create("{\"title\": \"" + i + "\"}");
        }
        Answer first = server.get("/requests?limit=2&room=inbox", AS_OPERATOR).expect(200);
        assertEquals(List.of("2", "1"), first.list().stream().map(each -> each.get("title")).toList());
        String next = first.header("Link").replaceAll("^<|>.*$", "");
        Answer second = server.get(next, AS_OPERATOR).expect(200);
        assertEquals(List.of("0"), second.list().stream().map(each -> each.get("title")).toList());
        assertNull(second.header("Link"));
        assertEquals(4, server.get("/requests", AS_OPERATOR).list().size());
    }

    @Test
    void aRoomTakesItsRequestsWithIt() {
        Answer made = create("");
        server.delete("/rooms/inbox", AS_OPERATOR).expect(204);
        server.put(link(made) + "/a", FILE, "Accept", "application/json").expect(410, "request_closed");
    }
}
