package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the HTTP server of the JDK lets through, or gives up on without a word, is refused with an answer by the jar as it is shipped. */
class HttpTrapsTest extends RealServer {

    private static final int QUIET_MILLIS = 20_000;

    @AfterEach
    void nothingWasStored() {
        assertEquals(0, http.get("/files").expect(200).jsonList().size());
    }

    /** {@code ~} stands for CR LF, {@code \r}, {@code \n} and {@code \0} for themselves. @return all that came until the server closed */
    private static String all(String request) throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            connection.send(request.replace("~", "\r\n").replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0")).endSending();
            return connection.readUntilQuiet(QUIET_MILLIS);
        }
    }

    /** One answer, with that code, and then the end of the connection: what follows could be anything. */
    private static void assertRefused(String answer, int status, String code) {
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        assertEquals(2, answer.split("HTTP/1\\.1 [1-5]", -1).length, answer);
        assertTrue(answer.contains("\"code\":\"" + code + "\""), answer);
        assertFalse(answer.contains("(still open)"), answer);
        assertFalse(answer.contains("Exception"), answer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "PUT /a HTTP/1.1~Host: localhost~Content-Length: +5~~12345 | invalid_content_length",
        "PUT /a HTTP/1.1~Host: localhost~Content-Length: -0~~ | invalid_content_length",
        "GET /files HTTP/1.1~Host: localhost\\nX: y~~ | invalid_line_end",
        "GET /files HTTP/1.1~Host: localhost\\rX: y~~ | invalid_line_end",
        "GET /files HTTP/1.1~Host: localhost~X: a~ b~~ | obsolete_line_folding",
        "GET /files HTTP/1.1~Host: localhost~X: a\\0b~~ | invalid_header",
        "GET /files HTTP/1.1~~ | invalid_host",
        "GET /files HTTP/1.1~Host: localhost~Host: localhost~~ | invalid_host",
        "GET /files HTTP/9.9~Host: localhost~~ | invalid_http_version",
    })
    void whatIsAcceptedBelowUsIsRefusedAbove(String request, String code) throws IOException {
        assertRefused(all(request), 400, code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5~Transfer-Encoding: chunked~~0~~", "Content-Length: 5~Content-Length: 5~~12345", "Content-Length: 5, 5~~12345"})
    void whatIsRefusedBelowUsIsAnsweredInOurWay(String rest) throws IOException {
        assertRefused(all("PUT /a HTTP/1.1~Host: localhost~" + rest), 400, "malformed_request");
    }

    @Test
    void aMalformedEscapeInThePathIsRefused() throws IOException {
        assertRefused(all("GET /%zz HTTP/1.1~Host: localhost~~"), 400, "malformed_request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"100000002~{}~0~~", "~~", "2\\r~{}~0~~", "2~{}\\r0~~", "2~{}~0~A: b\\n~~", "2~{}~-0~~", "2~{}~0~"})
    void theChunkedCodingIsReadToTheLetter(String body) throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            connection.head("POST /upload/start HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked");
            connection.send(body.replace("~", "\r\n").replace("\\r", "\r").replace("\\n", "\n")).endSending();
            assertRefused(connection.readUntilQuiet(QUIET_MILLIS), 400, "broken_body");
        }
    }

    @Test
    void trailersAreNoRequestAndTheConnectionEndsAfterThem() throws IOException {
        String answer = all("POST /upload/start HTTP/1.1~Host: localhost~Transfer-Encoding: chunked~~2~{}~0~PUT /smuggled HTTP/1.1: x~Content-Length: 0~~");
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertEquals(0, answer.lastIndexOf("HTTP/1.1 4"), answer);
        assertFalse(answer.contains("(still open)"), answer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET mailto:someone HTTP/1.1~Host: localhost~~ | 400 | invalid_request_target",
        "GET http:path HTTP/1.1~Host: localhost~~ | 400 | invalid_request_target",
        "' /files HTTP/1.1~Host: localhost~~' | 400 | invalid_method",
    })
    void whatTheServerBelowGivesUpOnIsAnswered(String request, int status, String code) throws IOException {
        assertRefused(all(request), status, code);
    }

    @Test
    void headsBeyondTheLimitsAreAnswered() throws IOException {
        assertRefused(all("GET /files HTTP/1.1~Host: localhost~X: " + "a".repeat(20_000) + "~~"), 431, "head_too_large");
        StringBuilder many = new StringBuilder("GET /files HTTP/1.1~Host: localhost~");
        for (int i = 0; i < 100; i++) {
            many.append("X-").append(i).append(": y~");
        }
        assertRefused(all(many + "~"), 431, "too_many_fields");
        assertRefused(all("GET /" + "a".repeat(9000) + " HTTP/1.1~Host: localhost~~"), 414, "target_too_long");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/filesx", "/files%2f", "/files%00", "/files/", "//files", "/./files", "/upload/../files", "/%2e%2e/files", "/FILES", "/files;x=y", "/files%20"})
    void pathsAreComparedWholeAndDecodedOnce(String path) throws IOException {
        String answer = all("GET " + path + " HTTP/1.1~Host: localhost~Connection: close~~");
        assertTrue(answer.startsWith("HTTP/1.1 40"), answer);
    }

    @Test
    void aHeadRequestGetsTheLengthAndNoBodyAndTheConnectionGoesOn() throws IOException {
        String answers = all("HEAD /health HTTP/1.1~Host: localhost~~GET /health HTTP/1.1~Host: localhost~Connection: close~~");
        List<String> heads = List.of(answers.split("(?=HTTP/1\\.1 )"));
        assertEquals(2, heads.size(), answers);
        assertTrue(heads.getFirst().toLowerCase().matches("(?s)http/1\\.1 200 .*content-length: [1-9].*\r\n\r\n"), answers);
        assertTrue(heads.getLast().endsWith("}"), answers);
    }

    @Test
    void aRefusalComesInPlaceOfContinue() throws IOException {
        try (RawConnection connection = new RawConnection(server)) {
            connection.head("PUT /upload/00000000-0000-4000-8000-000000000000 HTTP/1.1", "Host: localhost", "Content-Length: 50000000", "Expect: 100-continue");
            String head = connection.readHead();
            assertTrue(head.startsWith("HTTP/1.1 404 "), head);
        }
    }
}
