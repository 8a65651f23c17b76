package tranzr.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether the other tests of pages would see what they look for: on pages that are bad on purpose. */
class HarnessTest {

    private static final String GOOD = """
            <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Good</title><link rel="icon" href="data:,"></head>
            <body><main><h1>Good</h1><form id="form"><label for="name">Name</label><input id="name" name="name"><button id="go">Go</button></form>
            <label for="file">File</label><input id="file" type="file" multiple><p id="out">nothing yet</p></main><script src="good.js"></script></body></html>
            """;
    private static final String GOOD_SCRIPT = """
            document.getElementById('form').addEventListener('submit', e => {
              e.preventDefault();
              document.getElementById('out').textContent = 'submitted ' + document.getElementById('name').value;
            });
            document.getElementById('file').addEventListener('change', async e => {
              const texts = await Promise.all([...e.target.files].map(f => f.text()));
              document.getElementById('out').textContent = 'files ' + texts.join('+');
            });
            """;
    private static final String BAD = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>Bad</title></head><body><main><h1>Bad</h1><img src=\"data:,\">"
            + "<p style=\"color: #999\">pale</p><script>alert(1)</script><input></main></body></html>";
    private static final String POPUP = "<!DOCTYPE html><html lang=\"en\"><head><title>Popup</title></head><body><script>setTimeout(() => alert('hostile'), 0)</script></body></html>";

    private static HttpServer server;
    private static Browser browser;
    private static String root;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        browser = Browser.start(folder);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/good", exchange -> answer(exchange, "text/html", GOOD, "default-src 'self'; img-src data:"));
        server.createContext("/good.js", exchange -> answer(exchange, "text/javascript", GOOD_SCRIPT, "default-src 'none'"));
        server.createContext("/bad", exchange -> answer(exchange, "text/html", BAD, "default-src 'self'"));
        server.createContext("/popup", exchange -> answer(exchange, "text/html", POPUP, "default-src 'unsafe-inline'"));
        server.createContext("/get", exchange -> {
            exchange.getResponseHeaders().add("Content-Disposition", "attachment; filename=got.txt");
            answer(exchange, "text/plain", "downloaded", "default-src 'none'");
        });
        server.start();
        root = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (server != null) {
            server.stop(0);
        }
    }

    private static void answer(HttpExchange exchange, String type, String text, String policy) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", type + "; charset=utf-8");
        exchange.getResponseHeaders().add("Content-Security-Policy", policy);
        exchange.sendResponseHeaders(200, bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }

    @Test
    void aGoodPageIsNotComplainedOf() {
        browser.open(root + "/good");
        browser.assertQuiet();
        browser.assertAccessible();
        assertEquals("Good", browser.title());
        assertEquals(List.of(root + "/good", root + "/good.js"), browser.requested().keySet().stream().toList());
    }

    @Test
    void violationsOfThePolicyAreSeenEvenAfterThePageIsLeft() {
        browser.open(root + "/bad");
        browser.open(root + "/good");
        List<String> complaints = browser.complaints();
        assertTrue(complaints.stream().anyMatch(line -> line.contains("policy violated: script-src-elem inline")), complaints.toString());
        assertTrue(complaints.stream().anyMatch(line -> line.contains("policy violated: style-src-attr inline")), complaints.toString());
        assertTrue(complaints.stream().noneMatch(line -> line.startsWith("alert")), "the policy held");
        browser.assertQuiet();
    }

    @Test
    void boxesThatPopUpAreSeen() {
        browser.open(root + "/popup");
        browser.until("for the box", () -> browser.complaints().stream().anyMatch(line -> line.startsWith("alert") && line.contains("hostile")));
        browser.assertQuiet();
    }

    @Test
    void whatIsInaccessibleIsFound() {
        browser.open(root + "/bad");
        List<Finding> found = browser.axe();
        List<String> rules = found.stream().filter(Finding::isSerious).map(Finding::rule).toList();
        assertTrue(rules.containsAll(List.of("html-has-lang", "image-alt", "label")), found.toString());
        assertTrue(browser.axe("input").stream().noneMatch(one -> one.rule().equals("label")), "left out");
        assertThrows(AssertionError.class, browser::assertAccessible);
        browser.complaints();
    }

    @Test
    void keysGoWhereTheFocusIs() {
        browser.open(root + "/good");
        browser.keys(Keys.TAB);
        assertEquals("input#name", browser.focused());
        browser.keys("Zoë", Keys.TAB);
        assertEquals("button#go", browser.focused());
        browser.keys(Keys.ENTER);
        browser.untilText("#out", "submitted Zoë");
        browser.chord(Keys.SHIFT, Keys.TAB);
        assertEquals("input#name", browser.focused());
        assertEquals("Name", browser.label("#name"));
    }

    @Test
    void filesAreChosenAndDownloadsArrive(@TempDir Path folder) throws IOException {
        Path one = Files.writeString(folder.resolve("one.txt"), "1");
        Path two = Files.writeString(folder.resolve("two.txt"), "2");
        browser.open(root + "/good");
        browser.files("#file", one, two);
        browser.untilText("#out", "files 1+2");
        browser.script("location.assign(arguments[0])", root + "/get");
        browser.until("for the download", () -> Files.exists(browser.downloads().resolve("got.txt")));
        assertEquals("downloaded", Files.readString(browser.downloads().resolve("got.txt")));
    }

    @Test
    void thePageIsSeenDarkNarrowAndOffline(@TempDir Path folder) throws IOException {
        browser.open(root + "/good");
        browser.scheme("dark");
        assertEquals(true, browser.script("return matchMedia('(prefers-color-scheme: dark)').matches"));
        browser.scheme("light");
        assertEquals(false, browser.script("return matchMedia('(prefers-color-scheme: dark)').matches"));
        browser.size(390, 844);
        browser.screenshot(folder.resolve("narrow.png"));
        assertEquals(390, ImageIO.read(folder.resolve("narrow.png").toFile()).getWidth());
        browser.size(1200, 900);
        browser.offline(true);
        assertEquals("TypeError", browser.script("return fetch('good').then(() => 'came', e => e.name)"));
        browser.offline(false);
        assertEquals("came", browser.script("return fetch('good').then(() => 'came', e => e.name)"));
        assertEquals(true, browser.script("return isSecureContext"));
        browser.open(root.replace("127.0.0.1", "files.test") + "/good");
        assertEquals(false, browser.script("return isSecureContext"), "for tests of what needs HTTPS");
        assertFalse(browser.sees("#nothing"));
        AssertionError vain = assertThrows(AssertionError.class, () -> browser.until("for what never comes", Duration.ofMillis(50), () -> false));
        assertTrue(vain.getMessage().contains("nothing yet"), "tells the page's text: " + vain.getMessage());
    }

    @Test
    void whatABrowserKeptOutlivesItsCrash(@TempDir Path folder) {
        try (Browser first = Browser.start(folder)) {
            first.open(root + "/good");
            first.script("localStorage.setItem('kept', 'yes')");
            first.newTab();
            first.open(root + "/good");
            assertEquals("yes", first.script("return localStorage.getItem('kept')"));
            first.closeTab();
            assertEquals(root + "/good", first.url());
        }
        try (Browser second = Browser.start(folder)) {
            second.open(root + "/good");
            assertEquals("yes", second.script("return localStorage.getItem('kept')"));
            second.kill();
        }
    }
}
