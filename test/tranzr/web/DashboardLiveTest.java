package tranzr.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;
import tranzr.e2e.Http;
import tranzr.e2e.ServerProcess;
import tranzr.e2e.Shell;

/** The page for operators, of the built jar, while others send and fetch. */
@Tag(TestMain.ASIDE)
class DashboardLiveTest {

    private static final String TOKEN = "operator-token-0123456789";
    private static final String[] AS_OPERATOR = {"Authorization", "Bearer " + TOKEN};
    private static final long SIZE = 16L << 20;

    @TempDir
    Path folder;
    private ServerProcess server;
    private Http http;
    private Browser browser;

    @BeforeEach
    void start() {
        Assumptions.assumeTrue(Shell.has("curl"), "curl is not installed");
        browser = Browser.start(folder);
        server = ServerProcess.start(ServerProcess.Launch.on(folder.resolve("data")).environment(Map.of("TRANZR_TOKEN", TOKEN)));
        http = new Http(server);
        browser.open(server.url() + "/login?next=dashboard");
        browser.type("#token", TOKEN);
        browser.click("#enter");
        browser.untilText("#connection", "Live");
    }

    @AfterEach
    void stop() throws IOException {
        try {
            browser.assertQuiet();
        } finally {
            browser.close();
            http.close();
            server.close();
        }
    }

    private Process curl(String... arguments) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of("curl", "-s", "-H", "Authorization: Bearer " + TOKEN));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    private Path content() throws IOException {
        Path file = folder.resolve("holiday.mp4");
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
            content.setLength(SIZE);
        }
        return file;
    }

    private int bar() {
        return ((Number) browser.script("return Math.floor(document.querySelector('#transfers progress')?.value ?? 0)")).intValue();
    }

    @Test
    void progressIsShownWhileCurlUploads() throws Exception {
        Process curl = curl("--limit-rate", "2m", "-T", content().toString(), server.url() + "/");
        try {
            browser.await("#transfers > li");
            TreeSet<Integer> seen = new TreeSet<>();
            browser.until("the bar to move on, several times", () -> {
                seen.add(bar());
                return seen.subSet(1, 100).size() >= 5;
            });
            assertEquals("progressbar", browser.role("#transfers progress"));
            assertEquals("Upload of holiday.mp4", browser.label("#transfers progress"));
            browser.untilText("#transfers", "iB/s, ");
            String row = browser.text("#transfers > li");
            assertTrue(row.contains("of 16.0 MiB") && row.contains("127.0.0.1, curl/") && row.contains(" left"), row);
            browser.assertAccessible();
            assertTrue(curl.waitFor(60, TimeUnit.SECONDS));
        } finally {
            curl.destroyForcibly();
        }
        browser.await("#idle");
        browser.click("#ended summary");
        browser.untilText("#ended-list", "Done");
        browser.untilText("#ended-list", "16.0 MiB of 16.0 MiB, 100 %");
        browser.untilText("#files", "holiday.mp4");
        browser.untilText("#success", "100.0 %");
    }

    @Test
    void whatFailedIsToldWithItsReason() {
        String id = http.send("POST", "/upload/start", BodyPublishers.ofString("{\"filename\": \"broken.zip\", \"file_size\": 5, \"sha256\": \"" + "0".repeat(64) + "\"}"), AS_OPERATOR)
                .expect(201).field("file_id");
        http.send("PUT", "/upload/" + id + "?complete=false", BodyPublishers.ofString("hello"), AS_OPERATOR).expect(200);
        http.send("POST", "/upload/merge/" + id, BodyPublishers.noBody(), AS_OPERATOR).expect(422);
        browser.untilText("#transfers", "broken.zip");
        browser.until("the code among the errors", () -> browser.sees("#errors") && browser.text("#errors").contains("hash_mismatch"));
        http.send("DELETE", "/upload/" + id, BodyPublishers.noBody(), AS_OPERATOR).expect(204);
        browser.click("#ended summary");
        browser.untilText("#ended-list", "Failed");
        browser.untilText("#ended-list", "broken.zip");
    }

    @Test
    void whoUsedALinkOrTriedToIsListed() {
        String id = http.send("PUT", "/shared.txt", BodyPublishers.ofString("hello"), AS_OPERATOR).expect(201).header("X-File-Id");
        String path = http.send("POST", "/share/create/" + id, BodyPublishers.ofString("{\"password\": \"open sesame\"}"), AS_OPERATOR).expect(201).field("share_url")
                .replaceFirst("^https?://[^/]*", "");
        http.send("GET", path, BodyPublishers.noBody(), "X-Share-Password", "wrong").expect(401);
        http.send("GET", path, BodyPublishers.noBody(), "X-Share-Password", "open sesame").expect(200);
        browser.click("#files button.link[title='shared.txt']");
        browser.untilText("#file .links", "1 of 5 downloads");
        browser.click("#file .links details summary");
        browser.untilText("#file .links table", "downloaded");
        browser.untilText("#file .links table", "wrong password");
        browser.untilText("#file .links table", "127.0.0.1");
    }
}
