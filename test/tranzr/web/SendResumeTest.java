package tranzr.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;
import tranzr.e2e.Http;
import tranzr.e2e.ServerProcess;

/** A file of 200 MB, sent by the page to the built jar, whatever happens on the way. What arrives is compared by its SHA-256. */
@Tag(TestMain.ASIDE)
class SendResumeTest {

    private static final int SIZE = 200_000_000;
    private static final int PACE = 24 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    Path folder;
    private ServerProcess server;
    private Browser browser;
    private Http http;
    private Path file;
    private String sha256;

    @BeforeEach
    void start() throws IOException, NoSuchAlgorithmException {
        browser = Browser.start(folder.resolve("browser"));
        server = ServerProcess.start(folder.resolve("data"));
        http = new Http(server);
        file = folder.resolve("holiday.mp4");
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), digest)) {
            byte[] some = Http.bytes(1 << 20, 7);
            for (int left = SIZE, block = 0; left > 0; left -= some.length, block++) {
                some[0] = (byte) block;
                out.write(some, 0, Math.min(left, some.length));
            }
        }
        sha256 = HexFormat.of().formatHex(digest.digest());
        open();
    }

    @AfterEach
    void end() {
        if (browser != null) {
            browser.close();
        }
        if (http != null) {
            http.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private void open() {
        browser.open(server.url() + "/");
        browser.await("#pick");
        browser.pace(PACE);
    }

    private void send() {
        browser.files("#files", file);
        browser.click("#send");
    }

    private double percent() {
        return ((Number) browser.script("return document.querySelector('.parcel progress:not([hidden])')?.value ?? 0")).doubleValue();
    }

    private void untilPercent(int least) {
        browser.until("to get to " + least + " %", PATIENCE, () -> percent() >= least);
    }

    private void untilText(String text) {
        browser.until("to read " + text, PATIENCE, () -> browser.text().contains(text));
    }

    private void untilDone() {
        browser.pace(-1);
        untilText("Your link is ready");
        List<Object> files = http.get("/files").expect(200).jsonList();
        assertEquals(1, files.size(), "one upload, however often it was interrupted");
        assertEquals(sha256, ((Map<?, ?>) files.getFirst()).get("file_hash"));
        browser.assertQuiet();
    }

    /** What the server has of the only upload, durable. */
    private long received() {
        String id = (String) ((Map<?, ?>) http.get("/files").expect(200).jsonList().getFirst()).get("file_id");
        return http.status(id).expect(200).number("bytes_received");
    }

    @Test
    void aRefreshInTheMiddleLosesNothing() {
        send();
        untilPercent(40);
        browser.reload();
        browser.pace(PACE);
        untilText("Unfinished: holiday.mp4");
        long before = received();
        assertTrue(before > SIZE / 10, before + " bytes had arrived");
        browser.untilText(".parcel", "has arrived and is kept at the server");
        browser.files("#files", file);
        untilText("Sending a file");
        browser.until("to know what has arrived", () -> percent() >= Math.floor(before * 100.0 / SIZE) - 1);
        untilDone();
    }

    @Test
    void aBrowserThatCrashesFindsItsFilesUnfinishedAgain() {
        send();
        untilPercent(30);
        browser.until("to have kept something", () -> received() > SIZE / 10);
        browser.kill();
        browser = Browser.start(folder.resolve("browser"));
        open();
        untilText("Unfinished: holiday.mp4");
        browser.files("#files", file);
        untilPercent(35);
        untilDone();
    }

    @Test
    void aServerThatIsKilledAndStartedAgainIsWaitedFor() {
        send();
        untilPercent(30);
        server.kill();
        untilText("Waiting for the network");
        server.restartThere();
        untilPercent(40);
        untilDone();
    }

    @Test
    void offlineWaitsAndOnlineGoesOn() {
        send();
        untilPercent(30);
        browser.offline(true);
        untilText("Waiting for the network");
        browser.assertAccessible();
        browser.pace(PACE);
        untilPercent(40);
        untilDone();
    }
}
