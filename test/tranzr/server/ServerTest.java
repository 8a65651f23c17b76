package tranzr.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.StartException.Kind;

class ServerTest {

    private static final String GIVEN = "given-by-the-operator";

    @TempDir
    Path folder;
    private final List<String> told = new ArrayList<>();

    @Test
    void what_was_stored_is_there_after_a_restart() throws Exception {
        String link;
        try (Server server = start(Map.of())) {
            link = put(server, "/note.txt", "kept", null).body().strip();
        }
        try (Server server = start(Map.of())) {
            URI again = server.uri().resolve(URI.create(link).getPath());
            assertEquals("kept", send(HttpRequest.newBuilder(again).build()).body());
        }
    }

    @Test
    void two_servers_run_in_one_process_on_directories_of_their_own() throws Exception {
        try (Server one = start(Map.of()); Server two = start(Map.of(Option.DATA, folder.resolve("two").toString()))) {
            put(one, "/a.txt", "a", null);
            assertTrue(get(one, "/files", null).body().contains("a.txt"));
            assertEquals("[]", get(two, "/files", null).body());
            assertEquals(Kind.IN_USE, assertThrows(StartException.class, () -> start(Map.of())).kind());
        }
    }

    @Test
    void closing_leaves_no_thread_and_no_lock() throws Exception {
        start(Map.of()).close();
        Set<Thread> before = threads();
        Server server = start(Map.of());
        put(server, "/a.txt", "a", null);
        assertFalse(added(before).isEmpty());
        server.close();
        server.close();
        assertNoneAdded(before);
        start(Map.of()).close();
    }

    @Test
    void a_start_that_fails_leaves_no_thread_and_no_lock_and_says_why() throws Exception {
        start(Map.of()).close();
        Set<Thread> before = threads();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            StartException refused = assertThrows(StartException.class, () -> start(Map.of(Option.PORT, Integer.toString(taken.getLocalPort()))));
            assertEquals(Kind.REFUSED, refused.kind());
            assertTrue(refused.getMessage().contains("cannot listen on 127.0.0.1 port " + taken.getLocalPort()), refused.getMessage());
        }
        assertNoneAdded(before);
        start(Map.of()).close();
    }

    @Test
    void a_damaged_journal_keeps_the_server_from_starting() throws Exception {
        try (Server server = start(Map.of())) {
            put(server, "/a.txt", "a", null);
        }
        Path segment;
        try (Stream<Path> files = Files.list(folder.resolve("data/journal"))) {
            segment = files.filter(file -> file.toString().endsWith(".seg")).findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(segment);
        bytes[0] ^= 1;
        Files.write(segment, bytes, StandardOpenOption.WRITE);
        StartException refused = assertThrows(StartException.class, () -> start(Map.of()));
        assertEquals(Kind.DAMAGED, refused.kind());
        assertTrue(refused.getMessage().contains(segment.getFileName().toString()), refused.getMessage());
    }

    @Test
    void without_a_token_a_server_on_loopback_is_open() throws Exception {
        try (Server server = start(Map.of())) {
            assertFalse(server.isTokenRequired());
            assertEquals(200, get(server, "/files", null).statusCode());
        }
        assertEquals(List.of(), told);
    }

    @Test
    void a_given_token_opens_beside_those_that_were_made_and_is_stored_nowhere() throws Exception {
        String stored;
        try (Server server = start(Map.of(Option.BIND, "0.0.0.0"))) {
            stored = told.getFirst();
            assertEquals(200, get(server, "/files", stored).statusCode());
        }
        try (Server server = start(Map.of(), GIVEN)) {
            assertTrue(server.isTokenRequired());
            assertEquals(401, get(server, "/files", null).statusCode());
            assertEquals(200, get(server, "/files", stored).statusCode());
            assertEquals(200, get(server, "/files", GIVEN).statusCode());
        }
        try (Server server = start(Map.of(Option.BIND, "0.0.0.0"))) {
            assertEquals(401, get(server, "/files", GIVEN).statusCode());
            assertEquals(200, get(server, "/files", stored).statusCode());
        }
        assertEquals(List.of(stored), told);
    }

    @Test
    void beyond_loopback_a_token_is_made_and_told_once_and_only_its_hash_is_on_disk() throws Exception {
        try (Server server = start(Map.of(Option.BIND, "0.0.0.0"))) {
            assertTrue(server.isTokenRequired());
            assertEquals("127.0.0.1", server.uri().getHost());
            assertEquals(401, get(server, "/files", null).statusCode());
            assertEquals(200, get(server, "/health", null).statusCode());
            assertEquals(200, get(server, "/files", told.getFirst()).statusCode());
        }
        try (Server server = start(Map.of(Option.BIND, "0.0.0.0"))) {
            assertEquals(200, get(server, "/files", told.getFirst()).statusCode());
        }
        assertEquals(1, told.size());
        try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertFalse(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1).contains(told.getFirst()), file.toString());
            }
        }
    }

    @Test
    void the_reserve_is_smaller_on_a_small_disk_but_never_nothing() {
        assertEquals(64 << 20, Server.usualReserve(1L << 40));
        assertEquals(64 << 20, Server.usualReserve(1L << 30));
        assertEquals(16 << 20, Server.usualReserve(256 << 20));
        assertEquals(1 << 20, Server.usualReserve(0));
    }

    private Server start(Map<Option, String> settings) throws Exception {
        return start(settings, null);
    }

    private Server start(Map<Option, String> settings, String token) throws Exception {
        Map<Option, String> all = new EnumMap<>(Map.of(Option.DATA, folder.resolve("data").toString(), Option.PORT, "0"));
        all.putAll(settings);
        return Server.start(Config.of(Settings.of(all, token)), told::add);
    }

    private static HttpResponse<String> put(Server server, String path, String text, String token) throws Exception {
        return send(request(server, path, token).PUT(HttpRequest.BodyPublishers.ofString(text)).build());
    }

    private static HttpResponse<String> get(Server server, String path, String token) throws Exception {
        return send(request(server, path, token).build());
    }

    private static HttpRequest.Builder request(Server server, String path, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri().resolve(path));
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    private static Set<Thread> threads() {
        return new HashSet<>(Thread.getAllStackTraces().keySet());
    }

    /** Names of threads that were not there before, without those that the JDK keeps for all and those of the test's own client. */
    private static Set<String> added(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.isAlive() && !before.contains(thread)).map(Thread::getName)
                .filter(name -> !name.matches("ForkJoinPool.*|VirtualThread.*|.*Poller.*|HttpClient.*|Cleaner.*|Common-Cleaner|process reaper.*"))
                .collect(Collectors.toSet());
    }

    /** A thread may need a moment for its last instructions. */
    private static void assertNoneAdded(Set<Thread> before) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!added(before).isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertEquals(Set.of(), added(before));
    }
}
