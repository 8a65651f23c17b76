package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.json.Json;

/** Signed addresses with the real jar: by curl, interrupted and renewed, and from a page of another origin. */
class DirectTest {

    private static final String ORIGIN = "https://app.example.org";
    private static final Pattern TAG = Pattern.compile("(?im)^etag: (\"\\S+\")\r?$");
    private static final int PART = 1_000_000;

    @TempDir
    Path folder;

    @SuppressWarnings("unchecked")
    private static Map<Integer, String> urls(Http.Answer answer) {
        Map<Integer, String> urls = new TreeMap<>();
        ((List<Map<String, Object>>) answer.json().get("signedUrls")).forEach(each -> urls.put((Integer) each.get("partNumber"), (String) each.get("url")));
        return urls;
    }

    /** As a client with several connections does: some at a time, the last part first. @return the tags by part */
    private Map<Integer, String> send(Map<Integer, String> urls) throws Exception {
        StringBuilder config = new StringBuilder();
        new TreeMap<>(urls).reversed().forEach((part, url) -> config.append(config.isEmpty() ? "" : "next\n").append("upload-file = \"part").append(part).append("\"\nurl = \"").append(url)
                .append("\"\ndump-header = \"head").append(part).append("\"\noutput = \"answer\"\nfail\nsilent\n"));
        Files.writeString(folder.resolve("config"), config);
        Shell.run(folder, "curl", "--parallel", "--parallel-max", "3", "--config", "config").expectSuccess();
        Map<Integer, String> tags = new TreeMap<>();
        for (int part : urls.keySet()) {
            Matcher tag = TAG.matcher(Files.readString(folder.resolve("head" + part)));
            assertTrue(tag.find(), "no tag of part " + part);
            tags.put(part, tag.group(1));
        }
        return tags;
    }

    @Test
    void curlSendsPartsInParallelIsInterruptedAndGoesOnWithRenewedAddresses() throws Exception {
        assumeTrue(Shell.has("curl"), "curl is not installed");
        byte[] file = Http.bytes(6 * PART + 12_345, 5);
        for (int part = 1; part <= 7; part++) {
            Files.write(folder.resolve("part" + part), Http.part(file, (part - 1L) * PART, Math.min(file.length, (long) part * PART)));
        }
        Path data = folder.resolve("data");
        try (ServerProcess server = ServerProcess.start(ServerProcess.Launch.on(data).environment(Map.of("TRANZR_TOKEN", "operator-token-0123456789")))) {
            Map<Integer, String> tags = new TreeMap<>();
            String id;
            String[] token = {"Authorization", "Bearer operator-token-0123456789"};
            try (Http http = new Http(server)) {
                Http.Answer begun = http.send("POST", "/files/upload-url", java.net.http.HttpRequest.BodyPublishers.ofString(
                        "{\"fileName\": \"film.bin\", \"size\": " + file.length + ", \"chunkSize\": " + PART + "}"), token).expect(201);
                id = begun.field("uploadId");
                Map<Integer, String> urls = urls(begun);
                tags.putAll(send(new TreeMap<>(Map.of(2, urls.get(2), 5, urls.get(5), 7, urls.get(7)))));
                // Broken off in the middle of a part, and then the server is killed.
                String path = urls.get(1).substring(server.url().length());
                try (RawConnection dying = new RawConnection(server)) {
                    dying.head("PUT " + path + " HTTP/1.1", "Host: localhost", "Content-Length: " + PART).send(Http.part(file, 0, PART / 2));
                }
            }
            server.kill();
            server.restart();
            try (Http http = new Http(server)) {
                Http.Answer renewed = http.send("POST", "/files/upload-url", java.net.http.HttpRequest.BodyPublishers.ofString("{\"uploadId\": \"" + id + "\", \"missing\": true}"), token).expect(200);
                Map<Integer, String> urls = urls(renewed);
                assertEquals(List.of(1, 3, 4, 6), List.copyOf(urls.keySet()), "what was acknowledged is not asked for again");
                tags.putAll(send(urls));
                List<Map<String, Object>> list = new ArrayList<>();
                tags.forEach((part, tag) -> {
                    Map<String, Object> entry = new LinkedHashMap<>();
                    entry.put("PartNumber", part);
                    entry.put("ETag", tag);
                    list.add(entry);
                });
                String body = new String(Json.write(Map.of("fileId", id, "uploadId", id, "parts", list)), StandardCharsets.UTF_8);
                Http.Answer done = http.send("POST", "/files/complete-upload", java.net.http.HttpRequest.BodyPublishers.ofString(body), token).expect(200);
                assertEquals(Http.sha256(file), done.field("fileHash"));
                Http.Answer signed = http.send("POST", "/download-url/" + id, java.net.http.HttpRequest.BodyPublishers.ofString("{\"one_time\": true}"), token).expect(201);
                Shell.run(folder, "curl", "-sS", "--fail", "-O", signed.field("url")).expectSuccess();
                assertArrayEquals(file, Files.readAllBytes(folder.resolve("film.bin")));
                assertEquals(22, Shell.run(folder, "curl", "-sS", "--fail", "-O", signed.field("url")).exit());
                secretsAreKeptOut(server, data, urls.get(1));
            }
        }
    }

    private static void secretsAreKeptOut(ServerProcess server, Path data, String url) throws Exception {
        String signature = url.substring(url.indexOf("signature=") + 10);
        assertFalse(server.output().contains(signature));
        try (var files = Files.walk(data.resolve("audit"))) {
            for (Path log : files.filter(Files::isRegularFile).toList()) {
                assertFalse(Files.readString(log, StandardCharsets.ISO_8859_1).contains(signature), log.toString());
            }
        }
    }

    @Test
    void aPageOfAnAllowedOriginSendsPartsAndReadsTheirTags() {
        try (ServerProcess server = ServerProcess.start(ServerProcess.Launch.on(folder.resolve("data"), "--cors-origin", ORIGIN).environment(Map.of("TRANZR_TOKEN", "operator-token-0123456789")));
                Http http = new Http(server)) {
            Http.Answer begun = http.send("POST", "/files/upload-url", java.net.http.HttpRequest.BodyPublishers.ofString("{\"fileName\": \"f\", \"size\": 5}"),
                    "Authorization", "Bearer operator-token-0123456789").expect(201);
            String path = urls(begun).get(1).substring(server.url().length());
            Http.Answer preflight = http.send("OPTIONS", path, java.net.http.HttpRequest.BodyPublishers.noBody(), "Origin", ORIGIN, "Access-Control-Request-Method", "PUT",
                    "Access-Control-Request-Headers", "content-type").expect(204);
            assertEquals(ORIGIN, preflight.header("Access-Control-Allow-Origin"));
            assertTrue(preflight.header("Access-Control-Allow-Methods").contains("PUT"));
            assertEquals("content-type", preflight.header("Access-Control-Allow-Headers"));
            Http.Answer sent = http.put(path, "bytes".getBytes(StandardCharsets.US_ASCII), "Origin", ORIGIN, "Sec-Fetch-Site", "cross-site", "Content-Type", "video/mp4").expect(200);
            assertEquals(ORIGIN, sent.header("Access-Control-Allow-Origin"));
            assertTrue(List.of(sent.header("Access-Control-Expose-Headers").split(", ")).contains("ETag"));
            Http.Answer stranger = http.send("OPTIONS", path, java.net.http.HttpRequest.BodyPublishers.noBody(), "Origin", "https://evil.example", "Access-Control-Request-Method", "PUT");
            assertNull(stranger.header("Access-Control-Allow-Origin"));
        }
    }
}
