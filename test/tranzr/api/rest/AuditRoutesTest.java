package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.audit.Entry;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

class AuditRoutesTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;
    private ServedEngine server;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder);
        // Far behind whatever else the server may have recorded.
        for (int i = 1; i <= 25; i++) {
            server.audit().append(new Entry(START.plusSeconds(i), "r" + i, "tok-" + i % 2, "a b", "192.0.2." + i % 3, i % 5 == 0 ? "x.share" : "x.file",
                    Map.of("file_id", "f" + i % 4, "share", "s" + i % 5), i % 10 == 0 ? "not_found" : "ok", 200, Map.of("i", i)));
        }
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void records_come_newest_first_page_by_page_with_all_their_fields() {
        assertEquals(IntStream.rangeClosed(1, 25).mapToObj(i -> 26 - i).toList(), all("/audit?limit=4&action=x."));
        Map<String, Object> newest = server.get("/audit?limit=1&action=x.").expect(200).list().getFirst();
        assertEquals(List.of("seq", "time", "request_id", "actor", "name", "address", "action", "subject", "result", "status", "details", "durable", "prev", "hash"),
                List.copyOf(newest.keySet()));
        assertEquals("no-store", server.get("/audit").header("Cache-Control"));
    }

    @Test
    void filters_hold_together_and_stay_in_the_link() {
        assertEquals(List.of(20, 10), all("/audit?limit=1&action=x.share&result=not_found"));
        assertEquals(List.of(21, 9), all("/audit?limit=1&actor=tok-1&file_id=f1&address=192.0.2.0"));
        assertEquals(List.of(23, 18, 13, 8, 3), all("/audit?limit=2&share=s3"));
        assertEquals(List.of(11, 10), all("/audit?limit=1&action=x.&from=2026-01-01T00:00:10Z&to=2026-01-01T01:00:12%2B01:00"));
    }

    @Test
    void a_value_that_makes_no_sense_is_refused_by_name() {
        for (String bad : List.of("from=yesterday", "to=1", "limit=0", "limit=1001", "after=0", "after=x", "after=99999999999999999999", "actor=", "share=")) {
            Answer answer = server.get("/audit?" + bad).expect(400, "invalid_value");
            assertEquals(bad.substring(0, bad.indexOf('=')), answer.field("field"));
        }
        server.get("/audit?actor=a&actor=b").expect(400, "invalid_query");
    }

    @Test
    void only_an_administrator_may_read_it() throws Exception {
        try (ServedEngine guarded = new ServedEngine(folder.resolve("guarded"), "the-token-of-the-admin", null)) {
            guarded.get("/audit").expect(401, "token_required");
            guarded.get("/audit", "Authorization", "Bearer the-token-of-the-admin").expect(200);
        }
    }

    private List<Integer> all(String path) {
        List<Integer> numbers = new ArrayList<>();
        String next = path;
        while (next != null) {
            Answer page = server.get(next).expect(200);
            page.list().forEach(fields -> numbers.add((Integer) ((Map<?, ?>) fields.get("details")).get("i")));
            next = page.header("Link") == null ? null : page.header("Link").replaceFirst("<(.*)>; rel=\"next\"", "$1");
        }
        assertNull(next);
        return numbers;
    }
}
