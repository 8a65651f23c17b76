package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tranzr.model.ByteRange;
import tranzr.security.CurrentIdentity;
import tranzr.security.SelfSigned;
import tranzr.security.TlsIdentity;

/** Which servers are trusted, and what is said of the others. */
@Timeout(60)
class TrustTest {

    private SSLServerSocket listening;

    @AfterEach
    void stop() throws IOException {
        if (listening != null) {
            listening.close();
        }
    }

    /** A server that answers each connection once, by this certificate. */
    private URI serve(TlsIdentity identity) throws Exception {
        listening = (SSLServerSocket) new CurrentIdentity(identity, new SecureRandom()).context().getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        SSLServerSocket accepting = listening;
        Thread.ofPlatform().daemon().start(() -> {
            while (!accepting.isClosed()) {
                try (SSLSocket socket = (SSLSocket) accepting.accept()) {
                    socket.setSoTimeout(10_000);
                    socket.getInputStream().read(new byte[10_000]);
                    socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"a\":17}".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    continue; // the client does not like the certificate
                }
            }
        });
        return URI.create("https://127.0.0.1:" + listening.getLocalPort());
    }

    private static TlsIdentity identity(String name, Instant made) throws Exception {
        return SelfSigned.create(Set.of(name), made, new SecureRandom());
    }

    private static Map<String, Object> ask(URI server, String pin) throws Exception {
        try (TranzrClient client = TranzrClient.of(server).pin(pin).timeout(Duration.ofSeconds(20)).build()) {
            return client.call("GET", "/health", null);
        }
    }

    @Test
    void thePinnedCertificateIsTrustedWhateverItsNameAndItsDates() throws Exception {
        for (TlsIdentity identity : new TlsIdentity[] {identity("127.0.0.1", Instant.now()), identity("elsewhere.example", Instant.now()),
                identity("127.0.0.1", Instant.now().minus(Duration.ofDays(2000)))}) {
            URI server = serve(identity);
            assertEquals(Map.of("a", 17), ask(server, identity.fingerprint()));
            assertEquals(Map.of("a", 17), ask(server, identity.fingerprint().replace(":", "").toLowerCase(Locale.ROOT)));
            stop();
        }
    }

    @Test
    void anotherCertificateThanThePinnedOneIsRefusedAndNamed() throws Exception {
        TlsIdentity shown = identity("127.0.0.1", Instant.now());
        TlsIdentity renewed = SelfSigned.renew(shown, Set.of("127.0.0.1"), Instant.now().plusSeconds(7), new SecureRandom());
        URI server = serve(shown);
        IOException e = assertThrows(IOException.class, () -> ask(server, renewed.fingerprint()));
        assertEquals("the server at " + server + " cannot be reached: its certificate is not the one that was asked for; it has the fingerprint " + shown.fingerprint(), e.getMessage());
    }

    @Test
    void whatNoAuthorityVouchesForIsRefusedWithoutAPin() throws Exception {
        for (Instant made : new Instant[] {Instant.now(), Instant.now().minus(Duration.ofDays(2000))}) {
            URI server = serve(identity("127.0.0.1", made));
            IOException e = assertThrows(IOException.class, () -> ask(server, null));
            assertTrue(e.getMessage().contains("its certificate is not trusted here"), e.getMessage());
            stop();
        }
    }

    @Test
    void whoeverNeverAnswersAHandshakeIsLeft() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
                TranzrClient client = TranzrClient.of(URI.create("https://127.0.0.1:" + mute.getLocalPort())).timeout(Duration.ofMillis(300)).build()) {
            assertThrows(IOException.class, () -> client.call("GET", "/health", null));
            assertThrows(IOException.class, () -> client.http.put("/u", Map.of(), (position, into) -> into.position(into.limit()), new ByteRange(0, 10), Attempt.FREE));
            for (int i = 0; i < 2; i++) {
                try (Socket left = mute.accept()) {
                    left.setSoTimeout(30_000);
                    left.getInputStream().readAllBytes(); // ends when the client has closed
                }
            }
        }
    }

    @Test
    void whatCannotBeIsToldWhenTheClientIsBuilt() {
        assertRefused("64 hexadecimal digits", TranzrClient.of(URI.create("https://localhost")).pin("sha256//abc"));
        assertRefused("goes with https", TranzrClient.of(URI.create("http://localhost")).pin("ab".repeat(32)));
        for (String url : new String[] {"localhost:8000", "ftp://localhost", "http://user@localhost", "http://localhost/?a=b", "http://localhost/#x", "http:///x"}) {
            assertRefused("is not a URL such as", TranzrClient.of(URI.create(url)));
        }
        assertRefused("a token has", TranzrClient.of(URI.create("http://localhost")).token("a\r\nb"));
        assertRefused("timeout is positive", TranzrClient.of(URI.create("http://localhost")).timeout(Duration.ZERO));
    }

    private static void assertRefused(String words, TranzrClient.Builder builder) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, builder::build);
        assertTrue(e.getMessage().contains(words), e.getMessage());
    }

    @Test
    void aHostThatIsNotThereOrDoesNotListenIsToldSo() {
        for (Map.Entry<String, String> each : Map.of("http://no-such-host.invalid", "there is no host of that name", "http://127.0.0.1:1", "nothing listens there").entrySet()) {
            IOException e = assertThrows(IOException.class, () -> ask(URI.create(each.getKey()), null));
            assertEquals("the server at " + each.getKey() + " cannot be reached: " + each.getValue(), e.getMessage());
        }
    }
}
