package tranzr.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tranzr.server.ServedEngine;

/** What holds of each page, with names of files that try to be more than names. Whether one breaks its policy or pops up a box is looked at after each test. */
class EveryPageTest extends ServedPages {

    private static final List<String> HOSTILE = List.of("<img src=x onerror=alert(1)>.svg", "\\\"><script>alert(2)</script>.html", "javascript:alert(3)", "{{root}}${alert(4)}.txt");

    /** Each page's address, and what is to be seen before it is looked at. */
    private Map<String, String> pages() {
        for (String name : HOSTILE) {
            String id = server.post("/upload/start", "{\"filename\": \"" + name + "\", \"file_size\": 3}", AS_OPERATOR).expect(201).field("file_id");
            server.put("/upload/" + id, ServedEngine.bytes(3, name.hashCode()), AS_OPERATOR);
        }
        server.post("/rooms", "{\"name\": \"<b>room</b>\"}", AS_OPERATOR).expect(201);
        String room = (String) server.get("/rooms", AS_OPERATOR).list().getFirst().get("room_id");
        String guest = server.post("/rooms/" + room + "/requests", "{\"title\": \"<script>alert(5)</script>\"}", AS_OPERATOR).expect(201).field("token");
        String ids = String.join(", ", server.get("/files", AS_OPERATOR).list().stream().map(file -> "\"" + file.get("file_id") + "\"").toList());
        String link = server.post("/share/create", "{\"file_ids\": [" + ids + "], \"protected\": false}", AS_OPERATOR).expect(201).field("share_url");
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put(link.substring(server.url().length()), "h1");
        pages.put("/", "#pick");
        pages.put("/account", "#session-list > li");
        pages.put("/dashboard", "#files tr");
        pages.put("/r/" + guest, "#pick");
        pages.put("/login", "#token");
        return pages;
    }

    @Test
    void nobodyIsKeptFromUsingIt() {
        Map<String, String> pages = pages();
        logIn(OPERATOR, "/account");
        for (String scheme : List.of("light", "dark")) {
            browser.scheme(scheme);
            pages.forEach((path, seen) -> {
                open(path);
                browser.await(seen);
                List<Finding> serious = browser.axe().stream().filter(Finding::isSerious).toList();
                assertEquals(List.of(), serious, scheme + " " + path);
            });
        }
        browser.scheme("light");
    }

    @Test
    void itFitsAPhoneAndComesFromHereAlone() {
        Map<String, String> pages = pages();
        logIn(OPERATOR, "/account");
        browser.size(390, 844);
        try {
            pages.put("/docs", "#swagger .opblock");
            pages.forEach((path, seen) -> {
                open(path);
                browser.await(seen);
                Number width = (Number) browser.script("return document.documentElement.scrollWidth");
                assertTrue(width.intValue() <= 390, path + " is " + width + " pixels wide");
                assertEquals(List.of(), browser.requested().keySet().stream().filter(address -> !address.startsWith(server.url() + "/") && !address.startsWith("blob:")).toList(), path);
            });
        } finally {
            browser.size(1200, 900);
        }
    }

    @Test
    void everyLinkOfTheHeaderLeadsToAPage() {
        logIn(OPERATOR, "/account");
        browser.until("the header to be whole", () -> browser.sees(".bar nav a[data-right=admin]"));
        List<?> links = (List<?>) browser.script("return [...document.querySelectorAll('.bar a')].map(a => a.href)");
        assertEquals(5, links.size());
        for (Object link : links) {
            browser.open((String) link);
            browser.untilText("h1", "");
            assertEquals("page", browser.script("return document.querySelector('main') ? 'page' : document.body.innerText"), (String) link);
        }
    }
}
