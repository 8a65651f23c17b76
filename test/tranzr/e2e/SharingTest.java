package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Http.Answer;

/** Links that people hand on: who gets in, how often, and for how long. */
class SharingTest extends RealServer {

    private static final byte[] SMALL = Http.bytes(100_000, 1);
    /** Larger than what the sockets of both sides can hold. */
    private static final byte[] LARGE = Http.bytes(48 << 20, 2);
    private static String small;
    private static String large;

    @BeforeAll
    static void storeFiles() {
        small = http.store("small.bin", SMALL);
        large = http.store("large.bin", LARGE);
    }

    private static Answer share(String file, String terms) {
        return http.postJson("/share/create/" + file, terms).expect(201);
    }

    private static String openShare(String file, int limit) {
        return share(file, "{\"protected\": false, \"max_downloads\": " + limit + "}").field("token");
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aShareWithoutParametersHasAPasswordAnExpiryAndALimit() {
        Answer share = http.post("/share/create/" + small).expect(201);
        assertEquals(5, share.number("max_downloads"));
        assertNotNull(share.field("expires_at"));
        String password = share.field("password");
        assertTrue(password.length() >= 20, password);
        assertTrue(share.field("share_url").startsWith(server.url() + "/s/" + share.field("token")), share.toString());
        Answer refused = http.get(share.field("share_url")).expect(401, "password_required");
        assertTrue(refused.header("WWW-Authenticate").startsWith("Basic"), refused.toString());
        assertArrayEquals(SMALL, http.get(share.field("share_url"), "X-Share-Password", password).expect(200).body());
    }

    @Test
    void thePasswordComesByQueryByBasicOrByHeader() {
        String token = share(small, "{\"password\": \"grüße & küsse\", \"max_downloads\": 10}").field("token");
        for (String path : List.of("/share/download/" + token, "/share/download/" + token + "/small.bin", "/s/" + token,
                "/s/" + token + "/small.bin")) {
            http.get(path).expect(401, "password_required");
        }
        String path = "/s/" + token;
        assertArrayEquals(SMALL, http.get(path + "?password=gr%C3%BC%C3%9Fe%20%26%20k%C3%BCsse").expect(200).body());
        assertArrayEquals(SMALL, http.get(path, "Authorization", basic("anyone", "grüße & küsse")).expect(200).body());
        http.get(path + "?password=other").expect(401, "wrong_password");
        http.get(path, "Authorization", basic("", "")).expect(401);
        assertFalse(http.get("/share/info/" + token).expect(200).text().contains("grüße"));
        assertFalse(http.get("/shares").expect(200).text().contains(token), "the list tells the secret");
    }

    @Test
    void aHundredDownloadsAtOnceOfALimitOfOneGiveExactlyOne() throws Exception {
        String path = "/s/" + openShare(small, 1);
        List<Answer> answers = together(Collections.nCopies(100, (Callable<Answer>) () -> http.get(path)));
        assertEquals(1, answers.stream().filter(answer -> answer.status() == 200).count());
        answers.stream().filter(answer -> answer.status() != 200).forEach(answer -> answer.expect(410, "download_limit_reached"));
        assertArrayEquals(SMALL, answers.stream().filter(answer -> answer.status() == 200).findFirst().orElseThrow().body());
    }

    @Test
    void looksRangesAndRetriesOfTheSameClientDoNotCountAgain() {
        String path = "/s/" + openShare(small, 1);
        String[] me = {"User-Agent", "me/1"};
        String etag = http.send("HEAD", path, BodyPublishers.noBody(), me).expect(200).header("ETag");
        for (int i = 0; i < 3; i++) {
            http.send("HEAD", path, BodyPublishers.noBody(), me).expect(200);
            http.get(path, "If-None-Match", etag, "User-Agent", "me/1").expect(304);
            http.get(path, "Range", "bytes=900000-", "User-Agent", "me/1").expect(416);
        }
        http.get(path, me).expect(200);
        Answer tail = http.get(path, "Range", "bytes=60000-", "User-Agent", "me/1").expect(206);
        assertArrayEquals(Http.part(SMALL, 60_000, 100_000), tail.body());
        http.get(path, "User-Agent", "somebody else").expect(410, "download_limit_reached");
        http.get(path, "Range", "bytes=60000-", "User-Agent", "somebody else").expect(410, "download_limit_reached");
    }

    @Test
    void aBrokenDownloadIsContinuedByItsClientAndByNobodyElse() throws Exception {
        String token = openShare(large, 1);
        int got = 1_000_000;
        try (RawConnection connection = new RawConnection(server)) {
            connection.head("GET /s/" + token + " HTTP/1.1", "Host: localhost", "User-Agent: me/2");
            assertTrue(connection.readHead().startsWith("HTTP/1.1 200"));
            assertArrayEquals(Http.part(LARGE, 0, got), connection.read(got));
            connection.reset();
        }
        http.get("/s/" + token, "User-Agent", "other").expect(410, "download_limit_reached");
        Answer rest = http.get("/s/" + token, "Range", "bytes=" + got + "-", "User-Agent", "me/2").expect(206);
        assertArrayEquals(Http.part(LARGE, got, LARGE.length), rest.body());
        http.get("/s/" + token, "User-Agent", "other").expect(410, "download_limit_reached");
    }

    @Test
    void whoTriedALinkIsToldFromTheServersOwnLog() {
        Answer share = share(small, "{\"password\": \"sesame\", \"one_time\": true}");
        String path = "/s/" + share.field("token");
        http.get(path, "X-Share-Password", "wrong").expect(401);
        http.get(path, "X-Share-Password", "sesame").expect(200);
        http.get(path, "X-Share-Password", "sesame").expect(410, "download_limit_reached");
        String attempts = "/shares/" + share.field("share_id") + "/attempts";
        Http.await("the records of three attempts", () -> http.get(attempts).expect(200).text().split("\"seq\"").length == 4);
        String told = http.get(attempts).text();
        // A record is made when the answer is out, so that of two in a row the second may come first.
        for (String record : List.of("\"result\":\"download_limit_reached\",\"status\":410,", "\"result\":\"ok\",\"status\":200,\"bytes\":100000,\"page\":false",
                "\"result\":\"wrong_password\",\"status\":401,")) {
            assertTrue(told.contains(record), told);
        }
    }

    @Test
    void aGuestSendsByItsLinkAndTheRoomHasTheFile() {
        http.postJson("/rooms", "{\"name\": \"Guests\"}").expect(201);
        Answer made = http.postJson("/rooms/Guests/requests", "{\"max_files\": 1, \"protected\": true}").expect(201);
        String path = "/r/" + made.field("token") + "/from-guest.bin";
        http.put(path, SMALL).expect(401);
        assertTrue(http.put(path, SMALL, "X-Share-Password", made.field("password")).expect(201).text().startsWith("received from-guest.bin, 100000 bytes"));
        http.put(path, SMALL, "X-Share-Password", made.field("password")).expect(507);
        assertTrue(http.get("/files?room=Guests").expect(200).text().contains("from-guest.bin"));
    }

    @Test
    void aShareExpiresAndTheFileStays() {
        String token = share(small, "{\"protected\": false, \"expire_minutes\": 0.02}").field("token");
        Http.await("the share to expire", () -> http.get("/share/info/" + token).status() == 410);
        http.get("/s/" + token).expect(410, "share_expired");
        http.get("/files/" + small).expect(200);
    }

    @Test
    void termsAreChangedAndALinkIsRevokedAtOnce() throws IOException {
        String token = openShare(large, 1);
        http.get("/s/" + token, "User-Agent", "a").expect(200);
        http.get("/s/" + token, "User-Agent", "b").expect(410, "download_limit_reached");
        http.send("PATCH", "/shares/" + token, BodyPublishers.ofString("{\"max_downloads\": 3}"), "Content-Type",
                "application/json").expect(200);
        http.get("/s/" + token, "User-Agent", "b").expect(200);
        http.send("PATCH", "/shares/" + token, BodyPublishers.ofString("{\"password\": \"later\"}"), "Content-Type",
                "application/json").expect(200);
        http.get("/s/" + token, "User-Agent", "c").expect(401, "password_required");
        try (RawConnection connection = new RawConnection(server)) {
            connection.head("GET /s/" + token + "?password=later HTTP/1.1", "Host: localhost", "User-Agent: c");
            assertTrue(connection.readHead().startsWith("HTTP/1.1 200"));
            assertTrue(http.delete("/shares/" + token).status() < 300);
            http.get("/s/" + token + "?password=later", "User-Agent", "d").expect(404, "share_not_found");
            http.get("/share/info/" + token).expect(404, "share_not_found");
            assertTrue(connection.readUntilQuiet(10_000).length() < LARGE.length, "the stream went on to its end");
        }
        http.get("/files/" + large).expect(200);
    }

    @Test
    void aRecipientLearnsOnlyWhatIsNeeded() {
        String token = share(small, "{\"password\": \"pw of it\", \"max_downloads\": 2, \"expire_minutes\": 5}").field("token");
        Map<String, Object> info = http.get("/share/info/" + token).expect(200).json();
        assertEquals("small.bin", info.get("filename"));
        assertEquals(SMALL.length, info.get("file_size"));
        assertFalse(info.containsKey("file_id"), "the id opens other doors: " + info);
        assertNull(info.get("password"));
        http.get("/share/info/" + token + "x").expect(404, "share_not_found");
        http.get("/s/none").expect(404, "share_not_found");
    }

    @Test
    void sharesOutliveARestartWithTheirCounts(@TempDir Path folder) {
        try (ServerProcess own = ServerProcess.start(folder.resolve("data")); Http client = new Http(own)) {
            String id = client.store("f", SMALL);
            String token = client.postJson("/share/create/" + id, "{\"protected\": false, \"max_downloads\": 2}").expect(201).field("token");
            client.get("/s/" + token, "User-Agent", "a").expect(200);
            own.kill();
            own.restart();
            client.get("/s/" + token, "User-Agent", "b").expect(200);
            client.get("/s/" + token, "User-Agent", "c").expect(410, "download_limit_reached");
        }
    }

    @Test
    void guessingPasswordsIsSlowedDownAlsoAfterARestart(@TempDir Path folder) {
        try (ServerProcess own = ServerProcess.start(folder.resolve("data")); Http client = new Http(own)) {
            String id = client.store("f", SMALL);
            String token = client.postJson("/share/create/" + id, "{\"password\": \"right one\"}").expect(201).field("token");
            Answer last = null;
            int tries = 0;
            while (last == null || last.status() == 401) {
                assertTrue(++tries <= 12, "guessing goes on and on");
                last = client.get("/s/" + token + "?password=guess" + tries);
            }
            last.expect(429, "too_many_attempts");
            assertTrue(Integer.parseInt(last.header("Retry-After")) > 0);
            assertTrue(tries > 5, "only " + (tries - 1) + " free tries");
            own.kill();
            own.restart();
            // The wait may be over by now, but the next wrong one is not free again.
            if (client.get("/s/" + token + "?password=guess").status() != 429) {
                client.get("/s/" + token + "?password=guess").expect(429, "too_many_attempts");
            }
        }
    }
}
