package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;

/** The recipes of docs/operating.md, word for word but for names and ports, with the proxies themselves. */
@Tag(TestMain.ASIDE)
class ProxyTest {

    private static final String TOKEN = "proxy-test-token-0123456789";
    private static final int GUESSES = 32;
    private static final int GUESSES_A_LINK = 4;

    @TempDir
    Path folder;

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The block of the page that is marked as this language and holds {@code part}. */
    private static String recipe(String language, String part) throws IOException {
        String page = Files.readString(Path.of(System.getProperty("tranzr.root"), "docs", "operating.md"));
        Matcher blocks = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(page);
        while (blocks.find()) {
            if (blocks.group(1).contains(part)) {
                return blocks.group(1);
            }
        }
        throw new AssertionError("no recipe for " + language);
    }

    private ServerProcess behindProxy() {
        return ServerProcess.start(ServerProcess.Launch.on(folder.resolve("data"), "--trusted-proxy", "127.0.0.1").environment(java.util.Map.of("TRANZR_TOKEN", TOKEN)));
    }

    private Process begin(List<String> command, int port) throws IOException {
        Path log = folder.resolve("proxy.log");
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        Http.await("the proxy to listen", () -> {
            if (!process.isAlive()) {
                throw new AssertionError("the proxy ended: " + read(log));
            }
            return listens(port);
        });
        return process;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Shell.Result curl(String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of("curl", "-sS", "-m", "60", "-k"));
        command.addAll(List.of(arguments));
        return Shell.run(folder, command);
    }

    /** What every proxy has to let through. */
    private void assertServes(ServerProcess server, int port) throws Exception {
        byte[] content = Http.bytes(20_000_000, 4);
        Path file = Files.write(folder.resolve("large.bin"), content);
        String proxy = "https://localhost:" + port;
        String link = curl("-u", ":" + TOKEN, "-T", file.toString(), proxy + "/").expectSuccess().output().strip();
        assertTrue(link.startsWith("https://localhost") && link.contains("/s/"), "the link has the scheme and the name that the client used: " + link);
        String path = link.substring(link.indexOf("/s/"));
        curl("-o", "back.bin", proxy + path).expectSuccess();
        assertArrayEquals(content, Files.readAllBytes(folder.resolve("back.bin")));
        curl("-o", "part.bin", "-r", "5000000-5000999", proxy + path).expectSuccess();
        assertArrayEquals(Http.part(content, 5_000_000, 5_001_000), Files.readAllBytes(folder.resolve("part.bin")));

        assertTrue(curl("-u", ":" + TOKEN, "-d", "x", proxy + "/upload/start").output().contains("invalid_json"), "refusals come through");
        String begun = curl("-u", ":" + TOKEN, "-H", "Content-Type: application/json", "-d", "{\"filename\": \"s.bin\", \"file_size\": 20000000}", proxy + "/upload/start")
                .expectSuccess().output();
        String id = begun.replaceAll("(?s).*\"file_id\" ?: ?\"([^\"]+)\".*", "$1");
        Process slow = new ProcessBuilder("curl", "-sSk", "-u", ":" + TOKEN, "--limit-rate", "4M", "-T", file.toString(), proxy + "/upload/" + id).start();
        Http.await("bytes to arrive while the client still sends", () -> received(server, id) > 100_000);
        assertTrue(slow.isAlive(), "the proxy hands on what it gets, and does not keep it");
        slow.destroyForcibly().waitFor();
    }

    private long received(ServerProcess server, String id) {
        Matcher matcher = Pattern.compile("\"(?:received_bytes|bytes_received|received)\" ?: ?(\\d+)")
                .matcher(curl("-u", ":" + TOKEN, server.url() + "/upload/status/" + id).output());
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    /** The brakes on guessing go by the address that is believed, so they show which one that is. */
    private void assertAddressIsTakenFromProxyOnly(ServerProcess server, int port) throws Exception {
        List<String> paths = lockedLinks(server);
        String proxy = "https://localhost:" + port;
        assertTrue(guessesUntilBraked(paths, proxy, "127.0.0.2") < GUESSES, "a client behind the proxy cannot choose its own address");
        assertEquals(401, status(lockedLinks(server).getFirst(), proxy, "127.0.0.3", 0), "the proxy tells clients apart");
    }

    /** Paths of shares with a password, each to be guessed at so rarely that only the address can be braked. */
    private List<String> lockedLinks(ServerProcess server) throws IOException {
        List<String> paths = new java.util.ArrayList<>();
        Path file = Files.write(folder.resolve("small.bin"), new byte[10]);
        for (int i = 0; i < GUESSES / GUESSES_A_LINK; i++) {
            String link = curl("-u", ":" + TOKEN, "-H", "Share-Password: right-password", "-T", file.toString(), server.url() + "/").expectSuccess().output().strip();
            paths.add(link.substring(link.indexOf("/s/")));
        }
        return paths;
    }

    /** Each guess says that it comes from elsewhere. */
    private int guessesUntilBraked(List<String> paths, String base, String from) {
        for (int i = 0; i < GUESSES; i++) {
            if (status(paths.get(i / GUESSES_A_LINK), base, from, i) == 429) {
                return i;
            }
        }
        return GUESSES;
    }

    private int status(String path, String base, String from, int pretended) {
        String address = "198.51.100." + pretended;
        return Integer.parseInt(curl("-o", "refusal.txt", "-w", "%{http_code}", "-u", ":wrong", "--interface", from, "-H", "X-Forwarded-For: " + address,
                "-H", "Forwarded: for=" + address, base + path).output().strip());
    }

    private void makeCertificate() {
        Shell.run(folder, ("openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -subj /CN=localhost -addext subjectAltName=DNS:localhost -days 2 -out cert.pem").split(" "))
                .expectSuccess();
    }

    @Test
    void nginxGoesInFront() throws Exception {
        String nginx = Shell.has("nginx") ? "nginx" : "/usr/sbin/nginx";
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/nginx")) || Shell.has("nginx"), "nginx is not installed");
        assumeTrue(Shell.has("openssl"), "openssl is not installed");
        makeCertificate();
        int port = freePort();
        try (ServerProcess server = behindProxy()) {
            String site = recipe("nginx", "proxy_pass").replace("listen 443 ssl;", "listen 127.0.0.1:" + port + " ssl;").replace("files.example.org", "localhost")
                    .replace("# ssl_certificate …", "ssl_certificate " + folder + "/cert.pem; ssl_certificate_key " + folder + "/key.pem;")
                    .replace("127.0.0.1:8000", "127.0.0.1:" + server.port());
            Files.writeString(folder.resolve("nginx.conf"), "daemon off; master_process off; pid " + folder + "/nginx.pid; error_log " + folder + "/error.log;\n"
                    + "events { }\nhttp { access_log off; client_body_temp_path " + folder + "/t1; proxy_temp_path " + folder + "/t2; fastcgi_temp_path " + folder + "/t3;\n"
                    + "uwsgi_temp_path " + folder + "/t4; scgi_temp_path " + folder + "/t5;\n" + site + "}\n");
            Process process = begin(List.of(nginx, "-e", folder + "/early.log", "-c", folder + "/nginx.conf"), port);
            try {
                assertServes(server, port);
                assertAddressIsTakenFromProxyOnly(server, port);
            } finally {
                process.destroy();
                assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void caddyGoesInFront() throws Exception {
        assumeTrue(Shell.has("caddy"), "caddy is not installed");
        assumeTrue(Shell.has("openssl"), "openssl is not installed");
        makeCertificate();
        int port = freePort();
        try (ServerProcess server = behindProxy()) {
            String site = recipe("caddyfile", "reverse_proxy").replace("files.example.org {", "https://localhost:" + port + " {\n    tls cert.pem key.pem")
                    .replace("127.0.0.1:8000", "127.0.0.1:" + server.port());
            Files.writeString(folder.resolve("Caddyfile"), "{\n    admin off\n    auto_https disable_redirects\n    storage file_system " + folder + "/caddy\n}\n" + site);
            Process process = begin(List.of("caddy", "run", "--config", folder + "/Caddyfile", "--adapter", "caddyfile"), port);
            try {
                assertServes(server, port);
                assertAddressIsTakenFromProxyOnly(server, port);
            } finally {
                process.destroy();
                assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void whoIsNoProxyIsNotBelieved() throws Exception {
        try (ServerProcess server = ServerProcess.start(ServerProcess.Launch.on(folder.resolve("data"), "--trusted-proxy", "10.0.0.0/8")
                .environment(java.util.Map.of("TRANZR_TOKEN", TOKEN)))) {
            Path file = Files.write(folder.resolve("a.bin"), new byte[10]);
            String link = curl("-u", ":" + TOKEN, "-H", "X-Forwarded-Proto: https", "-H", "X-Forwarded-Host: evil.example", "-H", "Forwarded: for=10.0.0.1;proto=https;host=evil.example",
                    "-H", "Share-Password: right-password", "-T", file.toString(), server.url() + "/").expectSuccess().output().strip();
            assertTrue(link.startsWith(server.url() + "/s/"), link);
            assertTrue(guessesUntilBraked(lockedLinks(server), server.url(), "127.0.0.2") < GUESSES, "the brakes know the peer's own address");
        }
    }
}
