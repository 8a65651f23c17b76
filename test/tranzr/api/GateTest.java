package tranzr.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

class GateTest {

    private static final String TOKEN = "tzk_right";

    @TempDir
    Path folder;

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static String request(String line, String... fields) {
        return line + " HTTP/1.1\r\nConnection: close\r\n" + String.join("\r\n", fields) + "\r\n\r\n";
    }

    @Test
    void noBoxOfTheBrowserPopsUpOverAPageWhoseScriptAsks() throws IOException {
        try (ServedEngine server = new ServedEngine(folder, TOKEN, null)) {
            for (String[] script : new String[][] {{"Sec-Fetch-Mode", "cors"}, {"Sec-Fetch-Mode", "same-origin"}, {"X-Requested-With", "fetch"}}) {
                assertEquals("Bearer realm=\"tranzr\"", server.get("/session", script).expect(401, "token_required").header("WWW-Authenticate"));
                assertEquals("Bearer realm=\"tranzr\"", server.put("/a.bin", new byte[1], script).expect(401).header("WWW-Authenticate"));
            }
            assertTrue(server.get("/files", "Sec-Fetch-Mode", "navigate").expect(401).header("WWW-Authenticate").contains("Basic"), "whoever opens an address can be asked");
        }
    }

    @Test
    void theTokenComesAsBearerOrAsAPassword() throws IOException {
        try (ServedEngine server = new ServedEngine(folder, TOKEN, null)) {
            Answer without = server.get("/files").expect(401, "token_required");
            assertTrue(without.header("WWW-Authenticate").startsWith("Bearer"), without.toString());
            server.get("/files", "Authorization", "Bearer tzk_wrong").expect(401, "wrong_token");
            server.get("/files", "Authorization", basic(TOKEN, "")).expect(401, "wrong_token");
            server.get("/files", "Authorization", "Basic !!!").expect(401, "token_required");
            server.get("/files", "Authorization", "Bearer " + TOKEN).expect(200);
            server.get("/files", "Authorization", "bearer " + TOKEN).expect(200);
            server.get("/files", "Authorization", basic("", TOKEN)).expect(200);
            server.get("/files", "Authorization", basic("me", TOKEN)).expect(200);
        }
    }

    @Test
    void withoutTheTokenNothingButOpenRoutesAnswers() throws IOException {
        try (ServedEngine server = new ServedEngine(folder, TOKEN, null)) {
            for (String path : List.of("/", "/health", "/openapi.json")) {
                server.get(path).expect(200);
            }
            server.get("/share/info/none").expect(404, "share_not_found");
            server.get("/s/none").expect(404, "share_not_found");
            server.delete("/delete/00000000-0000-4000-8000-000000000000/none", "Accept", "application/json").expect(404, "not_found");
            String id = "00000000-0000-4000-8000-000000000000";
            for (String path : List.of("/files/" + id, "/download/" + id, "/upload/status/" + id, "/shares")) {
                server.get(path).expect(401, "token_required");
                server.head(path).expect(401);
            }
            assertTrue(server.put("/name", new byte[1]).expect(401).text().startsWith("error: "));
            server.post("/upload/start", "{}").expect(401, "token_required");
            server.delete("/files/" + id).expect(401, "token_required");
        }
    }

    @Test
    void anOpenServerAnswersToLoopbackNamesAndItsBaseUrlOnly() throws IOException {
        try (ServedEngine server = new ServedEngine(folder, null, "https://files.example.org/")) {
            for (String host : List.of("localhost", "LOCALHOST:8000", "127.0.0.1:1", "127.9.9.9", "[::1]:8000", "[0:0:0:0:0:0:0:1]:8000", "a.localhost", "files.example.org")) {
                assertTrue(server.raw(request("GET /files", "Host: " + host)).startsWith("HTTP/1.1 200"), host);
            }
            for (String host : List.of("evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "files.example.org.evil", "10.0.0.1")) {
                String answer = server.raw(request("GET /files", "Host: " + host));
                assertTrue(answer.startsWith("HTTP/1.1 403") && answer.contains("forbidden_host"), host + ": " + answer);
            }
        }
    }

    @Test
    void pagesOfOtherSitesMayNotActOnAnOpenServer() throws IOException {
        try (ServedEngine server = new ServedEngine(folder)) {
            server.post("/upload/start", "{\"filename\":\"a\",\"file_size\":1}", "Sec-Fetch-Site", "cross-site").expect(403, "cross_site");
            server.post("/upload/start", "{\"filename\":\"a\",\"file_size\":1}", "Origin", "https://evil.example").expect(403, "cross_site");
            server.post("/upload/start", "{\"filename\":\"a\",\"file_size\":1}", "Origin", "null").expect(403, "cross_site");
            server.get("/files", "Sec-Fetch-Site", "cross-site").expect(403, "cross_site");
            // Another port of this machine is another origin, but of the same site.
            server.post("/upload/start", "{\"filename\":\"a\",\"file_size\":1}", "Sec-Fetch-Site", "same-site").expect(403, "cross_site");
            server.get("/files", "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors").expect(403, "cross_site");
            server.get("/files", "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate").expect(200);
            server.get("/health", "Sec-Fetch-Site", "cross-site").expect(200);
            server.get("/s/none", "Sec-Fetch-Site", "cross-site").expect(404);
            server.post("/upload/start", "{\"filename\":\"a\",\"file_size\":1}", "Origin", server.url(), "Sec-Fetch-Site", "same-origin")
                    .expect(201);
            assertEquals(1, server.get("/files", "Sec-Fetch-Site", "none").expect(200).list().size());
        }
    }

    @Test
    void aRememberedPasswordDoesNotLetOtherSitesAct() throws IOException {
        try (ServedEngine server = new ServedEngine(folder, TOKEN, null)) {
            String json = "{\"filename\":\"a\",\"file_size\":1}";
            server.post("/upload/start", json, "Authorization", basic("", TOKEN), "Sec-Fetch-Site", "cross-site").expect(403, "cross_site");
            server.post("/upload/start", json, "Authorization", "Bearer " + TOKEN, "Origin", "https://tool.example").expect(201);
        }
    }
}
