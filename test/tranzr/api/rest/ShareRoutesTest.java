package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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

class ShareRoutesTest {

    private static final byte[] FILE = ServedEngine.bytes(5000, 1);

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

    @Test
    void withoutParametersALinkIsShortLivedLimitedAndGuarded() {
        Answer share = create("");
        assertEquals("2026-01-01T01:00:00Z", share.field("expires_at"));
        assertEquals("5", share.field("max_downloads"));
        assertEquals(true, share.json().get("protected"));
        assertTrue(share.field("password").length() >= 25);
        assertEquals(server.url() + "/s/" + share.field("token") + "/file.bin", share.field("share_url"));
        Answer refused = server.get(share.field("share_url")).expect(401, "password_required");
        assertEquals("Basic realm=\"tranzr share\", charset=\"UTF-8\"", refused.header("WWW-Authenticate"));
        assertArrayEquals(FILE, server.get(share.field("share_url"), "X-Share-Password", share.field("password")).expect(200).body());
    }

    @Test
    void termsComeByQueryOrJsonWithoutContradiction() {
        Answer byQuery = server.post("/share/create/" + id + "?expire_minutes=1.5&max_downloads=2&protected=false", "").expect(201);
        assertEquals("2026-01-01T00:01:30Z", byQuery.field("expires_at"));
        assertEquals("2", byQuery.field("max_downloads"));
        assertNull(byQuery.field("password"));
        assertEquals("2", server.post("/share/create/" + id + "?max_downloads=2", "{\"max_downloads\": 2}").expect(201).field("max_downloads"));
        server.post("/share/create/" + id + "?max_downloads=2", "{\"max_downloads\": 3}").expect(400, "invalid_value");
        server.post("/share/create/" + id + "?max_downloads=2", "{\"max_downloads\": null}").expect(400, "invalid_value");
    }

    @Test
    void aLinkForSomeAddressesOpensNothingFromElsewhereAndCostsTheSameToTry() {
        Answer share = create("{\"addresses\": [\"10.0.0.0/8\", \"2001:db8::/32\"], \"password\": \"right\"}");
        assertEquals("[10.0.0.0/8, 2001:db8::/32]", share.json().get("addresses").toString());
        String path = "/s/" + share.field("token");
        int before = server.hashedPasswords();
        server.get(path).expect(403, "address_not_allowed");
        assertTrue(server.get(path, "Accept", "text/html").expect(403).text().contains("Not from here"));
        server.get("/share/info/" + share.field("token")).expect(403, "address_not_allowed");
        assertEquals(before, server.hashedPasswords());
        server.get(path, "X-Share-Password", "right").expect(403, "address_not_allowed");
        server.get(path, "X-Share-Password", "wrong").expect(403, "address_not_allowed");
        assertEquals(before + 2, server.hashedPasswords());
        assertEquals("0", server.get("/shares").list().getFirst().get("downloads").toString());
        server.patch("/shares/" + share.field("token"), "{\"addresses\": [\"127.0.0.0/8\"]}").expect(200);
        assertArrayEquals(FILE, server.get(path, "X-Share-Password", "right").expect(200).body());
        server.patch("/shares/" + share.field("token"), "{\"addresses\": null}").expect(200);
        server.get("/share/info/" + share.field("token")).expect(200);
        for (String wrong : List.of("[\"10.0.0.1/8\"]", "[\"localhost\"]", "[5]", "[\"\"]", "\"10.0.0.0/8,\"")) {
            server.post("/share/create/" + id, "{\"addresses\": " + wrong + "}").expect(400, "invalid_value");
            server.patch("/shares/" + share.field("token"), "{\"addresses\": " + wrong + "}").expect(400, "invalid_value");
        }
    }

    @Test
    void aOneTimeLinkIsForOneDownloadForGood() {
        Answer share = create("{\"one_time\": true, \"protected\": false, \"notice\": true}");
        assertEquals("1", share.field("max_downloads"));
        assertEquals(true, share.json().get("one_time"));
        assertEquals(true, share.json().get("notice"));
        String admin = "/shares/" + share.field("share_id");
        for (String raise : List.of("{\"max_downloads\": 2}", "{\"max_downloads\": null}", "{\"one_time\": false}", "{\"one_time\": false, \"max_downloads\": 5}")) {
            server.patch(admin, raise).expect(400, "invalid_value");
        }
        server.post("/share/create/" + id, "{\"one_time\": true, \"max_downloads\": 2}").expect(400, "invalid_value");
        server.patch(admin, "{\"expire_minutes\": 9}").expect(200);
        String path = "/s/" + share.field("token");
        server.get(path, "Accept", "text/html").expect(200);
        server.head(path).expect(200);
        assertArrayEquals(FILE, server.get(path).expect(200).body());
        server.get(path).expect(410, "download_limit_reached");
        server.get(path, "Range", "bytes=5-").expect(410, "download_limit_reached");
        server.head(path).expect(410);
        server.patch(admin, "{\"max_downloads\": 2}").expect(400, "invalid_value");
        Answer usual = create("{\"protected\": false}");
        server.patch("/shares/" + usual.field("share_id"), "{\"one_time\": true}").expect(200);
        server.get("/s/" + usual.field("token")).expect(200);
        server.get("/s/" + usual.field("token")).expect(410);
    }

    @Test
    void whoManagesALinkSeesWhoUsedIt() {
        Answer share = create("{\"password\": \"right\"}");
        Answer other = create("{\"protected\": false}");
        String path = "/s/" + share.field("token");
        server.get(path, "X-Share-Password", "wrong").expect(401);
        awaitRecords(1);
        server.get(path, "Accept", "text/html").expect(200);
        awaitRecords(2);
        server.get(path, "X-Share-Password", "right").expect(200);
        awaitRecords(3);
        server.get("/s/" + other.field("token")).expect(200);
        awaitRecords(4);
        String attempts = "/shares/" + share.field("share_id") + "/attempts";
        server.recorded().forEach(entry -> server.audit().append(entry));
        List<Map<String, Object>> told = server.get(attempts).expect(200).list();
        assertEquals(3, told.size());
        assertEquals(List.of("ok", "ok", "wrong_password"), told.stream().map(each -> each.get("result")).toList());
        assertEquals(List.of(false, true, false), told.stream().map(each -> each.get("page")).toList());
        assertEquals("5000", told.getFirst().get("bytes").toString());
        assertEquals("127.0.0.1", told.getFirst().get("address"));
        assertEquals("401", told.getLast().get("status").toString());
        Answer page = server.get(attempts + "?limit=2").expect(200);
        assertEquals(told.subList(0, 2), page.list());
        assertEquals(told.subList(2, 3), server.get(page.header("Link").replaceAll("^<|>.*$", "")).expect(200).list());
        assertEquals(told, server.get("/shares/" + share.field("token") + "/attempts").expect(200).list());
        server.get("/shares/none/attempts").expect(404, "share_not_found");
        server.get(attempts + "?after=x").expect(400, "invalid_value");
        assertFalse(server.get(attempts).text().contains(share.field("token")));
    }

    private void awaitRecords(int count) {
        tranzr.e2e.Http.await(count + " records", () -> server.recorded().stream().filter(entry -> entry.action().equals("share.download")).count() == count);
    }

    @Test
    void aLinkOpensItsOwnFileAndNothingElse() {
        Answer share = create("{\"protected\": false, \"max_downloads\": null}");
        String token = share.field("token");
        String sibling = server.store(ServedEngine.bytes(5000, 2));
        for (String path : List.of("/s/" + token + "/" + sibling, "/s/" + token + "/other.bin", "/s/" + token + "/..", "/s/" + token + "?file_id=" + sibling,
                "/share/download/" + token + "/..%2f" + sibling)) {
            Answer answer = server.get(path);
            assertTrue(answer.status() != 200 || java.util.Arrays.equals(FILE, answer.body()), path + ": " + answer.status());
        }
        for (String path : List.of("/s/" + token + "/../" + sibling, "/s/" + token + "/a/b", "/s/" + token + "/file.bin/../../" + sibling,
                "/share/download/" + token + "/a/b", "/s/" + share.field("share_id"), "/s/" + Digest.sha256(token.getBytes(StandardCharsets.US_ASCII)).hex(),
                "/s/" + token.substring(1), "/s/" + token + "x", "/s/" + id)) {
            assertEquals(404, server.get(path).status(), path);
        }
    }

    @Test
    void aLinkToARemovedFileStaysDeadWhenAnotherFileComes() {
        String token = create("{\"protected\": false}").field("token");
        server.delete("/files/" + id).expect(204);
        server.store(FILE);
        server.get("/s/" + token).expect(404, "share_not_found");
        server.get("/share/info/" + token).expect(404, "share_not_found");
        server.get("/shares/" + token + "/attempts").expect(404, "share_not_found");
    }

    @Test
    void noLimitHasToBeSaidInWords() {
        Answer share = create("{\"expire_minutes\": null, \"max_downloads\": null, \"protected\": false}");
        assertTrue(share.json().containsKey("expires_at"));
        assertNull(share.field("expires_at"));
        assertNull(share.field("max_downloads"));
        assertNull(server.post("/share/create/" + id + "?expire_minutes=none&max_downloads=none", "").expect(201).field("expires_at"));
        for (String wrong : List.of("{\"expire_minutes\": 0}", "{\"expire_minutes\": -1}", "{\"expire_minutes\": \"5\"}", "{\"expire_minutes\": 1e18}",
                "{\"max_downloads\": 0}", "{\"max_downloads\": 1.5}", "{\"max_downloads\": true}", "{\"protected\": \"no\"}",
                "{\"password\": \"\"}", "{\"password\": 5}", "{\"password\": \"x\", \"protected\": false}")) {
            server.post("/share/create/" + id, wrong).expect(400, "invalid_value");
        }
        server.post("/share/create/" + id + "?expire_minutes=", "").expect(400, "invalid_value");
        server.post("/share/create/" + id + "?max_downloads=lots", "").expect(400, "invalid_value");
    }

    @Test
    void thePasswordComesInThreeWays() {
        String path = "/s/" + create("{\"password\": \"grüße & küsse\", \"max_downloads\": null}").field("token");
        String basic = "Basic " + Base64.getEncoder().encodeToString("anyone:grüße & küsse".getBytes(StandardCharsets.UTF_8));
        server.get(path, "Authorization", basic).expect(200);
        server.get(path + "?password=gr%C3%BC%C3%9Fe+%26+k%C3%BCsse").expect(200);
        server.get(path + "?password=wrong").expect(401, "wrong_password");
        for (String sister : List.of("/share/download/", "/s/")) {
            String token = path.substring(3);
            assertArrayEquals(FILE, server.get(sister + token, "Authorization", basic).expect(200).body());
            assertArrayEquals(FILE, server.get(sister + token + "/any%20name", "Authorization", basic).expect(200).body());
            server.head(sister + token, "Authorization", basic).expect(200);
            server.head(sister + token).expect(401);
        }
    }

    @Test
    void aPasswordInAHeaderIsReadAsTyped() throws IOException {
        String token = create("{\"password\": \"grüße\"}").field("token");
        String answer = server.raw("GET /s/" + token + " HTTP/1.1\r\nHost: localhost\r\nX-Share-Password: grüße\r\nConnection: close\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
    }

    @Test
    void guessingIsSlowedDown() {
        String path = "/s/" + create("{\"password\": \"right\"}").field("token");
        int tries = 0;
        Answer last = server.get(path + "?password=0");
        while (last.status() == 401 && tries++ < 10) {
            last = server.get(path + "?password=" + tries);
        }
        last.expect(429, "too_many_attempts");
        assertTrue(Long.parseLong(last.header("Retry-After")) >= 1);
    }

    @Test
    void onlyBytesCountAsADownload() {
        String path = "/s/" + create("{\"protected\": false, \"max_downloads\": 1}").field("token");
        String tag = server.head(path).expect(200).header("ETag");
        server.get(path, "If-None-Match", tag).expect(304);
        server.get(path, "Range", "bytes=9999-").expect(416);
        server.get(path, "If-Match", "\"other\"").expect(412);
        server.get("/share/info" + path.substring(2)).expect(200);
        assertEquals("0", server.get("/shares").list().getFirst().get("downloads").toString());
        server.get(path, "User-Agent", "one").expect(200);
        server.get(path, "User-Agent", "two").expect(410, "download_limit_reached");
        server.head(path, "User-Agent", "two").expect(410);
        server.get(path, "User-Agent", "one", "Range", "bytes=100-199").expect(206);
        assertEquals("0", server.get("/share/info" + path.substring(2)).expect(200).field("downloads_left"));
    }

    @Test
    void aRecipientLearnsNoMoreThanNeeded() {
        Map<String, Object> open = server.get("/share/info/" + create("{\"protected\": false}").field("token")).expect(200).json();
        assertEquals(List.of("filename", "file_size", "file_hash", "expires_at", "downloads_left", "protected", "archive", "files"), List.copyOf(open.keySet()));
        Map<String, Object> guarded = server.get("/share/info/" + create("").field("token")).expect(200).json();
        assertEquals(List.of("filename", "file_size", "expires_at", "downloads_left", "protected", "archive", "files"), List.copyOf(guarded.keySet()));
        server.get("/share/info/other").expect(404, "share_not_found");
    }

    @Test
    void sharesAreListedWithoutTheirSecrets() {
        Answer first = create("");
        server.pass(Duration.ofSeconds(1));
        Answer second = create("");
        List<Map<String, Object>> list = server.get("/shares").expect(200).list();
        assertEquals(List.of(second.field("share_id"), first.field("share_id")), list.stream().map(share -> share.get("share_id")).toList());
        assertEquals("file.bin", list.getFirst().get("filename"));
        assertFalse(server.get("/shares").text().contains(first.field("token")));
        Answer page = server.get("/shares?limit=1").expect(200);
        String next = page.header("Link").replaceFirst("<(.*)>; rel=\"next\"", "$1");
        assertEquals(first.field("share_id"), server.get(next).list().getFirst().get("share_id"));
        server.get("/s/" + first.field("share_id")).expect(404, "share_not_found");
    }

    @Test
    void termsAreChangedOneByOne() {
        Answer share = create("{\"password\": \"first\"}");
        String path = "/shares/" + share.field("share_id");
        Answer limit = server.patch(path, "{\"max_downloads\": 9}").expect(200);
        assertEquals("9", limit.field("max_downloads"));
        assertEquals(share.field("expires_at"), limit.field("expires_at"));
        assertEquals(true, limit.json().get("protected"));
        assertEquals("2027-05-01T10:00:00Z", server.patch(path, "{\"expires_at\": \"2027-05-01T12:00:00+02:00\"}").expect(200).field("expires_at"));
        assertNull(server.patch("/shares/" + share.field("token"), "{\"expires_at\": null}").expect(200).field("expires_at"));
        assertEquals("2026-01-01T00:10:00Z", server.patch(path, "{\"expire_minutes\": 10}").expect(200).field("expires_at"));
        server.get("/s/" + share.field("token") + "?password=first").expect(200);
        server.patch(path, "{\"password\": \"second\"}").expect(200);
        server.get("/s/" + share.field("token") + "?password=first").expect(401, "wrong_password");
        assertEquals(false, server.patch(path, "{\"protected\": false}").expect(200).json().get("protected"));
        server.get("/s/" + share.field("token")).expect(200);
        String generated = server.patch(path, "{\"protected\": true}").expect(200).field("password");
        server.get("/s/" + share.field("token") + "?password=" + generated).expect(200);
        assertNull(server.patch(path, "{\"protected\": true}").expect(200).field("password"));
        for (String wrong : List.of("{\"expires_at\": \"2020-01-01T00:00:00Z\"}", "{\"expires_at\": \"soon\"}", "{\"max_downloads\": 0}",
                "{\"expires_at\": null, \"expire_minutes\": 5}", "{\"password\": null}", "{\"password\": \"x\", \"protected\": false}")) {
            server.patch(path, wrong).expect(400, "invalid_value");
        }
        server.patch("/shares/none", "{}").expect(404, "share_not_found");
    }

    @Test
    void aRevokedLinkIsGoneAndAnExpiredOneSaysSo() {
        String revoked = create("{\"protected\": false}").field("token");
        server.delete("/shares/" + revoked).expect(204);
        server.delete("/shares/" + revoked).expect(404, "share_not_found");
        server.get("/s/" + revoked).expect(404, "share_not_found");
        String token = create("{\"protected\": false, \"expire_minutes\": 1}").field("token");
        server.pass(Duration.ofMinutes(1));
        server.get("/s/" + token).expect(410, "share_expired");
        server.get("/share/info/" + token).expect(410, "share_expired");
    }
}
