package tranzr.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import tranzr.server.ServedEngine;

/** The page on which a browser logs in. */
class LoginPageTest extends ServedPages {

    @Test
    void theTokenLetsInAndLeadsToThePageThatAskedForIt() {
        open("/account");
        browser.until("to be sent to the login", () -> browser.url().equals(server.url() + "/login?next=account"));
        browser.await("#token");
        browser.assertAccessible();
        browser.type("#token", OPERATOR);
        browser.click("#enter");
        browser.until("to be back", () -> browser.url().equals(server.url() + "/account"));
        browser.untilText("#facts", "operator");
        assertEquals("", browser.script("return document.cookie"), "no script reads the login's cookie");
    }

    @Test
    void theKeyboardIsEnough() {
        open("/login?next=account");
        browser.until("for the focus", () -> browser.focused().equals("input#token"));
        browser.keys("wrong", Keys.ENTER);
        browser.untilText("#token-problem", "opens nothing");
        assertEquals("input#token", browser.focused());
        browser.keys(OPERATOR, Keys.ENTER);
        browser.until("to get in", () -> browser.url().equals(server.url() + "/account"));
    }

    @Test
    void everythingIsReachedByTabAndShownWithItsFocus() {
        open("/login");
        browser.until("for the focus", () -> browser.focused().equals("input#token"));
        browser.keys(Keys.TAB);
        assertEquals("button#show", browser.focused());
        browser.keys(Keys.SPACE);
        assertEquals("text", browser.property("#token", "type"));
        assertEquals("Hide", browser.text("#show"));
        assertEquals("3px", browser.script("return getComputedStyle(document.activeElement).outlineWidth"));
        browser.keys(Keys.ENTER, Keys.TAB);
        assertEquals("password", browser.property("#token", "type"));
        assertEquals("button#enter", browser.focused());
        browser.chord(Keys.SHIFT, Keys.TAB);
        browser.chord(Keys.SHIFT, Keys.TAB);
        assertEquals("input#token", browser.focused());
        open("/docs");
        browser.keys(Keys.TAB);
        assertTrue(browser.sees(".skip:focus"), "the first stop leads past the header");
    }

    @Test
    void aSecondFactorIsAskedForWhenTheTokenHasOne() {
        String token = token("anna", "[\"delete\"]");
        String secret = enrol(token);
        open("/login?next=account");
        browser.type("#token", token);
        browser.click("#enter");
        browser.await("#code");
        assertEquals("input#code", browser.focused());
        assertFalse(browser.sees("#token"));
        browser.assertAccessible();
        browser.keys(wrongCode(secret), Keys.ENTER);
        browser.untilText("#code-problem", "This code is wrong");
        browser.keys(code(secret), Keys.ENTER);
        browser.until("to get in", () -> browser.url().equals(server.url() + "/account"));
        browser.untilText("#factor-state", "on");
        String proven = (String) browser.script("return fetch('session').then(r => r.json()).then(s => s.proven_until)");
        assertEquals(server.engine().core().now().plus(tranzr.accounts.SecondFactor.PROVEN).toString(), proven);
    }

    @Test
    void theCodeCanWaitUntilItIsNeeded() {
        String token = token("anna", "[\"delete\"]");
        enrol(token);
        open("/login?next=account");
        browser.type("#token", token);
        browser.click("#enter");
        browser.click("#later");
        browser.untilText("#facts", "anna");
    }

    @Test
    void nobodyIsLedAwayToAnotherSite() {
        open("/login");
        for (String evil : List.of("https://evil.test/", "//evil.test/", "\\\\evil.test\\", "/\\evil.test", "javascript:alert(1)", "data:text/html,x", "https:evil.test",
                "http://127.0.0.1:1/", "%2F%2Fevil.test", "\t//evil.test", "blob:http://127.0.0.1/x", "http://[", "../../..//evil.test")) {
            Object target = browser.script("return import(document.querySelector('script[type=module]').src).then(m => m.target('?next=' + encodeURIComponent(arguments[0])))", evil);
            assertTrue(((String) target).startsWith(server.url() + "/"), evil + " leads to " + target);
        }
        assertEquals(server.url() + "/files?limit=5", browser.script(
                "return import(document.querySelector('script[type=module]').src).then(m => m.target('?next=files%3Flimit%3D5'))"));
        logInWith("/login?next=https%3A%2F%2Fevil.test%2F");
        browser.until("to stay here", () -> browser.url().equals(server.url() + "/"));
    }

    private void logInWith(String path) {
        open(path);
        browser.type("#token", OPERATOR);
        browser.click("#enter");
    }

    @Test
    void withoutHttpsTheTokenIsNotAskedForAtAll() {
        browser.open(server.url().replace("127.0.0.1", "files.test") + "/login");
        browser.await("#insecure");
        assertFalse(browser.sees("#token"));
        assertTrue(browser.text("#insecure").contains("HTTPS"));
        browser.assertAccessible();
    }

    @Test
    void whoIsLoggedInAlreadyIsToldSo() {
        logIn(OPERATOR, "/account");
        open("/login?next=docs");
        browser.untilText("#known", "operator");
        browser.click("#known-next");
        browser.until("to go on", () -> browser.url().equals(server.url() + "/docs"));
        browser.await("#swagger .opblock-tag-section");
    }

    @Test
    void aServerThatAsksForNoTokenSaysSo() throws IOException {
        try (ServedEngine open = new ServedEngine(folder.resolve("open"))) {
            browser.open(open.url() + "/login");
            browser.await("#tokenless");
            assertFalse(browser.sees("#token"));
            browser.open(open.url() + "/account");
            browser.untilText("#facts", "no login");
            browser.assertAccessible();
        }
    }

    @Test
    void theFormNeverPutsATokenIntoAnAddress() {
        open("/login");
        assertEquals("post", browser.property("#by-token", "method"));
        assertEquals("post", browser.property("#by-code", "method"));
        assertEquals("off,current-password,one-time-code", "off," + browser.property("#token", "autocomplete") + "," + browser.property("#code", "autocomplete"));
    }
}
