package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Http;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

class LinkRoutesTest {

    private static final byte[] FIRST = ServedEngine.bytes(300_000, 1);
    private static final byte[] SECOND = ServedEngine.bytes(70_000, 2);
    private static final byte[] EMPTY = new byte[0];

    @TempDir
    Path folder;
    private ServedEngine server;
    private String first;
    private String second;
    private String empty;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder.resolve("server"));
        first = store("first.bin", FIRST);
        second = store("docs/second.txt", SECOND);
        empty = store("empty", EMPTY);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private String store(String name, byte[] bytes) {
        String id = server.post("/upload/start", "{\"filename\": \"" + name + "\", \"file_size\": " + bytes.length + "}").expect(201).field("file_id");
        if (bytes.length > 0) {
            server.put("/upload/" + id, bytes).expect(200);
        }
        server.post("/upload/merge/" + id, "").expect(200);
        return id;
    }

    private Answer create(String more) {
        return server.post("/share/create", "{\"file_ids\": [\"" + first + "\", \"" + second + "\", \"" + empty + "\"]" + more + "}").expect(201);
    }

    private Map<String, byte[]> unzip(byte[] zip) throws IOException {
        Path file = Files.write(folder.resolve("a.zip"), zip);
        Map<String, byte[]> members = new LinkedHashMap<>();
        try (ZipFile open = new ZipFile(file.toFile())) {
            for (ZipEntry entry : open.stream().toList()) {
                members.put(entry.getName(), open.getInputStream(entry).readAllBytes());
            }
        }
        return members;
    }

    @Test
    void oneLinkHandsOutEachFileAloneAndAllAsOneArchive() throws IOException {
        Answer share = create(", \"title\": \"Holiday / 2026\", \"protected\": false, \"max_downloads\": null");
        assertEquals(server.url() + "/s/" + share.field("token") + "/Holiday%20_%202026.zip", share.field("share_url"));
        assertEquals(List.of(first, second, empty), share.json().get("file_ids"));
        assertEquals("Holiday / 2026", share.field("title"));
        String path = "/s/" + share.field("token");
        for (String whole : List.of(path, path + "/Holiday%20_%202026.zip", path + "/other.ZIP", "/share/download/" + share.field("token"))) {
            Answer zip = server.get(whole).expect(200);
            assertEquals("application/zip", zip.header("Content-Type"));
            assertEquals("attachment; filename=\"Holiday _ 2026.zip\"", zip.header("Content-Disposition"));
            assertNull(zip.header("Repr-Digest"));
            Map<String, byte[]> members = unzip(zip.body());
            assertEquals(List.of("first.bin", "docs/second.txt", "empty"), List.copyOf(members.keySet()));
            assertArrayEquals(FIRST, members.get("first.bin"));
            assertArrayEquals(SECOND, members.get("docs/second.txt"));
            assertArrayEquals(EMPTY, members.get("empty"));
        }
        for (String one : List.of(path + "?file=1", path + "/x?file=1", path + "?file=second.txt", path + "?file=docs/second.txt", path + "/second.txt")) {
            Answer answer = server.get(one).expect(200);
            assertArrayEquals(SECOND, answer.body());
            assertEquals("attachment; filename=\"second.txt\"", answer.header("Content-Disposition"));
        }
        assertArrayEquals(EMPTY, server.get(path + "/empty").expect(200).body());
        for (String none : List.of(path + "?file=3", path + "?file=-1", path + "?file=", path + "?file=01", path + "/third.txt", path + "?file=../first.bin")) {
            server.get(none).expect(404, "not_in_share");
        }
    }

    @Test
    void theArchiveIsResumedAnywhereAndTheBytesAreTheSame() throws IOException {
        Answer share = create(", \"protected\": false, \"max_downloads\": null");
        String path = "/s/" + share.field("token");
        Answer head = server.head(path).expect(200);
        int length = Integer.parseInt(head.header("Content-Length"));
        String tag = head.header("ETag");
        // From the middle before anything went out whole: the checksums of what lies before are not known yet.
        byte[] tail = server.get(path, "Range", "bytes=299000-", "If-Range", tag).expect(206).body();
        Answer whole = server.get(path).expect(200);
        assertEquals(tag, whole.header("ETag"));
        assertEquals(length, whole.body().length);
        assertArrayEquals(Arrays.copyOfRange(whole.body(), 299_000, length), tail);
        for (int from : new int[] {0, 1, 29, 30, 60, 299_999, 300_050, 300_120, length - 200, length - 1}) {
            Answer part = server.get(path, "Range", "bytes=" + from + "-" + Math.min(length - 1, from + 100_000)).expect(206);
            assertArrayEquals(Arrays.copyOfRange(whole.body(), from, Math.min(length, from + 100_001)), part.body(), "from " + from);
        }
        server.get(path, "Range", "bytes=" + length + "-").expect(416);
        server.get(path, "If-None-Match", tag).expect(304);
        assertEquals(200, server.get(path, "Range", "bytes=5-", "If-Range", "\"zip-other\"").status());
        assertEquals(3, unzip(whole.body()).size());
    }

    @Test
    void whatIsToldOfTheFilesNeedsThePasswordOnlyForTheirDigests() {
        Answer share = create(", \"password\": \"right\", \"title\": \"T\"");
        String path = "/share/info/" + share.field("token");
        Map<String, Object> info = server.get(path).expect(200).json();
        assertEquals(true, info.get("archive"));
        assertEquals("T.zip", info.get("filename"));
        List<?> files = (List<?>) info.get("files");
        assertEquals("{index=1, filename=docs/second.txt, file_size=70000}", files.get(1).toString());
        assertFalse(info.containsKey("file_hash"));
        server.get(path, "X-Share-Password", "wrong").expect(401, "wrong_password");
        String opened = server.get(path, "X-Share-Password", "right").expect(200).text();
        assertTrue(opened.contains("file_hash"), opened);
        Answer single = server.post("/share/create/" + first, "{\"protected\": false}").expect(201);
        Map<String, Object> one = server.get("/share/info/" + single.field("token")).expect(200).json();
        assertEquals(false, one.get("archive"));
        assertEquals(1, ((List<?>) one.get("files")).size());
    }

    @Test
    void eachFileAndTheArchiveAreRangesOfOneDownload() {
        Answer share = create(", \"protected\": false, \"max_downloads\": 1");
        String path = "/s/" + share.field("token");
        server.head(path).expect(200);
        server.get(path, "Accept", "text/html").expect(200);
        assertArrayEquals(FIRST, server.get(path + "?file=0").expect(200).body());
        server.get(path + "?file=0", "User-Agent", "another").expect(410, "download_limit_reached");
        assertArrayEquals(SECOND, server.get(path + "?file=1").expect(200).body());
        // All is handed out: the first once more would be another download, and so would the archive.
        server.get(path + "?file=0").expect(410, "download_limit_reached");
        server.get(path).expect(410, "download_limit_reached");
        server.head(path).expect(410);
        assertEquals("1", server.get("/shares").list().getFirst().get("downloads").toString());
        server.pass(Duration.ofHours(1).minusSeconds(1));
        server.get(path + "?file=1").expect(410, "download_limit_reached");
    }

    @Test
    void ofAHundredAtOnceTheLastDownloadOfTheArchiveGoesToOne() throws Exception {
        String path = "/s/" + create(", \"protected\": false, \"one_time\": true").field("token");
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> all = IntStream.range(0, 100).mapToObj(i -> clients.submit(() ->
                    server.get(path + (i % 2 == 0 ? "" : "?file=0"), "User-Agent", "client " + i).status())).toList();
            int served = 0;
            for (Future<Integer> each : all) {
                served += each.get() == 200 ? 1 : 0;
                assertTrue(each.get() == 200 || each.get() == 410, "" + each.get());
            }
            assertEquals(1, served);
        }
    }

    @Test
    void aFileThatIsDeletedLeavesTheLinkAndTheOthersKeepTheirIndex() throws IOException {
        Answer share = create(", \"protected\": false, \"max_downloads\": null");
        String path = "/s/" + share.field("token");
        String before = server.head(path).expect(200).header("ETag");
        server.delete("/files/" + first).expect(204);
        server.get(path + "?file=0").expect(404, "not_in_share");
        assertArrayEquals(SECOND, server.get(path + "?file=1").expect(200).body());
        Answer zip = server.get(path).expect(200);
        assertEquals(List.of("docs/second.txt", "empty"), List.copyOf(unzip(zip.body()).keySet()));
        assertNotEquals(before, zip.header("ETag"));
        assertEquals("1", server.get("/files/" + second).expect(200).field("shares"));
        server.delete("/files/" + second).expect(204);
        assertEquals(1, unzip(server.get(path).expect(200).body()).size());
        server.delete("/files/" + empty).expect(204);
        server.get(path).expect(404, "share_not_found");
        assertEquals(List.of(), server.get("/shares").list());
    }

    @Test
    void whatIsNoListOfFilesIsRefusedInWords() {
        String open = server.begin(10, 10);
        for (String ids : List.of("[]", "\"\"", "[5]", "[\"x\"]", "null", "{}", "[\"" + first + "\", \"" + first + "\"]", "[\"" + first + "\", \"\"]")) {
            server.post("/share/create", "{\"file_ids\": " + ids + "}").expect(400, "invalid_value");
        }
        server.post("/share/create", "{}").expect(400, "invalid_value");
        server.post("/share/create", "{\"file_ids\": [\"" + first + "\", \"" + open + "\"]}").expect(409, "not_completed");
        server.post("/share/create", "{\"file_ids\": [\"" + first + "\", \"00000000-0000-4000-8000-000000000000\"]}").expect(404, "not_found");
        for (String title : List.of("\"a\\u0000\"", "\"\\u202e\"", "5", "\"" + "x".repeat(201) + "\"")) {
            server.post("/share/create", "{\"file_ids\": [\"" + first + "\"], \"title\": " + title + "}").expect(400, "invalid_value");
        }
        String many = String.join("\", \"", IntStream.range(0, 1001).mapToObj(i -> String.format("00000000-0000-4000-8000-%012d", i)).toList());
        server.post("/share/create", "{\"file_ids\": [\"" + many + "\"]}").expect(400, "invalid_value");
        assertEquals(List.of(), server.get("/shares").list());
    }

    @Test
    void aGrantOpensTheLinkForAnHourWithoutHashingAgain() throws IOException {
        Answer share = create(", \"password\": \"right\", \"max_downloads\": null, \"expire_minutes\": 600");
        String token = share.field("token");
        server.post("/share/grant/" + token, "{}").expect(401, "password_required");
        server.post("/share/grant/" + token, "{\"password\": \"wrong\"}").expect(401, "wrong_password");
        server.post("/share/grant/" + token, "{\"password\": \"right\", \"file\": 7}").expect(404, "not_in_share");
        Answer granted = server.post("/share/grant/" + token, "{\"password\": \"right\", \"file\": 1}").expect(201);
        assertEquals("2026-01-01T01:00:00Z", granted.field("expires_at"));
        String url = granted.field("url");
        assertTrue(url.startsWith(server.url() + "/s/" + token + "/second.txt?grant="), url);
        assertFalse(url.contains("right"));
        int hashed = server.hashedPasswords();
        assertArrayEquals(SECOND, server.get(url).expect(200).body());
        // A browser gets the bytes and not the page, and may go on after a break.
        assertArrayEquals(SECOND, server.get(url, "Accept", "text/html").expect(200).body());
        server.get(url, "Range", "bytes=5-9").expect(206);
        // What opens one opens all: the grant stands for the password.
        String grant = url.substring(url.indexOf("grant=") + 6, url.indexOf('&'));
        assertEquals(3, unzip(server.get("/s/" + token + "?grant=" + grant).expect(200).body()).size());
        assertEquals(hashed, server.hashedPasswords());
        // Bound to the link, to the time, and to the password.
        String other = create(", \"password\": \"right\"").field("token");
        server.get("/s/" + other + "?grant=" + grant).expect(403, "grant_expired");
        String later = (Long.parseLong(grant.substring(0, grant.indexOf('.'))) + 1) + grant.substring(grant.indexOf('.'));
        for (String forged : List.of(later, grant + "A", "x", "", ".", "1.", grant.substring(0, grant.length() - 1), "-" + grant, "0" + grant, "+" + grant)) {
            server.get("/s/" + token + "?grant=" + java.net.URLEncoder.encode(forged, StandardCharsets.UTF_8)).expect(403, "grant_expired");
        }
        server.patch("/shares/" + token, "{\"password\": \"changed\"}").expect(200);
        server.get(url).expect(403, "grant_expired");
        String again = server.post("/share/grant/" + token, "{\"password\": \"changed\"}").expect(201).field("url");
        server.get(again).expect(200);
        server.pass(Duration.ofMinutes(60));
        server.get(again).expect(403, "grant_expired");
        String last = server.post("/share/grant/" + token, "{\"password\": \"changed\"}").expect(201).field("url");
        server.delete("/shares/" + token).expect(204);
        server.get(last).expect(404, "share_not_found");
    }

    @Test
    void aGrantCountsNothingAndIsNotGivenForWhatIsUsedUp() {
        Answer share = create(", \"protected\": false, \"max_downloads\": 1");
        String token = share.field("token");
        String url = server.post("/share/grant/" + token, "{\"file\": \"empty\"}").expect(201).field("url");
        assertTrue(url.endsWith("&file=2"), url);
        server.post("/share/grant/" + token, "").expect(201);
        assertEquals("0", server.get("/shares").list().getFirst().get("downloads").toString());
        server.get("/s/" + token, "User-Agent", "somebody else").expect(200);
        server.post("/share/grant/" + token, "").expect(410, "download_limit_reached");
        server.get(url).expect(410, "download_limit_reached");
    }

    @Test
    void attemptsTellOfTheArchiveAndOfPasswordsThatWereWrong() {
        Answer share = create(", \"password\": \"right\"");
        String token = share.field("token");
        server.post("/share/grant/" + token, "{\"password\": \"wrong\"}").expect(401);
        server.get("/s/" + token, "X-Share-Password", "right").expect(200);
        Http.await("the record of the download", () -> server.recorded().stream().anyMatch(entry -> entry.subject().containsKey("files")));
        assertEquals(List.of("share.download wrong_password null", "share.download ok 3"), server.recorded().stream()
                .filter(entry -> entry.action().equals("share.download")).map(entry -> entry.action() + " " + entry.result() + " " + entry.subject().get("files")).toList());
    }

    @Test
    void manyFilesFitUnderOneLinkAndThoseOfTheSameNameAreNumbered() throws IOException {
        List<String> ids = IntStream.range(0, 60).mapToObj(i -> server.store(("content " + i).getBytes(StandardCharsets.UTF_8))).toList();
        Answer share = server.post("/share/create", "{\"file_ids\": [\"" + String.join("\", \"", ids) + "\"], \"protected\": false, \"max_downloads\": 1}").expect(201);
        Map<String, byte[]> members = unzip(server.get("/s/" + share.field("token")).expect(200).body());
        assertEquals(60, members.size());
        assertEquals("content 59", new String(members.get("file (60).bin"), StandardCharsets.UTF_8));
        server.get("/s/" + share.field("token") + "/file.bin").expect(404, "not_in_share");
    }
}
