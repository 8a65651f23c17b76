package tranzr.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a request goes and where it does not. The connections of these tests all lead to a receiver on this machine, whatever address was looked up. */
class HttpPostTest {

    private static final String NOT_PUBLIC = "the host has no address, or one that is not public";

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<InetSocketAddress> connected = Collections.synchronizedList(new ArrayList<>());
    private Receiver receiver;
    private HttpPost.Resolver resolver = host -> addresses("8.8.8.8");
    private Supplier<SSLSocketFactory> tls = () -> (SSLSocketFactory) SSLSocketFactory.getDefault();
    private Duration patience = Duration.ofSeconds(20);

    @BeforeEach
    void open() throws Exception {
        receiver = Receiver.answering(Receiver.OK);
    }

    @AfterEach
    void close() throws Exception {
        receiver.close();
        timer.shutdownNow();
    }

    private static InetAddress[] addresses(String... texts) {
        return java.util.Arrays.stream(texts).map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
    }

    private HttpPost post(boolean privateAllowed) {
        return new HttpPost(host -> resolver.resolve(host), this::toReceiver, tls, privateAllowed, patience, timer);
    }

    private void toReceiver(Socket socket, InetSocketAddress to, int millis) throws java.io.IOException {
        connected.add(to);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), receiver.port()), millis);
    }

    private String send(String url) {
        return post(false).send(url, Map.of("X-A", "b"), "{}".getBytes(), Instant.EPOCH).text();
    }

    @Test
    void aPublicAddressIsConnectedTo() {
        assertEquals("status 200", send("http://hook.example:81/x"));
        assertEquals(List.of(new InetSocketAddress("8.8.8.8", 81)), connected);
        Receiver.Got got = receiver.next();
        assertEquals(List.of("hook.example:81", "b", "close"), List.of(got.field("Host"), got.field("X-A"), got.field("Connection")));
    }

    @Test
    void whenOneOfTheAddressesIsPrivateNoneIsConnectedTo() {
        for (String[] each : List.of(new String[] {"8.8.8.8", "10.0.0.1"}, new String[] {"10.0.0.1", "8.8.8.8"}, new String[] {"::1"},
                new String[] {"8.8.8.8", "fd00::1"}, new String[] {"64:ff9b::7f00:1"}, new String[0])) {
            resolver = host -> addresses(each);
            assertEquals(NOT_PUBLIC, send("http://hook.example/"));
        }
        resolver = host -> {
            throw new UnknownHostException(host);
        };
        assertEquals(NOT_PUBLIC, send("http://hook.example/"));
        assertEquals(List.of(), connected);
    }

    @Test
    void aNameThatIsReboundAfterItWasJudgedLeadsNowhereElse() {
        AtomicInteger asked = new AtomicInteger();
        resolver = host -> addresses(asked.incrementAndGet() == 1 ? "8.8.8.8" : "127.0.0.1");
        assertEquals("status 200", send("http://hook.example/"));
        assertEquals(List.of(1, new InetSocketAddress("8.8.8.8", 80)), List.of(asked.get(), connected.getFirst()));
        assertEquals(NOT_PUBLIC, send("http://hook.example/"));
        assertEquals(1, connected.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/"})
    void addressesInTheUrlAreJudgedToo(String url) {
        assertTrue(List.of(NOT_PUBLIC, "not a URL that is sent to").contains(send(url)), send(url));
        assertEquals(List.of(), connected);
    }

    @Test
    void whereItIsAllowedPrivateAddressesAreConnectedTo() {
        assertEquals(200, post(true).send(receiver.url(), Map.of(), new byte[0], Instant.EPOCH).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://example.org/", "file:///etc/passwd", "example.org", "//example.org/", "http://user@example.org/", "http://user:x@example.org/", "http://example.org/#a",
            "http:///x", "http://example.org:0/", "http://example.org:65536/", "http://2130706433/", "http://0x7f000001/", "http://127.1/", "http://0177.0.0.1/", "http://a.1/", "http://[fe80::1%25lo]/", "http://exa mple.org/",
            "http://ex\u00e4mple.org/", "http://example.org/\r\nX: y", "http://example.org/%zz", "jar:http://example.org/!/", ""})
    void whatIsNoPlainUrlOfAHostIsRefused(String url) {
        assertThrows(IllegalArgumentException.class, () -> Target.parse(url));
        assertThrows(IllegalArgumentException.class, () -> Target.parse("http://example.org/" + "x".repeat(2048)));
    }

    @Test
    void aLookUpThatDoesNotEndIsGivenUp() {
        patience = Duration.ofMillis(200);
        resolver = host -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new InetAddress[0];
        };
        assertEquals("no answer in time", send("http://hook.example/"));
    }

    @Test
    void anAddressThatTakesNoConnectionIsPassedOver() {
        resolver = host -> addresses("8.8.8.8", "9.9.9.9");
        HttpPost post = new HttpPost(host -> resolver.resolve(host), (socket, to, millis) -> {
            if (connected.isEmpty()) {
                connected.add(to);
                throw new java.net.ConnectException("refused");
            }
            toReceiver(socket, to, millis);
        }, tls, false, patience, timer);
        assertEquals("status 200", post.send("http://hook.example/", Map.of(), new byte[0], Instant.EPOCH).text());
        assertEquals(2, connected.size());
    }

    @Test
    void afterACloseNothingIsSent() {
        HttpPost post = post(false);
        post.close();
        assertEquals("the server is stopping", post.send("http://hook.example/", Map.of(), new byte[0], Instant.EPOCH).text());
        assertEquals(0, receiver.left());
    }

    @Test
    void overTlsTheCertificateHasToBeForTheNameAndTrusted(@TempDir Path folder) throws Exception {
        SSLContext context = contextFor(folder, "hook.example");
        try (SSLServerSocket server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answerAll(server));
            HttpPost.Connector toServer = (socket, to, millis) -> socket.connect(server.getLocalSocketAddress(), millis);
            HttpPost trusting = new HttpPost(host -> resolver.resolve(host), toServer, context::getSocketFactory, false, patience, timer);
            assertEquals("status 204", trusting.send("https://hook.example/", Map.of(), new byte[0], Instant.EPOCH).text());
            assertEquals("no trusted TLS connection", trusting.send("https://other.example/", Map.of(), new byte[0], Instant.EPOCH).text());
            assertEquals("no trusted TLS connection", trusting.send("https://8.8.8.8/", Map.of(), new byte[0], Instant.EPOCH).text());
            HttpPost usual = new HttpPost(host -> resolver.resolve(host), toServer, tls, false, patience, timer);
            assertEquals("no trusted TLS connection", usual.send("https://hook.example/", Map.of(), new byte[0], Instant.EPOCH).text());
        }
        patience = Duration.ofMillis(300);
        receiver.script((got, connection) -> { });
        assertEquals("no answer in time", post(false).send("https://hook.example/", Map.of(), new byte[0], Instant.EPOCH).text(), "a handshake that does not end");
    }

    private static void answerAll(SSLServerSocket server) {
        while (!server.isClosed()) {
            try (Socket connection = server.accept()) {
                connection.getInputStream().read(new byte[4096]);
                connection.getOutputStream().write("HTTP/1.1 204 No\r\n\r\n".getBytes());
            } catch (java.io.IOException e) {
                // A handshake that the client broke off, or the end.
            }
        }
    }

    private static SSLContext contextFor(Path folder, String name) throws Exception {
        Path file = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-keyalg", "EC", "-alias", "a", "-dname", "CN=a",
                "-ext", "san=dns:" + name, "-storetype", "PKCS12", "-storepass", "changeit", "-keystore", file.toString()).redirectErrorStream(true).start();
        keytool.getInputStream().readAllBytes();
        assertEquals(0, keytool.waitFor());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            keys.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, "changeit".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("a", keys.getCertificate("a"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
