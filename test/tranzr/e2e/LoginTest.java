package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Http.Answer;

/** Browsers that log in, at the real jar. */
class LoginTest {

    private static final String TOKEN = "correct-horse-battery-staple-0123456789";

    private static ServerProcess start(Path data, String token, String... arguments) {
        return ServerProcess.start(ServerProcess.Launch.on(data, arguments).environment(Map.of("TRANZR_TOKEN", token)));
    }

    private static String[] browser(Answer login) {
        return new String[] {"Cookie", login.expect(200).header("Set-Cookie").replaceFirst(";.*", ""), "X-CSRF-Token", login.field("csrf_token")};
    }

    private static Answer login(Http http, String token, String... headers) {
        return http.send("POST", "/login", BodyPublishers.ofString("{\"token\": \"" + token + "\"}"), headers);
    }

    @Test
    void aBrowserStaysLoggedInOverAKillAndNotOverAnotherToken(@TempDir Path folder) {
        byte[] bytes = Http.bytes(300_000, 1);
        String[] browser;
        try (ServerProcess server = start(folder, TOKEN); Http http = new Http(server)) {
            browser = browser(login(http, TOKEN));
            Answer stored = http.put("/f.bin", bytes, browser);
            assertEquals(201, stored.status(), stored.toString());
            server.kill();
            server.restart();
            assertArrayEquals(bytes, http.get("/download/" + stored.header("X-File-Id"), browser).expect(200).body());
            http.delete("/files/" + stored.header("X-File-Id"), browser[0], browser[1]).expect(403, "csrf");
            http.delete("/files/" + stored.header("X-File-Id"), browser).expect(204);
            assertFalse(server.output().contains(browser[1].substring(browser[1].indexOf('=') + 1)), server.output());
        }
        try (ServerProcess server = start(folder, TOKEN + "-changed"); Http http = new Http(server)) {
            http.get("/session", browser).expect(401, "session_expired");
            browser(login(http, TOKEN + "-changed"));
            login(http, TOKEN).expect(401, "wrong_token");
        }
    }

    @Test
    void behindAProxyTheSchemeOfTheClientCounts(@TempDir Path folder) throws Exception {
        try (ServerProcess server = start(folder, TOKEN, "--trusted-proxy", "127.0.0.1", "--cors-origin", "https://app.example.org", "--session-ttl", "1h")) {
            String head = loginHead(server, "X-Forwarded-Proto: https", "X-Forwarded-Host: files.example.org", "Origin: https://files.example.org");
            assertTrue(head.startsWith("HTTP/1.1 200") && head.contains("Secure; HttpOnly; SameSite=Strict; Max-Age=3600"), head);
            assertTrue(loginHead(server, "X-Forwarded-Proto: http", "X-Forwarded-Host: files.example.org").startsWith("HTTP/1.1 403"));
            String foreign = loginHead(server, "X-Forwarded-Proto: https", "X-Forwarded-Host: files.example.org", "Origin: https://evil.example.org",
                    "Sec-Fetch-Site: same-site");
            assertTrue(foreign.startsWith("HTTP/1.1 403"), foreign);
            // A page that the operator has named is as good as one of the server's own.
            String named = loginHead(server, "X-Forwarded-Proto: https", "X-Forwarded-Host: files.example.org", "Origin: https://app.example.org", "Sec-Fetch-Site: same-site");
            assertTrue(named.startsWith("HTTP/1.1 200") && named.toLowerCase(Locale.ROOT).contains("access-control-allow-credentials: true"), named);
        }
        try (ServerProcess server = start(folder, TOKEN)) {
            assertTrue(loginHead(server, "X-Forwarded-Proto: https").startsWith("HTTP/1.1 403"), "believed from nobody");
        }
    }

    private static String loginHead(ServerProcess server, String... fields) throws Exception {
        try (RawConnection connection = new RawConnection(server)) {
            List<String> lines = new ArrayList<>(List.of("POST /login HTTP/1.1", "Host: files.example.org", "Authorization: Bearer " + TOKEN, "Content-Length: 0"));
            lines.addAll(List.of(fields));
            return connection.head(lines.toArray(String[]::new)).readHead();
        }
    }

    @Test
    void guessesFromOneAddressDoNotLockItsOwnersOut(@TempDir Path folder) {
        try (ServerProcess server = start(folder, TOKEN); Http http = new Http(server)) {
            Set<Integer> statuses = new java.util.TreeSet<>();
            for (int i = 0; i < 60; i++) {
                Answer answer = http.get("/files", "Authorization", "Bearer tzk_guess" + i);
                statuses.add(answer.status());
                assertTrue(answer.status() == 401 || Integer.parseInt(answer.header("Retry-After")) >= 1, answer.toString());
            }
            assertEquals(Set.of(401, 429), statuses);
            http.get("/files", "Authorization", "Bearer " + TOKEN).expect(200);
            login(http, TOKEN).expect(200);
        }
    }
}
