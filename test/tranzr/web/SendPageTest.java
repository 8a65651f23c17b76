package tranzr.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tranzr.e2e.Http;

/** The page that sends files, used as a person uses it. */
class SendPageTest extends ServedPages {

    private static final int MIB = 1 << 20;

    @BeforeEach
    void forgetWhatWasSentBefore() {
        browser.pace(-1);
        logIn(OPERATOR, "/");
        browser.await("#pick");
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(Files.createDirectories(folder.resolve("files")).resolve(name), bytes);
    }

    private void give(Path... files) {
        browser.files("#files", files);
    }

    private void send() {
        browser.click("#send");
    }

    private void press(String label) {
        browser.until("for a button " + label, () -> Boolean.TRUE.equals(browser.script(
                "const b = [...document.querySelectorAll('button')].find(b => b.checkVisibility() && b.textContent === arguments[0]); b?.click(); return Boolean(b)", label)));
    }

    private void untilReady() {
        browser.untilText(".parcel h2", "ready");
    }

    private List<Map<String, Object>> stored() {
        return server.get("/files?status=completed", AS_OPERATOR).expect(200).list();
    }

    /** Holds back what has many bytes, so that a test can act meanwhile. */
    private void slowly() {
        browser.pace(2 * MIB);
    }

    private void untilUnderWay() {
        browser.until("for something to have arrived", () -> ((Number) browser.property(".file progress", "value")).doubleValue() >= 10);
    }

    private void waitUntilStored(byte[] bytes) {
        browser.until("to be stored", () -> stored().stream().anyMatch(file -> Http.sha256(bytes).equals(file.get("file_hash"))));
    }

    @Test
    void aFileBecomesALinkThatHandsItOut() throws IOException {
        byte[] bytes = Http.bytes(3 * MIB + 7, 1);
        give(file("report.pdf", bytes));
        browser.untilText("#draft-size", "1 file, 3.00 MiB");
        assertEquals(0, stored().size(), "nothing is sent before the button");
        browser.assertAccessible();
        send();
        untilReady();
        assertEquals(Http.sha256(bytes), Http.sha256(server.get(link().substring(server.url().length())).expect(200).body()));
        browser.assertAccessible();
        browser.click(".parcel > details summary");
        browser.untilText(".sums", Http.sha256(bytes));
        browser.until("for the QR code", () -> Boolean.TRUE.equals(browser.script(
                "const c = document.querySelector('canvas'); return new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size > 1")));
        press("Delete the file");
        browser.click("dialog button.danger");
        browser.until("to be deleted", () -> stored().isEmpty() && !browser.sees(".parcel"));
    }

    private String link() {
        return browser.text(".result .copyline code");
    }

    @Test
    void theOptionsAreThoseOfTheLinkAndAreRememberedButNotThePassword() throws IOException {
        give(file("a.txt", Http.bytes(100, 2)));
        browser.await("#expiry");
        choose("expiry", "60");
        choose("downloads", "5");
        choose("protection", "own");
        browser.type("#password", "correct horse");
        send();
        untilReady();
        Map<String, Object> share = server.get("/shares", AS_OPERATOR).expect(200).list().getFirst();
        assertEquals(5, ((Number) share.get("max_downloads")).intValue());
        assertEquals(true, share.get("protected"));
        String path = link().substring(server.url().length());
        server.get(path).expect(401);
        server.get(path, "X-Share-Password", "correct horse").expect(200);
        browser.reload();
        give(file("b.txt", Http.bytes(10, 3)));
        browser.await("#expiry");
        assertEquals(List.of("60", "5", "own", ""), List.of(browser.property("#expiry", "value"), browser.property("#downloads", "value"), browser.property("#protection", "value"),
                browser.property("#password", "value")));
        assertFalse(((String) browser.script("return JSON.stringify(localStorage)")).contains("horse"));
    }

    private void choose(String id, String value) {
        browser.script("const s = document.getElementById(arguments[0]); s.value = arguments[1]; s.dispatchEvent(new Event('change', {bubbles: true}))", id, value);
    }

    @Test
    void aHostileNameIsShownAsText() throws IOException {
        String name = "<img src=x onerror=alert(document.domain)>.html";
        give(file(name, Http.bytes(10, 4)));
        browser.untilText(".file-name", name);
        send();
        untilReady();
        assertEquals(0, browser.count("main img"));
        assertEquals(name, stored().getFirst().get("filename"));
    }

    @Test
    void theKeyboardIsEnough() throws IOException {
        browser.keys(Keys.TAB);
        assertTrue(browser.sees(".skip:focus"));
        browser.script("document.querySelector('#pick').focus()");
        browser.keys(Keys.TAB);
        assertEquals("button#pick-folder", browser.focused());
        give(file("keys.txt", Http.bytes(10, 5)));
        browser.until("for the focus to go to what comes next", () -> browser.focused().equals("button#send"));
        browser.chord(Keys.SHIFT, Keys.TAB);
        assertEquals("select#protection", browser.focused());
        browser.keys(Keys.TAB, Keys.ENTER);
        untilReady();
        assertEquals("Copy link", browser.script("return document.activeElement.getAttribute('aria-label')"), "the next thing that one wants");
    }

    @Test
    void textAndPicturesCanBePastedAndAnEmptyFileIsAFile() throws IOException {
        browser.script("const d = new DataTransfer(); d.setData('text/plain', 'héllo'); document.body.dispatchEvent(new ClipboardEvent('paste', {clipboardData: d, bubbles: true}))");
        browser.untilText("#draft-size", "1 file, 6 B");
        give(file("empty.dat", new byte[0]));
        browser.untilText("#draft-size", "2 files");
        browser.script("[...document.querySelectorAll('.file button')].find(b => b.getAttribute('aria-label').startsWith('Remove: Pasted')).click()");
        browser.untilText("#draft-size", "1 file, 0 B");
        send();
        untilReady();
        assertEquals(0, ((Number) stored().getFirst().get("file_size")).intValue());
    }

    @Test
    void aFolderThatIsDroppedKeepsItsNames() throws IOException {
        Path photos = Files.createDirectories(folder.resolve("photos/2020"));
        Files.write(photos.resolve("a.jpg"), Http.bytes(10, 6));
        browser.files("#folder", folder.resolve("photos"));
        browser.untilText(".file-name", "photos/2020/a.jpg");
        send();
        untilReady();
        assertEquals("photos/2020/a.jpg", stored().getFirst().get("filename"));
    }

    @Test
    void pausedFilesStandStillAndGoOn() throws IOException {
        byte[] bytes = Http.bytes(12 * MIB, 7);
        slowly();
        give(file("slow.bin", bytes));
        send();
        untilUnderWay();
        assertTrue(browser.title().matches("\\d+ % · Send files · Tranzr"), browser.title());
        press("Pause");
        browser.untilText(".file", "Paused");
        String at = browser.text(".file");
        assertFalse(browser.property(".file progress", "value").equals(0));
        press("Resume");
        browser.until("to go on", () -> !browser.text(".file").equals(at));
        browser.pace(-1);
        untilReady();
        waitUntilStored(bytes);
        assertEquals("Send files · Tranzr", browser.title());
    }

    @Test
    void whatIsCancelledLeavesNothing() throws IOException {
        slowly();
        give(file("a.bin", Http.bytes(12 * MIB, 8)));
        send();
        untilUnderWay();
        press("Cancel");
        browser.until("to be gone", () -> !browser.sees(".parcel"));
        browser.until("to be gone at the server", () -> server.get("/files", AS_OPERATOR).expect(200).list().isEmpty());
        assertEquals(0, ((Number) browser.script(KEPT)).intValue());
    }

    /** How many files the browser remembers. */
    private static final String KEPT = """
            return new Promise(resolve => { const r = indexedDB.open('tranzr'); r.onsuccess = () => {
              const a = r.result.transaction('files').objectStore('files').count(); a.onsuccess = () => { r.result.close(); resolve(a.result); }; }; })""";

    @Test
    void aFileThatHasChangedIsToldAndBeginsAnewOnlyOnWish() throws IOException {
        byte[] before = Http.bytes(12 * MIB, 9);
        Path file = file("thesis.odt", before);
        slowly();
        give(file);
        send();
        untilUnderWay();
        browser.reload();
        browser.untilText(".parcel h2", "Unfinished: thesis.odt");
        byte[] after = Http.bytes(12 * MIB, 10);
        Files.write(file, after);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L));
        give(file);
        browser.untilText(".toast", "is not the file that was begun");
        browser.untilText(".parcel h2", "Unfinished: thesis.odt");
        browser.pace(-1);
        press("Send it anew");
        untilReady();
        waitUntilStored(after);
        assertEquals(1, server.get("/files", AS_OPERATOR).expect(200).list().size(), "what had arrived of the other is gone");
    }

    @Test
    void aHandleThatTheBrowserKeepsLetsOneClickGoOn() throws IOException {
        slowly();
        // The picker itself is the browser's own; a file of its private file system has the same kind of handle.
        browser.script("""
                window.showOpenFilePicker = async () => {
                  const handle = await (await navigator.storage.getDirectory()).getFileHandle('kept.bin', { create: true });
                  const out = await handle.createWritable();
                  await out.write(new Uint8Array(12 << 20).fill(7));
                  await out.close();
                  return [handle];
                };""");
        browser.click("#pick");
        browser.await("#send");
        send();
        untilUnderWay();
        browser.reload();
        browser.untilText(".parcel h2", "Unfinished: kept.bin");
        browser.pace(-1);
        press("Continue");
        untilReady();
        byte[] bytes = new byte[12 * MIB];
        java.util.Arrays.fill(bytes, (byte) 7);
        waitUntilStored(bytes);
    }

    @Test
    void whoseLoginHasEndedLogsInBesideAndGoesOn() throws IOException {
        byte[] bytes = Http.bytes(12 * MIB, 11);
        slowly();
        give(file("long.bin", bytes));
        send();
        untilUnderWay();
        browser.cdp("Network.clearBrowserCookies", Map.of());
        browser.await("#login");
        browser.untilText(".file", "Your login has ended");
        browser.pace(-1);
        String page = browser.tab();
        browser.newTab();
        logIn(OPERATOR, "/docs");
        browser.closeTab();
        browser.switchTo(page);
        untilReady();
        waitUntilStored(bytes);
        assertFalse(browser.sees("#login"));
    }

    @Test
    void contentThatIsThereIsNotSentAgain() throws IOException {
        byte[] bytes = Http.bytes(5 * MIB, 12);
        give(file("first.bin", bytes));
        send();
        untilReady();
        browser.reload();
        give(file("second.bin", bytes));
        browser.await("#send");
        send();
        untilReady();
        assertEquals(2, stored().size());
        assertFalse(browser.requested().keySet().stream().anyMatch(url -> url.contains("complete=false")), "no byte went");
    }

    @Test
    void whatFailsSaysWhyAndCanBeTriedAgain() throws IOException {
        Path file = file("gone.bin", Http.bytes(MIB, 13));
        give(file);
        browser.await("#send");
        Files.delete(file);
        send();
        browser.untilText(".file", "Failed: The file was changed, moved or deleted");
        browser.untilText(".parcel h2", "Not all went through");
        browser.assertAccessible();
        Files.write(file, Http.bytes(MIB, 13));
        assertNull(browser.script("return document.querySelector('.result')"));
        press("Try again");
        browser.untilText(".file", "Failed: The file was changed, moved or deleted");
    }

    @Test
    void manyFilesGetOneLinkAndTheListStaysShort() throws IOException {
        Path all = Files.createDirectories(folder.resolve("all"));
        for (int i = 0; i < 150; i++) {
            Files.write(all.resolve("file-%03d.txt".formatted(i)), ("number " + i).getBytes(StandardCharsets.UTF_8));
        }
        browser.files("#folder", all);
        browser.untilText("#draft-size", "150 files");
        assertEquals(100, browser.count("#draft-list .file"));
        press("Show 50 more of 50");
        browser.until("to see the rest", () -> browser.count("#draft-list .file") == 150);
        assertEquals(true, browser.script("const heights = [...document.querySelectorAll('#draft-list .file')].map(e => e.getBoundingClientRect().height);"
                + "return Math.max(...heights) - Math.min(...heights) < 3"), "rows that are not in view are taken for as high as they are, or the page jumps when it is scrolled");
        send();
        browser.until("for the link", Duration.ofSeconds(120), () -> browser.sees(".result"));
        browser.untilText(".parcel", "150 files");
        assertEquals(1, browser.count(".result"), "one link");
        assertEquals(150, server.get("/share/info/" + link().replaceAll(".*/s/([^/]+).*", "$1")).expect(200).json().get("files").toString().split("index", -1).length - 1);
    }

    @Test
    void theFirstPageIsSmall() {
        browser.cdp("Network.setCacheDisabled", Map.of("cacheDisabled", true));
        open("/");
        browser.await("#pick");
        long size = browser.requested().values().stream().mapToLong(Long::longValue).sum();
        browser.cdp("Network.setCacheDisabled", Map.of("cacheDisabled", false));
        assertTrue(size > 5_000 && size < 60_000, size + " bytes: " + browser.requested());
    }
}
