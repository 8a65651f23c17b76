package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tranzr.e2e.Http.Answer;

/**
 * Files: the attacks that got through in other programs of this kind, each tried here. Links are in {@link PeerShareMistakesTest}; junk in every header is in
 * {@link RawHttpTest}, names that are refused in {@link BadInputTest}.
 */
class PeerMistakesTest extends RealServer {

    private static final byte[] SECRET = "secret of another program".getBytes(StandardCharsets.UTF_8);

    private static Path secret() throws IOException {
        Path sibling = Files.createDirectories(data.resolveSibling("data-of-another"));
        return Files.write(sibling.resolve("secret.txt"), SECRET);
    }

    /** Everything around the data directory, with its content. */
    private static Map<Path, String> surroundings() throws IOException {
        Map<Path, String> found = new TreeMap<>();
        Files.walkFileTree(data.getParent(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return directory.equals(data) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                found.put(file, Files.readString(file, StandardCharsets.ISO_8859_1));
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    @ParameterizedTest
    @ValueSource(strings = {"../data-of-another/secret.txt", "..%2fdata-of-another%2fsecret.txt", "%2e%2e%2fdata-of-another%2fsecret.txt", "..%5cdata-of-another%5csecret.txt",
        "%2e%2e%5cx", "..%252fdata-of-another%252fsecret.txt", "%2fetc%2fpasswd", "..", "%2e%2e", ".", "%00", "..%00", "{id}%00", "{id}%2f..", "{id}%2fx", "{id}.data", "{id}%20",
        "{id}x", "..%c0%af", "-of-another%2fsecret.txt", "store", "%2e%2e%2flock", "C:%5cx", "%5c%5chost%5cshare"})
    void pathTraversalInIdsFindsNothingByAnyMethodAndDeletesNothing(String id) throws IOException {
        secret();
        String witness = http.store("witness", new byte[3000]);
        Map<Path, String> before = surroundings();
        String segment = id.replace("{id}", witness);
        for (String route : List.of("GET /download/", "HEAD /download/", "GET /files/", "DELETE /files/", "GET /upload/status/", "DELETE /upload/", "PUT /upload/", "POST /upload/merge/",
                "POST /share/create/", "GET /s/", "GET /share/info/", "GET /share/download/", "DELETE /shares/", "DELETE /delete/")) {
            try (RawConnection connection = new RawConnection(server)) {
                connection.head(route + segment + (route.contains("/delete/") ? "/key" : "") + " HTTP/1.1", "Host: localhost", "Content-Length: 0", "Connection: close");
                String answer = connection.readUntilQuiet(20_000);
                assertTrue(answer.startsWith("HTTP/1.1 4"), route + segment + ": " + answer);
                assertFalse(answer.contains("secret of"), answer);
            }
        }
        assertEquals(before, surroundings());
        assertArrayEquals(new byte[3000], http.get("/download/" + witness).expect(200).body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../escaped", "..\\..\\escaped", "/escaped", "C:\\escaped", "\\\\host\\escaped", "a/../../escaped", "%2e%2e%2fescaped", "..%5cescaped", "escaped:stream", "escaped\u0000.txt",
        "con", "../data-of-another/secret.txt"})
    void pathTraversalInNamesWritesNothingBesideTheStore(String name) throws IOException {
        secret();
        Map<Path, String> before = surroundings();
        http.postJson("/upload/start", JSON.std.asString(Map.of("filename", name, "file_size", 1)));
        new Form().file("file", name.replace("\u0000", "%00"), new byte[1]).post(http, "/");
        new Form().file("file", "x", new byte[1]).field("name", name.replace("\u0000", "")).post(http, "/");
        assertEquals(before, surroundings());
        assertEquals(List.of(), filesNaming(data, "escaped"));
        assertEquals(List.of(), filesNaming(data, "secret"));
    }

    @Test
    void aSymbolicLinkInPlaceOfAFileIsNeitherReadNorWritten(@TempDir Path folder) throws IOException {
        Path target = Files.write(folder.resolve("elsewhere.txt"), Http.bytes(300_000, 5));
        byte[] outside = Files.readAllBytes(target);
        try (ServerProcess own = ServerProcess.start(folder.resolve("data")); Http client = new Http(own)) {
            String id = client.store("replaced", Http.bytes(300_000, 4));
            String unfinished = client.begin("unfinished", 300_000, 100_000);
            client.chunk(unfinished, 0, new byte[100_000]).expect(200);
            for (String each : List.of(id, unfinished)) {
                List<Path> files = filesNaming(folder.resolve("data"), each);
                assertFalse(files.isEmpty());
                for (Path file : files) {
                    Files.delete(file);
                    Files.createSymbolicLink(file, target);
                }
            }
            try (RawConnection connection = new RawConnection(own)) {
                connection.head("GET /download/" + id + " HTTP/1.1", "Host: localhost", "Connection: close");
                String answer = connection.readUntilQuiet(20_000);
                assertFalse(answer.contains(new String(outside, 0, 64, StandardCharsets.ISO_8859_1)), "the link was followed");
            }
            // It may take this for a broken disk and end, but it must not write where the link leads.
            for (int index = 1; index < 3 && own.isAlive(); index++) {
                try (RawConnection connection = new RawConnection(own)) {
                    connection.head("PUT /uploads/" + unfinished + "/chunks/" + index + " HTTP/1.1", "Host: localhost", "Content-Length: 100000", "Connection: close");
                    connection.send(Http.bytes(100_000, index)).readUntilQuiet(20_000);
                } catch (IOException ended) {
                    Http.await("the end of the server", () -> !own.isAlive());
                }
            }
        }
        assertArrayEquals(outside, Files.readAllBytes(target), "written through the link");
    }

    @ParameterizedTest
    @ValueSource(strings = {"storage", "journal", "storage/files", "storage/quarantine", "storage/scratch"})
    void aSymbolicLinkInPlaceOfAFolderRefusesTheStart(String part, @TempDir Path folder) throws IOException {
        Path own = folder.resolve("data");
        try (ServerProcess first = ServerProcess.start(own); Http client = new Http(first)) {
            client.store("x", new byte[100_000]);
            first.terminate();
        }
        Path moved = Files.move(own.resolve(part), folder.resolve("moved"));
        Files.createSymbolicLink(own.resolve(part), moved);
        StringBuilder said = new StringBuilder();
        int code = ServerProcess.exitCodeOf(ServerProcess.Launch.on(own), said);
        assertTrue(code != 0 && said.toString().contains(part), code + " " + said);
        assertTrue(said.toString().contains("symbolic link") || said.toString().contains("is in the way"), said.toString());
        assertEquals(1, said.toString().lines().filter(line -> !line.isBlank()).count(), said.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"page.html", "page.HTM", "picture.svg", "data.xml", "page.xhtml", "document.pdf", "noextension", "script.js", "page.html.", "x.txt"})
    void aStoredScriptIsNeverAnythingButADownload(String name) throws IOException {
        byte[] script = "<html><script>alert(document.domain)</script><svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/></html>".getBytes(StandardCharsets.UTF_8);
        String id = http.store(name, script);
        String token = http.postJson("/share/create/" + id, "{\"protected\": false, \"max_downloads\": null}").expect(201).field("token");
        for (String path : List.of("/download/" + id, "/s/" + token, "/s/" + token + "/" + name, "/share/download/" + token, "/share/download/" + token + "/other.html",
                "/s/" + token + "?download=1")) {
            for (String accept : List.of("*/*", "image/svg+xml,image/*", "text/html;q=0.1,*/*")) {
                assertIsOnlyADownload(http.get(path, "Accept", accept, "User-Agent", "one").expect(200), script);
                assertIsOnlyADownload(http.get(path, "Accept", accept, "Range", "bytes=0-", "User-Agent", "one").expect(206), script);
            }
        }
    }

    private static void assertIsOnlyADownload(Answer answer, byte[] bytes) {
        assertArrayEquals(bytes, answer.body());
        assertEquals("application/octet-stream", answer.header("Content-Type"));
        assertTrue(answer.header("Content-Disposition").startsWith("attachment;"), answer.toString());
        assertEquals("nosniff", answer.header("X-Content-Type-Options"));
        assertTrue(answer.header("Content-Security-Policy").contains("sandbox"), answer.toString());
        assertEquals("same-origin", answer.header("Cross-Origin-Resource-Policy"));
    }

    @Test
    void aScriptInANameOrInAQueryIsTextOnEveryPage() throws Exception {
        String evil = "<img src=x onerror=alert(1)>\"'&<script>.html";
        String id = http.postJson("/upload/start", JSON.std.asString(Map.of("filename", evil, "file_size", 0))).expect(201).field("file_id");
        http.post("/upload/merge/" + id).expect(200);
        String token = http.postJson("/share/create/" + id, "{\"password\": \"it is\"}").expect(201).field("token");
        String query = "?password=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&x=%3Cscript%3E";
        Answer page = http.get("/s/" + token + query, "Accept", "text/html").expect(200);
        assertTrue(page.header("Content-Type").startsWith("text/html"), page.toString());
        // Its own, each once.
        assertTrue(page.text().split("<script").length == 2 && page.text().contains("<script type=\"module\" src=\"../ui/"), page.text());
        assertTrue(page.text().split("<img").length == 2 && page.text().contains("<img src=\"../ui/"), page.text());
        assertFalse(page.text().contains("<script>") || page.text().contains("'&<") || page.text().contains("alert(1)</"), page.text());
        assertTrue(page.header("Content-Security-Policy").startsWith("default-src 'none'; script-src 'self'; style-src 'self';"), page.toString());
        for (String path : List.of("/s/" + token + query, "/s/%3Cscript%3E" + query, "/%3Cscript%3E", "/files?limit=%3Cscript%3E", "/files?after=%3Cscript%3E", "/share/info/" + token,
                "/files/" + id, "/shares", "/upload/status/%3Cscript%3E", "/?x=%3Cscript%3E", "/openapi.json")) {
            Answer answer = http.get(path, "Accept", "text/plain");
            assertTrue(answer.header("Content-Type").matches("(application/(problem\\+)?json|text/plain).*"), path + ": " + answer);
        }
        Answer plain = http.put("/%3Cscript%3E.txt?max-downloads=%3Cscript%3E", new byte[1]);
        assertTrue(plain.status() == 400 && plain.header("Content-Type").startsWith("text/plain"), plain.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\"; filename=\"evil.exe", "a\\\"; x=\"y", "a;b=c.txt", "a%0d%0aX-Injected: 1", "größe\"日本.txt", "a'b''c.txt", "%22%0D%0A.txt", "tab\u00a0x.txt"})
    void aNameNeverBreaksOutOfAHeaderField(String name) throws Exception {
        String id = http.postJson("/upload/start", JSON.std.asString(Map.of("filename", name, "file_size", 0))).expect(201).field("file_id");
        http.post("/upload/merge/" + id).expect(200);
        Answer got = http.get("/download/" + id).expect(200);
        assertNull(got.header("X-Injected"));
        String disposition = got.header("Content-Disposition");
        assertTrue(disposition.matches("attachment; filename=\"[^\"\\\\\r\n]*\"(; filename\\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]*)?"), disposition);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%0D%0AX-Injected: 1.txt", "a%0aX-Injected: 1", "a%0dX-Injected: 1"})
    void aLineEndInAFormsFileNameIsRefused(String name) throws IOException {
        int before = http.get("/files").expect(200).jsonList().size();
        Answer answer = new Form().file("file", name, new byte[1]).post(http, "/");
        assertEquals(400, answer.status(), answer.toString());
        assertNull(answer.header("X-Injected"));
        assertEquals(before, http.get("/files").expect(200).jsonList().size());
    }

    @Test
    void anUploadLongerOrShorterThanItSaidNeverBecomesAFile() throws IOException {
        String id = http.begin("exact", 5000, 2000);
        assertTrue(http.put("/upload/" + id, new byte[5001]).status() >= 400);
        assertTrue(http.chunk(id, 0, new byte[2001]).status() >= 400);
        assertTrue(http.chunk(id, 2, new byte[2000]).status() >= 400, "the last chunk has only 1000 bytes");
        assertTrue(http.chunk(id, 3, new byte[1]).status() >= 400);
        assertTrue(http.put("/upload/" + id, new byte[10], "Content-Range", "bytes 4995-5004/5005").status() >= 400);
        assertTrue(http.put("/upload/" + id, new byte[10], "Content-Range", "bytes 4990-4999/9000").status() >= 400);
        http.chunk(id, 0, new byte[2000]).expect(200);
        try (RawConnection connection = new RawConnection(server)) {
            connection.head("PUT /uploads/" + id + "/chunks/1 HTTP/1.1", "Host: localhost", "Content-Length: 2000").send(new byte[1999]);
        }
        http.post("/upload/merge/" + id).expect(409, "missing_chunks");
        http.get("/download/" + id).expect(409);
        assertEquals("5000", http.get("/files/" + id).expect(200).field("file_size"));
    }

    @Test
    void nothingIsWrittenToAFileAfterItsCompletion() {
        byte[] bytes = Http.bytes(5000, 8);
        String id = http.begin("done", 5000, 2000);
        http.put("/upload/" + id, bytes).expect(200);
        http.post("/upload/merge/" + id).expect(200);
        String tag = http.get("/download/" + id).expect(200).header("ETag");
        http.chunk(id, 0, new byte[2000]);
        http.put("/upload/" + id, new byte[5000]);
        http.put("/upload/" + id, new byte[10], "Content-Range", "bytes 5000-5009/5010");
        http.send("POST", "/upload/chunk?file_id=" + id + "&chunk_index=0", BodyPublishers.ofByteArray(new byte[2000]));
        http.delete("/upload/" + id).expect(409, "already_completed");
        Answer after = http.get("/download/" + id).expect(200);
        assertArrayEquals(bytes, after.body());
        assertEquals(tag, after.header("ETag"));
    }
}
