package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers before the final one (RFC 9110, section 15.2). */
class InterimAnswerTest {

    private final BlockingQueue<Boolean> sent = new LinkedBlockingQueue<>();

    private Response twice(Request request) throws Exception {
        sent.add(request.canInterim());
        sent.add(request.interim(104, "Upload Resumption Supported", Map.of("Location", "/x", "Upload-Offset", "0")));
        int read = request.body().readNBytes(5).length;
        sent.add(request.interim(104, "Upload Resumption Supported", Map.of("Upload-Offset", Integer.toString(read))));
        return Response.text(200, new String(request.body().readAllBytes()));
    }

    private boolean sent() throws InterruptedException {
        return sent.poll(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void interimAnswersComeAtOnceAndInOrderWhereTheInternalsAreOpen(TestServer server) throws Exception {
        try (HttpListener listener = server.start(this::twice); RawClient client = new RawClient(listener.address())) {
            for (int i = 0; i < 2; i++) { // the connection goes on
                client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
                assertEquals(server.isOpened(), sent());
                assertEquals(server.isOpened(), sent());
                if (server.isOpened()) {
                    RawClient.Answer first = client.answer();
                    assertEquals("104 /x 0", first.status() + " " + first.headers().get("location") + " " + first.headers().get("upload-offset"));
                    assertEquals(2, first.headers().size(), first.headers().toString());
                }
                client.send("hello");
                assertEquals(server.isOpened(), sent());
                if (server.isOpened()) {
                    assertEquals("5", client.answer().headers().get("upload-offset"));
                }
                RawClient.Answer last = client.send("world").answer();
                assertEquals("200 world", last.status() + " " + last.text());
                assertFalse(last.closes());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void the100ThatAClientWaitsForStillComes(TestServer server) throws Exception {
        try (HttpListener listener = server.start(this::twice); RawClient client = new RawClient(listener.address())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            List<Integer> before = server.isOpened() ? List.of(104, 100) : List.of(100);
            for (int status : before) {
                assertEquals(status, client.answer().status());
            }
            client.send("hello");
            if (server.isOpened()) {
                assertEquals(104, client.answer().status());
            }
            assertEquals(200, client.answer().status());
        }
    }

    @Test
    void aRefusalAfterAnInterimAnswerNeedsNo100() throws Exception {
        Handler refusing = request -> {
            request.interim(104, "Upload Resumption Supported", Map.of());
            return Response.text(403, "no");
        };
        try (HttpListener listener = TestServer.OPENED.start(refusing); RawClient client = new RawClient(listener.address())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertEquals(104, client.answer().status());
            assertEquals(403, client.answer().status());
        }
    }

    @Test
    void http10KnowsNone() throws Exception {
        try (HttpListener listener = TestServer.OPENED.start(this::twice); RawClient client = new RawClient(listener.address())) {
            assertEquals("200 hello", client.send("PUT / HTTP/1.0\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello").answer().status() + " hello");
            assertFalse(sent() || sent() || sent());
        }
    }

    @Test
    void aClientThatHasLeftIsSentNone() throws Exception {
        Handler leaving = request -> {
            request.abort();
            sent.add(request.interim(104, "Upload Resumption Supported", Map.of()));
            return Response.text(200, "");
        };
        try (HttpListener listener = TestServer.OPENED.start(leaving); RawClient client = new RawClient(listener.address())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertFalse(sent());
        }
    }

    /** The refusal of a slow request is written by another thread, and is the last that the client reads. */
    @Test
    void afterTheRefusalOfASlowRequestThereIsNone() throws Exception {
        Handler slow = request -> {
            try {
                request.body().readAllBytes();
            } catch (java.io.IOException e) {
                sent.add(request.interim(104, "Upload Resumption Supported", Map.of()));
            }
            return Response.text(200, "");
        };
        try (HttpListener listener = TestServer.OPENED.start(slow, Duration.ofMillis(300)); RawClient client = new RawClient(listener.address())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nh");
            assertEquals(408, client.answer().status());
            assertFalse(sent());
        }
    }

    @Test
    void nothingBreaksOutOfAnInterimAnswer() {
        assertThrows(IllegalArgumentException.class, () -> Response.interim(104, "x", Map.of("Location", "/a\r\nX: y")));
        assertThrows(IllegalArgumentException.class, () -> Response.interim(104, "x", Map.of("a b", "c")));
        for (int status : new int[] {100, 101, 200}) {
            assertThrows(IllegalArgumentException.class, () -> Response.interim(status, "x", Map.of()));
        }
        assertTrue(new String(Response.interim(103, "Early Hints", Map.of("Link", "</a>"))).equals("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"));
    }
}
