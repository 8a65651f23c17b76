package tranzr.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;
import tranzr.e2e.Http;
import tranzr.e2e.ServerProcess;
import tranzr.e2e.Shell;
import tranzr.web.Browser;

/** {@code @uppy/tus} on a page of another origin, in Chromium, which lets it do no more than the answers to its preflights allow. */
@Tag(TestMain.ASIDE)
class UppyTest extends OtherClients {

    private static final int SIZE = 3 * MIB + 4321;
    private static final String PAGE = "<!doctype html><meta charset=utf-8><title>Uppy</title><input id=file type=file multiple><pre id=said></pre><script src=uppy-page.js></script>";

    private static HttpServer pages;
    private static Browser browser;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        Others.needNode();
        Others.needBrowser();
        byte[] script = bundle(folder.resolve("uppy-page.js"));
        pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serve("/", "text/html", PAGE.getBytes(StandardCharsets.UTF_8));
        serve("/uppy-page.js", "text/javascript", script);
        serve("/favicon.ico", "image/x-icon", new byte[0]);
        pages.start();
        server = ServerProcess.start(folder.resolve("data"), "--cors-origin", origin());
        http = new Http(server);
        browser = Browser.start(folder.resolve("browser"));
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (pages != null) {
            pages.stop(0);
        }
    }

    private static byte[] bundle(Path target) throws IOException {
        String source = Others.script("uppy-page.js").getLast();
        Shell.run(target.getParent(), "node", Others.ofNode("esbuild/bin/esbuild").toString(), source, "--bundle", "--log-level=warning", "--outfile=" + target).expectSuccess();
        return Files.readAllBytes(target);
    }

    private static void serve(String path, String type, byte[] body) {
        pages.createContext(path, exchange -> {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    private static String origin() {
        return "http://127.0.0.1:" + pages.getAddress().getPort();
    }

    /** Opens the page. @param options of the plugin, as the inside of a JSON object */
    private static void open(String endpoint, String options) {
        String json = "{\"endpoint\": \"" + endpoint + "\"" + (options.isEmpty() ? "" : ", " + options) + "}";
        // What an earlier page has left is not this one's.
        browser.complaints();
        browser.open(origin() + "/?" + URLEncoder.encode(json, StandardCharsets.UTF_8).replace("+", "%20"));
        browser.untilText("#said", "ready");
    }

    private static List<String> said() {
        return browser.text("#said").lines().filter(line -> !line.equals("ready")).toList();
    }

    /** Sends noise and looks that it is there, its hash told to the page as well. @return what the page told before */
    private List<String> sent(int size, String options) throws Exception {
        byte[] bytes = Http.bytes(size, options.hashCode());
        open(tus(), options);
        browser.files("#file", file("noise " + Math.abs(options.hashCode()) + ".bin", bytes));
        return stored(bytes);
    }

    private static List<String> stored(byte[] bytes) {
        browser.untilText("#said", "complete");
        assertTrue(said().contains("complete 1 0"), () -> said().toString());
        List<String> lines = said();
        String[] words = told(lines, "sent ").split(" ");
        assertEquals(Http.sha256(bytes), words[words.length - 1], lines.toString());
        assertStored(bytes, idOf(words[words.length - 2]));
        return lines.subList(0, lines.size() - 2);
    }

    @Test
    void sendsAFileToAnotherOrigin() throws Exception {
        assertEquals(List.of("POST 201", "PATCH 204 " + SIZE), sent(SIZE, ""));
        browser.assertQuiet();
    }

    @Test
    void sendsChunks() throws Exception {
        assertEquals(List.of("POST 201", "PATCH 204 " + MIB, "PATCH 204 " + 2 * MIB, "PATCH 204 " + 3 * MIB, "PATCH 204 " + SIZE), sent(SIZE, "\"chunkSize\": " + MIB));
    }

    @Test
    void sendsTheBeginningWithTheCreation() throws Exception {
        assertEquals(List.of("POST 201 " + SIZE), sent(SIZE, "\"uploadDataDuringCreation\": true"));
    }

    @Test
    void sendsByPostAndWithNumberedRequests() throws Exception {
        assertEquals(List.of("POST 201", "POST 204 " + SIZE), sent(SIZE, "\"overridePatchMethod\": true, \"addRequestId\": true"));
    }

    @Test
    void sendsPartsInParallel() throws Exception {
        List<String> lines = sent(SIZE, "\"parallelUploads\": 3, \"chunkSize\": 400000");
        assertEquals(4, lines.stream().filter("POST 201"::equals).count(), lines.toString());
    }

    @Test
    void sendsWithCredentials() throws Exception {
        assertEquals(List.of("POST 201", "PATCH 204 " + SIZE), sent(SIZE, "\"withCredentials\": true"));
    }

    @Test
    void sendsSeveralFilesAtOnce() throws Exception {
        byte[] one = Http.bytes(700_000, 1);
        byte[] two = Http.bytes(300_000, 2);
        open(tus(), "");
        browser.files("#file", file("eins ä.bin", one), file("zwei ß.bin", two));
        browser.untilText("#said", "complete 2 0");
        for (Map.Entry<String, byte[]> file : Map.of("eins ä.bin", one, "zwei ß.bin", two).entrySet()) {
            String id = idOf(told(said(), "sent " + file.getKey() + " ").split(" ")[0]);
            assertStored(file.getValue(), id);
            assertEquals(file.getKey(), http.get("/files/" + id).expect(200).field("filename"));
        }
    }

    @Test
    void pausesAndGoesOn() throws Exception {
        byte[] bytes = Http.bytes(SIZE, 3);
        open(tus(), "\"chunkSize\": 500000");
        browser.pace(2L * MIB);
        browser.files("#file", file("paused.bin", bytes));
        browser.untilText("#said", "PATCH 204 1000000");
        browser.script("uppy.pauseAll()");
        browser.pace(-1);
        browser.script("uppy.resumeAll()");
        List<String> lines = stored(bytes);
        assertTrue(lines.stream().anyMatch(line -> line.matches("HEAD 200 [1-9]\\d+")), lines.toString());
        assertEquals(1, lines.stream().filter("POST 201"::equals).count(), lines.toString());
    }

    @Test
    void goesOnAfterThePageWasLoadedAgain() throws Exception {
        byte[] bytes = Http.bytes(SIZE, 4);
        Path file = file("reloaded.bin", bytes);
        open(tus(), "\"chunkSize\": 500000");
        browser.pace(2L * MIB);
        browser.files("#file", file);
        browser.untilText("#said", "PATCH 204 1000000");
        browser.reload();
        browser.pace(-1);
        browser.untilText("#said", "ready");
        browser.files("#file", file);
        List<String> lines = stored(bytes);
        assertTrue(lines.getFirst().matches("HEAD 200 [1-9]\\d+"), lines.toString());
        assertFalse(lines.contains("POST 201"), lines.toString());
    }

    @Test
    void cancelsAnUpload() throws Exception {
        open(tus(), "\"chunkSize\": 500000");
        browser.pace(2L * MIB);
        browser.files("#file", file("unwanted.bin", Http.bytes(SIZE, 5)));
        browser.untilText("#said", "PATCH 204 500000");
        browser.script("uppy.cancelAll()");
        browser.pace(-1);
        browser.untilText("#said", "DELETE 204");
    }

    @Test
    void aPageOfAnOriginThatIsNotNamedIsRefused() throws Exception {
        try (ServerProcess closed = ServerProcess.start(folder.resolve("closed"))) {
            open(closed.url() + "/tus/", "\"retryDelays\": []");
            browser.files("#file", file("refused.bin", Http.bytes(1000, 6)));
            browser.untilText("#said", "complete 0 1");
            try (Http api = new Http(closed)) {
                assertEquals(List.of(), api.get("/files").expect(200).jsonList());
            }
        }
    }
}
