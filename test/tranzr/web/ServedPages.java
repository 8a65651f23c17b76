package tranzr.web;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import tranzr.security.Totp;
import tranzr.server.ServedEngine;

/** One browser for all tests of a class, and for each a server of its own that asks for a token. No page may be complained of, whatever a test does with it. */
abstract class ServedPages {

    static final String OPERATOR = "operator-token-0123456789";
    static final String[] AS_OPERATOR = {"Authorization", "Bearer " + OPERATOR};

    static Browser browser;

    @TempDir
    Path folder;
    ServedEngine server;

    @BeforeAll
    static void startBrowser(@TempDir Path profile) {
        browser = Browser.start(profile);
    }

    @AfterAll
    static void stopBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void startServer() throws IOException {
        browser.open("about:blank");
        server = new ServedEngine(folder.resolve("data"), OPERATOR, null);
        browser.cdp("Network.clearBrowserCookies", java.util.Map.of());
    }

    @AfterEach
    void stopServer() throws IOException {
        try {
            browser.assertQuiet();
        } finally {
            server.close();
        }
    }

    void open(String path) {
        browser.open(server.url() + path);
    }

    /** Makes a token. @param rights as JSON @return it */
    String token(String name, String rights) {
        return server.post("/tokens", "{\"name\": \"" + name + "\", \"rights\": " + rights + "}", AS_OPERATOR).expect(201).field("token");
    }

    /** Logs the browser in, by the page, which it then leaves for that path. */
    void logIn(String token, String path) {
        open("/login?next=" + path.substring(1));
        browser.type("#token", token);
        browser.click("#enter");
        browser.until("to get to " + path, () -> browser.url().equals(server.url() + path));
    }

    /** Gives the token a second factor. @return its secret; no code of it is used up any more */
    String enrol(String token) {
        String secret = server.post("/totp", "", "Authorization", "Bearer " + token).expect(201).field("secret");
        server.send("POST", "/totp/confirm", BodyPublishers.ofString("{\"code\": \"" + code(secret) + "\"}"), "Authorization", "Bearer " + token).expect(204);
        server.pass(Totp.STEP);
        return secret;
    }

    /** What an authenticator app would show. */
    String code(String secret) {
        return Totp.code(secret, server.engine().core().now());
    }

    /** A code that does not hold. */
    String wrongCode(String secret) {
        return Totp.code(secret, server.engine().core().now().plusSeconds(7200));
    }
}
