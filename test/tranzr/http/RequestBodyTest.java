package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies that are refused, that stall, that break. */
class RequestBodyTest {

    private static final int MIB = 1024 * 1024;

    private HttpListener listener;

    @AfterEach
    void stop() {
        if (listener != null) {
            listener.close();
        }
    }

    private static Response refuse(Request request) {
        return request.rawPath().equals("/empty") ? Response.empty(401)
                : Response.problem(413, "too_large", "Too large", "No.", Map.of());
    }

    @ParameterizedTest
    @CsvSource({"OPENED,/,413", "OPENED,/empty,401", "PUBLIC_API,/,413", "PUBLIC_API,/empty,401"})
    void aClientInTheMiddleOfALargeBodyReadsTheRefusal(TestServer mode, String path, int status) throws Exception {
        listener = mode.start(RequestBodyTest::refuse);
        byte[] piece = new byte[MIB];
        for (String framing : List.of("Content-Length: " + 20 * MIB, "Transfer-Encoding: chunked")) {
            try (RawClient client = new RawClient(listener.address())) {
                client.send("PUT " + path + " HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n");
                boolean chunked = framing.startsWith("T");
                for (int i = 0; i < 20; i++) { // all of it, like a client that does not look
                    client.send(chunked ? "100000\r\n" : "").send(piece).send(chunked ? "\r\n" : "");
                }
                client.send(chunked ? "0\r\n\r\n" : "");
                RawClient.Answer answer = client.answer();
                assertEquals(status, answer.status());
                assertTrue(answer.closes());
                assertTrue(client.isAtEnd());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"OPENED,''", "PUBLIC_API,''", "OPENED,100-continue", "PUBLIC_API,100-continue"})
    void curlShowsTheRefusalOfALargeBody(TestServer mode, String expect, @TempDir Path folder) throws Exception {
        listener = mode.start(RequestBodyTest::refuse);
        Path file = folder.resolve("large");
        Files.write(file, new byte[20 * MIB]);
        Process curl = curl("-sS", "-T", file.toString(), "-H", "Expect: " + expect, "http://127.0.0.1:" + listener.address().getPort() + "/x");
        String shown = new String(curl.getInputStream().readAllBytes());
        assertTrue(curl.waitFor(20, TimeUnit.SECONDS));
        assertTrue(shown.contains("\"code\":\"too_large\""), shown + new String(curl.getErrorStream().readAllBytes()));
    }

    private static Process curl(String... arguments) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of("curl"));
        command.addAll(List.of(arguments));
        try {
            return new ProcessBuilder(command).start();
        } catch (IOException e) {
            Assumptions.abort("curl is not here");
            throw e;
        }
    }

    @Test
    void aRefusalComesBeforeTheClientIsToldToSend() throws Exception {
        listener = TestServer.OPENED.start(RequestBodyTest::refuse);
        try (RawClient client = new RawClient(listener.address())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            RawClient.Answer answer = client.answer();
            assertEquals(413, answer.status());
            assertTrue(answer.closes());
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aClientThatWaitsIsToldToSendWhenTheBodyIsRead(TestServer mode) throws Exception {
        listener = mode.start(request -> Response.text(200, new String(request.body().readAllBytes())));
        try (RawClient client = new RawClient(listener.address())) {
            for (String body : List.of("hello", "again")) { // the connection goes on
                client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
                RawClient.Answer interim = client.answer();
                assertEquals(100, interim.status());
                assertEquals(body, client.send(body).answer().text());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aBodyThatStallsIsEnded(TestServer mode) throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        listener = mode.start(request -> {
            try {
                request.body().readAllBytes();
            } catch (IOException e) {
                seen.add("failed");
                throw e;
            }
            return Response.empty(204);
        }, Duration.ofMillis(200));
        try (RawClient client = new RawClient(listener.address())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
            if (mode.isOpened()) {
                RawClient.Answer answer = client.answer();
                assertEquals(408, answer.status());
                assertEquals("request_timeout", answer.code());
                assertTrue(answer.closes());
            }
            assertTrue(client.isAtEnd());
        }
        assertEquals("failed", seen.poll(10, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aHandlerThatTakesItsTimeDoesNotStall(TestServer mode) throws Exception {
        BlockingQueue<String> later = new LinkedBlockingQueue<>();
        listener = mode.start(request -> {
            request.body().read();
            later.poll(400, TimeUnit.MILLISECONDS); // busy with something else
            return Response.text(200, new String(request.body().readAllBytes()));
        }, Duration.ofMillis(100));
        assertEquals("ello", RawClient.exchange(listener.address(), "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello").text());
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void anAnswerThatNobodyTakesIsEnded(TestServer mode) throws Exception {
        BlockingQueue<Boolean> ended = new LinkedBlockingQueue<>();
        listener = mode.start(request -> Response.stream(200, "application/octet-stream", Long.MAX_VALUE, out -> {
            while (true) {
                out.write(new byte[256 * 1024]);
            }
        }, ended::add), Duration.ofMillis(200));
        try (RawClient client = new RawClient(listener.address())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").line();
            assertEquals(false, ended.poll(10, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aHeadThatTakesTooLongIsEnded(TestServer mode) throws Exception {
        listener = mode.start(request -> Response.empty(204), Duration.ofMillis(200));
        try (RawClient client = new RawClient(listener.address())) {
            client.send("GET / HTTP/1.1\r\nHost:");
            if (mode.isOpened()) {
                assertEquals("request_timeout", client.answer().code());
            }
            assertTrue(client.isAtEnd());
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void anotherThreadEndsAStuckRead(TestServer mode) throws Exception {
        BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        listener = mode.start(request -> {
            requests.add(request);
            try {
                request.body().readAllBytes();
            } catch (IOException e) {
                seen.add("failed");
                throw e;
            }
            return Response.empty(204);
        });
        try (RawClient client = new RawClient(listener.address())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
            requests.take().abort();
            assertEquals("failed", seen.poll(10, TimeUnit.SECONDS));
            assertTrue(client.isAtEnd());
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void abortingAnAnsweredRequestDoesNotTouchTheNext(TestServer mode) throws Exception {
        BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
        listener = mode.start(request -> {
            requests.add(request);
            return Response.text(200, request.rawPath());
        });
        try (RawClient client = new RawClient(listener.address())) {
            assertEquals("/1", client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n").answer().text());
            assertEquals("/2", client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n").answer().text());
            requests.take().abort();
            assertEquals("/3", client.send("GET /3 HTTP/1.1\r\nHost: a\r\n\r\n").answer().text());
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aBodyThatBreaksFailsItsReaderAfterWhatCame(TestServer mode) throws Exception {
        BlockingQueue<Long> received = new LinkedBlockingQueue<>();
        listener = mode.start(request -> {
            java.io.ByteArrayOutputStream got = new java.io.ByteArrayOutputStream();
            try {
                request.body().transferTo(got);
                received.add(-1L);
            } catch (IOException e) {
                received.add((long) got.size());
                throw e;
            }
            return Response.empty(204);
        });
        try (RawClient client = new RawClient(listener.address())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n").send(new byte[1_000_000]);
            client.socket().shutdownOutput();
            if (mode != TestServer.PUBLIC_API_TLS) { // the JDK's TLS closes its own side, too, when the client has closed one
                assertEquals("broken_body", client.answer().code());
            }
            assertEquals(1_000_000L, received.take());
            assertTrue(client.isAtEnd());
        } catch (SocketException e) {
            throw new AssertionError("reset instead of an answer", e);
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aFormIsReadFromTheConnection(TestServer mode) throws Exception {
        listener = mode.start(request -> {
            StringBuilder text = new StringBuilder();
            Multipart form = Multipart.of(request).orElseThrow();
            for (Multipart.Part part = form.next(); part != null; part = form.next()) {
                text.append(part.name()).append('=').append(part.filename()).append(':').append(part.body().readAllBytes().length).append(' ');
            }
            return Response.text(200, text.toString());
        });
        String form = "--a b\r\nContent-Disposition: form-data; name=id\r\n\r\n7\r\n--a b\r\nContent-Disposition: form-data; name=chunk; filename=\"x\"\r\n\r\n"
                + "y".repeat(300_000) + "\r\n--a b--\r\n";
        try (RawClient client = new RawClient(listener.address())) {
            for (int i = 0; i < 2; i++) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: Multipart/Form-Data; charset=x; boundary=\"a b\"\r\nContent-Length: "
                        + form.length() + "\r\n\r\n" + form);
                RawClient.Answer answer = client.answer();
                assertEquals("id=null:1 chunk=x:300000 ", answer.text());
                assertNull(answer.headers().get("connection"));
            }
        }
    }

    @Test
    void aFormThatIsCutShortIsTheClientsFault() throws Exception {
        listener = TestServer.OPENED.start(request -> Response.text(200, Multipart.of(request).orElseThrow().next().text(100)));
        String form = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx";
        assertEquals("invalid_multipart", RawClient.exchange(listener.address(), "POST / HTTP/1.1\r\nHost: a\r\n"
                + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " + form.length() + "\r\n\r\n" + form).code());
    }

    @ParameterizedTest
    @CsvSource({"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a\u00fc\"", "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "multipart/form-data; boundary"})
    void aBadBoundaryIsRefused(String type) throws Exception {
        listener = TestServer.OPENED.start(request -> Response.text(200, "" + Multipart.of(request).isPresent()));
        assertEquals("invalid_multipart", RawClient.exchange(listener.address(),
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Type: " + type + "\r\n\r\n").code());
        assertEquals("false", RawClient.exchange(listener.address(),
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Type: multipart/form-database\r\n\r\n").text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {"{\"a\":1} | 200 | {\"a\":1}", "~~ | 200 | {}", "[] | 400 | invalid_json",
        "{\"a\":\"123456789012345678901\"} | 413 | body_too_large"})
    void jsonIsReadUpToALimit(String body, int status, String expected) throws Exception {
        listener = TestServer.OPENED.start(request -> Response.json(200, request.json(25)));
        for (String framing : List.of("Content-Length: " + body.length() + "\r\n\r\n" + body,
                "Transfer-Encoding: chunked\r\n\r\n" + (body.isEmpty() ? "" : Integer.toHexString(body.length()) + "\r\n" + body + "\r\n") + "0\r\n\r\n")) {
            RawClient.Answer answer = RawClient.exchange(listener.address(), "POST / HTTP/1.1\r\nHost: a\r\n" + framing);
            assertEquals(status, answer.status());
            assertEquals(expected, status == 200 ? answer.text() : answer.code());
        }
    }
}
