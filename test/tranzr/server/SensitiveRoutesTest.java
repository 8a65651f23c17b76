package tranzr.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.api.Gate;
import tranzr.catalog.Change;
import tranzr.model.AccessToken;
import tranzr.security.Tokens;
import tranzr.security.Totp;
import tranzr.server.ServedEngine.Answer;

/** What asks a token with a second factor for a code. */
class SensitiveRoutesTest {

    private static final String OPERATOR = "the-operators-own-token";
    private static final String ADMIN = "tzk_admin";
    private static final String[] AS_ADMIN = {"Authorization", "Bearer " + ADMIN};
    private static final String[] AS_OTHER = {"Authorization", "Bearer tzk_other"};

    @TempDir
    Path folder;
    private ServedEngine server;
    private String secret;
    private UUID admin;

    @BeforeEach
    void start() throws Exception {
        server = new ServedEngine(folder, OPERATOR, null);
        admin = token(ADMIN);
        token("tzk_other");
        secret = server.post("/totp", "", AS_ADMIN).expect(201).field("secret");
        server.post("/totp/confirm", "{\"code\": \"" + code() + "\"}", AS_ADMIN).expect(204);
        server.pass(Totp.STEP);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private UUID token(String secret) throws Exception {
        UUID id = UUID.randomUUID();
        server.engine().core().commit(List.of(new Change.EntityAdded(AccessToken.of(id, Tokens.hash(secret), "token", server.engine().core().now()))));
        return id;
    }

    private String code() {
        return Totp.code(secret, server.engine().core().now());
    }

    private String[] withCode() {
        return new String[] {AS_ADMIN[0], AS_ADMIN[1], Gate.CODE_HEADER, code()};
    }

    @Test
    void whatRemovesForGoodAndWhatGivesAccessAsksForACode() {
        assertEquals(new TreeSet<>(List.of("DELETE /files/{file_id}", "POST /tokens", "PATCH /tokens/{token_id}", "POST /tokens/{token_id}/rotate",
                "DELETE /tokens/{token_id}", "DELETE /tokens/{token_id}/totp", "POST /one-time-tokens", "DELETE /rooms/{room_id}",
                "PUT /rooms/{room_id}/members/{token_id}", "DELETE /rooms/{room_id}/members/{token_id}", "PUT /files/{file_id}/access")),
                server.routes().stream().filter(Routes.Route::sensitive).map(route -> route.method() + " " + route.pattern()).collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void eachOfThemAnswersNothingWithoutOne() {
        for (Routes.Route route : server.routes()) {
            String path = route.pattern().replaceAll("\\{\\w+}", UUID.randomUUID().toString());
            if (route.sensitive()) {
                send(route, path, AS_ADMIN).expect(403, "second_factor_required");
                send(route, path, AS_ADMIN[0], AS_ADMIN[1], Gate.CODE_HEADER, "12345").expect(400, "invalid_value");
                Answer let = send(route, path, withCode());
                assertTrue(!"second_factor_required".equals(code(let)) && !"wrong_code".equals(code(let)), route + ": " + let);
                server.pass(Totp.STEP);
                // Who has none is not asked.
                assertTrue(!"second_factor_required".equals(code(send(route, path, AS_OTHER))), route.toString());
            }
        }
    }

    private Answer send(Routes.Route route, String path, String... headers) {
        return server.send(route.method(), path, BodyPublishers.noBody(), headers);
    }

    private static String code(Answer answer) {
        return answer.body().length == 0 ? null : answer.field("code");
    }

    @Test
    void whoMayNotAtAllIsNotAskedForACode() throws Exception {
        server.send("PATCH", "/tokens/" + admin, BodyPublishers.ofString("{\"rights\": [\"list\"]}"), AS_OTHER).expect(200);
        server.delete("/files/" + UUID.randomUUID(), AS_ADMIN).expect(403, "forbidden");
    }

    @Test
    void aFileIsRemovedWithACodeAndACodeRemovesOne() {
        String first = server.put("/a", new byte[1], AS_ADMIN).expect(201).header("X-File-Id");
        String second = server.put("/b", new byte[1], AS_ADMIN).expect(201).header("X-File-Id");
        server.delete("/files/" + first, AS_ADMIN).expect(403, "second_factor_required");
        String[] code = withCode();
        server.delete("/files/" + first, code).expect(204);
        server.delete("/files/" + second, code).expect(403, "wrong_code");
        server.get("/files/" + second, AS_ADMIN).expect(200);
    }

    @Test
    void toHaveAFileGoEarlierAsksForACodeAndToKeepItLongerDoesNot() {
        String file = server.put("/a", new byte[1], AS_ADMIN).expect(201).header("X-File-Id");
        change(file, "{\"filename\": \"b\", \"expires_at\": null}", AS_ADMIN).expect(200);
        change(file, "{\"expire_minutes\": 10}", AS_ADMIN).expect(403, "second_factor_required");
        change(file, "{\"expire_minutes\": 10}", withCode()).expect(200);
        change(file, "{\"expire_minutes\": 20}", AS_ADMIN).expect(200);
        change(file, "{\"expire_minutes\": 10}", AS_ADMIN).expect(403, "second_factor_required");
        change(file, "{\"expires_at\": null}", AS_ADMIN).expect(200);
    }

    private Answer change(String file, String json, String... headers) {
        return server.send("PATCH", "/files/" + file, BodyPublishers.ofString(json), headers);
    }

    @Test
    void aOneTimeTokenMadeWithACodeNeedsNone() {
        String file = server.put("/a", new byte[1], AS_ADMIN).expect(201).header("X-File-Id");
        String json = "{\"right\": \"delete\", \"file_id\": \"" + file + "\"}";
        server.post("/one-time-tokens", json, AS_ADMIN).expect(403, "second_factor_required");
        String once = server.post("/one-time-tokens", json, withCode()).expect(201).field("token");
        server.delete("/files/" + file, "Authorization", "Bearer " + once).expect(204);
    }

    @Test
    void aSessionShowsItsCodeOnceForFiveMinutes() {
        Answer login = server.post("/login", "{\"token\": \"" + ADMIN + "\"}").expect(200);
        String[] browser = {"Cookie", login.header("Set-Cookie").replaceFirst(";.*", ""), Gate.CSRF_HEADER, login.field("csrf_token")};
        UUID nothing = UUID.randomUUID();
        server.delete("/files/" + nothing, browser).expect(403, "second_factor_required");
        server.post("/session/prove", "{\"code\": \"000000x\"}", browser).expect(400, "invalid_value");
        server.post("/session/prove", "", browser).expect(400, "invalid_value");
        Map<String, Object> proven = server.post("/session/prove", "{\"code\": \"" + code() + "\"}", browser).expect(200).json();
        assertEquals(proven.get("proven_until"), server.get("/session", browser).field("proven_until"));
        server.delete("/files/" + nothing, browser).expect(404, "not_found");
        server.pass(Duration.ofMinutes(5));
        server.delete("/files/" + nothing, browser).expect(403, "second_factor_required");
        assertEquals(null, server.get("/session", browser).field("proven_until"));
        server.post("/session/prove", "{\"code\": \"" + code() + "\"}", AS_ADMIN).expect(404, "session_not_found");
    }

    @Test
    void onlyOthersLinksAskForACode() {
        String file = server.put("/a", new byte[1], AS_ADMIN).expect(201).header("X-File-Id");
        String own = server.post("/share/create/" + file, "", AS_ADMIN).expect(201).field("share_id");
        String others = server.post("/share/create/" + file, "", AS_OTHER).expect(201).field("share_id");
        change(own, AS_ADMIN).expect(200);
        server.delete("/shares/" + own, AS_ADMIN).expect(204);
        change(others, AS_ADMIN).expect(403, "second_factor_required");
        server.delete("/shares/" + others, AS_ADMIN).expect(403, "second_factor_required");
        change(others, withCode()).expect(200);
        server.pass(Totp.STEP);
        server.delete("/shares/" + others, withCode()).expect(204);
    }

    private Answer change(String share, String... headers) {
        return server.send("PATCH", "/shares/" + share, BodyPublishers.ofString("{\"max_downloads\": 3}"), headers);
    }

    @Test
    void itIsTakenAwayByItsUserWithACodeAndByAnAdministrator() {
        server.delete("/totp", AS_ADMIN).expect(403, "second_factor_required");
        server.delete("/tokens/self/totp", AS_ADMIN).expect(403, "second_factor_required");
        server.delete("/totp", withCode()).expect(204);
        server.delete("/totp", AS_ADMIN).expect(409, "no_second_factor");
        server.post("/totp/confirm", "{\"code\": \"123456\"}", AS_ADMIN).expect(409, "no_second_factor");
        secret = server.post("/totp", "", AS_ADMIN).expect(201).field("secret");
        server.send("POST", "/totp/confirm", BodyPublishers.noBody(), withCode()).expect(204);
        server.post("/totp", "", AS_ADMIN).expect(409, "second_factor_exists");
        assertEquals("true", server.get("/tokens/self", AS_ADMIN).field("second_factor"));
        server.delete("/tokens/" + admin + "/totp", AS_OTHER).expect(204);
        assertEquals("false", server.get("/tokens/self", AS_ADMIN).field("second_factor"));
        server.delete("/tokens/" + admin + "/totp", AS_OTHER).expect(409, "no_second_factor");
        server.delete("/tokens/" + UUID.randomUUID() + "/totp", AS_OTHER).expect(404, "token_not_found");
        server.post("/totp", "", "Authorization", "Bearer " + OPERATOR).expect(409, "not_for_operator");
        server.delete("/tokens/" + AccessToken.OPERATOR_ID + "/totp", AS_OTHER).expect(409, "not_for_operator");
    }

    @Test
    void wrongCodesAreSlowedDownByToken() {
        String wrong = Totp.code(secret, server.engine().core().now().plusSeconds(7200));
        for (int i = 0; i < 5; i++) {
            server.delete("/totp", AS_ADMIN[0], AS_ADMIN[1], Gate.CODE_HEADER, wrong).expect(403, "wrong_code");
        }
        Answer slowed = server.delete("/totp", withCode()).expect(429, "too_many_attempts");
        assertEquals("1", slowed.header("Retry-After"));
        server.pass(Duration.ofSeconds(1));
        server.delete("/totp", withCode()).expect(204);
    }
}
