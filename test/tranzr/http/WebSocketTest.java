package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket.Listener;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** WebSockets over real connections, asked for by the JDK's client and by bytes of a test. */
class WebSocketTest {

    private static final String UPGRADE = "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private HttpListener listener;

    @AfterEach
    void stop() {
        if (listener != null) {
            listener.close();
        }
    }

    /** Answers with what it is sent, until it is told to fail or to end. */
    static Response echo(Request request) {
        if (!request.canUpgrade()) {
            return Response.problem(501, "websocket_unavailable", "Not here", "Not here.", Map.of());
        }
        WebSocketHandshake handshake = WebSocketHandshake.read(request);
        return handshake.answer(request, handshake.protocols().stream().findFirst().orElse(""), WebSocketLimits.DEFAULT, socket -> {
            for (String text = socket.receive(); text != null && !text.equals("end"); text = socket.receive()) {
                if (text.equals("fail")) {
                    throw new IOException("as it was told to");
                }
                socket.send(text);
            }
        });
    }

    /** What a client of the JDK hears: texts as they are, and a line for each other thing. */
    private static final class Heard implements Listener {
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(java.net.http.WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                lines.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(java.net.http.WebSocket socket, ByteBuffer message) {
            lines.add("pong " + message.remaining());
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(java.net.http.WebSocket socket, int code, String reason) {
            lines.add("close " + code + " " + reason);
            return null;
        }

        @Override
        public void onError(java.net.http.WebSocket socket, Throwable error) {
            lines.add("error " + error);
        }

        String next() throws InterruptedException {
            return lines.poll(10, TimeUnit.SECONDS);
        }
    }

    private HttpClient client(TestServer mode) throws IOException {
        HttpClient.Builder builder = HttpClient.newBuilder();
        return mode.isTls() ? builder.sslContext(TlsClient.contextTrusting(TestServer.certificate().certificate())).build() : builder.build();
    }

    private java.net.http.WebSocket open(TestServer mode, HttpClient client, Heard heard, String... protocols) {
        java.net.http.WebSocket.Builder builder = client.newWebSocketBuilder();
        if (protocols.length > 0) {
            builder.subprotocols(protocols[0], java.util.Arrays.copyOfRange(protocols, 1, protocols.length));
        }
        URI uri = URI.create((mode.isTls() ? "wss" : "ws") + "://127.0.0.1:" + listener.address().getPort() + "/ws");
        return builder.buildAsync(uri, heard).orTimeout(10, TimeUnit.SECONDS).join();
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = {"OPENED", "OPENED_TLS"})
    void aClientOfTheJdkTalksAndSaysFarewell(TestServer mode) throws Exception {
        listener = mode.start(WebSocketTest::echo);
        try (HttpClient client = client(mode)) {
            Heard heard = new Heard();
            java.net.http.WebSocket socket = open(mode, client, heard, "first.v1", "second");
            assertEquals("first.v1", socket.getSubprotocol());
            String large = "grün 🐢 ".repeat(5000); // 65,000 bytes
            for (String text : List.of("hello", "", large)) {
                socket.sendText(text, true).join();
                assertEquals(text, heard.next());
            }
            socket.sendText("in two ", false).join();
            socket.sendPing(ByteBuffer.wrap(new byte[125])).join();
            socket.sendText("pieces", true).join();
            assertEquals("pong 125", heard.next());
            assertEquals("in two pieces", heard.next());
            socket.sendClose(4000, "enough").join();
            assertEquals("close 4000 ", heard.next());
        }
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = {"OPENED", "OPENED_TLS"})
    void theEndOfASessionIsTold(TestServer mode) throws Exception {
        listener = mode.start(WebSocketTest::echo);
        try (HttpClient client = client(mode)) {
            for (String[] both : new String[][] {{"end", "close 1000 "}, {"fail", "close 1011 the server failed"}}) {
                Heard heard = new Heard();
                open(mode, client, heard).sendText(both[0], true).join();
                assertEquals(both[1], heard.next());
            }
            Heard heard = new Heard();
            open(mode, client, heard).sendText("x".repeat(64 * 1024 + 1), true).join();
            assertEquals("close 1009 a message has at most 65536 bytes", heard.next());
        }
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = {"OPENED", "OPENED_TLS"})
    void aServerThatStopsSaysSo(TestServer mode) throws Exception {
        listener = mode.start(WebSocketTest::echo);
        try (HttpClient client = client(mode)) {
            List<Heard> all = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                all.add(new Heard());
                open(mode, client, all.getLast());
            }
            listener.close();
            for (Heard heard : all) {
                assertEquals("close 1001 the server stops", heard.next());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = {"OPENED", "OPENED_TLS"})
    void whoeverIsAbortedHearsWhyAndNothingMore(TestServer mode) throws Exception {
        AtomicReference<Request> asked = new AtomicReference<>();
        AtomicReference<Ended> ended = new AtomicReference<>();
        CountDownLatch over = new CountDownLatch(1);
        listener = mode.start(request -> {
            asked.set(request);
            request.whenEnded(how -> {
                ended.set(how);
                over.countDown();
            });
            return echo(request);
        });
        try (HttpClient client = client(mode)) {
            Heard heard = new Heard();
            java.net.http.WebSocket socket = open(mode, client, heard);
            socket.sendText("before", true).join();
            assertEquals("before", heard.next());
            asked.get().abort();
            socket.sendText("after", true);
            assertEquals("close 1008 not let in any more", heard.next());
            assertTrue(over.await(10, TimeUnit.SECONDS));
            assertEquals(101, ended.get().status());
        }
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = {"OPENED", "OPENED_TLS"})
    void twoHundredSessionsLeaveNoConnectionBehind(TestServer mode) throws Exception {
        HttpListener.Options options = new HttpListener.Options(TestServer.loopback(), Optional.empty(), Set.of(), Duration.ofSeconds(30))
                .limitedBy(new Limits(Duration.ofSeconds(30), Duration.ofSeconds(30), 0, Duration.ofSeconds(30), 20, 20));
        listener = mode.start(WebSocketTest::echo, options);
        long deadline = System.nanoTime() + 60_000_000_000L;
        for (int done = 0; done < 200;) {
            assertTrue(System.nanoTime() < deadline, "session " + done + " is not let in: those before it are still counted");
            try (RawClient client = new RawClient(listener.address())) {
                client.send(UPGRADE + "\r\n");
                if (client.answer().status() == 503) {
                    LockSupport.parkNanos(1_000_000); // the server has not noticed yet that the latest ones have left
                    continue;
                }
                switch (done++ % 4) {
                    case 0 -> client.send(WebSocketFrameTest.masked(0x88, new byte[0])).in().readAllBytes();
                    case 1 -> client.send(WebSocketFrameTest.masked(0xf1, new byte[0])).in().readAllBytes();
                    case 2 -> client.send(WebSocketFrameTest.masked(0x81, "end".getBytes()));
                    default -> { } // just leaves
                }
            } catch (SocketException | EOFException | SSLException e) {
                continue; // cut while bytes were on their way, or not let in, which a port for HTTPS does not say
            }
        }
        ConnectionLeakTest.awaitNoConnections(listener);
        ConnectionLeakTest.awaitNoneCounted(listener);
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = {"PUBLIC_API", "PUBLIC_API_TLS"})
    void whereTheServerIsClosedTheHandlerKnows(TestServer mode) throws Exception {
        listener = mode.start(WebSocketTest::echo);
        try (RawClient client = new RawClient(listener.address())) {
            RawClient.Answer answer = client.send(UPGRADE + "\r\n").answer();
            assertEquals(501, answer.status());
            assertEquals("websocket_unavailable", answer.code());
        }
    }

    @Test
    void theHandshakeIsTheOneOfTheStandard() throws Exception {
        listener = TestServer.OPENED.start(WebSocketTest::echo);
        try (RawClient client = new RawClient(listener.address())) {
            RawClient.Answer answer = client.send(UPGRADE + "Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n").answer();
            assertEquals(101, answer.status());
            assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", answer.headers().get("sec-websocket-accept"));
            assertEquals("websocket", answer.headers().get("upgrade"));
            assertEquals("Upgrade", answer.headers().get("connection"));
            assertEquals("a", answer.headers().get("sec-websocket-protocol"));
            assertFalse(answer.headers().containsKey("sec-websocket-extensions"));
            assertFalse(answer.headers().containsKey("content-length"));
        }
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = {"OPENED", "OPENED_TLS"})
    void framesThatCameWithTheHeadAreNotLost(TestServer mode) throws Exception {
        listener = mode.start(WebSocketTest::echo);
        try (RawClient client = new RawClient(listener.address())) {
            byte[] frame = WebSocketFrameTest.masked(0x81, "early".getBytes());
            byte[] head = (UPGRADE + "\r\n").getBytes();
            client.send(ByteBuffer.allocate(head.length + frame.length).put(head).put(frame).array());
            assertEquals(101, client.answer().status());
            byte[] answer = new byte[7];
            client.in().readFully(answer);
            assertEquals("\u0081\u0005early", new String(answer, java.nio.charset.StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void aHandshakeThatIsNotWholeIsRefused() throws Exception {
        listener = TestServer.OPENED.start(WebSocketTest::echo);
        for (String[] both : new String[][] {{"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: c2hvcnQ="},
            {"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "X: y"}, {"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ"},
            {"Host: a", "Host: a\r\nSec-WebSocket-Protocol: a,,b"}, {"Host: a", "Host: a\r\nSec-WebSocket-Protocol: a, a"}, {"Host: a", "Host: a\r\nContent-Length: 1"}}) {
            RawClient.Answer answer = RawClient.exchange(listener.address(), UPGRADE.replace(both[0], both[1]) + "\r\nx");
            assertEquals(400, answer.status(), both[1]);
            assertEquals("invalid_websocket", answer.code());
        }
    }
}
