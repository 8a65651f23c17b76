package tranzr.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** The page of an upload request, for somebody who has no token. */
class GuestPageTest extends ServedPages {

    @BeforeEach
    void makeRoom() {
        server.post("/rooms", "{\"name\": \"inbox\"}", AS_OPERATOR).expect(201);
    }

    private Answer request(String json) {
        return server.post("/rooms/inbox/requests", json, AS_OPERATOR).expect(201);
    }

    private void open(Answer request) {
        browser.open(request.field("request_url"));
    }

    private Path file(String name, int size) throws IOException {
        return Files.write(folder.resolve(name), ServedEngine.bytes(size, size));
    }

    private List<Map<String, Object>> received() {
        return server.get("/files?status=completed", AS_OPERATOR).expect(200).list();
    }

    @Test
    void filesArriveAndAreThankedFor() throws IOException {
        Answer request = request("{\"title\": \"Slides & <b>photos</b>\", \"max_files\": 5, \"max_bytes\": \"10MiB\", \"max_file_size\": \"5MiB\"}");
        open(request);
        browser.untilText("h1", "Slides & <b>photos</b>");
        browser.untilText("#facts", "5 files, 10.0 MiB");
        browser.untilText("#facts", "at most 5.00 MiB");
        browser.assertAccessible();
        Path one = file("one <img src=x onerror=alert(1)>.bin", 300_000);
        Path two = file("two.bin", 2_000_000);
        browser.files("#files", one, two);
        browser.untilText("#draft-size", "2 files");
        browser.assertAccessible();
        browser.click("#send");
        browser.untilText("#parcels h2", "Thank you");
        browser.assertAccessible();
        assertEquals(2, received().size());
        assertTrue(received().stream().map(file -> file.get("file_hash")).toList()
                .containsAll(List.of(Digest.sha256(Files.readAllBytes(one)).hex(), Digest.sha256(Files.readAllBytes(two)).hex())));
        browser.untilText("#facts", "3 files");
        assertFalse(browser.text().contains("Your link"), "guests get no link");
        assertEquals(List.of(), server.get("/shares", AS_OPERATOR).list());
    }

    @Test
    void thePasswordIsAskedForBeforeAnythingIsChosen() throws IOException {
        Answer request = request("{\"password\": \"Grüße 12\"}");
        open(request);
        browser.await("#password");
        assertFalse(browser.sees("#drop"));
        browser.assertAccessible();
        browser.keys("wrong", Keys.ENTER);
        browser.untilText("#password-problem", "wrong");
        browser.keys("Grüße 12", Keys.ENTER);
        browser.await("#drop");
        browser.files("#files", file("a.bin", 1000));
        browser.click("#send");
        browser.untilText("#parcels h2", "Thank you");
        assertEquals(1, received().size());
    }

    @Test
    void aLinkThatIsOverIsToldWithItsStatus() {
        Answer request = request("{\"expires_in\": \"1h\"}");
        server.pass(Duration.ofHours(2));
        server.get("/r/" + request.field("token"), "Accept", "text/html").expect(410);
        open(request);
        browser.untilText("#problem", "This link is over");
        assertFalse(browser.sees("#drop"));
        browser.assertAccessible();
        server.get("/r/none", "Accept", "text/html").expect(410);
        Answer revoked = request("{}");
        server.get("/r/" + revoked.field("token"), "Accept", "text/html").expect(200);
        server.delete("/requests/" + revoked.field("request_id"), AS_OPERATOR).expect(204);
        server.get("/r/" + revoked.field("token"), "Accept", "text/html").expect(410);
    }

    @Test
    void whatIsNotAskedForIsToldBeforeItIsSent() throws IOException {
        Answer request = request("{\"types\": [\"pdf\"], \"max_file_size\": 2000, \"max_files\": 1}");
        open(request);
        browser.await("#drop");
        browser.files("#files", file("a.exe", 10), file("b.PDF", 3000));
        browser.untilText("#toasts", "“a.exe” is not one of the types");
        browser.untilText("#toasts", "“b.PDF” is larger than 1.95 KiB");
        assertFalse(browser.sees("#draft"));
        browser.files("#files", file("c.pdf", 10), file("d.pdf", 10));
        browser.click("#send");
        browser.untilText("#toasts", "more than is still welcome: 1 file");
        browser.click("#draft-list li:nth-child(2) .file-buttons button:last-child");
        browser.click("#send");
        browser.untilText("#parcels h2", "Thank you");
        assertEquals(List.of("c.pdf"), received().stream().map(file -> file.get("filename")).toList());
        browser.until("the drop to go away", () -> !browser.sees("#drop"));
        open(request);
        browser.untilText("#problem", "Everything that this link takes has come");
    }

    @Test
    void aLoginOfTheSameBrowserDoesNotGetInTheWay() throws IOException {
        Answer request = request("{}");
        logIn(OPERATOR, "/account");
        open(request);
        browser.await("#drop");
        browser.files("#files", file("a.bin", 5000));
        browser.click("#send");
        browser.untilText("#parcels h2", "Thank you");
        assertEquals(1, received().size());
    }

    @Test
    void aVisitThatWasInterruptedGoesOnWithTheSameFile() throws IOException {
        Answer request = request("{}");
        open(request);
        browser.await("#drop");
        Path file = file("large.bin", 24_000_000);
        browser.pace(4_000_000);
        browser.files("#files", file);
        browser.click("#send");
        browser.until("some of it to have arrived", () -> server.get("/files", AS_OPERATOR).list().stream().map(upload -> upload.get("file_id"))
                .anyMatch(id -> !server.get("/upload/status/" + id, AS_OPERATOR).expect(200).json().get("missing_ranges").equals(List.of(List.of(0, 23_999_999)))));
        browser.pace(-1);
        open(request);
        browser.untilText("#parcels h2", "Unfinished: large.bin");
        browser.files("#files", file);
        browser.untilText("#parcels h2", "Thank you");
        assertEquals(List.of(Digest.sha256(Files.readAllBytes(file)).hex()), received().stream().map(each -> each.get("file_hash")).toList());
        assertEquals(1, server.get("/files", AS_OPERATOR).list().size(), "the same upload went on");
    }

    @Test
    void withoutScriptAFormStays() {
        Answer request = request("{}");
        browser.cdp("Emulation.setScriptExecutionDisabled", Map.of("value", true));
        try {
            open(request);
            assertEquals(1, browser.count("noscript form"));
            assertTrue(browser.text("main").contains("Send"), "the button of the form is seen");
        } finally {
            browser.cdp("Emulation.setScriptExecutionDisabled", Map.of("value", false));
        }
    }
}
