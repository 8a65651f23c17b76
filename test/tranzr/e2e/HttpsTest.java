package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;
import tranzr.http.TlsClient;
import tranzr.security.TlsIdentity;

/** The built jar with its own HTTPS, met by curl and openssl. */
@Tag(TestMain.ASIDE)
class HttpsTest {

    private static final Pattern PIN = Pattern.compile("sha256//[A-Za-z0-9+/]{43}=");
    private static final Pattern FINGERPRINT = Pattern.compile("(?:[0-9A-F]{2}:){31}[0-9A-F]{2}");

    @TempDir
    Path folder;

    private Shell.Result curl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "-m", "60"));
        command.addAll(List.of(arguments));
        return Shell.run(folder, command);
    }

    private static String found(Pattern pattern, ServerProcess server) {
        Http.await("the lines of the start", () -> server.output().contains("try it: "));
        Matcher matcher = pattern.matcher(server.output());
        assertTrue(matcher.find(), server.output());
        return matcher.group();
    }

    @Test
    void aSelfSignedServerIsKnownByItsPinAndStaysTheSame() throws Exception {
        byte[] content = Http.bytes(20_000_000, 1);
        Path file = Files.write(folder.resolve("twenty.bin"), content);
        Path data = folder.resolve("data");
        try (ServerProcess server = ServerProcess.start(data, "--tls", "self-signed")) {
            assertTrue(server.url().startsWith("https://"), server.url());
            String pin = found(PIN, server);
            String fingerprint = found(FINGERPRINT, server);
            Path certificate = data.resolve("tls-self-signed.pem");
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(certificate)));
            String link = curl("-k", "--pinnedpubkey", pin, "-T", file.toString(), server.url() + "/").expectSuccess().output().strip();
            assertTrue(link.startsWith(server.url() + "/s/"), link);
            curl("--cacert", certificate.toString(), "-o", "back.bin", link).expectSuccess();
            assertArrayEquals(content, Files.readAllBytes(folder.resolve("back.bin")));
            assertEquals(60, curl(link).exit(), "nobody else vouches for it");
            assertEquals(90, curl("-k", "--pinnedpubkey", "sha256//" + "A".repeat(43) + "=", link).exit());

            server.kill();
            server.restart();
            Http.await("the lines of the second start", () -> server.output().split("try it: ", -1).length == 3);
            assertEquals(3, server.output().split(fingerprint, -1).length, server.output());
            curl("-k", "--pinnedpubkey", pin, "-r", "1000-1999", "-o", "part.bin", link.replaceFirst(":\\d+/", ":" + server.port() + "/")).expectSuccess();
            assertArrayEquals(Http.part(content, 1000, 2000), Files.readAllBytes(folder.resolve("part.bin")));
        }
    }

    @Test
    void anUploadCutByAKillGoesOnOverTls() throws Exception {
        byte[] content = Http.bytes(20_000_000, 2);
        Path file = Files.write(folder.resolve("cut.bin"), content);
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), "--tls", "self-signed")) {
            String begun = curl("-k", "-H", "Content-Type: application/json", "-d", "{\"filename\": \"cut.bin\", \"file_size\": 20000000}", server.url() + "/upload/start")
                    .expectSuccess().output();
            String id = begun.replaceAll("(?s).*\"file_id\" ?: ?\"([^\"]+)\".*", "$1");
            Process slow = new ProcessBuilder("curl", "-sSk", "--limit-rate", "8M", "-T", file.toString(), server.url() + "/upload/" + id).start();
            Http.await("some of it to be durable", () -> received(server, id) > 1_000_000);
            server.kill();
            assertTrue(slow.waitFor(30, java.util.concurrent.TimeUnit.SECONDS));
            server.restart();
            long kept = received(server, id);
            assertTrue(kept > 1_000_000 && kept < content.length, "kept " + kept);
            curl("-k", "-C", Long.toString(kept), "-T", file.toString(), server.url() + "/upload/" + id).expectSuccess();
            curl("-k", "-X", "POST", server.url() + "/upload/merge/" + id).expectSuccess();
            curl("-k", "-o", "back.bin", server.url() + "/download/" + id).expectSuccess();
            assertArrayEquals(content, Files.readAllBytes(folder.resolve("back.bin")));
        }
    }

    private long received(ServerProcess server, String id) {
        Matcher matcher = Pattern.compile("\"(?:received_bytes|bytes_received|received)\" ?: ?(\\d+)").matcher(curl("-k", server.url() + "/upload/status/" + id).output());
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    @Test
    void aStreamThatIsCutBelowTlsCompletesNoFile() throws Exception {
        Path data = folder.resolve("data");
        try (ServerProcess server = ServerProcess.start(data, "--tls", "self-signed")) {
            String pem = Files.readString(data.resolve("tls-self-signed.pem"));
            SSLSocketFactory factory = TlsClient.trusting(TlsIdentity.parse(pem, pem).certificate());
            for (String body : List.of("Content-Length: 6\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                    "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")) {
                assertFalse(put(factory, server, body).contains(" 201 "), body);
                assertFalse(curl("-k", server.url() + "/files").expectSuccess().output().contains("cut.txt"), body);
            }
            assertTrue(put(factory, server, "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n").contains(" 201 "), "whole, it is stored");
            assertTrue(curl("-k", server.url() + "/files").expectSuccess().output().contains("cut.txt"));
        }
    }

    /** Ends TCP after these bytes, without the message of TLS that says so. @return all that came */
    private static String put(SSLSocketFactory factory, ServerProcess server, String body) throws IOException {
        try (Socket below = new Socket("127.0.0.1", server.port()); SSLSocket socket = (SSLSocket) factory.createSocket(below, "localhost", server.port(), false)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(("PUT /cut.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + body).getBytes(StandardCharsets.ISO_8859_1));
            below.shutdownOutput();
            StringBuilder answer = new StringBuilder();
            try {
                for (int b = socket.getInputStream().read(); b >= 0; b = socket.getInputStream().read()) {
                    answer.append((char) b);
                }
            } catch (SocketTimeoutException e) {
                throw new AssertionError("neither answered nor closed: " + answer, e);
            } catch (IOException e) {
                answer.append("(cut)");
            }
            return answer.toString();
        }
    }

    /** A certificate for localhost, signed by itself, and its key, put in place of those that are there. @return its fingerprint */
    private String issue(String key) throws IOException {
        openssl("genpkey -algorithm " + key + " -out new-key.pem").expectSuccess();
        openssl("req -x509 -new -key new-key.pem -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -days 2 -out cert.pem").expectSuccess();
        Files.setPosixFilePermissions(folder.resolve("new-key.pem"), PosixFilePermissions.fromString("rw-------"));
        Files.move(folder.resolve("new-key.pem"), folder.resolve("key.pem"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Matcher matcher = FINGERPRINT.matcher(openssl("x509 -in cert.pem -noout -fingerprint -sha256").output());
        assertTrue(matcher.find());
        return matcher.group();
    }

    private Shell.Result openssl(String arguments) {
        return Shell.run(folder, ("openssl " + arguments).split(" "));
    }

    private String shown(ServerProcess server) {
        String session = openssl("s_client -connect 127.0.0.1:" + server.port() + " -showcerts").output();
        try {
            Files.writeString(folder.resolve("shown.pem"), session);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        Matcher matcher = FINGERPRINT.matcher(openssl("x509 -in shown.pem -noout -fingerprint -sha256").output());
        return matcher.find() ? matcher.group() : "none: " + session;
    }

    private ServerProcess withFiles(String... more) {
        List<String> options = new ArrayList<>(List.of("--tls-cert", folder.resolve("cert.pem").toString(), "--tls-key", folder.resolve("key.pem").toString()));
        options.addAll(List.of(more));
        return ServerProcess.start(folder.resolve("data"), options.toArray(String[]::new));
    }

    @Test
    void aReplacedCertificateIsTakenWhileConnectionsGoOnAndABrokenOneIsNot() throws Exception {
        assumeTrue(Shell.has("openssl"), "openssl is not installed");
        String first = issue("rsa");
        try (ServerProcess server = withFiles()) {
            assertEquals(first, shown(server));
            byte[] content = Http.bytes(6_000_000, 3);
            Path file = Files.write(folder.resolve("slow.bin"), content);
            Process slow = new ProcessBuilder("curl", "-sSk", "--limit-rate", "1M", "-T", file.toString(), server.url() + "/").start();
            String second = issue("ed25519");
            Http.await("the new certificate", () -> shown(server).equals(second));
            assertEquals(0, slow.waitFor(), "an upload that had begun goes on");
            assertNotEquals(first, second);

            Files.writeString(folder.resolve("cert.pem"), "junk");
            Http.await("a word about the broken one", () -> server.output().contains("the one from before goes on: the certificate file has no certificate"));
            assertEquals(second, shown(server));
            Files.setPosixFilePermissions(folder.resolve("key.pem"), PosixFilePermissions.fromString("rw-r--r--"));
            Http.await("a word about the mode", () -> server.output().contains("may be read or written by others"));
            String third = issue("rsa");
            Http.await("the third certificate", () -> shown(server).equals(third));
            assertTrue(curl("-k", server.url() + "/health").expectSuccess().output().contains("ok"));
        }
    }

    @Test
    void plainHttpIsRedirectedAndBrowsersAreToldToStay() throws Exception {
        assumeTrue(Shell.has("openssl"), "openssl is not installed");
        issue("rsa");
        try (ServerProcess server = withFiles("--http-redirect", "0")) {
            Http.await("the lines of the start", () -> server.output().contains("try it: "));
            Matcher port = Pattern.compile("plain HTTP on port (\\d+) ").matcher(server.output());
            assertTrue(port.find(), server.output());
            String answer = curl("--cacert", folder.resolve("cert.pem").toString(), "-i", "-L", "http://localhost:" + port.group(1) + "/health?a=b").expectSuccess().output();
            assertTrue(answer.startsWith("HTTP/1.1 308") && answer.contains("Location: https://localhost:" + server.port() + "/health?a=b"), answer);
            assertTrue(answer.toLowerCase(java.util.Locale.ROOT).contains("strict-transport-security: max-age=15552000"), answer);
        }
    }

    @Test
    void whatCannotBeUsedKeepsTheServerFromStarting() throws Exception {
        assumeTrue(Shell.has("openssl"), "openssl is not installed");
        issue("rsa");
        String certificate = folder.resolve("cert.pem").toString();
        openssl("pkey -in key.pem -aes256 -passout pass:secret -out locked.pem").expectSuccess();
        openssl("genpkey -algorithm rsa -out other.pem").expectSuccess();
        Files.setPosixFilePermissions(folder.resolve("key.pem"), PosixFilePermissions.fromString("rw-r-----"));
        for (Map.Entry<String, String> key : Map.of("locked.pem", "is encrypted", "other.pem", "does not belong to the certificate", "none.pem", "does not exist",
                "key.pem", "may be read or written by others (mode 0640)").entrySet()) {
            StringBuilder output = new StringBuilder();
            int code = ServerProcess.exitCodeOf(ServerProcess.Launch.on(folder.resolve("data"), "--tls-cert", certificate, "--tls-key", folder.resolve(key.getKey()).toString()), output);
            assertEquals(1, code, output.toString());
            assertTrue(output.toString().contains("cannot speak HTTPS") && output.toString().contains(key.getValue()), output.toString());
            assertFalse(output.toString().contains("\tat "), output.toString());
        }
    }

    /** What testssl looks at first: protocols, suites, renegotiation, compression. */
    @Test
    void onlyModernProtocolsAndSuitesAreSpoken() throws Exception {
        assumeTrue(Shell.has("openssl"), "openssl is not installed");
        issue("rsa");
        try (ServerProcess server = withFiles()) {
            String target = "s_client -connect 127.0.0.1:" + server.port() + " ";
            for (String spoken : List.of("-tls1_3", "-tls1_2", "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256", "-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384",
                    "-tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305", "-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256", "-tls1_3 -groups P-384")) {
                assertTrue(openssl(target + spoken).output().contains("New, TLSv1."), spoken);
            }
            for (String refused : List.of("-tls1_1 -cipher ALL:@SECLEVEL=0", "-tls1 -cipher ALL:@SECLEVEL=0", "-tls1_2 -cipher kRSA", "-tls1_2 -cipher kDHE",
                    "-tls1_2 -cipher ECDHE-RSA-AES128-SHA", "-tls1_2 -cipher ECDHE-RSA-AES256-SHA384", "-tls1_2 -cipher aNULL:@SECLEVEL=0", "-tls1_2 -cipher NULL:@SECLEVEL=0",
                    "-tls1_3 -groups ffdhe2048", "-tls1_2 -sigalgs RSA+SHA1 -cipher ALL:@SECLEVEL=0", "-alpn h2")) {
                Shell.Result result = openssl(target + refused);
                assertFalse(result.output().contains("New, TLSv1."), refused + ": " + result.output());
            }
            String ordered = openssl(target + "-tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256").output();
            assertTrue(ordered.contains("Cipher is ECDHE-RSA-AES128-GCM-SHA256"), "the server's order counts: " + ordered);
            assertTrue(ordered.contains("Compression: NONE") && ordered.contains("Secure Renegotiation IS supported"), ordered);
            String again = Shell.run(folder, "sh", "-c", "(echo R; sleep 1; printf 'GET /health HTTP/1.0\\r\\n\\r\\n'; sleep 1) | openssl s_client -tls1_2 -connect 127.0.0.1:"
                    + server.port()).output();
            assertTrue(again.contains("RENEGOTIATING") && !again.contains("200 OK") && !again.contains("\"ok\""), again);
        }
    }
}
