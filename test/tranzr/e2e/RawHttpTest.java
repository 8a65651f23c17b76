package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no client library sends: broken HTTP, lying lengths, connections that break and stall. */
class RawHttpTest extends RealServer {

    /** Some of these requests get no answer by right: their body is still awaited. */
    private static final int QUIET_MILLIS = 1000;

    @AfterEach
    void theServerIsHealthy() {
        http.get("/health").expect(200);
    }

    /** {@code ~} stands for CR LF. @return the first answer, or what came until the connection ended or went quiet */
    private static String answerTo(String request) throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            connection.send(request.replace("~", "\r\n"));
            return connection.readAnswer(QUIET_MILLIS);
        }
    }

    private static String everythingAfter(String request) throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            connection.send(request.replace("~", "\r\n"));
            return connection.readUntilQuiet(QUIET_MILLIS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "PUT /a HTTP/1.1~Host: localhost~Content-Length: +5~~12345",
        "PUT /a HTTP/1.1~Host: localhost~Content-Length: -0~~",
        "PUT /a HTTP/1.1~Host: localhost~Content-Length: -5~~12345",
        "PUT /a HTTP/1.1~Host: localhost~Content-Length: 5, 5~~12345",
        "PUT /a HTTP/1.1~Host: localhost~Content-Length: 5~Content-Length: 6~~12345",
        "PUT /a HTTP/1.1~Host: localhost~Content-Length: 99999999999999999999~~12345",
        "PUT /a HTTP/1.1~Host: localhost~Content-Length: 5~Transfer-Encoding: chunked~~5~12345~0~~",
        "PUT /a HTTP/1.1~Host: localhost~Transfer-Encoding: chunked, gzip~~5~12345~0~~",
        "PUT /a HTTP/1.1~Host: localhost~Transfer-Encoding: chunked~~zz~12345~0~~",
        "PUT /a HTTP/1.1~Host: localhost~Transfer-Encoding: chunked~~-5~12345~0~~",
        "GET /files HTTP/1.1~~",
        "GET /files HTTP/1.1~Host: localhost~Host: localhost2~~",
        "GET /files HTTP/1.1~Host: localhost~X-Folded: a~ b~~",
        "GET /files HTTP/1.1~Host: a b~~",
        "GET /files HTTP/9.9~Host: localhost~~",
        "GET /files~~",
        "~~~~",
        "GET /%zz HTTP/1.1~Host: localhost~~",
        "GET /\u00ff\u00fe HTTP/1.1~Host: localhost~~",
        "GET /files HTTP/1.1~Host: localhost~X-Nul: a\u0000b~~",
        "GET /files HTTP/1.1~Host: localhost~no colon here~~",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003~~",
    })
    void brokenHttpIsNeverASuccessNorACrash(String request) throws IOException {
        String before = http.get("/files").expect(200).text();
        String answer = answerTo(request);
        assertFalse(answer.startsWith("HTTP/1.1 2"), answer);
        assertFalse(answer.startsWith("HTTP/1.1 5") && !answer.startsWith("HTTP/1.1 501"), answer);
        assertEquals(before, http.get("/files").expect(200).text());
    }

    @Test
    void headersWithoutEndAreCutOff() throws IOException {
        String big = "GET /files HTTP/1.1~Host: localhost~X-Big: " + "a".repeat(100_000) + "~~";
        assertFalse(answerTo(big).startsWith("HTTP/1.1 2"));
        String many = "GET /files HTTP/1.1~Host: localhost~" + "X-1: 1~".repeat(20_000) + "~";
        assertFalse(answerTo(many).startsWith("HTTP/1.1 5"));
    }

    @Test
    void aTrailerIsNeverTakenForARequest() throws IOException {
        String victim = http.store("victim", new byte[100]);
        String answer = everythingAfter("PUT /chunked HTTP/1.1~Host: localhost~Transfer-Encoding: chunked~~5~12345~0~DELETE /files/" + victim
                + " HTTP/1.1~Host: localhost~~");
        http.get("/files/" + victim).expect(200);
        assertEquals(answer.indexOf("HTTP/1.1 "), answer.lastIndexOf("HTTP/1.1 "), answer);
    }

    @Test
    void aBodyShorterThanItSaidStoresNoFile() throws IOException {
        String before = http.get("/files?status=completed").expect(200).text();
        try (RawConnection connection = new RawConnection(server)) {
            connection.head("PUT /short HTTP/1.1", "Host: localhost", "Content-Length: 1000").send(new byte[400]);
        }
        try (RawConnection connection = new RawConnection(server)) {
            connection.head("PUT /short-chunked HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked").send("190\r\n").send(new byte[400]);
        }
        // The next request is served after these ended or not; a file must not appear in either case.
        http.get("/health").expect(200);
        assertEquals(before, http.get("/files?status=completed").expect(200).text());
    }

    @Test
    void whatFollowsABodyIsANewRequestAndNotPartOfTheFile() throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            connection.send("PUT /exact HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabcGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
            String all = connection.readUntilQuiet(QUIET_MILLIS);
            assertTrue(all.startsWith("HTTP/1.1 20"), all);
            String id = all.lines().filter(line -> line.toLowerCase().startsWith("x-file-id:")).findFirst().orElseThrow().substring(10).strip();
            assertEquals("abc", http.get("/download/" + id).expect(200).text());
        }
    }

    @Test
    void aRefusalIsReadableInTheMiddleOfALargeBody() throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            connection.head("PUT /uploads/00000000-0000-4000-8000-000000000000/chunks/0 HTTP/1.1", "Host: localhost", "Content-Length: 20000000");
            connection.send(new byte[900_000]);
            String head = connection.readHead();
            assertTrue(head.startsWith("HTTP/1.1 404"), head);
        }
    }

    @Test
    void manyIdleAndHalfRequestsDoNotStopOthers() throws IOException {
        List<RawConnection> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                RawConnection connection = new RawConnection(server);
                idle.add(connection);
                if (i % 2 == 0) {
                    connection.send("PUT /half" + i + " HTTP/1.1\r\nHost: localhost\r\nContent-Le");
                }
            }
            http.store("meanwhile", new byte[5000]);
        } finally {
            for (RawConnection connection : idle) {
                connection.close();
            }
        }
    }

    @Test
    void junkInEveryHeaderEndsNothing() throws Exception {
        Random random = new Random(7);
        List<String> names = List.of("Range", "If-Range", "If-None-Match", "If-Match", "Content-Range", "Content-Digest", "X-Chunk-SHA256", "Authorization", "Accept",
                "Content-Type", "Max-Downloads", "Max-Days", "Expires-In", "Share-Password", "X-Share-Password", "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto",
                "Expect", "Connection", "Transfer-Encoding", "Origin", "Sec-Fetch-Site", "User-Agent", "Cookie");
        List<String> values = List.of("", ",", "bytes=", "bytes=9999999999999999999999-", "Basic !!!", "Basic " + "A".repeat(3000), "Bearer", "sha-256=:", "\"", "%00%ff",
                "multipart/form-data; boundary=\"", "*/*;q=x", "a".repeat(4000), "\u00e4\u00f6", "-1", "1e9", "bytes 0-0/0", "bytes 5-2/9", "for=\"[", "=:;,\"");
        String id = http.store("target", new byte[1000]);
        List<Callable<String>> requests = names.stream().flatMap(name -> values.stream().<Callable<String>>map(value -> () -> {
            String target = List.of("GET /download/" + id, "PUT /junk", "GET /s/x", "POST /upload/chunk", "POST /share/create/" + id).get(random.nextInt(5));
            String answer = answerTo(target + " HTTP/1.1~Host: localhost~" + (name.equals("Connection") ? "" : "Connection: close~")
                    + (target.startsWith("GET") || name.equals("Transfer-Encoding") ? "" : "Content-Length: 0~") + name + ": " + value + "~~");
            return answer.startsWith("HTTP/1.1 5") && !answer.startsWith("HTTP/1.1 501") ? name + ": " + value + " on " + target + " gave " + answer : "";
        })).toList();
        for (int from = 0; from < requests.size(); from += 50) {
            List<String> bad = together(requests.subList(from, Math.min(from + 50, requests.size()))).stream().filter(answer -> !answer.isEmpty()).toList();
            assertEquals(List.of(), bad);
        }
        assertEquals(0, Arrays.compare(new byte[1000], http.get("/download/" + id).expect(200).body()));
    }
}
