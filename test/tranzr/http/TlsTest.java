package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What TLS adds: handshakes good and bad, ends meant and not meant. The rest of the tests of this package run over TLS as they do without. */
class TlsTest {

    private static final String GET = "GET /a?b=c HTTP/1.1\r\nHost: files.example\r\n\r\n";

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private HttpListener listener;

    @AfterEach
    void stop() {
        if (listener != null) {
            listener.close();
        }
    }

    private SSLSocket connect() throws IOException {
        SSLSocket socket = (SSLSocket) TlsClient.trusting(TestServer.certificate().certificate())
                .createSocket(listener.address().getAddress(), listener.address().getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private Socket connectPlain() throws IOException {
        Socket socket = new Socket(listener.address().getAddress(), listener.address().getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String all(Socket socket) {
        StringBuilder text = new StringBuilder();
        try {
            InputStream in = socket.getInputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                text.append((char) b);
            }
        } catch (java.net.SocketTimeoutException e) {
            text.append("(still open)");
        } catch (IOException e) {
            text.append("(reset)");
        }
        return text.toString();
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = { "OPENED_TLS", "PUBLIC_API_TLS" })
    void theRequestIsSecureAndTheAnswerSaysSo(TestServer mode) throws IOException {
        listener = mode.start(request -> Response.text(200, request.isSecure() + " " + request.baseUrl()));
        RawClient.Answer answer = RawClient.exchange(listener.address(), GET);
        assertEquals("true https://files.example", answer.text());
        assertEquals("max-age=86400", answer.headers().get("strict-transport-security"));
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = { "OPENED", "PUBLIC_API" })
    void plainHttpIsNotSecure(TestServer mode) throws IOException {
        listener = mode.start(request -> Response.text(200, request.isSecure() + " " + request.baseUrl()));
        RawClient.Answer answer = RawClient.exchange(listener.address(), GET);
        assertEquals("false http://files.example", answer.text());
        assertNull(answer.headers().get("strict-transport-security"));
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = { "OPENED_TLS", "PUBLIC_API_TLS" })
    void bothProtocolsAreSpokenAndHttp11IsAgreedOn(TestServer mode) throws IOException {
        listener = mode.start(request -> Response.text(200, "fine"));
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            try (SSLSocket socket = connect()) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setProtocols(new String[] { protocol });
                parameters.setApplicationProtocols(new String[] { "h2", "http/1.1" });
                socket.setSSLParameters(parameters);
                send(socket, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                assertTrue(all(socket).endsWith("\r\n\r\nfine"), protocol + ": closed as it should be");
                assertEquals(protocol, socket.getSession().getProtocol());
                assertEquals("http/1.1", socket.getApplicationProtocol());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = { "OPENED_TLS", "PUBLIC_API_TLS" })
    void weakSuitesAreRefused(TestServer mode) throws IOException {
        listener = mode.start(request -> Response.text(200, "fine"));
        for (String suite : List.of("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256")) {
            try (SSLSocket socket = connect()) {
                socket.setEnabledProtocols(new String[] { "TLSv1.2" });
                socket.setEnabledCipherSuites(new String[] { suite });
                assertThrows(SSLException.class, socket::startHandshake, suite);
            }
        }
        assertEquals(200, RawClient.exchange(listener.address(), GET).status());
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = { "OPENED_TLS", "PUBLIC_API_TLS" })
    void garbageInsteadOfAHandshakeEndsThatConnectionOnly(TestServer mode) throws Exception {
        listener = mode.start(request -> Response.text(200, "fine"), Duration.ofMillis(500));
        Random random = new Random(3);
        for (int i = 0; i < 60; i++) {
            byte[] junk = new byte[1 + random.nextInt(600)];
            random.nextBytes(junk);
            if (i % 2 == 0) { // as if it were a record of a handshake
                System.arraycopy(new byte[] { 22, 3, 1, 0, (byte) 200, 1, 0, 0, (byte) 196, 3, 3 }, 0, junk, 0, Math.min(11, junk.length));
            }
            try (Socket socket = connectPlain()) {
                socket.getOutputStream().write(junk);
                assertFalse(all(socket).contains("(still open)"), "junk number " + i);
            }
        }
        assertEquals(200, RawClient.exchange(listener.address(), GET).status());
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = { "OPENED_TLS", "PUBLIC_API_TLS" })
    void aHandshakeThatStallsIsEnded(TestServer mode) throws IOException {
        listener = mode.start(request -> Response.text(200, "fine"), Duration.ofMillis(300));
        for (byte[] begin : List.of(new byte[] { 22 }, new byte[] { 22, 3, 1, 2, 0, 1, 0 })) {
            try (Socket socket = connectPlain()) {
                socket.getOutputStream().write(begin);
                assertFalse(all(socket).contains("(still open)"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = { "OPENED_TLS", "PUBLIC_API_TLS" })
    void aHandshakeThatDripsIsEndedAlthoughEachByteComesSoon(TestServer mode) throws IOException {
        Limits limits = new Limits(Duration.ofSeconds(60), Duration.ofMillis(300), 0, Duration.ofSeconds(60), 1000, 1000);
        listener = mode.start(request -> Response.text(200, "fine"), options(limits));
        try (Socket socket = connectPlain()) {
            socket.getOutputStream().write(new byte[] { 22, 3, 1, 64, 0, 1, 0, 63, (byte) 252, 3, 3 });
            // No record is as long as what could be sent: it is the time that runs out.
            IOException cut = assertThrows(IOException.class, () -> {
                for (int i = 0; i < 16_000; i++) {
                    socket.getOutputStream().write(7);
                    LockSupport.parkNanos(5_000_000);
                }
            });
            assertFalse(cut instanceof java.net.SocketTimeoutException, cut.toString());
        }
    }

    /** A record of 16 KiB in pieces of 64 bytes, each at once after a rest: far more than the least rate, or far less. */
    @ParameterizedTest
    @CsvSource({ "1000,200", "1000000,408" })
    void aRecordOnItsWayCountsByItsBytes(long minRate, int status) throws Exception {
        Limits limits = new Limits(Duration.ofMillis(500), Duration.ofSeconds(60), minRate, Duration.ofMillis(500), 1000, 1000);
        listener = TestServer.OPENED_TLS.start(request -> Response.text(200, "" + request.body().readAllBytes().length), options(limits));
        try (SlowSocket below = new SlowSocket(); SSLSocket socket = below.connect(listener.address())) {
            send(socket, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 16000\r\nConnection: close\r\n\r\n");
            FutureTask<String> answer = new FutureTask<>(() -> all(socket));
            Thread.startVirtualThread(answer);
            below.slow = true;
            try {
                send(socket, "x".repeat(16_000));
            } catch (IOException e) {
                assertEquals(408, status, e.toString());
            }
            String got = answer.get(20, TimeUnit.SECONDS);
            assertTrue(got.startsWith("HTTP/1.1 " + status + " "), got);
        }
    }

    /** Below a connection of TLS: sends in small pieces when told so. */
    private static final class SlowSocket extends Socket {
        volatile boolean slow;

        SSLSocket connect(java.net.InetSocketAddress server) throws IOException {
            connect(server, 10_000);
            setSoTimeout(10_000);
            SSLSocket socket = (SSLSocket) TlsClient.trusting(TestServer.certificate().certificate()).createSocket(this, "localhost", server.getPort(), false);
            socket.startHandshake();
            return socket;
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            OutputStream out = super.getOutputStream();
            return new FilterOutputStream(out) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    int piece = slow ? 64 : length;
                    for (int at = 0; at < length; at += piece) {
                        out.write(bytes, offset + at, Math.min(piece, length - at));
                        if (slow) {
                            LockSupport.parkNanos(5_000_000);
                        }
                    }
                }
            };
        }
    }

    private static HttpListener.Options options(Limits limits) {
        return new HttpListener.Options(TestServer.loopback(), Optional.empty(), Set.of(), limits.stall()).limitedBy(limits);
    }

    @Test
    void connectionsBeyondTheShareOfAnAddressAreClosedWithoutAWordOfPlainHttp() throws IOException {
        Duration time = Duration.ofSeconds(60);
        listener = TestServer.OPENED_TLS.start(request -> Response.text(200, "fine"), options(new Limits(time, time, 0, time, 1000, 2)));
        try (SSLSocket first = connect(); SSLSocket second = connect()) {
            first.startHandshake();
            second.startHandshake();
            for (int i = 0; i < 5; i++) {
                try (Socket third = connectPlain()) {
                    assertEquals("", all(third).replace("(reset)", ""));
                }
            }
            assertThrows(IOException.class, () -> {
                try (SSLSocket third = connect()) {
                    third.startHandshake();
                }
            });
            send(first, GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
            assertTrue(all(first).endsWith("fine"), "those that are in are served");
        }
    }

    @Test
    void whoSpeaksPlainHttpIsToldThatThisIsHttps() throws IOException {
        listener = TestServer.OPENED_TLS.start(request -> Response.text(200, "fine"));
        try (Socket socket = connectPlain()) {
            send(socket, GET);
            socket.shutdownOutput();
            String answer = all(socket);
            assertTrue(answer.startsWith("HTTP/1.1 400 ") && answer.contains("https_required") && answer.contains("X-Request-Id: "), answer);
            assertFalse(answer.contains("(still open)"), answer);
        }
    }

    @ParameterizedTest
    @EnumSource(value = TestServer.class, names = { "OPENED_TLS", "PUBLIC_API_TLS" })
    void aBodyCutWithoutAnEndOfTlsIsBroken(TestServer mode) throws Exception {
        listener = mode.start(request -> {
            try {
                seen.add("whole: " + request.body().readAllBytes().length);
            } catch (IOException e) {
                seen.add("broken");
                throw e;
            }
            return Response.empty(204);
        });
        for (String framing : List.of("Content-Length: 1000", "Transfer-Encoding: chunked")) {
            try (Socket below = connectPlain()) {
                SSLSocket socket = (SSLSocket) TlsClient.trusting(TestServer.certificate().certificate()).createSocket(below, "localhost", below.getPort(), false);
                send(socket, "PUT / HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n" + (framing.startsWith("C") ? "x".repeat(999) : "5\r\nhello\r\n"));
                below.shutdownOutput();
                assertEquals("broken", seen.poll(10, TimeUnit.SECONDS), framing);
            }
        }
    }

    @Test
    void aClientThatClosesItsSideStillGetsItsAnswer() throws IOException {
        listener = TestServer.OPENED_TLS.start(request -> Response.text(200, "got " + request.body().readAllBytes().length));
        try (SSLSocket socket = connect()) {
            send(socket, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
            socket.shutdownOutput();
            assertTrue(all(socket).endsWith("got 5"));
        }
    }

    @Test
    void requestsThatCameInOneRecordAreAllAnswered() throws IOException {
        listener = TestServer.OPENED_TLS.start(request -> Response.text(200, request.rawPath()));
        try (RawClient client = new RawClient(listener.address())) {
            StringBuilder many = new StringBuilder();
            for (int i = 0; i < 500; i++) {
                many.append("GET /").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
            }
            client.send(many.toString());
            for (int i = 0; i < 500; i++) {
                assertEquals("/" + i, client.answer().text());
            }
        }
    }

    @Test
    void piecesOfAnySizeComeAsTheyWereSent() throws IOException {
        listener = TestServer.OPENED_TLS.start(request -> Response.bytes(200, "application/octet-stream", request.body().readAllBytes()));
        Random random = new Random(11);
        try (RawClient client = new RawClient(listener.address())) {
            for (int size : new int[] { 1, 8191, 8192, 8193, 16383, 16384, 16385, 32767, 65536, 300_001 }) {
                byte[] body = new byte[size];
                random.nextBytes(body);
                client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
                for (int at = 0; at < size;) {
                    int piece = Math.min(size - at, 1 + random.nextInt(40_000));
                    client.send(java.util.Arrays.copyOfRange(body, at, at + piece));
                    at += piece;
                }
                assertEquals(0, java.util.Arrays.compare(body, client.answer().body()), "size " + size);
            }
        }
    }

    @Test
    void plainHttpIsSentToHttpsAndNowhereElse() throws IOException {
        HttpListener.Options options = new HttpListener.Options(TestServer.loopback(), Optional.empty(), Set.of(), Duration.ofSeconds(10));
        listener = TestServer.OPENED.start(new HttpsRedirect(Optional.empty(), () -> 8443), options);
        for (Map.Entry<String, String> host : Map.of("files.example", "https://files.example:8443", "files.example:8080", "https://files.example:8443",
                "[::1]:80", "https://[::1]:8443", "[::1]", "https://[::1]:8443").entrySet()) {
            RawClient.Answer answer = RawClient.exchange(listener.address(), "GET //x/a%20b?c=d&e HTTP/1.1\r\nHost: " + host.getKey() + "\r\n\r\n");
            assertEquals(308, answer.status());
            assertEquals(host.getValue() + "//x/a%20b?c=d&e", answer.headers().get("location"));
        }
        for (String bad : List.of("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.0\r\n\r\n")) {
            assertEquals(400, RawClient.exchange(listener.address(), bad).status(), bad);
        }
        listener.close();
        listener = TestServer.OPENED.start(new HttpsRedirect(Optional.of("https://other.example/t"), () -> 443), options);
        assertEquals("https://other.example/t/x", RawClient.exchange(listener.address(), "POST /x HTTP/1.0\r\n\r\n").headers().get("location"));
    }
}
