package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.accounts.Sessions;
import tranzr.api.Gate;
import tranzr.catalog.Change;
import tranzr.model.AccessToken;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.model.Session;
import tranzr.security.Tokens;
import tranzr.security.Totp;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

class SessionRoutesTest {

    private static final String OPERATOR = "the-operators-own-token";
    private static final String[] AS_OPERATOR = {"Authorization", "Bearer " + OPERATOR};

    @TempDir
    Path folder;
    private ServedEngine server;

    @BeforeEach
    void start() throws Exception {
        server = new ServedEngine(folder, OPERATOR, null);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    /** A browser after its login. */
    private record Browser(String cookie, String csrf, String session) {
        static Browser of(Answer login) {
            String set = login.header("Set-Cookie");
            return new Browser(set.substring(set.indexOf('=') + 1, set.indexOf(';')), login.field("csrf_token"), login.field("session_id"));
        }

        String[] reading() {
            return new String[] {"Cookie", Gate.SESSION_COOKIE + "=" + cookie};
        }

        String[] writing() {
            return new String[] {"Cookie", Gate.SESSION_COOKIE + "=" + cookie, Gate.CSRF_HEADER, csrf};
        }
    }

    private Browser login(String token, String... headers) {
        return Browser.of(server.post("/login", "{\"token\": \"" + token + "\"}", headers).expect(200));
    }

    private UUID token(String secret, Right... rights) throws Exception {
        UUID id = UUID.randomUUID();
        AccessToken token = new AccessToken(id, Tokens.hash(secret), secret.substring(4), server.engine().core().now(), java.util.Set.of(rights), Map.of(), Quota.NONE, null,
                List.of(), null);
        server.engine().core().commit(List.of(new Change.EntityAdded(token)));
        return id;
    }

    @Test
    void aLoginGivesACookieOutOfReachForScriptsAndWhatAPageNeeds() throws Exception {
        UUID id = token("tzk_anna", Right.LIST, Right.UPLOAD);
        Answer answer = server.post("/login", "{\"token\": \"tzk_anna\"}", "User-Agent", "Browser/1 (\u00e4)").expect(200);
        assertTrue(answer.header("Set-Cookie").matches("__Host-tranzr=tzs_[A-Za-z0-9_-]{43}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=43200"), answer.toString());
        assertEquals("no-store", answer.header("Cache-Control"));
        assertEquals(id.toString(), answer.field("token_id"));
        assertEquals("anna", answer.field("name"));
        assertEquals(List.of("upload", "list"), answer.json().get("rights"));
        assertEquals("none", answer.field("second_factor"));
        assertEquals("2026-01-01T12:00:00Z", answer.field("expires_at"));
        Browser browser = Browser.of(answer);
        assertFalse(answer.text().contains(browser.cookie()));
        assertEquals(answer.json(), server.get("/session", browser.reading()).expect(200).json());
        server.get("/files", browser.reading()).expect(200);
        server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 1}", browser.writing()).expect(201);
        server.post("/share/create/" + UUID.randomUUID(), "", browser.writing()).expect(403, "forbidden");
        Map<String, Object> listed = server.get("/sessions", browser.reading()).expect(200).list().getFirst();
        assertEquals("127.0.0.1", listed.get("address"));
        assertEquals(true, listed.get("current"));
        assertTrue(((String) listed.get("user_agent")).startsWith("Browser/1"), listed.toString());
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertFalse(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(browser.cookie()), file.toString());
            }
        }
    }

    @Test
    void theTokenComesAsBearerOrInTheBodyAndNothingElseLogsIn() throws Exception {
        server.post("/login", "", AS_OPERATOR).expect(200);
        server.post("/login", "{\"token\": \"" + OPERATOR + "\"}", AS_OPERATOR).expect(200);
        assertEquals("token", server.post("/login", "{\"token\": \"tzk_other\"}", AS_OPERATOR).expect(400, "invalid_value").field("field"));
        server.post("/login", "").expect(401, "token_required");
        server.post("/login", "{\"token\": 5}").expect(400, "invalid_value");
        server.post("/login", "[]").expect(400, "invalid_json");
        server.post("/login", "{\"token\": \"tzk_unknown\"}").expect(401, "wrong_token");
        Browser browser = login(OPERATOR);
        server.post("/login", "{\"token\": \"" + browser.cookie() + "\"}").expect(401, "wrong_token");
        server.get("/files", "Authorization", "Bearer " + browser.cookie()).expect(401, "wrong_token");
        String once = server.post("/one-time-tokens", "{\"right\": \"list\"}", AS_OPERATOR).expect(201).field("token");
        server.post("/login", "{\"token\": \"" + once + "\"}").expect(401, "wrong_token");
        server.get("/files", "Authorization", "Bearer " + once).expect(200); // it was not used up by that
        server.get("/files", "Cookie", Gate.SESSION_COOKIE + "=" + OPERATOR).expect(401, "session_expired");
    }

    @Test
    void aBrowserNeverChoosesItsSessionAndALoginTakesThePlaceOfTheLast() {
        String chosen = "tzs_0123456789012345678901234567890123456789012";
        Browser first = login(OPERATOR, "Cookie", Gate.SESSION_COOKIE + "=" + chosen);
        assertNotEquals(chosen, first.cookie());
        server.get("/session", "Cookie", Gate.SESSION_COOKIE + "=" + chosen).expect(401, "session_expired");
        Browser second = login(OPERATOR, first.reading());
        assertNotEquals(first.cookie(), second.cookie());
        server.get("/session", first.reading()).expect(401, "session_expired");
        server.get("/session", second.reading()).expect(200);
        login(OPERATOR);
        assertEquals(2, server.get("/sessions", second.reading()).expect(200).list().size());
    }

    @Test
    void aLogoutEndsTheSessionHereToo() {
        Browser browser = login(OPERATOR);
        Browser other = login(OPERATOR);
        Answer out = server.post("/logout", "", browser.writing()).expect(204);
        assertEquals("__Host-tranzr=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0", out.header("Set-Cookie"));
        Answer after = server.get("/files", browser.reading()).expect(401, "session_expired");
        assertEquals("Bearer realm=\"tranzr\"", after.header("WWW-Authenticate")); // at Basic a browser would ask by itself
        server.get("/files", other.reading()).expect(200);
        server.post("/logout", "", AS_OPERATOR).expect(204);
        server.get("/files", AS_OPERATOR).expect(200);
    }

    @Test
    void aSessionEndsInTimeHoweverMuchItIsUsed() {
        Browser browser = login(OPERATOR);
        for (int hour = 1; hour < 12; hour++) {
            server.pass(Duration.ofHours(1));
            server.get("/files", browser.reading()).expect(200);
        }
        server.pass(Duration.ofHours(1).minusSeconds(1));
        server.get("/files", browser.reading()).expect(200);
        server.pass(Duration.ofSeconds(1));
        server.get("/files", browser.reading()).expect(401, "session_expired");
        assertEquals(List.of(), server.get("/sessions", AS_OPERATOR).expect(200).list());
        server.endExpired();
        assertEquals(List.of(), server.engine().core().catalog().entities(Session.class));
        server.get("/files", browser.reading()).expect(401, "session_expired");
    }

    @Test
    void anUploadGoesOnAfterTheLoginHasExpiredInItsMiddle() throws Exception {
        token("tzk_anna", Right.UPLOAD, Right.DOWNLOAD);
        Browser browser = login("tzk_anna");
        byte[] bytes = ServedEngine.bytes(10_000, 1);
        String id = server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 10000, \"chunk_size\": 1024}", browser.writing()).expect(201).field("file_id");
        for (int i = 0; i < 4; i++) {
            put(id, i, bytes, browser).expect(200);
        }
        server.pass(ServedEngine.SESSION_TTL);
        put(id, 4, bytes, browser).expect(401, "session_expired");
        server.endExpired();
        put(id, 4, bytes, browser).expect(401, "session_expired");
        Browser again = login("tzk_anna", browser.reading());
        assertEquals(List.of(0, 1, 2, 3), server.get("/upload/status/" + id, again.reading()).expect(200).json().get("uploaded_chunks"));
        put(id, 4, bytes, browser).expect(401, "session_expired");
        for (int i = 4; i < 10; i++) {
            put(id, i, bytes, again).expect(200);
        }
        server.post("/upload/merge/" + id, "", again.writing()).expect(200);
        assertArrayEquals(bytes, server.get("/download/" + id, again.reading()).expect(200).body());
    }

    private Answer put(String id, int chunk, byte[] bytes, Browser browser) {
        return server.put("/uploads/" + id + "/chunks/" + chunk, Arrays.copyOfRange(bytes, chunk * 1024, Math.min(bytes.length, (chunk + 1) * 1024)), browser.writing());
    }

    @Test
    void aBodyUnderWayIsCutWhenItsSessionIsEndedAndWhatCameIsKept() throws Exception {
        Browser browser = login(OPERATOR);
        byte[] bytes = ServedEngine.bytes(1 << 20, 2);
        String id = server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": " + bytes.length + "}", browser.writing()).expect(201).field("file_id");
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(("PUT /upload/" + id + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + bytes.length + "\r\nCookie: " + Gate.SESSION_COOKIE + "="
                    + browser.cookie() + "\r\n" + Gate.CSRF_HEADER + ": " + browser.csrf() + "\r\nExpect: 100-continue\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertEquals("HTTP/1.1 100", new String(in.readNBytes(12), StandardCharsets.US_ASCII)); // so the handler reads
            socket.getOutputStream().write(bytes, 0, bytes.length / 2);
            server.delete("/sessions/" + browser.session(), AS_OPERATOR).expect(204);
            String rest = new String(readToTheEnd(in), StandardCharsets.US_ASCII);
            assertFalse(rest.contains("HTTP/1.1 200"), rest);
        }
        server.get("/session", browser.reading()).expect(401, "session_expired");
        Browser again = login(OPERATOR);
        List<?> missing = (List<?>) server.get("/upload/status/" + id, again.reading()).expect(200).json().get("missing_ranges");
        int from = ((Number) ((List<?>) missing.getFirst()).getFirst()).intValue();
        server.send("PUT", "/upload/" + id, java.net.http.HttpRequest.BodyPublishers.ofByteArray(Arrays.copyOfRange(bytes, from, bytes.length)), "Content-Range",
                "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length, again.writing()[0], again.writing()[1], again.writing()[2], again.writing()[3]).expect(200);
        assertArrayEquals(bytes, server.get("/download/" + id, again.reading()).expect(200).body());
    }

    private static byte[] readToTheEnd(InputStream in) {
        try {
            return in.readAllBytes();
        } catch (java.net.SocketException reset) {
            return new byte[0];
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void sessionsAreSeenAndEndedByTheirTokenAndByAdministrators() throws Exception {
        UUID anna = token("tzk_anna", Right.LIST);
        UUID bert = token("tzk_bert", Right.LIST);
        Browser one = login("tzk_anna");
        server.pass(Duration.ofSeconds(1));
        Browser two = login("tzk_anna");
        Browser foreign = login("tzk_bert");
        assertEquals(List.of(two.session(), one.session()), ids(server.get("/sessions", one.reading())).toList());
        assertEquals(2, server.get("/sessions", "Authorization", "Bearer tzk_anna").expect(200).list().size());
        server.get("/sessions?token_id=" + bert, one.reading()).expect(403, "forbidden");
        assertEquals(List.of(foreign.session()), ids(server.get("/sessions?token_id=" + bert, AS_OPERATOR)).toList());
        server.get("/sessions?token_id=" + UUID.randomUUID(), AS_OPERATOR).expect(404, "token_not_found");
        server.get("/sessions?token_id=x", AS_OPERATOR).expect(404, "token_not_found");
        assertEquals(List.of(), server.get("/sessions", AS_OPERATOR).expect(200).list());

        server.delete("/sessions/" + foreign.session(), one.writing()).expect(404, "session_not_found");
        server.delete("/sessions/x", one.writing()).expect(404, "session_not_found");
        server.delete("/sessions/" + two.session(), one.reading()).expect(403, "csrf");
        server.delete("/sessions/" + two.session(), one.writing()).expect(204);
        server.delete("/sessions/" + two.session(), one.writing()).expect(404, "session_not_found");
        server.get("/session", two.reading()).expect(401, "session_expired");
        server.delete("/sessions/" + foreign.session(), AS_OPERATOR).expect(204);
        server.get("/session", foreign.reading()).expect(401, "session_expired");

        Browser three = login("tzk_anna");
        Browser four = login("tzk_anna");
        server.delete("/sessions", one.writing()).expect(204);
        server.get("/session", one.reading()).expect(200);
        server.get("/session", three.reading()).expect(401, "session_expired");
        server.get("/session", four.reading()).expect(401, "session_expired");
        server.delete("/sessions", "Authorization", "Bearer tzk_anna").expect(204);
        server.get("/session", one.reading()).expect(401, "session_expired");
        assertEquals(List.of(), server.get("/sessions?token_id=" + anna, AS_OPERATOR).expect(200).list());
    }

    private static Stream<String> ids(Answer sessions) {
        return sessions.expect(200).list().stream().map(session -> (String) session.get("session_id"));
    }

    @Test
    void pagesOfTheListJoinToTheWhole() {
        for (int i = 0; i < 5; i++) {
            login(OPERATOR);
            server.pass(Duration.ofSeconds(1));
        }
        List<String> all = ids(server.get("/sessions", AS_OPERATOR)).toList();
        Answer first = server.get("/sessions?limit=3", AS_OPERATOR);
        assertEquals(all.subList(0, 3), ids(first).toList());
        String link = first.header("Link");
        Answer second = server.get(link.substring(1, link.indexOf('>')), AS_OPERATOR);
        assertEquals(all.subList(3, 5), ids(second).toList());
        assertNull(second.header("Link"));
        server.get("/sessions?after=gone", AS_OPERATOR).expect(400, "invalid_value");
    }

    @Test
    void ofTooManySessionsTheOldestEnd() {
        Browser first = login(OPERATOR);
        server.pass(Duration.ofSeconds(1));
        Browser second = login(OPERATOR);
        server.pass(Duration.ofSeconds(1));
        for (int i = 2; i < Sessions.MAX_PER_TOKEN; i++) {
            login(OPERATOR);
        }
        server.get("/session", first.reading()).expect(200);
        login(OPERATOR);
        server.get("/session", first.reading()).expect(401, "session_expired");
        server.get("/session", second.reading()).expect(200);
        assertEquals(Sessions.MAX_PER_TOKEN, server.get("/sessions", AS_OPERATOR).expect(200).list().size());
    }

    @Test
    void sessionsEndWithTheirToken() throws Exception {
        UUID revoked = token("tzk_revoked", Right.LIST);
        UUID rotated = token("tzk_rotated", Right.LIST);
        UUID expired = token("tzk_expired", Right.LIST);
        Browser ofRevoked = login("tzk_revoked");
        Browser ofRotated = login("tzk_rotated");
        Browser ofExpired = login("tzk_expired");
        server.delete("/tokens/" + revoked, AS_OPERATOR).expect(204);
        server.get("/session", ofRevoked.reading()).expect(401, "session_expired");
        server.post("/tokens/" + rotated + "/rotate", "", AS_OPERATOR).expect(200);
        server.get("/session", ofRotated.reading()).expect(401, "session_expired");
        server.post("/login", "{\"token\": \"tzk_rotated\"}").expect(401, "wrong_token");
        server.send("PATCH", "/tokens/" + expired, java.net.http.HttpRequest.BodyPublishers.ofString("{\"expires_in\": \"1h\"}"), AS_OPERATOR).expect(200);
        server.get("/session", ofExpired.reading()).expect(200);
        server.pass(Duration.ofHours(1));
        server.get("/session", ofExpired.reading()).expect(401, "session_expired");
        server.endExpired();
        assertEquals(List.of(), server.engine().core().catalog().entities(Session.class));
    }

    @Test
    void sessionsOfTheOperatorOutliveARestartUnlessItsTokenIsChanged() throws Exception {
        token("tzk_anna", Right.LIST);
        Browser operator = login(OPERATOR);
        Browser anna = login("tzk_anna");
        String first = once();
        String second = once();
        restart(OPERATOR);
        server.get("/files", "Authorization", "Bearer " + first).expect(200);
        server.get("/session", operator.reading()).expect(200);
        for (String changed : Arrays.asList("another-token-of-the-operator", null)) {
            restart(changed);
            server.get("/session", operator.reading()).expect(401, "session_expired");
            server.get("/session", anna.reading()).expect(200);
        }
        restart("another-token-of-the-operator");
        server.get("/files", "Authorization", "Bearer " + second).expect(401, "wrong_token");
        String[] as = {"Authorization", "Bearer another-token-of-the-operator"};
        assertEquals(List.of(), server.get("/sessions", as).expect(200).list());
        server.delete("/sessions/" + operator.session(), as).expect(404, "session_not_found");
        server.endExpired();
        assertEquals(1, server.engine().core().catalog().entities(Session.class).size());
        restart(OPERATOR);
        server.get("/session", operator.reading()).expect(401, "session_expired"); // swept, so that it does not come back either
    }

    private String once() {
        return server.post("/one-time-tokens", "{\"right\": \"list\", \"expires_in\": \"1d\"}", AS_OPERATOR).expect(201).field("token");
    }

    private void restart(String token) throws Exception {
        server.close();
        server = new ServedEngine(folder, token, null);
    }

    @Test
    void overPlainHttpOnlyTheOwnMachineLogsIn() throws Exception {
        for (String host : List.of("localhost", "127.0.0.1:8000", "[::1]:1", "a.localhost")) {
            assertTrue(loginAs(host).startsWith("HTTP/1.1 200"), host);
        }
        for (String host : List.of("files.example.org", "192.0.2.1", "localhost.example.org")) {
            String answer = loginAs(host);
            assertTrue(answer.startsWith("HTTP/1.1 403") && answer.contains("\"https_required\"") && !answer.contains("Set-Cookie"), host + ": " + answer);
        }
    }

    private String loginAs(String host) throws Exception {
        return server.raw("POST /login HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\nAuthorization: Bearer " + OPERATOR + "\r\nContent-Length: 0\r\n\r\n");
    }

    @Test
    void aTokenOfItsOwnHasNoSession() throws Exception {
        UUID id = token("tzk_anna", Right.LIST);
        Answer answer = server.get("/session", "Authorization", "Bearer tzk_anna").expect(200);
        assertEquals(id.toString(), answer.field("token_id"));
        for (String field : List.of("session_id", "expires_at", "csrf_token", "proven_until")) {
            assertTrue(answer.json().containsKey(field), field);
            assertNull(answer.field(field));
        }
        String once = server.post("/one-time-tokens", "{\"right\": \"list\"}", AS_OPERATOR).expect(201).field("token");
        server.get("/session", "Authorization", "Bearer " + once).expect(403, "forbidden");
    }

    @Test
    void aServerThatAsksForNoTokenTakesNoNoticeOfCookies() throws Exception {
        stop();
        server = new ServedEngine(folder.resolve("open"));
        assertEquals("operator", server.get("/session").expect(200).field("name"));
        server.get("/session", "Cookie", Gate.SESSION_COOKIE + "=tzs_left-over").expect(200);
        server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 1}", "Cookie", Gate.SESSION_COOKIE + "=tzs_left-over").expect(201);
        server.post("/login", "").expect(401, "token_required");
        server.post("/login", "{\"token\": \"tzk_any\"}").expect(401, "wrong_token");
        server.post("/logout", "").expect(204);
    }

    @Test
    void aLoginMayShowTheSecondFactorAtOnce() throws Exception {
        token("tzk_anna", Right.DELETE);
        String secret = server.post("/totp", "", "Authorization", "Bearer tzk_anna").expect(201).field("secret");
        server.post("/totp/confirm", code(secret), "Authorization", "Bearer tzk_anna").expect(204);
        server.pass(Totp.STEP);
        Browser without = login("tzk_anna");
        assertEquals("enrolled", server.get("/session", without.reading()).field("second_factor"));
        assertNull(server.get("/session", without.reading()).field("proven_until"));
        String wrong = code(secret).replaceAll("\"\\d{6}\"", "\"" + Totp.code(secret, server.engine().core().now().plusSeconds(3600)) + "\"");
        assertNull(server.post("/login", wrong.replace("{", "{\"token\": \"tzk_anna\", ")).expect(403, "wrong_code").header("Set-Cookie"));
        String both = code(secret).replace("{", "{\"token\": \"tzk_anna\", ");
        Answer proven = server.post("/login", both).expect(200);
        assertEquals(server.engine().core().now().plus(Duration.ofMinutes(5)).toString(), proven.field("proven_until"));
        server.post("/login", both).expect(403, "wrong_code");
        server.post("/login", "{\"token\": \"" + OPERATOR + "\", \"code\": \"123456\"}").expect(409, "not_for_operator");
    }

    private String code(String secret) {
        return "{\"code\": \"" + Totp.code(secret, server.engine().core().now()) + "\"}";
    }
}
