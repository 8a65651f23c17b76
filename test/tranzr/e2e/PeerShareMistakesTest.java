package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Http.Answer;

/** Links: the attacks that got through in other programs of this kind, each tried against a server that asks for a token. */
class PeerShareMistakesTest {

    private static final String TOKEN = "correct-horse-battery-staple-0123456789";
    private static final String[] OWNER = {"Authorization", "Bearer " + TOKEN};
    private static final byte[] MINE = Http.bytes(50_000, 1);
    private static final byte[] OTHERS = Http.bytes(50_000, 2);

    private static ServerProcess server;
    private static Http http;

    @BeforeAll
    static void startServer(@TempDir Path folder) {
        server = ServerProcess.start(ServerProcess.Launch.on(folder.resolve("data")).environment(Map.of("TRANZR_TOKEN", TOKEN)));
        http = new Http(server);
    }

    @AfterAll
    static void stopServer() {
        http.close();
        server.close();
    }

    private static String store(String name, byte[] bytes) {
        Answer stored = http.put("/" + name, bytes, OWNER);
        assertTrue(stored.status() < 300, stored.toString());
        return stored.header("X-File-Id");
    }

    private static Answer share(String file, String terms) {
        return http.send("POST", "/share/create/" + file, BodyPublishers.ofString(terms), "Authorization", "Bearer " + TOKEN, "Content-Type", "application/json").expect(201);
    }

    private static List<String> doors(String token) {
        return List.of("/s/" + token, "/s/" + token + "/x", "/share/download/" + token, "/share/download/" + token + "/x", "/s/" + token + "?download=1");
    }

    @Test
    void aLinkOpensItsOwnFileByNoMatterWhichNameAndNothingElse() {
        String mine = store("mine.bin", MINE);
        String others = store("others.bin", OTHERS);
        String token = share(mine, "{\"protected\": false, \"max_downloads\": null}").field("token");
        share(others, "{\"protected\": false}");
        for (String path : List.of("/s/" + token + "/others.bin", "/s/" + token + "/" + others, "/share/download/" + token + "/..%2fothers.bin", "/s/" + token + "?file_id=" + others,
                "/s/" + token + "/x?filename=others.bin")) {
            assertArrayEquals(MINE, http.get(path).expect(200).body(), path);
        }
        for (String given : List.of("Bearer " + token, "Basic " + java.util.Base64.getEncoder().encodeToString((":" + token).getBytes()))) {
            for (String path : List.of("/files", "/files/" + mine, "/download/" + mine, "/download/" + others, "/shares", "/upload/status/" + mine)) {
                http.get(path, "Authorization", given).expect(401);
            }
            http.delete("/files/" + mine, "Authorization", given).expect(401);
            http.delete("/shares/" + token, "Authorization", given).expect(401);
            assertEquals(401, http.put("/new", new byte[1], "Authorization", given).status());
        }
        assertTrue(http.delete("/delete/" + mine + "/" + token).status() >= 400);
        http.get("/download/" + mine, OWNER).expect(200);
    }

    @Test
    void noRouteToTheBytesOfAProtectedLinkGoesPastItsPassword() {
        String file = store("guarded.bin", MINE);
        Answer share = share(file, "{\"password\": \"only with this\", \"max_downloads\": null}");
        String token = share.field("token");
        for (String path : doors(token)) {
            http.get(path).expect(401, "password_required");
            http.get(path, "Range", "bytes=0-0").expect(401, "password_required");
            http.get(path, "If-None-Match", "*").expect(401, "password_required");
            http.send("HEAD", path, BodyPublishers.noBody()).expect(401);
            http.get(path, "X-Share-Password", "").expect(401);
        }
        for (String path : List.of("/download/" + file, "/files/" + file, "/upload/status/" + file)) {
            http.get(path).expect(401, "token_required");
        }
        String id = ((Map<?, ?>) http.get("/shares?limit=1", OWNER).expect(200).jsonList().getFirst()).get("share_id").toString();
        for (String path : doors(id)) {
            http.get(path).expect(404, "share_not_found");
        }
        Answer page = http.get("/s/" + token, "Accept", "text/html").expect(200);
        Answer info = http.get("/share/info/" + token).expect(200);
        String sha = http.get("/files/" + file, OWNER).expect(200).field("file_hash");
        for (Answer told : List.of(page, info)) {
            assertFalse(told.text().contains(file) || told.text().contains(sha) || told.text().contains("only with this"), told.toString());
        }
    }

    @Test
    void whatTheApiTellsOfLinksHoldsNoSecret() {
        String file = store("told.bin", MINE);
        String token = share(file, "{\"password\": \"never repeated\"}").field("token");
        Answer changed = http.send("PATCH", "/shares/" + token, BodyPublishers.ofString("{\"max_downloads\": 3}"), OWNER).expect(200);
        for (Answer answer : List.of(changed, http.get("/shares", OWNER), http.get("/files", OWNER), http.get("/files/" + file, OWNER), http.get("/share/info/" + token),
                http.get("/s/" + token), http.get("/s/" + token + "?password=wrong"), http.get("/openapi.json"))) {
            String text = answer.text() + answer.headers();
            assertFalse(text.contains("never repeated") || text.contains("pbkdf2") || text.contains(TOKEN) || text.contains(token), answer.toString());
        }
        assertFalse(server.output().contains("never repeated") || server.output().contains(token), server.output());
    }

    @Test
    void aNewFileOfAnOldNameIsNotReachedByAnOldLink() {
        String first = store("again.bin", MINE);
        String token = share(first, "{\"protected\": false, \"max_downloads\": null}").field("token");
        http.get("/s/" + token).expect(200);
        http.delete("/files/" + first, OWNER).expect(204);
        String second = store("again.bin", OTHERS);
        assertFalse(first.equals(second), "an id was given twice");
        for (String path : doors(token)) {
            http.get(path).expect(404, "share_not_found");
        }
        http.get("/download/" + first, OWNER).expect(404);
    }

    @Test
    void anOldPasswordOpensNeitherTheChangedLinkNorANewOneOfTheSameFile() {
        String file = store("twice.bin", MINE);
        String token = share(file, "{\"password\": \"first one\", \"max_downloads\": null}").field("token");
        http.get("/s/" + token, "X-Share-Password", "first one").expect(200);
        http.send("PATCH", "/shares/" + token, BodyPublishers.ofString("{\"password\": \"second one\"}"), OWNER).expect(200);
        http.get("/s/" + token, "X-Share-Password", "first one").expect(401, "wrong_password");
        http.get("/s/" + token, "X-Share-Password", "second one").expect(200);
        String next = share(file, "{\"password\": \"third one\"}").field("token");
        http.get("/s/" + next, "X-Share-Password", "second one").expect(401, "wrong_password");
        http.delete("/shares/" + token, OWNER).expect(204);
        http.get("/s/" + token, "X-Share-Password", "second one").expect(404, "share_not_found");
    }

    @Test
    void aHundredParallelDownloadsByAllDoorsAtLimitOneAreExactlyOne() throws Exception {
        String token = share(store("raced.bin", MINE), "{\"protected\": false, \"max_downloads\": 1}").field("token");
        List<Callable<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String path = doors(token).get(i % 5);
            String[] headers = i % 3 == 0 ? new String[] {"User-Agent", "agent " + i, "Range", "bytes=0-"} : i % 3 == 1 ? new String[] {"User-Agent", "agent " + i, "Range", "bytes=1-49999"}
                    : new String[] {"User-Agent", "agent " + i};
            all.add(() -> http.get(path, headers).status());
        }
        List<Integer> statuses = RealServer.together(all);
        assertEquals(1, statuses.stream().filter(status -> status < 300).count(), statuses.toString());
        assertEquals(99, statuses.stream().filter(status -> status == 410).count(), statuses.toString());
    }

    @Test
    void looksPreviewsRefusalsAndBrokenTransfersUseUpNoDownload() throws Exception {
        byte[] large = Http.bytes(24 << 20, 3);
        String token = share(store("looked-at.bin", large), "{\"password\": \"a password\", \"max_downloads\": 1}").field("token");
        String[] me = {"User-Agent", "me", "X-Share-Password", "a password"};
        String tag = http.send("HEAD", "/s/" + token, BodyPublishers.noBody(), me).expect(200).header("ETag");
        for (String path : doors(token)) {
            http.send("HEAD", path, BodyPublishers.noBody(), me).expect(200);
            http.get(path, "User-Agent", "preview bot", "Accept", "text/html,*/*;q=0.5");
            http.get(path, "User-Agent", "nobody").expect(401);
            http.get(path, "User-Agent", "me", "X-Share-Password", "a password", "Range", "bytes=99999999-").expect(416);
            http.get(path, "User-Agent", "me", "X-Share-Password", "a password", "If-None-Match", tag).expect(304);
            http.get(path, "User-Agent", "me", "X-Share-Password", "a password", "If-Match", "\"other\"").expect(412);
        }
        http.get("/share/info/" + token).expect(200);
        for (int cut = 0; cut < 2; cut++) {
            try (RawConnection connection = new RawConnection(server)) {
                connection.head("GET /s/" + token + " HTTP/1.1", "Host: localhost", "User-Agent: me", "X-Share-Password: a password");
                assertTrue(connection.readHead().startsWith("HTTP/1.1 200"), "cut " + cut);
                connection.read(100_000);
                connection.reset();
            }
            Http.await("the server to notice", () -> http.send("HEAD", "/s/" + token, BodyPublishers.noBody(), me).status() == 200);
        }
        assertArrayEquals(large, http.get("/s/" + token, me).expect(200).body());
        http.get("/s/" + token, "User-Agent", "another", "X-Share-Password", "a password").expect(410, "download_limit_reached");
    }

    @Test
    void forwardedFieldsOfAnybodyAreNotBelieved(@TempDir Path folder) {
        try (ServerProcess own = ServerProcess.start(folder.resolve("data")); Http client = new Http(own)) {
            String file = client.store("addressed.bin", MINE);
            Answer share = client.send("POST", "/share/create/" + file, BodyPublishers.ofString("{}"), "Forwarded", "host=evil.example;proto=https", "X-Forwarded-Host", "evil.example",
                    "X-Forwarded-Proto", "https").expect(201);
            assertTrue(share.field("share_url").startsWith(own.url() + "/"), share.toString());
            int wrong = 0;
            Answer last = client.get("/s/none-0?password=guess", "X-Forwarded-For", "198.51.100.0");
            for (; last.status() == 404; last = client.get("/s/none-" + wrong + "?password=guess", "X-Forwarded-For", "198.51.100." + wrong, "Forwarded", "for=198.51.100." + wrong)) {
                assertTrue(++wrong <= 25, "one address guesses as it likes by naming others");
            }
            last.expect(429, "too_many_attempts");
            assertTrue(wrong >= 20, "refused after " + wrong);
            assertTrue(Integer.parseInt(last.header("Retry-After")) > 0);
        }
    }
}
