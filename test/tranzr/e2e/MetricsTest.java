package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.Tranzr;
import tranzr.json.Json;

/** What the built jar tells of itself, held against what was done to it. */
class MetricsTest {

    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    @Test
    void theFiguresAreExactlyWhatHappened() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data")); Http http = new Http(server)) {
            byte[] file = Http.bytes(3 * MIB, 1);
            String id = http.begin("whole.bin", file.length, MIB);
            for (int chunk : new int[] {1, 0, 0, 2}) {
                http.chunk(id, chunk, Http.part(file, chunk * MIB, (chunk + 1) * MIB)).expect(200);
            }
            http.post("/upload/merge/" + id).expect(200);
            http.postJson("/upload/start", "{\"filename\": \"../x\", \"file_size\": 5}").expect(400, "invalid_value");
            String wrong = "sha-256=:" + Base64.getEncoder().encodeToString(new byte[32]) + ":";
            for (int size : new int[] {10, 200_000}) {
                http.put("/wrong.bin", Http.bytes(size, 2), "Content-Digest", wrong).expect(422);
            }
            http.delete("/upload/" + http.begin("given-up.bin", 10, MIB)).expect(204);
            http.store("gone.bin", Http.bytes(10, 3));
            interruptAndResume(server, http);

            assertEquals(3 * MIB, http.get("/download/" + id).expect(200).body().length);
            http.get("/download/" + id, "Range", "bytes=0-99").expect(206);
            http.get("/download/" + id, "Range", "bytes=100-").expect(206);
            http.send("HEAD", "/download/" + id, java.net.http.HttpRequest.BodyPublishers.noBody()).expect(200);
            http.get("/s/nosuchlink").expect(404);
            breakOff(server, http);

            expect(http, Map.ofEntries(
                    Map.entry("tranzr_uploads_started_total", 6L),
                    Map.entry("tranzr_uploads_ended_total{result=\"completed\"}", 4L),
                    Map.entry("tranzr_uploads_ended_total{result=\"aborted\"}", 2L),
                    Map.entry("tranzr_uploads_ended_total{result=\"refused\"}", 2L),
                    Map.entry("tranzr_uploads_ended_total{result=\"expired\"}", 0L),
                    Map.entry("tranzr_uploads{state=\"completed\"}", 4L),
                    Map.entry("tranzr_uploads{state=\"uploading\"}", 0L),
                    Map.entry("tranzr_uploads_repeated_bodies_total", 1L),
                    Map.entry("tranzr_uploads_resumed_total", 1L),
                    Map.entry("tranzr_upload_seconds_count", 4L),
                    Map.entry("tranzr_upload_size_bytes_sum", 39L * MIB + 10),
                    Map.entry("tranzr_stored_bytes", 39L * MIB + 10),
                    Map.entry("tranzr_downloads_total{result=\"completed\"}", 2L),
                    Map.entry("tranzr_downloads_total{result=\"partial\"}", 1L),
                    Map.entry("tranzr_downloads_total{result=\"refused\"}", 1L),
                    Map.entry("tranzr_downloads_total{result=\"broken_off\"}", 1L),
                    Map.entry("tranzr_failures_total{kind=\"upload\",code=\"checksum_mismatch\"}", 2L),
                    Map.entry("tranzr_failures_total{kind=\"other\",code=\"invalid_value\"}", 1L),
                    Map.entry("tranzr_failures_total{kind=\"download\",code=\"share_not_found\"}", 1L),
                    Map.entry("tranzr_failures_total{kind=\"download\",code=\"broken_off\"}", 1L),
                    Map.entry("tranzr_http_requests_total{action=\"upload.chunk\",status=\"200\"}", 4L),
                    Map.entry("tranzr_http_requests_total{action=\"upload.start\",status=\"400\"}", 1L),
                    Map.entry("tranzr_active_transfers{kind=\"upload\"}", 0L),
                    Map.entry("tranzr_hash_queue", 0L),
                    Map.entry("tranzr_ready", 1L)));
            Map<String, Object> stats = http.get("/stats").expect(200).json();
            Map<?, ?> totals = (Map<?, ?>) stats.get("totals");
            assertEquals(List.of(4, 4, 2, 1), List.of(totals.get("uploads_completed"), totals.get("uploads_failed"), totals.get("downloads_completed"), totals.get("downloads_failed")));
            assertEquals(6.0 / 11, stats.get("success_rate"));
            assertTrue(((List<?>) stats.get("failures")).contains(Map.of("code", "checksum_mismatch", "count", 2)), stats.toString());
            assertEquals(60, ((List<?>) stats.get("history")).size());
        }
    }

    /** Sends a half, cuts the connection, and then the rest. */
    private static void interruptAndResume(ServerProcess server, Http http) throws IOException {
        byte[] file = Http.bytes(4 * MIB, 4);
        String id = http.begin("resumed.bin", file.length, MIB);
        long before = Figures.of(http).count("tranzr_http_received_bytes_total");
        try (RawConnection raw = new RawConnection(server)) {
            raw.head("PUT /upload/" + id + " HTTP/1.1", "Host: localhost", "Content-Length: " + file.length).send(Http.part(file, 0, 2 * MIB));
            // What is not read yet when the connection is reset is lost.
            expect(http, Map.of("tranzr_http_received_bytes_total", before + 2 * MIB));
            raw.reset();
        }
        Http.await("the end of the broken request", () -> Figures.of(http).samples().keySet().stream()
                .anyMatch(sample -> sample.startsWith("tranzr_failures_total{kind=\"upload\",code=\"b")));
        long there = ((Number) http.status(id).json().get("bytes_received")).longValue();
        assertEquals(2 * MIB, there);
        http.put("/upload/" + id, Http.part(file, there, file.length), "Content-Range", "bytes " + there + "-" + (file.length - 1) + "/" + file.length).expect(200);
    }

    /** Begins to fetch a file and leaves. */
    private static void breakOff(ServerProcess server, Http http) throws IOException {
        String id = http.store("larger-than-buffers.bin", Http.bytes(32 * MIB, 5));
        try (RawConnection raw = new RawConnection(server)) {
            raw.head("GET /download/" + id + " HTTP/1.1", "Host: localhost");
            raw.readHead();
            raw.reset();
        }
    }

    /** What a request was counted for is told when its answer is out, so perhaps a moment after the client has it. */
    private static void expect(Http http, Map<String, Long> expected) {
        Figures[] last = new Figures[1];
        try {
            Http.await("the figures", () -> {
                last[0] = Figures.of(http);
                return expected.entrySet().stream().allMatch(entry -> last[0].count(entry.getKey()) == entry.getValue());
            });
        } catch (AssertionError e) {
            StringBuilder wrong = new StringBuilder();
            expected.forEach((sample, count) -> wrong.append(last[0].count(sample) == count ? "" : sample + " is " + last[0].count(sample) + ", not " + count + "\n"));
            throw new AssertionError(wrong + last[0].text(), e);
        }
    }

    @Test
    void bytesAreCountedWhileTheyPassAndToTheByte() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data")); Http http = new Http(server); RawConnection raw = new RawConnection(server)) {
            raw.head("PUT /slow.bin HTTP/1.1", "Host: localhost", "Content-Length: 3000000").send(Http.bytes(2_000_000, 1));
            expect(http, Map.of("tranzr_http_received_bytes_total", 2_000_000L, "tranzr_active_transfers{kind=\"upload\"}", 1L, "tranzr_uploads_started_total", 1L,
                    "tranzr_http_requests_total{action=\"upload.receive\",status=\"201\"}", 0L));
            raw.send(Http.bytes(1_000_000, 2));
            assertTrue(raw.readHead().startsWith("HTTP/1.1 201"));
            expect(http, Map.of("tranzr_http_received_bytes_total", 3_000_000L, "tranzr_active_transfers{kind=\"upload\"}", 0L,
                    "tranzr_http_requests_total{action=\"upload.receive\",status=\"201\"}", 1L));
            List<?> history = (List<?>) http.get("/stats").json().get("history");
            assertEquals(3_000_000L, history.stream().mapToLong(minute -> ((Number) ((Map<?, ?>) minute).get("bytes_in")).longValue()).sum());
        }
    }

    @Test
    void whoWaitsForBandwidthIsCounted() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), "--bandwidth", "20KiB/s"); Http http = new Http(server); RawConnection raw = new RawConnection(server)) {
            raw.head("PUT /slow.bin HTTP/1.1", "Host: localhost", "Content-Length: 3000000").send(Http.bytes(200_000, 1));
            expect(http, Map.of("tranzr_throttled_transfers", 1L, "tranzr_active_transfers{kind=\"upload\"}", 1L, "tranzr_active_transfers{kind=\"download\"}", 0L));
            raw.reset();
            expect(http, Map.of("tranzr_throttled_transfers", 0L, "tranzr_active_transfers{kind=\"upload\"}", 0L));
        }
    }

    @Test
    void countersNeverFallWhileUploadsRunAndAreScraped() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data")); Http http = new Http(server)) {
            AtomicInteger left = new AtomicInteger(6);
            List<Callable<Object>> all = new ArrayList<>();
            for (int worker = 0; worker < 6; worker++) {
                int seed = worker;
                all.add(() -> {
                    try {
                        for (int i = 0; i < 20; i++) {
                            http.put("/f" + seed + "-" + i + ".bin", Http.bytes(100_000, seed)).expect(201);
                        }
                        return null;
                    } finally {
                        left.decrementAndGet();
                    }
                });
            }
            all.add(() -> {
                Figures before = Figures.of(http);
                while (left.get() > 0) {
                    Figures now = Figures.of(http);
                    for (Map.Entry<String, Double> sample : before.samples().entrySet()) {
                        if (sample.getKey().matches("\\w+_(total|count|sum|bucket)\\b.*")) {
                            assertTrue(now.samples().get(sample.getKey()) >= sample.getValue(), sample + " fell");
                        }
                    }
                    before = now;
                }
                return null;
            });
            RealServer.together(all);
            expect(http, Map.of("tranzr_uploads_ended_total{result=\"completed\"}", 120L, "tranzr_http_received_bytes_total", 12_000_000L, "tranzr_shares", 120L,
                    "tranzr_http_first_byte_seconds_count{kind=\"upload\"}", 120L, "tranzr_http_request_seconds_bucket{kind=\"upload\",le=\"+Inf\"}", 120L));
            Figures figures = Figures.of(http);
            assertTrue(figures.count("tranzr_journal_batch_records_count") <= figures.count("tranzr_journal_batch_records_sum"));
            assertEquals(figures.count("tranzr_journal_commit_seconds_count"), figures.count("tranzr_journal_batch_records_sum"));
            assertTrue(figures.count("tranzr_disk_force_seconds_count{of=\"journal\"}") >= figures.count("tranzr_journal_batch_seconds_count"), figures.text());
        }
    }

    @Test
    void promtoolFindsNothingToSay() throws IOException {
        assumeTrue(Shell.has("promtool"), "promtool is not installed");
        try (ServerProcess server = ServerProcess.start(folder.resolve("data")); Http http = new Http(server)) {
            http.store("a.bin", Http.bytes(100, 1));
            http.get("/nothing/here").expect(404);
            Path scrape = Files.writeString(folder.resolve("scrape"), Figures.of(http).text());
            assertEquals("", Shell.run(folder, "sh", "-c", "promtool check metrics < " + scrape).expectSuccess().output());
        }
    }

    @Test
    void thePageForOperatorsAndTheDashboardKnowExactlyTheMetricsThatThereAre() throws IOException {
        Path docs = Path.of(System.getProperty("tranzr.root"), "docs");
        try (ServerProcess server = ServerProcess.start(folder.resolve("data")); Http http = new Http(server)) {
            http.get("/health").expect(200);
            Figures figures = Figures.of(http);
            Set<String> described = new TreeSet<>();
            Pattern.compile("(?m)^\\| `(\\w+)` \\| (counter|gauge|histogram|summary) \\| ([a-z, ]*) ?\\|").matcher(Files.readString(docs.resolve("operating.md"))).results()
                    .forEach(row -> described.add(row.group(1) + " " + row.group(2)));
            Set<String> there = new TreeSet<>();
            Pattern.compile("(?m)^# TYPE (\\S+ \\S+)$").matcher(figures.text()).results().forEach(type -> there.add(type.group(1)));
            assertEquals(described, there);

            Set<String> names = new TreeSet<>(figures.families());
            figures.samples().keySet().forEach(sample -> names.add(sample.replaceFirst("\\{.*", "")));
            Set<String> used = new TreeSet<>();
            Pattern.compile("\\b(?:tranzr|jvm|process)_\\w+").matcher(Files.readString(docs.resolve("grafana.json"))).results().forEach(name -> used.add(name.group()));
            Set<String> unknown = new TreeSet<>(used);
            unknown.removeIf(name -> names.contains(name) || names.contains(name.replaceFirst("_(bucket|sum|count)$", "")));
            assertEquals(Set.of(), unknown);
            assertTrue(used.size() > 35, "only " + used.size() + " metrics are on the dashboard");
        }
    }

    @Test
    void theDashboardIsWhatGrafanaImports() throws IOException {
        Map<String, Object> dashboard = Json.readObject(Files.readAllBytes(Path.of(System.getProperty("tranzr.root"), "docs", "grafana.json")));
        assertEquals("Tranzr", dashboard.get("title"));
        Set<Object> ids = new HashSet<>();
        Set<String> places = new HashSet<>();
        for (Object each : (List<?>) dashboard.get("panels")) {
            Map<?, ?> panel = (Map<?, ?>) each;
            assertTrue(ids.add(panel.get("id")), "two panels of id " + panel.get("id"));
            Map<?, ?> at = (Map<?, ?>) panel.get("gridPos");
            for (int x = (int) at.get("x"); x < (int) at.get("x") + (int) at.get("w"); x++) {
                for (int y = (int) at.get("y"); y < (int) at.get("y") + (int) at.get("h"); y++) {
                    assertTrue(x < 24 && places.add(x + "," + y), panel.get("title") + " lies over another panel");
                }
            }
            assertTrue(panel.get("type").equals("row") || !((List<?>) panel.get("targets")).isEmpty(), panel.toString());
        }
    }

    @Test
    void whoPrefersOpenMetricsGetsIt() {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data")); Http http = new Http(server)) {
            String prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
            Http.Answer open = http.get("/metrics", "Accept", prometheus).expect(200);
            assertEquals("application/openmetrics-text; version=1.0.0; charset=utf-8", open.header("Content-Type"));
            assertTrue(open.text().endsWith("\n# EOF\n"));
            Figures.parse(open.text());
            Http.Answer plain = http.get("/metrics").expect(200);
            assertEquals("text/plain; version=0.0.4; charset=utf-8", plain.header("Content-Type"));
            assertEquals("no-store", plain.header("Cache-Control"));
        }
    }

    @Test
    void aTokenForMetricsReadsThemAndNothingElse() {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), "--trusted-proxy", "192.0.2.1"); Http admin = Http.asAdmin(server); Http http = new Http(server)) {
            http.get("/metrics").expect(401, "token_required");
            String token = admin.postJson("/tokens", "{\"name\": \"prometheus\", \"rights\": [\"metrics\"]}").expect(201).field("token");
            String[] collector = {"Authorization", "Bearer " + token};
            assertTrue(Figures.of(http, collector).families().contains("tranzr_uploads"));
            for (String path : List.of("/stats", "/log", "/files", "/audit", "/tokens", "/shares")) {
                http.get(path, collector).expect(403, "forbidden");
            }
            http.put("/x.txt", "x".getBytes(StandardCharsets.UTF_8), collector).expect(403);
            String lister = admin.postJson("/tokens", "{\"name\": \"other\", \"rights\": [\"upload\", \"download\", \"share\", \"delete\", \"list\"]}").expect(201).field("token");
            for (String path : List.of("/metrics", "/stats", "/log")) {
                http.get(path, "Authorization", "Bearer " + lister).expect(403, "forbidden");
                admin.get(path).expect(200);
            }
        }
    }

    @Test
    void theLogTellsWhatTheServerHasToSay() throws IOException {
        Path data = folder.resolve("data");
        String id;
        try (ServerProcess server = ServerProcess.start(data); Http http = new Http(server)) {
            id = http.store("a.bin", Http.bytes(100_000, 1));
        }
        for (Path part : RealServer.filesNaming(data.resolve("storage"), id)) {
            Files.deleteIfExists(part);
        }
        try (ServerProcess server = ServerProcess.start(data); Http http = new Http(server)) {
            List<Object> lines = http.get("/log").expect(200).jsonList();
            assertTrue(lines.stream().map(line -> (Map<?, ?>) line).anyMatch(line -> line.get("level").equals("SEVERE") && line.get("logger").equals("tranzr.transfer.Engine")
                    && line.get("message").equals("the bytes of " + id + " are missing")), lines.toString());
            assertEquals(1, http.get("/log?limit=1").expect(200).jsonList().size());
            http.get("/log?limit=0").expect(400, "invalid_value");
        }
    }

    @Test
    void twoServersInOneProcessCountApart() throws Exception {
        try (Tranzr one = Tranzr.builder().data(folder.resolve("one")).port(0).start(); Tranzr two = Tranzr.builder().data(folder.resolve("two")).port(0).start();
                java.net.http.HttpClient client = java.net.http.HttpClient.newHttpClient()) {
            java.net.http.HttpRequest upload = java.net.http.HttpRequest.newBuilder(one.uri().resolve("/hello.txt")).PUT(java.net.http.HttpRequest.BodyPublishers.ofString("hello")).build();
            assertEquals(201, client.send(upload, java.net.http.HttpResponse.BodyHandlers.ofString()).statusCode());
            Map<Tranzr, Long> expected = Map.of(one, 1L, two, 0L);
            for (Map.Entry<Tranzr, Long> server : expected.entrySet()) {
                Figures figures = Figures.parse(client.send(java.net.http.HttpRequest.newBuilder(server.getKey().uri().resolve("/metrics")).build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString()).body());
                assertEquals(server.getValue(), figures.count("tranzr_uploads_started_total"));
                assertEquals(server.getValue(), figures.count("tranzr_uploads{state=\"completed\"}"));
                assertEquals(5 * server.getValue(), figures.count("tranzr_http_received_bytes_total"));
            }
        }
    }
}
