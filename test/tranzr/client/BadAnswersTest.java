package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import tranzr.model.ByteRange;

/** What servers and proxies answer that are broken, hostile, or just say no early; told apart within bounds of time and memory. */
@Timeout(60)
class BadAnswersTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String REFUSED = "{\"type\":\"about:blank\",\"title\":\"No\",\"status\":507,\"detail\":\"the disk is full\",\"code\":\"no_space\",\"retryable\":true}";
    private static final Source ZEROS = (position, into) -> into.position(into.limit());

    /** What the other side does with one connection. */
    @FunctionalInterface
    private interface Answerer {
        void answer(Socket socket) throws Exception;
    }

    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private CountDownLatch end;
    private ServerSocket listening;
    private TranzrClient client;

    private Http serve(Answerer answerer) throws IOException {
        return serve(answerer, Duration.ofSeconds(30));
    }

    private Http serve(Answerer answerer, Duration timeout) throws IOException {
        end = new CountDownLatch(1);
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(() -> {
            while (!listening.isClosed()) {
                try {
                    Socket socket = listening.accept();
                    sockets.add(socket);
                    Thread.ofPlatform().daemon().start(() -> {
                        try (socket) {
                            answerer.answer(socket);
                        } catch (Exception e) {
                            return; // the client has gone
                        }
                    });
                } catch (IOException e) {
                    return;
                }
            }
        });
        client = TranzrClient.of(URI.create("http://127.0.0.1:" + listening.getLocalPort())).timeout(timeout).clock(() -> NOW).build();
        return client.http;
    }

    @AfterEach
    void close() throws IOException {
        if (end != null) {
            end.countDown();
        }
        for (Socket socket : sockets) {
            socket.close();
        }
        if (client != null) {
            client.close();
        }
        if (listening != null) {
            listening.close();
        }
    }

    /** Reads up to the end of the head. */
    private static void readHead(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        int matched = 0;
        while (matched < 4) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ended");
            }
            matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
        }
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static String withLength(String head, String body) {
        return head + "\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    private Answerer always(String answer) {
        return socket -> {
            while (true) {
                readHead(socket);
                say(socket, answer);
            }
        };
    }

    private static Attempt within(Duration patience, Duration answer) {
        return new Attempt() {
            @Override
            public void passed(long bytes) {
            }

            @Override
            public Duration patience() {
                return patience;
            }

            @Override
            public Duration answerWithin() {
                return answer;
            }

            @Override
            public void onStop(Runnable action) {
            }
        };
    }

    private static final Attempt IMPATIENT = within(Duration.ofMillis(200), Duration.ofMillis(200));

    private static Http.Answer get(Http http, Attempt attempt) throws IOException, RefusedException {
        return http.get("/download/x", Map.of(), (status, headers) -> { }, (position, bytes) -> bytes.position(bytes.limit()), attempt);
    }

    private static void assertStalled(Executable request) {
        IOException e = assertThrows(IOException.class, request);
        assertInstanceOf(StalledException.class, e, e::toString);
    }

    private static RefusedException refused(Http http) {
        return assertThrows(RefusedException.class, () -> http.call("GET", "/files", null));
    }

    @Test
    void aHeadThatDoesNotComeIsWaitedForNoLongerThanOtherBytes() throws Exception {
        Http http = serve(socket -> {
            readHead(socket);
            end.await();
        });
        // As long as the buffers of an upload may take to run empty, which is none of a download's business.
        assertStalled(() -> get(http, within(Duration.ofMillis(200), Duration.ofMinutes(15))));
    }

    @Test
    void aRefusalWhileTheBodyIsStillBeingSentIsHeard() throws Exception {
        for (int readBefore : new int[] {0, 1 << 20}) {
            Http http = serve(socket -> {
                readHead(socket);
                socket.getInputStream().readNBytes(readBefore);
                say(socket, withLength("HTTP/1.1 507 Insufficient Storage\r\nConnection: close", REFUSED));
                socket.shutdownOutput();
                socket.getInputStream().readNBytes(16 << 20); // so does whoever closes in a way that the answer is heard (RFC 9112, section 9.6)
            });
            for (int i = 0; i < 10; i++) {
                RefusedException e = assertThrows(RefusedException.class, () -> http.put("/upload/x", Map.of(), ZEROS, new ByteRange(0, 1L << 40), Attempt.FREE));
                assertEquals("507 no_space the disk is full", e.status() + " " + e.code() + " " + e.getMessage());
            }
            close();
        }
    }

    @Test
    void whoeverRefusesAndReadsNoMoreIsLeftAfterAWhile() throws Exception {
        Http http = serve(socket -> {
            readHead(socket);
            say(socket, withLength("HTTP/1.1 413 Too Large", REFUSED));
            end.await();
        });
        assertThrows(IOException.class, () -> http.put("/upload/x", Map.of(), ZEROS, new ByteRange(0, 1L << 40), IMPATIENT));
        RefusedException e = assertThrows(RefusedException.class, () -> http.put("/upload/x", Map.of(), ZEROS, new ByteRange(0, 1000), Attempt.FREE));
        assertEquals("no_space", e.code());
    }

    @Test
    void whatIsNoProblemOfTranzrHasNoCodeAndAShortDetail() throws Exception {
        Http http = serve(always(withLength("HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html", "<html><title>Bad \u001b[2JGateway</title>" + "x".repeat(3000) + "</html>")));
        RefusedException e = refused(http);
        assertEquals("502", e.status() + e.code());
        assertEquals("the server answered 502, and not as Tranzr does", e.getMessage());
        assertEquals(Map.of(), e.members());
    }

    @Test
    void aDetailIsFitForATerminal() throws Exception {
        Http http = serve(always(withLength("HTTP/1.1 400 x", "{\"code\":\"x\",\"detail\":\"a\\u001b[31m\\nb\\u202e" + "c".repeat(5000) + "\"}")));
        String detail = refused(http).getMessage();
        assertTrue(detail.startsWith("a [31m b c") && detail.length() < 1100 && detail.chars().noneMatch(Character::isISOControl), detail);
    }

    @Test
    void retryAfterIsTakenInSecondsAndAsADate() throws Exception {
        for (Map.Entry<String, Duration> each : Map.of("7", Duration.ofSeconds(7), "Thu, 01 Jan 2026 00:01:00 GMT", Duration.ofMinutes(1), "Wed, 31 Dec 2025 00:00:00 GMT", Duration.ZERO,
                "999999999", Duration.ofSeconds(999_999_999)).entrySet()) {
            assertEquals(each.getValue(), refused(serve(always(withLength("HTTP/1.1 503 x\r\nRetry-After: " + each.getKey(), REFUSED)))).retryAfter(), each.getKey());
            close();
        }
        for (String none : List.of("-1", "soon", "1e3", "99999999999999999999", "")) {
            assertEquals(null, refused(serve(always(withLength("HTTP/1.1 503 x\r\nRetry-After: " + none, REFUSED)))).retryAfter(), none);
            close();
        }
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        AtomicLong asked = new AtomicLong();
        Http http = serve(socket -> {
            readHead(socket);
            asked.incrementAndGet();
            say(socket, "HTTP/1.1 307 x\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
            end.await();
        });
        RefusedException e = refused(http);
        assertEquals("307 ", e.status() + " " + e.code());
        assertTrue(e.getMessage().contains("to /elsewhere"), e.getMessage());
        assertEquals(1, asked.get());
    }

    @Test
    void ofAnEndlessRefusalOnlyTheBeginningIsTaken() throws Exception {
        AtomicLong sent = new AtomicLong();
        Http http = serve(socket -> {
            readHead(socket);
            say(socket, "HTTP/1.1 500 x\r\nContent-Length: " + (100L << 20) + "\r\n\r\n");
            byte[] some = new byte[64 << 10];
            while (true) {
                socket.getOutputStream().write(some);
                sent.addAndGet(some.length);
            }
        });
        assertEquals("500", refused(http).status() + refused(http).code());
        assertTrue(sent.get() < 40L << 20, "taken: " + sent);
        assertThrows(RefusedException.class, () -> get(http, Attempt.FREE));
    }

    @Test
    void anAnswerTooLongForACallIsRefusedAndNotKept() throws Exception {
        Http http = serve(socket -> {
            readHead(socket);
            say(socket, "HTTP/1.1 200 OK\r\nContent-Length: " + (100L << 20) + "\r\n\r\n");
            byte[] some = new byte[64 << 10];
            while (true) {
                socket.getOutputStream().write(some);
            }
        });
        assertTrue(assertThrows(IOException.class, () -> http.call("GET", "/files", null)).getMessage().contains("not what Tranzr answers"));
    }

    @Test
    void anAnswerThatIsCutIsNoAnswer() throws Exception {
        Http http = serve(socket -> {
            readHead(socket);
            say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":");
        });
        assertThrows(IOException.class, () -> http.call("GET", "/files", null));
        AtomicLong got = new AtomicLong();
        assertThrows(IOException.class, () -> http.get("/d", Map.of(), (status, headers) -> { }, (position, bytes) -> got.addAndGet(bytes.remaining()), Attempt.FREE));
        assertEquals(5, got.get());
        assertThrows(IOException.class, () -> http.put("/u", Map.of(), ZEROS, new ByteRange(5, 10), Attempt.FREE));
    }

    @Test
    void whatIsNoHttpIsAnIoException() throws Exception {
        for (String answer : List.of("SSH-2.0-x\r\n", "HTTP/1.1 banana\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "", "HTTP/1.1 200 OK\r\nA: " + "x".repeat(500_000),
                withLength("HTTP/1.1 200 OK", "<html>captive portal</html>"), withLength("HTTP/1.1 200 OK", "[1]"), "HTTP/1.1 101 Switching\r\n\r\n")) {
            Http http = serve(socket -> {
                readHead(socket);
                say(socket, answer);
            }, Duration.ofSeconds(5));
            IOException e = assertThrows(IOException.class, () -> http.call("GET", "/files", null), answer);
            assertFalse(e.getMessage().isBlank() || e.getMessage().contains("Exception"), e.getMessage());
            close();
        }
    }

    @Test
    void aListThatNeverGoesOnIsNotReadForEver() throws Exception {
        Http http = serve(always(withLength("HTTP/1.1 200 OK\r\nLink: </files?after=1>; rel=\"next\"", "[{\"file_id\":\"1\"}]")));
        assertThrows(IOException.class, () -> http.list("/files", "file_id"));
    }

    @Test
    void whoeverStandsStillIsLeft() throws Exception {
        Http mute = serve(socket -> end.await(), Duration.ofMillis(200));
        assertStalled(() -> mute.call("GET", "/files", null));
        assertStalled(() -> mute.head("/files", Map.of()));
        assertStalled(() -> get(mute, IMPATIENT));
        // Nobody reads: the body goes on until all buffers between are full.
        assertStalled(() -> mute.put("/u", Map.of(), ZEROS, new ByteRange(0, 1L << 40), IMPATIENT));
        // All of it fits into these buffers: it is the answer that does not come.
        assertStalled(() -> mute.put("/u", Map.of(), ZEROS, new ByteRange(0, 1000), IMPATIENT));
        assertStalled(() -> mute.put("/u", Map.of(), ZEROS, new ByteRange(7, 7), IMPATIENT));
    }

    @Test
    void whoeverStandsStillWithinAnAnswerIsLeft() throws Exception {
        for (String begun : List.of("HTTP/1.1 200 O", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a")) {
            Http http = serve(socket -> {
                readHead(socket);
                say(socket, begun);
                end.await();
            }, Duration.ofMillis(300));
            assertStalled(() -> get(http, IMPATIENT));
            assertStalled(() -> http.call("GET", "/files", null));
            assertStalled(() -> http.put("/u", Map.of(), ZEROS, new ByteRange(0, 10), IMPATIENT));
            close();
        }
    }

    @Test
    void theSinkSeesNothingOfARefusalNorOfWhatTheCheckRefuses() throws Exception {
        Http http = serve(socket -> {
            while (true) {
                readHead(socket);
                say(socket, withLength("HTTP/1.1 200 OK", "0123456789"));
            }
        });
        AtomicReference<ByteBuffer> seen = new AtomicReference<>();
        IOException changed = new IOException("another file");
        assertEquals(changed, assertThrows(IOException.class, () -> http.get("/d", Map.of(), (status, headers) -> {
            throw changed;
        }, (position, bytes) -> seen.set(bytes), Attempt.FREE)));
        assertEquals(null, seen.get());
        IOException full = new IOException("the disk is full");
        assertEquals(full, assertThrows(IOException.class, () -> http.get("/d", Map.of(), (status, headers) -> { }, (position, bytes) -> {
            throw full;
        }, Attempt.FREE)));
        IOException gone = new IOException("the file is shorter");
        assertEquals(gone, assertThrows(IOException.class, () -> http.put("/d", Map.of(), (position, into) -> {
            throw gone;
        }, new ByteRange(0, 10), Attempt.FREE)));
    }
}
