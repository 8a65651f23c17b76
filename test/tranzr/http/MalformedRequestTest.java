package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What breaks HTTP is refused with an answer, never reaches a handler, and ends the connection where bytes could be misread. */
class MalformedRequestTest {

    private final List<String> handled = new CopyOnWriteArrayList<>();
    private HttpListener listener;

    private void start(TestServer mode) throws IOException {
        listener = mode.start(request -> {
            request.body().readAllBytes();
            handled.add(request.rawPath());
            return Response.text(200, "fine");
        });
    }

    @AfterEach
    void stop() {
        listener.close();
    }

    private void refused(String request, int status, String code) throws IOException {
        try (RawClient client = new RawClient(listener.address())) {
            RawClient.Answer answer = client.send(unescape(request)).answer();
            assertEquals(code, answer.code(), answer.text());
            assertEquals(status, answer.status());
            assertEquals("application/problem+json", answer.headers().get("content-type"));
            assertEquals(List.of(), handled);
        }
        assertEquals(200, RawClient.exchange(listener.address(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n").status());
    }

    private static String unescape(String text) {
        return text.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0").replace("\\e", "\u001b")
                .replace("\\x7f", "\u007f").replace("\\xff", "\u00ff");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "PUT / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: +5\\r\\n\\r\\nhello | invalid_content_length",
        "PUT / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: -0\\r\\n\\r\\n | invalid_content_length",
        "GET / HTTP/1.1\\r\\n\\r\\n | invalid_host",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nHost: a\\r\\n\\r\\n | invalid_host",
        "GET / HTTP/1.1\\r\\nHost:\\r\\n\\r\\n | invalid_host",
        "GET / HTTP/1.1\\r\\nHost: a b\\r\\n\\r\\n | invalid_host",
        "GET / HTTP/1.1\\r\\nHost: a/../b\\r\\n\\r\\n | invalid_host",
        "GET / HTTP/1.1\\r\\nHost: a@b\\r\\n\\r\\n | invalid_host",
        "GET / HTTP/1.1\\r\\nHost: a:99999\\r\\n\\r\\n | invalid_host",
        "GET / HTTP/1.1\\r\\nHost: a:\\r\\n\\r\\n | invalid_host",
        "GET / HTTP/1.1\\r\\nHost: a:80:80\\r\\n\\r\\n | invalid_host",
        "GET / HTTP/1.1\\r\\nHost: [::1\\r\\n\\r\\n | invalid_host",
        "GET / HTTP/1.1\\r\\nHost: \"><script>\\r\\n\\r\\n | invalid_host",
        "GET / HTTP/1.1\\r\\nHost: \\xff\\r\\n\\r\\n | invalid_host",
        "GET / HTTP/9.9\\r\\nHost: a\\r\\n\\r\\n | invalid_http_version",
        "GET / HTTP/2.0\\r\\nHost: a\\r\\n\\r\\n | invalid_http_version",
        "GET / http/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_http_version",
        "GET /%80 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_path",
        "GET /a%C0%AFb HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_path",
        "GET /a%00b HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_path",
        "GET /%ED%A0%80 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_path",
        "GET /a#b HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_request_target",
        "GET ftp://a/b HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_request_target",
        "GET http://user@a/b HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_request_target",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nX: a\\0b\\r\\n\\r\\n | invalid_header",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nX: a\\eb\\r\\n\\r\\n | invalid_header",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nX: a\\x7fb\\r\\n\\r\\n | invalid_header",
        "PUT / HTTP/1.0\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n | invalid_transfer_encoding",
        "G{T / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_method",
    })
    void refusedInBothModes(String request, String code) throws IOException {
        for (TestServer mode : TestServer.values()) {
            start(mode);
            refused(request, 400, code);
            handled.clear();
            listener.close();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET / HTTP/1.1\\r\\nHost: a\\nX: b\\r\\n\\r\\n | invalid_line_end",
        "GET / HTTP/1.1\\r\\nHost: a\\rX: b\\r\\n\\r\\n | invalid_line_end",
        "GET / HTTP/1.1\\nHost: a\\r\\n\\r\\n | invalid_request_line",
        "GET / HTTP/1.1\\rHost: a\\r\\n\\r\\n | invalid_line_end",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\n | invalid_line_end",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\rX: b\\r\\n\\r\\n | invalid_line_end",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nX: a\\r\\n b\\r\\n\\r\\n | obsolete_line_folding",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nX: a\\r\\n\\tb\\r\\n\\r\\n | obsolete_line_folding",
        "GET / HTTP/1.1\\r\\n Host: a\\r\\n\\r\\n | obsolete_line_folding",
        "GET /a b HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_request_line",
        "GET / HTTP/1.1 \\r\\nHost: a\\r\\n\\r\\n | invalid_request_line",
        "GET  / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_request_target",
        "GET /\\xff HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_request_target",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nX : b\\r\\n\\r\\n | invalid_header",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nno colon\\r\\n\\r\\n | invalid_header",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\n: b\\r\\n\\r\\n | invalid_header",
        "\\r\\n\\r\\n\\r\\n\\r\\n\\r\\nGET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_request_line",
        "GET /%zz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | malformed_request",
        "PUT / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n | malformed_request",
        "PUT / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 5, 5\\r\\n\\r\\nhello | malformed_request",
        "PUT / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 5\\r\\nContent-Length: 5\\r\\n\\r\\nhello | malformed_request",
        "GET/HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_method",
        "' / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n' | invalid_method",
        "\\nGET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_line_end",
        "\\rGET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_line_end",
        "GET / \\r\\nHost: a\\r\\n\\r\\n | invalid_request_line",
        "GET mailto:a HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_request_target",
        "GET http:a HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_request_target",
        "OPTIONS * HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | invalid_request_target",
    })
    void refusedWhereTheServerIsOpen(String request, String code) throws IOException {
        start(TestServer.OPENED);
        refused(request, 400, code);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "100000005\\r\\nhello\\r\\n0\\r\\n\\r\\n | broken_body",
        "1000000000000000000000005\\r\\nhello\\r\\n0\\r\\n\\r\\n | malformed_body",
        "\\r\\n\\r\\n | malformed_body",
        "-5\\r\\nhello\\r\\n0\\r\\n\\r\\n | malformed_body",
        "+5\\r\\nhello\\r\\n0\\r\\n\\r\\n | malformed_body",
        "0x5\\r\\nhello\\r\\n0\\r\\n\\r\\n | malformed_body",
        "5 \\r\\nhello\\r\\n0\\r\\n\\r\\n | malformed_body",
        "5\\nhello\\r\\n0\\r\\n\\r\\n | malformed_body",
        "5\\rhello\\r\\n0\\r\\n\\r\\n | malformed_body",
        "5;a=\\0\\r\\nhello\\r\\n0\\r\\n\\r\\n | malformed_body",
        "5\\r\\nhello0\\r\\n\\r\\n | malformed_body",
        "5\\r\\nhello\\n0\\r\\n\\r\\n | malformed_body",
        "5\\r\\nhello\\r\\n0\\r\\nA: b\\nC: d\\r\\n\\r\\n | malformed_body",
        "5\\r\\nhello\\r\\n | broken_body",
        "5\\r\\nhel | broken_body",
    })
    void aMalformedChunkedBodyIsRefusedWhereTheServerIsOpen(String body, String code) throws IOException {
        start(TestServer.OPENED);
        try (RawClient client = new RawClient(listener.address())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + unescape(body));
            client.socket().shutdownOutput();
            RawClient.Answer answer = client.answer();
            assertEquals(code, answer.code());
            assertEquals(400, answer.status());
            assertTrue(answer.closes());
            assertTrue(client.isAtEnd());
            assertEquals(List.of(), handled);
        }
    }

    @Test
    void aRefusalDoesNotNameClasses() throws IOException {
        start(TestServer.OPENED);
        assertFalse(RawClient.exchange(listener.address(), "GET /{ HTTP/1.1\r\nHost: a\r\n\r\n").text().contains("Exception"));
        assertFalse(RawClient.exchange(listener.address(), "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n").text().contains("Exception"));
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aChunkSizeBeyondWhatTheServerBelowCanCountIsTheClientsFault(TestServer mode) throws IOException {
        start(mode);
        try (RawClient client = new RawClient(listener.address())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n94967296\r\nhello\r\n0\r\n\r\n").socket().shutdownOutput();
            assertEquals(400, client.answer().status());
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void trailersAreNeverTakenForANextRequest(TestServer mode) throws IOException {
        start(mode);
        try (RawClient client = new RawClient(listener.address())) {
            client.send("PUT /first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"
                    + "GET /smuggled HTTP/1.1: x\r\nHost: a\r\n\r\n");
            assertTrue(client.answer().closes());
            assertTrue(client.isAtEnd());
            assertTrue(handled.stream().noneMatch(path -> path.contains("smuggled")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"5\r\nhello\r\n0\r\n\r\n", "2;x=y\r\nhe\r\n003\r\nllo\r\n000\r\n\r\n",
        "5\r\nhello\r\n0\r\nDigest: x\r\nOther: y\r\n\r\n"})
    void aGoodChunkedBodyIsTakenAndTheConnectionEnds(String body) throws IOException {
        start(TestServer.OPENED);
        try (RawClient client = new RawClient(listener.address())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
            RawClient.Answer answer = client.answer();
            assertEquals(200, answer.status());
            assertTrue(answer.closes());
            assertTrue(client.isAtEnd());
        }
    }

    @ParameterizedTest
    @CsvSource({"16000,431,head_too_large", "11000,431,head_too_large"})
    void aHeadThatIsTooLargeIsAnswered(int bytes, int status, String code) throws IOException {
        start(TestServer.OPENED);
        refused("GET / HTTP/1.1\\r\\nHost: a\\r\\nA: " + "x".repeat(bytes / 2) + "\\r\\nB: " + "x".repeat(bytes) + "\\r\\n\\r\\n", status, code);
        handled.clear();
        refused("GET / HTTP/1.1\\r\\nHost: a\\r\\n" + "x".repeat(17_000) + "\\r\\n\\r\\n", status, code);
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aHeadJustWithinTheLimitsIsTaken(TestServer mode) throws IOException {
        start(mode);
        StringBuilder head = new StringBuilder("GET / HTTP/1.1\r\nHost: a\r\n");
        for (int i = 1; i < ServerProperties.MAX_FIELDS; i++) {
            head.append("X-").append(i).append(": ").append("x".repeat(200)).append("\r\n");
        }
        head.append("\r\n");
        assertTrue(head.length() < 16_000 - 64 * 32);
        assertEquals(200, RawClient.exchange(listener.address(), head.toString()).status());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"GET /xxxx HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 8192 | 414 | target_too_long",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nxxxx: y\\r\\n\\r\\n | 17000 | 431 | head_too_large",
        "xxxx / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n | 17000 | 431 | head_too_large",
        "GET / HTTP/1.1xxxx\\r\\nHost: a\\r\\n\\r\\n | 17000 | 431 | head_too_large"})
    void whateverIsTooLongIsAnswered(String request, int length, int status, String code) throws IOException {
        start(TestServer.OPENED);
        refused(request.replace("xxxx", "x".repeat(length)), status, code);
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void anUnknownExpectationIsRefused(TestServer mode) throws IOException {
        start(mode);
        refused("PUT / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 5\\r\\nExpect: 200-ok\\r\\n\\r\\nhello", 417, "expectation_failed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.0\r\n\r\n", "GET http://example.com/x HTTP/1.1\r\nHost: other\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: [::1]:8000\r\n\r\n", "GET / HTTP/1.1\r\nHost: a.example:80\r\nX:\r\nY: \t b \r\n\r\n",
        "GET /?a=%41 HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET //a//b HTTP/1.1\r\nHost: 1.2.3.4\r\n\r\n"})
    void whatHttpAllowsIsTaken(String request) throws IOException {
        for (TestServer mode : TestServer.values()) {
            start(mode);
            assertEquals(200, RawClient.exchange(listener.address(), request).status());
            listener.close();
        }
    }
}
