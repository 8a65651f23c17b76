package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Http.Answer;

/** Who may do what when there is a token, and which requests an open server refuses. */
class AccessTest {

    private static final String TOKEN = "correct-horse-battery-staple-0123456789";
    private static final String NO_ID = "00000000-0000-4000-8000-000000000000";
    /** What works without a token: shares, the delete link that only the uploader knows, and what says nothing of files. */
    private static final Set<String> OPEN = Set.of(
            "GET /r/{link}", "POST /r/{link}", "PUT /r/{link}", "POST /r/{link}/{name}", "PUT /r/{link}/{name}", "GET /", "GET /health",
            "GET /openapi.json", "PUT /direct/{file_id}/{name}", "GET /direct/{file_id}/{name}", "GET /share/download/{token}", "HEAD /share/download/{token}", "GET /share/download/{token}/{filename}",
            "HEAD /share/download/{token}/{filename}", "GET /s/{token}", "HEAD /s/{token}", "GET /s/{token}/{filename}",
            "HEAD /s/{token}/{filename}", "GET /share/preview/{token}", "POST /s/{token}", "POST /s/{token}/{filename}", "POST /share/download/{token}",
            "POST /share/download/{token}/{filename}", "POST /share/grant/{token}", "GET /share/info/{token}", "DELETE /delete/{file_id}/{key}", "GET /login", "GET /account", "GET /docs", "GET /pdf-viewer", "GET /dashboard", "GET /ui/{version}/{file}", "GET /ui/{version}/vendor/{file}");

    @Test
    void everyOtherRouteAsksForTheToken(@TempDir Path folder) throws IOException {
        try (ServerProcess server = ServerProcess.start(ServerProcess.Launch.on(folder.resolve("data")).environment(Map.of("TRANZR_TOKEN", TOKEN)));
                Http http = new Http(server)) {
            Set<String> unguarded = new TreeSet<>();
            int asked = 0;
            Map<String, Object> paths = asMap(http.get("/openapi.json").expect(200).json().get("paths"));
            for (Map.Entry<String, Object> path : paths.entrySet()) {
                for (String key : asMap(path.getValue()).keySet()) {
                    String method = key.toUpperCase(Locale.ROOT);
                    if (!Set.of("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE").contains(method)) {
                        continue;
                    }
                    String concrete = path.getKey().replace("{file_id}", NO_ID).replaceAll("\\{\\w+}", "0");
                    asked++;
                    if (http.send(method, concrete, BodyPublishers.noBody(), "Tus-Resumable", "1.0.0").status() != 401) {
                        unguarded.add(method + " " + path.getKey());
                    }
                }
            }
            unguarded.removeAll(OPEN);
            assertEquals(Set.of(), unguarded);
            assertTrue(asked > 20, "only " + asked + " routes are described");
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asMap(Object value) {
        return (Map<String, Object>) value;
    }

    @Test
    void theTokenOpensAndIsToldNowhere(@TempDir Path folder) throws IOException {
        Path data = folder.resolve("data");
        try (ServerProcess server = ServerProcess.start(ServerProcess.Launch.on(data).environment(Map.of("TRANZR_TOKEN", TOKEN)));
                Http http = new Http(server)) {
            String bearer = "Bearer " + TOKEN;
            String basic = "Basic " + Base64.getEncoder().encodeToString((":" + TOKEN).getBytes(StandardCharsets.UTF_8));
            http.get("/files").expect(401, "token_required");
            http.get("/files", "Authorization", "Bearer " + TOKEN + "x").expect(401, "wrong_token");
            http.get("/files", "Authorization", bearer).expect(200);
            Answer stored = http.put("/a.txt", new byte[100], "Authorization", basic);
            assertTrue(stored.status() < 300, stored.toString());
            http.get(stored.text().strip()).expect(200);
            http.get("/download/" + stored.header("X-File-Id")).expect(401);
            http.get("/download/" + stored.header("X-File-Id"), "Authorization", bearer).expect(200);
            assertFalse(server.output().contains(TOKEN), server.output());
        }
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertFalse(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(TOKEN), file.toString());
            }
        }
    }

    @Test
    void anAddressThatOthersReachNeedsATokenWhichIsToldOnce(@TempDir Path folder) {
        Path data = folder.resolve("data");
        try (ServerProcess server = ServerProcess.start(data, "--bind", "0.0.0.0"); Http http = new Http(server)) {
            http.get("http://127.0.0.1:" + server.port() + "/files").expect(401);
            String told = server.output().lines().filter(line -> line.contains("told only this once")).findFirst().orElseThrow();
            String token = told.substring(told.lastIndexOf(' ') + 1);
            http.get("http://127.0.0.1:" + server.port() + "/files", "Authorization", "Bearer " + token).expect(200);
            server.terminate();
            int before = server.output().length();
            server.restart();
            assertFalse(server.output().substring(before).contains(token));
            http.get("http://127.0.0.1:" + server.port() + "/files", "Authorization", "Bearer " + token).expect(200);
        }
    }

    @Test
    void anOpenServerRefusesForeignHostsAndOtherSites(@TempDir Path folder) throws IOException {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data")); Http http = new Http(server)) {
            try (RawConnection connection = new RawConnection(server)) {
                String head = connection.head("GET /files HTTP/1.1", "Host: evil.example").readHead();
                assertTrue(head.startsWith("HTTP/1.1 403"), head);
            }
            http.put("/x.txt", new byte[5], "Sec-Fetch-Site", "cross-site").expect(403);
            http.put("/x.txt", new byte[5], "Origin", "http://evil.example").expect(403);
            assertEquals(0, http.get("/files").expect(200).jsonList().size());
        }
    }

    @Test
    void aSecondServerOnTheSameDataIsRefused(@TempDir Path folder) {
        Path data = folder.resolve("data");
        try (ServerProcess first = ServerProcess.start(data)) {
            StringBuilder said = new StringBuilder();
            assertEquals(3, ServerProcess.exitCodeOf(ServerProcess.Launch.on(data), said));
            assertEquals(1, said.toString().lines().filter(line -> !line.isBlank()).count(), said.toString());
            assertTrue(first.isAlive());
        }
    }
}
