package tranzr.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tranzr.TestMain;
import tranzr.access.Caller;
import tranzr.model.Upload;
import tranzr.security.Totp;
import tranzr.transfer.DigestClaim;
import tranzr.transfer.NewUpload;
import tranzr.transfer.TestBody;

/** The page for operators. */
@Tag(TestMain.ASIDE)
class DashboardPageTest extends ServedPages {

    private static final String HOSTILE = "<img src=x onerror=alert(1)>\"'&lt;.html";

    /** A completed file of so many bytes, a second younger than the one before. */
    private Upload file(String name, int size) {
        server.pass(Duration.ofSeconds(1));
        var uploads = server.engine().uploads(Caller.operator());
        return uploads.receive(new NewUpload(uploads.newId(), name, size, size, 0, -1, null, null), new TestBody(new byte[size]), DigestClaim.NONE, null, List.of());
    }

    private String begin() {
        return server.post("/upload/start", "{\"filename\": \"begun\", \"file_size\": 10}", AS_OPERATOR).expect(201).field("file_id");
    }

    private void openDashboard() {
        logIn(OPERATOR, "/dashboard");
        browser.untilText("#connection", "Live");
        untilLoaded();
    }

    private void untilLoaded() {
        browser.until("the list to be there", () -> "false".equals(browser.script("return document.querySelector('table.files').getAttribute('aria-busy')")));
    }

    @SuppressWarnings("unchecked")
    private List<String> names() {
        return (List<String>) browser.script("return [...document.querySelectorAll('#files .name')].map(e => e.innerText)");
    }

    private void untilNames(String... wanted) {
        browser.until("the list to be " + List.of(wanted), () -> names().equals(List.of(wanted)));
    }

    private void openFile(String name) {
        browser.click("#files button.link[title='" + name + "']");
        browser.await("#file .facts");
    }

    @Test
    void whoIsNoAdministratorIsToldSoAndShownNothing() {
        logIn(token("reader", "[\"list\", \"download\"]"), "/dashboard");
        browser.untilText("#notice", "The dashboard is for administrators; reader has not the right to it.");
        assertFalse(browser.sees("[data-content]"));
    }

    @Test
    void whoHasNotLoggedInIsLedToTheLoginAndBack() {
        open("/dashboard");
        browser.until("to be asked for a token", () -> browser.url().equals(server.url() + "/login?next=dashboard"));
        browser.type("#token", OPERATOR);
        browser.keys(Keys.ENTER);
        browser.until("to be back", () -> browser.url().equals(server.url() + "/dashboard"));
        browser.untilText("#connection", "Live");
    }

    @Test
    void theFiguresAreThoseOfTheServer() {
        file("a", 2048);
        file("b", 1024);
        begin();
        openDashboard();
        browser.untilText("#health", "All is well");
        browser.untilText("#stored", "3.01 KiB");
        assertEquals("2 files, 1 just begun", browser.text("#states"));
        assertTrue(browser.text("#free").endsWith("free"), browser.text("#free"));
        browser.await("#chart svg[role=img]");
        assertTrue(browser.label("#chart svg").startsWith("Throughput of the last hour: "), browser.label("#chart svg"));
        browser.click("#chart details summary");
        browser.untilText("#chart .numbers", "");
        server.health(true, "the disk is full");
        browser.reload();
        browser.untilText("#health", "Needs a look");
        browser.untilText("#reasons", "the disk is full");
        browser.untilText("#log", "message");
    }

    @Test
    void filesAreSearchedOrderedAndPagedThrough() {
        for (int i = 10; i < 70; i++) {
            file("file-" + i, i == 42 ? 500 : i);
        }
        Upload other = file("Something Else.pdf", 5);
        openDashboard();
        browser.untilText("#files-count", "61 files and uploads");
        assertEquals("Something Else.pdf", names().getFirst());
        assertEquals(25, names().size());
        assertEquals("1 to 25 of 61", browser.text("#page"));
        browser.click("#next");
        browser.untilText("#page", "26 to 50 of 61");
        assertEquals("file-45", names().getFirst());
        browser.click("#next");
        browser.untilText("#page", "51 to 61 of 61");
        assertEquals("file-10", names().getLast());
        assertEquals(true, browser.property("#next", "disabled"));
        browser.click("#previous");
        browser.untilText("#page", "26 to 50 of 61");
        browser.type("#search", "ELSE");
        untilNames("Something Else.pdf");
        assertEquals("1 file or upload found", browser.text("#files-count"));
        assertFalse(browser.sees("#pager"));
        browser.clear("#search");
        browser.type("#search", other.id().toString().substring(0, 18));
        untilNames("Something Else.pdf");
        browser.clear("#search");
        browser.type("#search", "file-1");
        browser.until("ten of them", () -> names().size() == 10);
        browser.click("th[data-sort=name] button");
        browser.until("them by name", () -> names().getFirst().equals("file-10"));
        assertEquals("ascending", browser.script("return document.querySelector('th[data-sort=name]').getAttribute('aria-sort')"));
        browser.click("th[data-sort=name] button");
        browser.until("them the other way", () -> names().getFirst().equals("file-19"));
        browser.clear("#search");
        browser.type("#search", "file");
        browser.click("th[data-sort=size] button");
        browser.until("the largest first", () -> names().getFirst().equals("file-42"));
        browser.type("#search", " or nothing");
        browser.untilText("#no-files", "Nothing like this is here.");
        assertEquals(List.of(), names());
        assertEquals("0 files and uploads found", browser.text("#files-count"));
    }

    @Test
    void aFileIsRenamedAndKeptForAsLongAsIsSaid() {
        Upload file = file("old name.txt", 3000);
        openDashboard();
        openFile("old name.txt");
        assertEquals("2.93 KiB (3,000 bytes)", browser.text("#file .facts dd"));
        assertEquals(file.sha256().hex(), browser.text("#file .copyline code"));
        browser.assertAccessible();
        browser.clear("#rename");
        browser.type("#rename", "../up");
        browser.keys(Keys.ENTER);
        browser.untilText("#file [role=alert]", "has a segment '..'");
        browser.clear("#rename");
        browser.type("#rename", "new name.txt");
        browser.keys(Keys.ENTER);
        browser.untilText("#file-title", "new name.txt");
        untilNames("new name.txt");
        browser.script("const s = document.getElementById('keep'); s.value = '1440'; s.form.requestSubmit()");
        browser.until("it to have an end", () -> expires(file).isPresent());
        assertEquals(server.engine().core().now().plus(Duration.ofDays(1)), expires(file).orElseThrow());
        browser.untilText("#file .facts", "until");
        browser.keys(Keys.ESCAPE);
        browser.until("the focus to be on the file again", () -> "new name.txt".equals(browser.script("return document.activeElement.textContent")));
    }

    private Optional<java.time.Instant> expires(Upload file) {
        return Optional.ofNullable(server.engine().uploads(Caller.SYSTEM).get(file.id()).expires());
    }

    private boolean isThere(Upload file) {
        return server.engine().uploads(Caller.SYSTEM).isKnown(file.id());
    }

    @Test
    void aDeletionCanBeUndoneForSomeSecondsAndThenHolds() {
        Upload kept = file("kept", 5);
        Upload gone = file("gone", 5);
        openDashboard();
        browser.click("#files tr[data-id='" + kept.id() + "'] [data-part=delete]");
        untilNames("gone");
        browser.untilText(".toast", "kept will be deleted.");
        assertEquals("Undo", browser.script("return document.activeElement.textContent"), "the keyboard is there already");
        browser.keys(Keys.ENTER);
        untilNames("gone", "kept");
        assertEquals("kept", browser.script("return document.activeElement.textContent"));
        browser.click("#files tr[data-id='" + gone.id() + "'] [data-part=delete]");
        untilNames("kept");
        assertTrue(isThere(gone), "nothing was sent yet");
        browser.until("it to be gone", () -> !isThere(gone));
        assertTrue(isThere(kept));
        browser.untilText("#files-count", "1 file or upload");
    }

    @Test
    void whoLeavesThePageHasDecided() {
        Upload gone = file("gone", 5);
        openDashboard();
        browser.click("#files [data-part=delete]");
        browser.untilText("#no-files", "Nothing has been sent yet.");
        browser.open("about:blank");
        browser.until("it to be gone", () -> !isThere(gone));
    }

    @Test
    void theSecondFactorIsAskedForBeforeTheTimeToUndoBegins() {
        String anna = token("anna", "[\"admin\"]");
        String secret = enrol(anna);
        Upload gone = file("gone", 5);
        open("/login?next=dashboard");
        browser.type("#token", anna);
        browser.click("#enter");
        browser.until("to get to the dashboard, with a code if it is wanted", () -> {
            if (browser.sees("#code")) {
                browser.type("#code", code(secret));
                browser.keys(Keys.ENTER);
            }
            return browser.url().endsWith("/dashboard");
        });
        server.pass(Totp.STEP.multipliedBy(20));
        browser.await("#files [data-part=delete]");
        browser.click("#files [data-part=delete]");
        browser.await("dialog #code");
        browser.assertAccessible();
        browser.type("dialog #code", wrongCode(secret));
        browser.keys(Keys.ENTER);
        browser.untilText("#code-objection", "wrong");
        browser.type("dialog #code", code(secret));
        browser.keys(Keys.ENTER);
        browser.untilText(".toast", "gone will be deleted.");
        browser.until("it to be gone", () -> !isThere(gone));
    }

    @Test
    void aLinkIsMadeAndRevoked() {
        Upload file = file("shared.txt", 5);
        openDashboard();
        openFile("shared.txt");
        browser.untilText("#file .links", "It has no link.");
        browser.click("#file details:last-of-type summary");
        browser.type("#link-most", "0");
        browser.click("#file form button.primary");
        browser.await("#file [aria-label='Copy the password']");
        String url = browser.text("#file form + .stack .copyline code");
        String password = browser.text("#file form + .stack .copyline + .copyline code");
        String path = url.replaceFirst("^https?://[^/]*", "");
        assertEquals(5, server.get(path, "X-Share-Password", password).expect(200).body().length);
        Map<String, Object> share = server.get("/shares?file_id=" + file.id(), AS_OPERATOR).expect(200).list().getFirst();
        assertEquals(50, ((Number) share.get("max_downloads")).intValue());
        assertEquals("2026", ((String) share.get("expires_at")).substring(0, 4));
        browser.untilText("#file .links", "0 of 50 downloads");
        browser.click("#file .links details summary");
        browser.untilText("#file .links", "Nobody yet.");
        browser.assertAccessible();
        browser.click("#file .links button.danger");
        browser.untilText("#file .links", "It has no link.");
        server.get(path, "X-Share-Password", password).expect(404, "share_not_found");
    }

    @Test
    void namesOfFilesAndWhatIsLookedForAreTextAndNothingElse() {
        Upload hostile = file(HOSTILE, 5);
        server.pass(Duration.ofSeconds(1));
        server.post("/upload/start", "{\"filename\": \"<script>alert(2)</script>\", \"file_size\": 5}", AS_OPERATOR).expect(201);
        openDashboard();
        untilNames("<script>alert(2)</script>", HOSTILE);
        browser.type("#search", "<img src=x");
        untilNames(HOSTILE);
        browser.click("#files [data-part=name]");
        browser.await("#file .facts");
        assertEquals(HOSTILE, browser.text("#file-title"));
        browser.keys(Keys.ESCAPE);
        browser.click("#files tr[data-id='" + hostile.id() + "'] [data-part=delete]");
        browser.untilText(".toast", HOSTILE);
        assertEquals(0, browser.count("main img, main script, dialog img, .toasts img"));
    }

    @Test
    void withoutAStreamThePageAsksAndGoesBackToTheStreamWhenThereIsOne() {
        browser.cdp("Network.enable", Map.of());
        browser.cdp("Network.setBlockedURLs", Map.of("urls", List.of("*/events*")));
        try {
            logIn(OPERATOR, "/dashboard");
            browser.untilText("#connection", "Asking every 2 seconds");
            server.put("/began", new byte[5], AS_OPERATOR).expect(201);
            browser.untilText("#news", "Upload of began is done.");
            untilNames("began");
        } finally {
            browser.cdp("Network.setBlockedURLs", Map.of("urls", List.of()));
        }
        browser.untilText("#connection", "Live");
    }

    @Test
    void aServerThatIsAwayIsToldAndNoticedWhenItIsBack() {
        openDashboard();
        browser.offline(true);
        try {
            browser.script("document.dispatchEvent(new Event('visibilitychange'))");
            browser.untilText("#connection", "Not connected");
        } finally {
            browser.offline(false);
        }
        browser.untilText("#connection", "Live");
    }

    @Test
    void whatOthersSendAndDeleteAppearsAndGoesByItself() {
        openDashboard();
        browser.untilText("#no-files", "Nothing has been sent yet.");
        Upload file = file("from elsewhere", 5);
        untilNames("from elsewhere");
        server.delete("/files/" + file.id(), AS_OPERATOR).expect(204);
        untilNames();
    }

    @Test
    void thePageIsAccessibleInBothSchemesAndOnAPhone() {
        for (int i = 0; i < 30; i++) {
            file("file " + i, i);
        }
        begin();
        server.delete("/upload/" + begin(), AS_OPERATOR).expect(204);
        openDashboard();
        for (String scheme : List.of("light", "dark")) {
            browser.scheme(scheme);
            browser.assertAccessible();
        }
        browser.scheme("light");
        browser.size(390, 844);
        try {
            browser.assertAccessible();
            assertEquals(0L, ((Number) browser.script("return Math.max(0, document.documentElement.scrollWidth - innerWidth)")).longValue(), "nothing reaches past the edge");
            assertTrue(browser.sees("#sort"));
            browser.script("const s = document.getElementById('sort'); s.value = 'size desc'; s.dispatchEvent(new Event('change'))");
            browser.until("the largest first", () -> !names().isEmpty() && names().getFirst().equals("file 29"));
        } finally {
            browser.size(1200, 900);
        }
    }

    @Test
    void everythingIsDoneByTheKeyboardAlone() {
        Upload file = file("one.txt", 5);
        openDashboard();
        browser.script("document.getElementById('search').focus()");
        browser.keys("one", Keys.TAB, Keys.TAB);
        untilNames("one.txt");
        browser.keys(Keys.ENTER);
        browser.until("them by name", () -> "ascending".equals(browser.script("return document.querySelector('th[data-sort=name]').getAttribute('aria-sort')")));
        untilLoaded();
        browser.keys(Keys.TAB, Keys.TAB, Keys.TAB, Keys.TAB);
        assertEquals("one.txt", browser.script("return document.activeElement.textContent"));
        browser.keys(Keys.ENTER);
        browser.await("#file .facts");
        browser.keys(Keys.ESCAPE);
        browser.until("the focus to be back", () -> "one.txt".equals(browser.script("return document.activeElement.textContent")));
        browser.keys(Keys.TAB, Keys.ENTER);
        browser.untilText("#no-files", "Nothing like this is here.");
        browser.keys(Keys.ENTER);
        untilNames("one.txt");
        assertTrue(isThere(file));
        assertNull(server.get("/files/" + file.id(), AS_OPERATOR).expect(200).field("expires_at"));
    }
}
