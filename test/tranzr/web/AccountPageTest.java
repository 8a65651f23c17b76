package tranzr.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tranzr.security.Totp;
import tranzr.server.ServedEngine.Answer;

/** The page of whoever is logged in. */
class AccountPageTest extends ServedPages {

    private static final String FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private String elsewhere(String token, String agent) {
        Answer login = server.post("/login", "{\"token\": \"" + token + "\"}", "User-Agent", agent).expect(200);
        return login.header("Set-Cookie").replaceFirst(";.*", "");
    }

    @Test
    void sessionsAreListedAndEndedOneByOneOrAllOthers() {
        String first = elsewhere(OPERATOR, FIREFOX);
        String second = elsewhere(OPERATOR, "<img src=x onerror=alert(1)>");
        String third = elsewhere(OPERATOR, "third");
        logIn(OPERATOR, "/account");
        browser.until("to see all", () -> browser.count("#session-list > li") == 4);
        assertTrue(browser.text("#session-list").contains("Firefox on Windows") && browser.text("#session-list").contains("<img src=x onerror=alert(1)>"),
                browser.text("#session-list"));
        assertEquals(1, browser.count("#session-list .badge.good"), "this browser is marked, and has no button");
        assertEquals(3, browser.count("#session-list button"));
        browser.assertAccessible();
        browser.click("#session-list button[aria-label^='End Firefox']");
        browser.until("one to be gone", () -> browser.count("#session-list > li") == 3);
        server.get("/session", "Cookie", first).expect(401, "session_expired");
        server.get("/session", "Cookie", second).expect(200);
        browser.click("#end-others");
        browser.until("the others to be gone", () -> browser.count("#session-list > li") == 1);
        server.get("/session", "Cookie", third).expect(401, "session_expired");
        assertFalse(browser.sees("#end-others"));
    }

    @Test
    void loggingOutEndsTheSession() {
        logIn(OPERATOR, "/account");
        browser.click("#logout");
        browser.until("to be at the login", () -> browser.url().startsWith(server.url() + "/login"));
        assertEquals("401", String.valueOf(browser.script("return fetch('session').then(r => r.status)")));
    }

    @Test
    void aSecondFactorIsSetUpAndTakenAway() {
        String token = token("anna", "[\"upload\", \"list\"]");
        logIn(token, "/account");
        browser.untilText("#facts", "anna");
        assertEquals("upload\nlist", String.join("\n", List.of(browser.text("#facts .tags").split("\\s+"))));
        browser.click("#enrol");
        browser.await("canvas.qr");
        browser.assertAccessible();
        String secret = browser.text("#factor-steps .copyline code");
        assertTrue(isDrawn(), "the code is on the canvas");
        browser.type("#factor-code", wrongCode(secret));
        browser.click("#factor-confirm");
        browser.untilText("#factor-problem", "wrong");
        browser.clear("#factor-code");
        browser.type("#factor-code", code(secret));
        browser.click("#factor-confirm");
        browser.untilText("#factor-state", "on");
        assertFalse(browser.text().contains(secret), "shown just once");
        browser.assertAccessible();
        server.pass(Totp.STEP);
        browser.click("#remove-factor");
        browser.type("#factor-code", code(secret));
        browser.keys(Keys.ENTER);
        browser.untilText("#factor-state", "off");
    }

    /** Neither white nor black alone. */
    private static boolean isDrawn() {
        return Boolean.TRUE.equals(browser.script("const c = document.querySelector('canvas.qr'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
                + " let dark = 0; for (let i = 0; i < d.length; i += 4) { dark += d[i] < 128 ? 1 : 0; } return dark > d.length / 4 * 0.2 && dark < d.length / 4 * 0.8"));
    }

    @Test
    void theOperatorIsToldThatItHasNoSecondFactor() {
        logIn(OPERATOR, "/account");
        browser.click("#enrol");
        browser.untilText("#factor-words", "has none");
    }

    @Test
    void aLoginThatIsOverLeadsBackToItself() {
        logIn(OPERATOR, "/account");
        browser.await("#session-list > li");
        server.delete("/sessions", AS_OPERATOR).expect(204);
        browser.click("#enrol");
        browser.until("to be asked anew", () -> browser.url().equals(server.url() + "/login?next=account"));
    }
}
