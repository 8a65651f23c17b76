package tranzr.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** What pages of other sites can do with a browser that has logged in: nothing. */
class BrowserGateTest {

    private static final String TOKEN = "tzk_of-the-operator";
    private static final String START = "{\"filename\": \"f\", \"file_size\": 1}";

    @TempDir
    Path folder;
    private ServedEngine server;
    private String cookie;
    private String csrf;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder, TOKEN, null);
        Answer login = server.post("/login", "{\"token\": \"" + TOKEN + "\"}").expect(200);
        cookie = login.header("Set-Cookie").replaceFirst(";.*", "");
        csrf = login.field("csrf_token");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static String[] with(String[] fields, String... more) {
        return Stream.concat(Stream.of(fields), Stream.of(more)).toArray(String[]::new);
    }

    private String[] writing(String... more) {
        return with(new String[] {"Cookie", cookie, Gate.CSRF_HEADER, csrf}, more);
    }

    private String[] reading(String... more) {
        return with(new String[] {"Cookie", cookie}, more);
    }

    private int files() {
        return server.get("/files", "Authorization", "Bearer " + TOKEN).expect(200).list().size();
    }

    @Test
    void whatChangesSomethingNeedsMoreThanTheCookie() {
        server.post("/upload/start", START, reading()).expect(403, "csrf");
        server.post("/upload/start", START, reading(Gate.CSRF_HEADER, "")).expect(403, "csrf");
        server.post("/upload/start", START, reading(Gate.CSRF_HEADER, csrf.substring(1))).expect(403, "csrf");
        server.post("/upload/start", START, reading(Gate.CSRF_HEADER, Gate.csrfToken("tzs_another"))).expect(403, "csrf");
        server.post("/upload/start?csrf_token=" + csrf, START, reading()).expect(403, "csrf");
        for (String method : List.of("PUT", "DELETE", "PATCH", "POST")) {
            String path = method.equals("PUT") ? "/name" : method.equals("POST") ? "/logout" : "/shares/none";
            Answer refused = server.send(method, path, java.net.http.HttpRequest.BodyPublishers.noBody(), reading("Accept", "application/json"));
            assertEquals("csrf", refused.expect(403).field("code"), method);
        }
        assertEquals(0, files());
        server.post("/upload/start", START, writing()).expect(201);
    }

    @Test
    void pagesOfOtherSitesAreRefusedEvenWithTheRightToken() {
        for (String[] from : List.of(new String[] {"Sec-Fetch-Site", "cross-site"}, new String[] {"Sec-Fetch-Site", "same-site"}, new String[] {"Sec-Fetch-Site", "CROSS-SITE"},
                new String[] {"Origin", "https://evil.example"}, new String[] {"Origin", "null"}, new String[] {"Origin", "http://127.0.0.1.evil.example"},
                new String[] {"Origin", server.url(), "Sec-Fetch-Site", "cross-site"}, new String[] {"Origin", "not a url"})) {
            server.post("/upload/start", START, writing(from)).expect(403, "cross_site");
            server.get("/files", reading(from)).expect(403, "cross_site");
            server.get("/session", reading(from)).expect(403, "cross_site");
            server.post("/login", "{\"token\": \"" + TOKEN + "\"}", from).expect(403, "cross_site");
        }
        assertEquals(0, files());
        server.post("/upload/start", START, writing("Origin", server.url(), "Sec-Fetch-Site", "same-origin")).expect(201);
        server.get("/files", reading("Sec-Fetch-Site", "same-origin")).expect(200);
        server.get("/files", reading("Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate")).expect(200);
    }

    @Test
    void aLinkFromThisSiteMayBeFollowedButNothingIsShownElsewhere() {
        server.get("/files", reading("Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate")).expect(200);
        server.get("/files", reading("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate")).expect(403, "cross_site");
        server.get("/files", reading("Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image")).expect(403, "cross_site");
        server.post("/upload/start", START, writing("Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate")).expect(403, "cross_site");
        // Older browsers do not say where a request comes from; the answer says who may have it.
        Answer answer = server.get("/files", reading()).expect(200);
        assertEquals("same-origin", answer.header("Cross-Origin-Resource-Policy"));
        assertEquals("no-store", answer.header("Cache-Control"));
        assertNull(answer.header("Access-Control-Allow-Origin"));
    }

    @Test
    void aLoginIsNotForcedOnABrowserByAnotherSite() {
        for (String[] from : List.of(new String[] {"Origin", "https://evil.example"}, new String[] {"Sec-Fetch-Site", "cross-site"}, new String[] {"Sec-Fetch-Site", "same-site"})) {
            Answer refused = server.post("/login", "{\"token\": \"" + TOKEN + "\"}", with(from, "Content-Type", "text/plain")).expect(403, "cross_site");
            assertNull(refused.header("Set-Cookie"));
            assertNull(server.post("/login", "", with(from, "Authorization", "Bearer " + TOKEN)).expect(403, "cross_site").header("Set-Cookie"));
        }
        server.post("/logout", "", writing("Sec-Fetch-Site", "cross-site")).expect(403, "cross_site");
        server.get("/session", reading()).expect(200);
    }

    @Test
    void aTokenBesideTheCookieIsWhatCounts() {
        String basic = "Basic " + Base64.getEncoder().encodeToString((":" + TOKEN).getBytes(StandardCharsets.UTF_8));
        for (String right : List.of("Bearer " + TOKEN, basic)) {
            assertNull(server.get("/session", reading("Authorization", right)).expect(200).field("session_id"));
            server.post("/upload/start", START, reading("Authorization", right)).expect(201);
        }
        server.get("/files", reading("Authorization", "Bearer tzk_wrong")).expect(401, "wrong_token");
        server.post("/upload/start", START, writing("Authorization", "Bearer tzk_wrong")).expect(401, "wrong_token");
        server.get("/files", "Cookie", Gate.SESSION_COOKIE + "=tzs_wrong", "Authorization", "Bearer " + TOKEN).expect(200);
        // A page of another site can send no Bearer of which it does not know the token.
        server.get("/files", reading("Authorization", "Bearer " + TOKEN, "Origin", "https://tool.example", "Sec-Fetch-Site", "cross-site")).expect(200);
    }

    @Test
    void twoCookiesOfTheNameAreNone() {
        for (String cookies : List.of(cookie + "; " + cookie, Gate.SESSION_COOKIE + "=tzs_other; " + cookie, cookie + "; " + Gate.SESSION_COOKIE + "=")) {
            server.get("/files", "Cookie", cookies).expect(401, "token_required");
        }
        server.get("/files", "Cookie", "a=b; " + cookie + "; other=" + Gate.SESSION_COOKIE).expect(200);
        server.get("/files", "Cookie", cookie.replace("__Host-tranzr", "__HOST-TRANZR")).expect(401, "token_required");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tzs_", "x", "tzs_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "tzk_of-the-operator"})
    void aCookieThatOpensNothingIsALoginThatIsOver(String value) {
        server.get("/files", "Cookie", Gate.SESSION_COOKIE + "=" + value).expect(401, "session_expired");
        server.post("/upload/start", START, "Cookie", Gate.SESSION_COOKIE + "=" + value, Gate.CSRF_HEADER, Gate.csrfToken(value)).expect(401, "session_expired");
    }

    @Test
    void aCookieThatIsOverIsNoGuessSoThatAPageMayAskOnAndOn() {
        server.delete("/sessions", "Authorization", "Bearer " + TOKEN).expect(204);
        for (int i = 0; i < 100; i++) {
            server.get("/session", reading()).expect(401, "session_expired");
        }
    }

    @Test
    void whoGuessesTokensIsSlowedDownAndWhoHasOneIsNot() {
        for (int i = 0; i < 10; i++) {
            server.get("/files", "Authorization", "Bearer tzk_guess" + i).expect(401, "wrong_token");
            server.post("/login", "{\"token\": \"tzk_guess" + i + "\"}").expect(401, "wrong_token");
        }
        Answer slowed = server.get("/files", "Authorization", "Bearer tzk_guess").expect(429, "too_many_attempts");
        assertEquals("45", slowed.header("Retry-After"));
        server.post("/login", "{\"token\": \"tzk_guess\"}").expect(429, "too_many_attempts");
        server.put("/name", new byte[1], "Authorization", "Bearer tzk_guess").expect(429);
        server.get("/files", "Authorization", "Bearer " + TOKEN).expect(200);
        server.post("/login", "{\"token\": \"" + TOKEN + "\"}").expect(200);
        server.get("/files", reading()).expect(200);
        server.pass(java.time.Duration.ofSeconds(45));
        server.get("/files", "Authorization", "Bearer tzk_guess").expect(401, "wrong_token");
        server.get("/files", "Authorization", "Bearer tzk_guess").expect(429, "too_many_attempts");
    }

    @Test
    void noAnswerTellsASecret() {
        String value = cookie.substring(cookie.indexOf('=') + 1);
        for (Answer answer : List.of(server.get("/session", reading()), server.get("/sessions", reading()), server.get("/files", "Cookie", cookie + "x"),
                server.post("/upload/start", START, reading()), server.post("/login", "{\"token\": \"" + TOKEN + "x\"}"))) {
            assertFalse(answer.toString().contains(value) || answer.toString().contains(TOKEN), answer.toString());
        }
        assertTrue(csrf.matches("[0-9a-f]{64}"), csrf);
    }
}
