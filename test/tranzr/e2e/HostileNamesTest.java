package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;
import tranzr.client.TranzrClient;
import tranzr.e2e.ClientProcess.Done;
import tranzr.e2e.ClientProcess.User;
import tranzr.fault.Network;
import tranzr.json.Json;

/** Names that are odd and stay, and names that would lead out of the target folder and do not; links that open, and those that do not. */
@Tag(TestMain.ASIDE)
class HostileNamesTest {

    private static final long SEED = 13;
    private static final byte[] CONTENT = Http.bytes(3000, SEED);
    /** What a server that wants no good may say. */
    private static final List<String> HOSTILE = List.of("attachment; filename=\"../../evil\"", "attachment; filename=\"/etc/evil\"", "attachment; filename=\"..\"",
            "attachment; filename*=UTF-8''..%2f..%2fevil", "attachment; filename=\"sub/evil\"", "attachment; filename=\"C:\\\\evil\"",
            "attachment; filename=\"" + "x".repeat(5000) + "\"", "attachment; filename=\"\"", "attachment; filename*=UTF-8''evil%00.txt", "attachment; filename=\".bashrc\"");

    @TempDir
    Path folder;

    @Test
    void oddNamesAreTheSameOnTheOtherSide() throws Exception {
        List<String> names = List.of("\u00fcber \u65e5\u672c\u8a9e \ud83d\ude80.bin", "\u00e9".repeat(100), "a".repeat(255), "-rf", "name with 'quotes' & $(signs);.txt", "100% #1;+.txt");
        Path out = Files.createDirectory(folder.resolve("out"));
        for (String name : names) {
            Files.write(out.resolve(name), CONTENT);
        }
        try (TwoEnds ends = TwoEnds.of(folder, Network.CLEAN, SEED)) {
            User utf8 = ends.user.environment(Map.of("TRANZR_SERVER", ends.proxy.url(), "LC_ALL", "C.UTF-8"));
            List<String> arguments = new ArrayList<>(List.of("send", "--share"));
            names.forEach(name -> arguments.add(out.resolve(name).toString()));
            List<String> links = utf8.run(arguments.toArray(String[]::new)).expect(0).out().lines().toList();
            assertEquals(names.size(), links.size());
            Path in = Files.createDirectory(folder.resolve("in"));
            for (int i = 0; i < links.size(); i++) {
                Done got = utf8.run("receive", links.get(i), "--output", in.toString()).expect(0);
                assertTrue(Files.exists(in.resolve(names.get(i))), names.get(i) + " came as " + got.out());
            }
            assertEquals(names.stream().sorted().toList(), TwoEnds.names(in));
        }
    }

    @Test
    void aReceivedNameNeverLeavesTheTargetFolder() throws Exception {
        AtomicReference<String> disposition = new AtomicReference<>();
        HttpServer server = hostileServer(disposition);
        try {
            Path below = Files.createDirectories(folder.resolve("a").resolve("b"));
            for (int i = 0; i < HOSTILE.size(); i++) {
                disposition.set(HOSTILE.get(i));
                Path target = Files.createDirectory(below.resolve("in" + i));
                URI link = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/s/" + "A".repeat(22));
                try (TranzrClient client = TranzrClient.of(link.resolve("/")).build()) {
                    TwoEnds.finish(client.download(link).to(target).build());
                }
                List<String> came = TwoEnds.names(target);
                assertEquals(1, came.size(), HOSTILE.get(i) + " left " + came);
                for (String name : came) {
                    assertTrue(Files.isRegularFile(target.resolve(name)) && name.getBytes(StandardCharsets.UTF_8).length <= 255, name);
                    assertEquals(Http.sha256(CONTENT), Http.sha256(Files.readAllBytes(target.resolve(name))));
                }
            }
            try (Stream<Path> all = Files.walk(folder)) {
                assertEquals(List.of(), all.filter(path -> path.getFileName().toString().contains("evil") && !path.getParent().getFileName().toString().startsWith("in")).toList());
            }
        } finally {
            server.stop(0);
        }
    }

    private static HttpServer hostileServer(AtomicReference<String> disposition) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        String hash = Http.sha256(CONTENT);
        server.createContext("/share/info/", exchange -> {
            byte[] info = Json.write(Map.of("filename", "../../evil", "file_size", CONTENT.length, "file_hash", hash, "protected", false));
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, info.length);
            exchange.getResponseBody().write(info);
            exchange.close();
        });
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("ETag", "\"sha256-" + hash + "\"");
            exchange.getResponseHeaders().set("X-Content-SHA256", hash);
            exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
            exchange.getResponseHeaders().set("Content-Disposition", disposition.get());
            boolean head = exchange.getRequestMethod().equals("HEAD");
            boolean part = !head && exchange.getRequestHeaders().containsKey("Range");
            if (head) {
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(CONTENT.length));
            }
            if (part) {
                exchange.getResponseHeaders().set("Content-Range", "bytes 0-" + (CONTENT.length - 1) + "/" + CONTENT.length);
            }
            exchange.sendResponseHeaders(part ? 206 : 200, head ? -1 : CONTENT.length);
            if (!head) {
                exchange.getResponseBody().write(CONTENT);
            }
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void aLinkOpensWithItsPasswordAndNotOnceItIsOver() throws Exception {
        try (TwoEnds ends = TwoEnds.of(folder, Network.CLEAN, SEED)) {
            Path file = ends.file("shared.bin", 20 << 20, SEED);
            Path good = secret("good", "correct horse");
            Path bad = secret("bad", "battery staple");
            String link = ends.send(file, "--share", "--password-file", good.toString(), "--max-downloads", "1").expect(0).lastLine();
            Path target = folder.resolve("back.bin");
            Done nobody = ends.receive(link, target).expect(2);
            assertTrue(nobody.err().contains("password"), nobody.toString());
            Done wrong = ends.receive(link, target, "--password-file", bad.toString()).expect(2);
            assertTrue(wrong.err().contains("password") && !wrong.err().contains("battery"), wrong.toString());
            ends.receive(link, target, "--password-file", good.toString()).expect(0);
            TwoEnds.assertSame(file, target);

            String once = ends.http.postJson("/share/create/" + ends.store(file), "{\"protected\": false, \"max_downloads\": 1}").expect(201).field("share_url");
            ends.http.get(once.replaceFirst("^https?://[^/]+", ""), "User-Agent", "someone else").expect(200);
            Done exhausted = ends.receive(once, folder.resolve("twice.bin"));
            assertTrue((exhausted.exit() == 1 || exhausted.exit() == 2) && exhausted.err().contains("used up"), exhausted.toString());

            Http.Answer made = ends.http.postJson("/share/create/" + ends.store(file), "{\"protected\": false, \"max_downloads\": 1000}").expect(201);
            String brief = made.field("share_url");
            ends.http.send("PATCH", "/shares/" + made.field("share_id"), BodyPublishers.ofString("{\"expires_at\": \"" + Instant.now().plusSeconds(2) + "\"}"),
                    "Content-Type", "application/json").expect(200);
            Http.await("its end", () -> ends.http.get(brief.replaceFirst("^https?://[^/]+", ""), "Range", "bytes=0-0").status() >= 400);
            Done expired = ends.receive(brief, folder.resolve("late.bin"));
            assertTrue((expired.exit() == 1 || expired.exit() == 2) && expired.err().contains("expired"), expired.toString());
        }
    }

    private Path secret(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text + "\n");
        Shell.run(folder, "chmod", "600", file.toString()).expectSuccess();
        return file;
    }
}
