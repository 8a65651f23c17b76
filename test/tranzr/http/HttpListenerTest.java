package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers, connections and their ends. */
class HttpListenerTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private final BlockingQueue<Boolean> ended = new LinkedBlockingQueue<>();
    private HttpListener listener;

    @AfterEach
    void stop() {
        if (listener != null) {
            listener.close();
        }
    }

    private Response stream(long length, Response.BodyWriter body) {
        return Response.stream(200, "application/octet-stream", length, body, ended::add);
    }

    private Boolean nextEnd() throws InterruptedException {
        return ended.poll(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void oneConnectionCarriesManyRequests(TestServer mode) throws IOException {
        listener = mode.start(request -> Response.json(200, Map.of("got", new String(request.body().readAllBytes(), "UTF-8"))));
        try (RawClient client = new RawClient(listener.address())) {
            for (int i = 0; i < 20; i++) {
                RawClient.Answer answer = client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n" + i % 10).answer();
                assertEquals("{\"got\":\"" + i % 10 + "\"}", answer.text());
                assertNull(answer.headers().get("connection"));
            }
            client.send(GET + GET + GET); // one after the other without waiting
            for (int i = 0; i < 3; i++) {
                assertEquals(200, client.answer().status());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aLargeBodyComesWholeAndTheConnectionGoesOn(TestServer mode) throws IOException {
        listener = mode.start(request -> Response.text(200, Long.toString(request.body().transferTo(java.io.OutputStream.nullOutputStream()))));
        try (RawClient client = new RawClient(listener.address())) {
            byte[] body = new byte[3_000_001];
            for (int i = 0; i < 3; i++) {
                client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length + "\r\n\r\n").send(body);
                assertEquals("3000001", client.answer().text());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aHandlerThatReadsExactlyTheBodyKeepsTheConnection(TestServer mode) throws IOException {
        listener = mode.start(request -> {
            request.body().readNBytes((int) request.contentLength());
            return Response.empty(204);
        });
        try (RawClient client = new RawClient(listener.address())) {
            for (int i = 0; i < 3; i++) {
                assertEquals(204, client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello").answer().status());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aSmallUnreadBodyIsSkipped(TestServer mode) throws IOException {
        listener = mode.start(request -> Response.empty(204));
        try (RawClient client = new RawClient(listener.address())) {
            for (int i = 0; i < 3; i++) {
                assertEquals(204, client.send("DELETE /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello").answer().status());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void headHasTheLengthAndNoBody(TestServer mode) throws Exception {
        listener = mode.start(request -> request.rawPath().equals("/stream") ? stream(12345, out -> {
            throw new AssertionError("written for HEAD");
        }) : request.rawPath().equals("/empty") ? Response.empty(200) : Response.text(200, "hello"));
        try (RawClient client = new RawClient(listener.address())) {
            for (Map.Entry<String, String> expected : Map.of("/text", "5", "/stream", "12345", "/empty", "0").entrySet()) {
                RawClient.Answer answer = client.send("HEAD " + expected.getKey() + " HTTP/1.1\r\nHost: a\r\n\r\n").answer(false);
                assertEquals(expected.getValue(), answer.headers().get("content-length"));
            }
            assertEquals("hello", client.send(GET).answer().text());
        }
        assertEquals(false, nextEnd());
        assertNull(ended.poll());
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aStreamedBodyIsToldItsEndOnce(TestServer mode) throws Exception {
        byte[] piece = new byte[256 * 1024];
        listener = mode.start(request -> stream(piece.length * 8L, out -> {
            for (int i = 0; i < 8; i++) {
                out.write(piece);
            }
        }));
        try (RawClient client = new RawClient(listener.address())) {
            assertEquals(piece.length * 8, client.send(GET).answer().body().length);
            assertEquals(true, nextEnd());
            assertEquals(piece.length * 8, client.send(GET).answer().body().length);
            assertEquals(true, nextEnd());
        }
        listener.close();
        assertNull(ended.poll());
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aBodyThatBreaksCutsTheConnection(TestServer mode) throws Exception {
        listener = mode.start(request -> stream(100_000, out -> {
            out.write(new byte[50_000]);
            switch (request.rawPath()) {
                case "/io" -> throw new IOException("the disk is broken");
                case "/error" -> throw new AssertionError("broken");
                case "/long" -> out.write(new byte[50_001]);
                default -> { }
            }
        }));
        for (String path : List.of("/short", "/io", "/error", "/long")) {
            try (RawClient client = new RawClient(listener.address())) {
                client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThrows(IOException.class, client::answer, path);
            }
            assertEquals(false, nextEnd());
        }
        listener.close();
        assertNull(ended.poll());
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aClientThatLeavesEndsTheStream(TestServer mode) throws Exception {
        listener = mode.start(request -> stream(Long.MAX_VALUE, out -> {
            while (true) {
                out.write(new byte[64 * 1024]);
            }
        }));
        RawClient client = new RawClient(listener.address());
        client.send(GET).in().readFully(new byte[1000]);
        client.close();
        assertEquals(false, nextEnd());
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aStreamThatIsNeverReturnedIsEndedToo(TestServer mode) throws Exception {
        listener = mode.start(request -> {
            stream(5, out -> out.write(new byte[5]));
            if (request.rawPath().equals("/throws")) {
                throw new IOException("after the answer was made");
            }
            return Response.text(200, "another");
        });
        assertEquals("another", RawClient.exchange(listener.address(), GET).text());
        assertEquals(false, nextEnd());
        assertEquals(500, RawClient.exchange(listener.address(), "GET /throws HTTP/1.1\r\nHost: a\r\n\r\n").status());
        assertEquals(false, nextEnd());
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void whateverAHandlerThrowsIsAnsweredAndTheConnectionGoesOn(TestServer mode) throws IOException {
        listener = mode.start(request -> switch (request.rawPath()) {
            case "/error" -> throw new StackOverflowError("broken");
            case "/checked" -> throw new Exception("broken");
            case "/null" -> null;
            default -> Response.text(200, "fine");
        });
        try (RawClient client = new RawClient(listener.address())) {
            for (String path : List.of("/error", "/checked", "/null")) {
                assertEquals("internal_error", client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").answer().code());
            }
            assertEquals("fine", client.send(GET).answer().text());
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void anErrorMapperThatThrowsIsAnsweredToo(TestServer mode) throws IOException {
        HttpListener.Options options = new HttpListener.Options(TestServer.loopback(), Optional.empty(), Set.of(), Duration.ofSeconds(30));
        Handler broken = request -> {
            throw new IOException("first");
        };
        HttpListener.ErrorMapper mapper = (request, thrown) -> {
            throw new UncheckedIOException(new IOException("second"));
        };
        listener = mode.start(broken, options, mapper);
        assertEquals(500, RawClient.exchange(listener.address(), GET).status());
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void answersWithoutBodyAreWellFormed(TestServer mode) throws IOException {
        listener = mode.start(request -> Response.empty(Integer.parseInt(request.segments().getFirst())));
        try (RawClient client = new RawClient(listener.address())) {
            for (String status : List.of("204", "304", "200", "404")) {
                RawClient.Answer answer = client.send("GET /" + status + " HTTP/1.1\r\nHost: a\r\n\r\n").answer();
                assertEquals(Integer.parseInt(status), answer.status());
                assertEquals(status.equals("200") || status.equals("404") ? "0" : null, answer.headers().get("content-length"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void aClientThatWantsToCloseIsHeard(TestServer mode) throws IOException {
        listener = mode.start(request -> Response.text(200, "bye"));
        for (String request : List.of("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: TE, Close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n")) {
            try (RawClient client = new RawClient(listener.address())) {
                assertTrue(client.send(request).answer().closes());
                assertTrue(client.isAtEnd());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void closingLetsRequestsInFlightEnd(TestServer mode) throws Exception {
        CountDownLatch inHandler = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        listener = mode.start(request -> {
            inHandler.countDown();
            goOn.await();
            return Response.text(200, "whole");
        });
        try (RawClient client = new RawClient(listener.address())) {
            client.send(GET);
            inHandler.await();
            InetSocketAddress address = listener.address();
            Thread closer = Thread.startVirtualThread(() -> listener.close(Duration.ofSeconds(30)));
            awaitRefusedConnection(address);
            goOn.countDown();
            RawClient.Answer answer = client.answer();
            assertEquals("whole", answer.text());
            assertTrue(answer.closes());
            assertTrue(closer.join(Duration.ofSeconds(10)));
        }
    }

    private void awaitRefusedConnection(InetSocketAddress address) throws IOException {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (System.nanoTime() < deadline) {
            try {
                new RawClient(address).close();
            } catch (ConnectException e) {
                return;
            } catch (SocketException e) {
                // Reset: the port was closed under this very connection. The next one is refused.
                assertTrue(e.getMessage().contains("reset"), e.getMessage());
            }
        }
        throw new AssertionError("still takes connections");
    }

    @ParameterizedTest
    @EnumSource(TestServer.class)
    void closingEndsRequestsThatDoNotEnd(TestServer mode) throws Exception {
        CountDownLatch inHandler = new CountDownLatch(1);
        CountDownLatch failed = new CountDownLatch(1);
        listener = mode.start(request -> {
            inHandler.countDown();
            try {
                request.body().readAllBytes();
            } catch (IOException e) {
                failed.countDown();
                throw e;
            }
            return Response.empty(204);
        });
        try (RawClient client = new RawClient(listener.address())) {
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
            inHandler.await();
            listener.close();
            assertTrue(failed.await(10, TimeUnit.SECONDS));
            assertTrue(client.isAtEnd());
        }
    }

    @Test
    void twoListenersLeaveNoThreadBehind() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        HttpListener first = TestServer.OPENED.start(request -> Response.text(200, "first"));
        HttpListener second = TestServer.PUBLIC_API.start(request -> Response.text(200, "second"));
        try (RawClient idle = new RawClient(first.address())) {
            assertEquals("first", idle.send(GET).answer().text());
            assertEquals("second", RawClient.exchange(second.address(), GET).text());
            first.close(Duration.ofSeconds(10));
            assertTrue(idle.isAtEnd());
            assertEquals("second", RawClient.exchange(second.address(), GET).text());
        }
        second.close(Duration.ofSeconds(10));
        first.close();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            // The JDK keeps these two kinds for all of its life, and starts them when first needed.
            boolean shared = thread.getName().startsWith("ForkJoinPool") || thread.getName().contains("Unparker") || thread.getName().contains("Poller")
                    || thread.getName().startsWith("Cleaner") || thread.getName().startsWith("Common-Cleaner");
            if (!before.contains(thread) && !shared) {
                assertTrue(thread.join(Duration.ofSeconds(10)), thread.getName() + " goes on; all: "
                        + Thread.getAllStackTraces().keySet().stream().map(Thread::getName).collect(Collectors.joining(", ")));
            }
        }
    }

    @Test
    void thePortIsFreeAgainAtOnce() throws Exception {
        listener = TestServer.OPENED.start(request -> Response.empty(204));
        int port = listener.address().getPort();
        listener.close();
        listener = TestServer.OPENED.start(request -> Response.empty(204), new HttpListener.Options(
                new InetSocketAddress(TestServer.loopback().getAddress(), port), Optional.empty(), Set.of(), Duration.ofSeconds(30)));
        assertEquals(port, listener.address().getPort());
        assertEquals(204, RawClient.exchange(listener.address(), GET).status());
    }

    @Test
    void whatTheOperatorHasSetStays() {
        String name = "sun.net.httpserver.idleInterval";
        String before = System.getProperty(name);
        System.setProperty(name, "77");
        try {
            ServerProperties.set(100);
            assertEquals("77", System.getProperty(name));
            assertEquals("true", System.getProperty("sun.net.httpserver.nodelay"));
        } finally {
            if (before == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, before);
            }
        }
    }
}
