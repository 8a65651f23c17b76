package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

class FileRoutesTest {

    private static final byte[] FILE = ServedEngine.bytes(300_000, 1);

    @TempDir
    Path folder;
    private ServedEngine server;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void filesAreListedNewestFirstAPageAtATime() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.addFirst(server.store(new byte[i]));
            server.pass(Duration.ofSeconds(1));
        }
        String open = server.begin(10, 1024);
        List<String> seen = new ArrayList<>();
        String next = "/files?limit=2&status=completed";
        while (next != null) {
            Answer page = server.get(next).expect(200);
            page.list().forEach(entry -> seen.add((String) entry.get("file_id")));
            next = page.header("Link") == null ? null : page.header("Link").replaceFirst("<(.*)>; rel=\"next\"", "$1");
        }
        assertEquals(ids, seen);
        Map<String, Object> first = server.get("/files?limit=1").expect(200).list().getFirst();
        assertEquals(open, first.get("file_id"));
        assertEquals(List.of("file_id", "filename", "file_size", "total_chunks", "status", "file_hash", "created_at", "updated_at",
                "owner", "room"),
                List.copyOf(first.keySet()));
        assertEquals(6, server.get("/files").list().size());
        assertEquals(List.of(), server.get("/files?status=uploading").list());
    }

    private String named(String name) {
        server.pass(Duration.ofSeconds(1));
        return server.put("/" + name, new byte[name.length()]).expect(201).header("X-File-Id");
    }

    private List<Object> ids(String query) {
        return server.get("/files?" + query).expect(200).list().stream().map(entry -> entry.get("file_id")).toList();
    }

    @Test
    void filesAreFoundByTheirNamesAndIdsAndOrderedAsAskedFor() {
        String beta = named("Beta-report.pdf");
        String alpha = named("alpha-REPORT.pdf");
        String zulu = named("%C3%9Cber.txt");
        assertEquals(List.of(alpha, beta), ids("search=rePort&sort=name&order=asc"));
        assertEquals(List.of(beta, alpha), ids("search=report&sort=name&order=desc"));
        assertEquals(List.of(zulu), ids("search=%C3%BCb"));
        assertEquals(List.of(alpha), ids("search=" + alpha.substring(4, 20)));
        assertEquals(List.of(alpha), ids("search=" + alpha.substring(4, 20).toUpperCase(java.util.Locale.ROOT)));
        assertEquals(List.of(beta, alpha, zulu), ids("sort=created&order=asc"));
        assertEquals(List.of(zulu, beta, alpha), ids("sort=size&order=asc"));
        assertEquals(List.of(), ids("search=nothing"));
        assertEquals(List.of(zulu, alpha, beta), ids("search="));
    }

    @Test
    void theNextPageKeepsOrderAndSearchAndAllAreCountedWhenAskedFor() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            names.add("a&b=" + i);
            named("a&b=" + i);
        }
        named("other");
        List<Object> seen = new ArrayList<>();
        String next = "/files?limit=2&search=A%26b%3D&sort=name&order=asc&count=true";
        while (next != null) {
            Answer page = server.get(next).expect(200);
            assertEquals("5", page.header("X-Total-Count"));
            page.list().forEach(entry -> seen.add(entry.get("filename")));
            next = page.header("Link") == null ? null : page.header("Link").replaceFirst("<(.*)>; rel=\"next\"", "$1");
        }
        assertEquals(names, seen);
        assertEquals("6", server.get("/files?count=true").header("X-Total-Count"));
        assertNull(server.get("/files?sort=name").expect(200).header("X-Total-Count"));
    }

    @Test
    void aFileIsRenamedAndItsLinksLeadToItUnderTheNewName() {
        String id = named("old.txt");
        String url = server.post("/share/create/" + id, "{\"protected\": false}").expect(201).field("share_url").replaceFirst("^https?://[^/]*", "");
        assertTrue(url.endsWith("/old.txt"), url);
        Answer changed = server.patch("/files/" + id, "{\"filename\": \"New n\u00e4me.pdf\"}").expect(200);
        assertEquals(List.of("file_id", "filename", "file_size", "updated_at", "expires_at"), List.copyOf(changed.json().keySet()));
        assertEquals("New n\u00e4me.pdf", changed.field("filename"));
        assertEquals("New n\u00e4me.pdf", server.get("/files/" + id).field("filename"));
        assertTrue(server.get(url).expect(200).header("Content-Disposition").contains("New%20n%C3%A4me.pdf"));
        assertEquals(List.of(id), ids("search=N%C3%84ME"));
        server.patch("/files/" + id, "{\"filename\": \"../x\"}").expect(400, "invalid_value");
        server.patch("/files/" + id, "{\"filename\": null}").expect(400, "invalid_value");
        server.patch("/files/" + id, "{\"filename\": 5}").expect(400, "invalid_value");
        server.patch("/files/" + id, "{\"name\": \"x\"}").expect(400, "invalid_value");
        server.patch("/files/" + server.begin(10, 1024), "{\"filename\": \"x\"}").expect(409, "not_completed");
        server.patch("/files/00000000-0000-4000-8000-000000000000", "{}").expect(404, "not_found");
    }

    @Test
    void aFileStaysAsLongAsItIsTold() {
        String id = server.put("/a", new byte[1], "Max-Days", "1").expect(201).header("X-File-Id");
        Answer now = server.patch("/files/" + id, "{\"expire_minutes\": 10080}").expect(200);
        assertEquals(now.field("expires_at"), server.get("/files/" + id).field("expires_at"));
        server.pass(Duration.ofDays(6));
        server.cleanUp();
        server.get("/files/" + id).expect(200);
        assertNull(server.patch("/files/" + id, "{\"expires_at\": null}").expect(200).field("expires_at"));
        server.pass(Duration.ofDays(60));
        server.cleanUp();
        server.get("/files/" + id).expect(200);
        server.patch("/files/" + id, "{\"expire_minutes\": 0.5}").expect(200);
        server.pass(Duration.ofMinutes(1));
        server.cleanUp();
        server.get("/files/" + id).expect(404, "not_found");
        String other = named("b");
        for (String json : List.of("{\"expire_minutes\": 0}", "{\"expire_minutes\": -1}", "{\"expire_minutes\": 1e9}", "{\"expires_at\": \"2001-01-01T00:00:00Z\"}",
                "{\"expires_at\": \"tomorrow\"}", "{\"expires_at\": null, \"expire_minutes\": 5}")) {
            server.patch("/files/" + other, json).expect(400, "invalid_value");
        }
    }

    @Test
    void theLinksOfOneFileAreListed() {
        String id = server.store(new byte[1]);
        server.post("/share/create/" + named("b"), "").expect(201);
        List<Object> made = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            server.pass(Duration.ofSeconds(1));
            made.addFirst(server.post("/share/create/" + id, "").expect(201).json().get("share_id"));
        }
        assertEquals(made, server.get("/shares?file_id=" + id).expect(200).list().stream().map(share -> share.get("share_id")).toList());
        Answer page = server.get("/shares?limit=2&file_id=" + id).expect(200);
        assertEquals(2, page.list().size());
        String next = page.header("Link").replaceFirst("<(.*)>; rel=\"next\"", "$1");
        assertEquals(made.subList(2, 3), server.get(next).expect(200).list().stream().map(share -> share.get("share_id")).toList());
        server.get("/shares?file_id=x").expect(400, "invalid_value");
        server.get("/shares?file_id=00000000-0000-4000-8000-000000000000").expect(404, "not_found");
    }

    @Test
    void aBadPageIsRefused() {
        for (String query : List.of("limit=0", "limit=1001", "limit=x", "limit=-1", "status=done", "after=x", "sort=age", "order=up", "count=2", "search=" + "x".repeat(257))) {
            server.get("/files?" + query).expect(400, "invalid_value");
        }
        server.get("/files?limit=1&limit=2").expect(400, "invalid_query");
    }

    @Test
    void aDownloadSaysWhatItIs() {
        String id = server.store(FILE);
        Answer whole = server.get("/download/" + id).expect(200);
        assertArrayEquals(FILE, whole.body());
        Digest digest = Digest.sha256(FILE);
        Map<String, String> expected = Map.of("Content-Type", "application/octet-stream", "ETag", "\"sha256-" + digest.hex() + "\"",
                "Accept-Ranges", "bytes", "Repr-Digest", "sha-256=:" + digest.base64() + ":", "X-Content-SHA256", digest.hex(),
                "X-Content-Type-Options", "nosniff", "Content-Security-Policy", "sandbox; default-src 'none'",
                "Cross-Origin-Resource-Policy", "same-origin", "Referrer-Policy", "no-referrer", "Content-Length", "300000");
        expected.forEach((name, value) -> assertEquals(value, whole.header(name), name));
        assertTrue(whole.header("Content-Disposition").startsWith("attachment"), whole.header("Content-Disposition"));
        assertTrue(whole.header("Cache-Control").contains("no-transform"), whole.header("Cache-Control"));
        Answer head = server.head("/download/" + id).expect(200);
        expected.forEach((name, value) -> assertEquals(value, head.header(name), name));
        assertEquals(0, head.body().length);
    }

    @Test
    void rangesAndConditionsAreHonoured() {
        String path = "/download/" + server.store(FILE);
        String tag = server.head(path).header("ETag");
        Answer part = server.get(path, "Range", "bytes=1000-1999").expect(206);
        assertArrayEquals(Arrays.copyOfRange(FILE, 1000, 2000), part.body());
        assertEquals("bytes 1000-1999/300000", part.header("Content-Range"));
        assertEquals("1000", part.header("Content-Length"));
        assertArrayEquals(Arrays.copyOfRange(FILE, 299_990, 300_000), server.get(path, "Range", "bytes=-10").expect(206).body());
        assertArrayEquals(Arrays.copyOfRange(FILE, 299_990, 300_000), server.get(path, "Range", "bytes=299990-9999999").expect(206).body());
        Answer past = server.get(path, "Range", "bytes=300000-").expect(416, "range_not_satisfiable");
        assertEquals("bytes */300000", past.header("Content-Range"));
        assertEquals(300_000, server.get(path, "Range", "bytes=0-1,5-6").expect(200).body().length);
        server.get(path, "Range", "bytes=0-9", "If-Range", tag).expect(206);
        server.get(path, "Range", "bytes=0-9", "If-Range", "\"other\"").expect(200);
        assertEquals(tag, server.get(path, "If-None-Match", "\"other\", " + tag).expect(304).header("ETag"));
        server.get(path, "If-None-Match", "\"other\"").expect(200);
        server.get(path, "If-Match", "\"other\"").expect(412, "precondition_failed");
        server.get(path, "If-Match", tag).expect(200);
        server.head(path, "If-None-Match", tag).expect(304);
        assertEquals("300000", server.head(path, "Range", "bytes=0-9").expect(200).header("Content-Length"));
    }

    @Test
    void aFileOfNoBytesIsHandedOut() {
        String path = "/download/" + server.store(new byte[0]);
        assertEquals(0, server.get(path).expect(200).body().length);
        server.get(path, "Range", "bytes=0-").expect(416, "range_not_satisfiable");
    }

    @Test
    void whatIsNotCompletedIsNotHandedOut() {
        String id = server.begin(10, 1024);
        server.get("/download/" + id).expect(409, "not_completed");
        server.head("/download/" + id).expect(409);
        server.post("/share/create/" + id, "").expect(409, "not_completed");
        assertNull(server.get("/files/" + id).expect(200).field("download_url"));
    }

    @Test
    void deletionTakesTheLinksAlong() {
        String id = server.store(FILE);
        String token = server.post("/share/create/" + id, "").expect(201).field("token");
        assertEquals("1", server.get("/files/" + id).field("shares"));
        server.delete("/upload/" + id).expect(409, "already_completed");
        server.delete("/files/" + id).expect(204);
        server.delete("/files/" + id).expect(404, "not_found");
        server.get("/share/info/" + token).expect(404, "share_not_found");
        assertEquals(List.of(), server.get("/shares").list());
    }

    @Test
    void healthTellsWhyItIsNotReady() {
        assertEquals(Map.of("status", "ok", "ready", true, "reasons", List.of(), "version", "1.2.3"),
                server.get("/health").expect(200).json());
        server.health(false, "the disk failed");
        assertEquals(List.of("the disk failed"), server.get("/health").expect(503).json().get("reasons"));
    }

    @Test
    void aPageAfterAnEntryThatIsGoneIsRefusedAndNotEmpty() {
        server.store(new byte[1]);
        String gone = server.store(new byte[2]);
        server.get("/files?after=" + gone).expect(200);
        server.delete("/files/" + gone).expect(204);
        server.get("/files?after=" + gone).expect(400, "invalid_value");
    }
}
