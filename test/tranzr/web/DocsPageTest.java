package tranzr.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tranzr.TestMain;

/** The page of the API. */
@Tag(TestMain.ASIDE)
class DocsPageTest extends ServedPages {

    /** What is wrong within Swagger UI itself, 5.30.1: each an element that its package makes, and none that keeps a reader from it. */
    private static final Set<String> KNOWN = Set.of(
            // The row of an operation is a button, and the link to the operation lies within it.
            "nested-interactive",
            // A label and the choice within it have the same id; the choice has a name of its own.
            "duplicate-id-active");

    private void openOperation(String id) {
        String operation = "#operations-" + id;
        browser.await(operation);
        browser.click(operation + " .opblock-summary-control");
        browser.await(operation + " .try-out button");
    }

    /** @return the status that Swagger UI shows */
    private String execute(String id) {
        String operation = "#operations-" + id;
        browser.click(operation + " .try-out button");
        browser.click(operation + " .execute");
        browser.await(operation + " .live-responses-table .response-col_status");
        return browser.text(operation + " .live-responses-table tbody .response-col_status").split("\\s")[0];
    }

    @Test
    void everyOperationIsShownAndNothingComesFromElsewhere() {
        open("/docs");
        browser.await("#swagger .opblock");
        Object described = browser.script("return fetch('openapi.json').then(r => r.json()).then(d => Object.values(d.paths).flatMap(p => Object.keys(p)).length)");
        assertEquals(((Number) described).intValue(), browser.count("#swagger .opblock"));
        assertEquals(List.of(), browser.requested().keySet().stream().filter(address -> !address.startsWith(server.url() + "/")).toList());
        assertEquals("null", String.valueOf(browser.script("return document.querySelector('#swagger').getAttribute('aria-busy')")));
        assertEquals(0, browser.count("#swagger style, #swagger iframe, #swagger object"));
    }

    @Test
    void anOperationIsTriedOutWithTheLogin() {
        logIn(OPERATOR, "/docs");
        browser.untilText("#as", "operator");
        openOperation("Files-listFiles");
        assertEquals("200", execute("Files-listFiles"));
        openOperation("Rooms-createRoom");
        assertEquals("201", execute("Rooms-createRoom"), "what changes something has brought its field against forged requests");
        assertEquals("string", server.get("/rooms", AS_OPERATOR).list().getFirst().get("name"));
    }

    @Test
    void orWithATokenGivenByAuthorize() {
        open("/docs");
        browser.untilText("#as", "Log in");
        openOperation("Files-listFiles");
        assertEquals("401", execute("Files-listFiles"));
        browser.click("#swagger .scheme-container .btn.authorize");
        browser.await("#swagger .modal-ux");
        assertEquals(2, browser.count("#swagger .modal-ux .auth-container"), "a cookie is none that could be typed in");
        browser.type("#swagger .modal-ux #auth-bearer-value", OPERATOR);
        browser.click("#swagger .modal-ux .auth-btn-wrapper .authorize");
        browser.click("#swagger .modal-ux .btn-done");
        browser.click("#operations-Files-listFiles .execute");
        browser.untilText("#operations-Files-listFiles .live-responses-table tbody", "200");
    }

    @Test
    void anAddressLeadsToAnOperation() {
        open("/docs#/Uploads/startUpload");
        browser.await("#operations-Uploads-startUpload .try-out button");
    }

    @Test
    void thePageIsReadableInBothSchemes() {
        for (String scheme : List.of("light", "dark")) {
            browser.scheme(scheme);
            open("/docs#/Uploads/startUpload");
            browser.await("#operations-Uploads-startUpload .try-out button");
            browser.assertAccessible("#swagger");
            List<Finding> own = browser.axe().stream().filter(Finding::isSerious).filter(found -> !KNOWN.contains(found.rule())).toList();
            assertEquals(List.of(), own, scheme);
        }
        browser.scheme("light");
    }

    @Test
    void thePolicyForbidsWhatSwaggerDoesNotNeed() {
        String policy = server.get("/docs").expect(200).header("Content-Security-Policy");
        assertTrue(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self'; ") && !policy.contains("unsafe"), policy);
    }
}
