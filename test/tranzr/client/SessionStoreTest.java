package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionStoreTest {

    private static final URI SERVER = URI.create("https://files.example.org");
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00.123456789Z");

    @TempDir
    Path folder;

    private SessionStore store() {
        return SessionStore.at(folder.resolve("a/state"));
    }

    private Path directory() {
        return folder.resolve("a/state");
    }

    private String key(String name) {
        return SessionStore.key(Session.Kind.UPLOAD, SERVER, folder.resolve(name), "");
    }

    private Session session(String name, boolean finished) {
        return new Session(Session.Kind.UPLOAD, key(name), SERVER, "3f0c", folder.resolve(name), "grüße \"1\"\n.txt", 1L << 40, TIME, "(dev=1,ino=2)", null, 77, finished,
                TIME, TIME, Map.of("ranges", List.of(List.of(0, 5_000_000_000L)), "note", "x"));
    }

    private Set<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory())) {
            return files.map(file -> file.getFileName().toString().replaceFirst("^[0-9a-f]{32}", "KEY")).filter(name -> !name.equals("claims")).collect(Collectors.toSet());
        }
    }

    @Test
    void whatIsSavedIsFoundByAnotherStore() throws IOException {
        assertEquals(Optional.empty(), store().find(key("a")));
        assertEquals(List.of(), store().list());
        store().save(session("a", false));
        assertEquals(Optional.of(session("a", false)), store().find(key("a")));
        store().save(session("b", true));
        assertEquals(Set.of("KEY.json", "KEY.done"), names());
        assertEquals(2, store().list().size());
        store().remove(key("a"));
        assertEquals(List.of(session("b", true)), store().list());
    }

    @Test
    void onlyTheOwnerMayReadThem() throws IOException {
        store().save(session("a", false));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory().resolve(key("a") + ".json"))));
    }

    @Test
    void theEndTakesThePlaceOfTheBeginning() throws IOException {
        store().save(session("a", false));
        store().save(session("a", true));
        assertEquals(Set.of("KEY.done"), names());
        assertTrue(store().find(key("a")).orElseThrow().finished());
        store().save(session("a", false));
        assertEquals(Set.of("KEY.json"), names());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "{\"version\":2}", "null", "{\"version\":1,\"more\":{},\"kind\":\"UPLOAD\"}"})
    void aDamagedOneIsSetAsideAndTakenForAbsent(String text) throws IOException {
        store().save(session("a", false));
        Files.writeString(directory().resolve(key("a") + ".json"), text);
        assertEquals(Optional.empty(), store().find(key("a")));
        assertEquals(Set.of("KEY.damaged"), names());
        store().save(session("a", false));
        assertEquals(1, store().list().size());
    }

    @Test
    void oneUnderAnothersNameIsNotBelieved() throws IOException {
        store().save(session("a", false));
        Files.move(directory().resolve(key("a") + ".json"), directory().resolve(key("b") + ".json"));
        assertEquals(Optional.empty(), store().find(key("b")));
    }

    @Test
    void whatIsOverIsForgottenAfterAMonth() throws Exception {
        store().save(session("old", true));
        store().save(session("new", true));
        store().save(session("unfinished", false));
        FileTime then = FileTime.from(Instant.now().minus(Duration.ofDays(31)));
        for (String name : List.of(key("old") + ".done", key("unfinished") + ".json")) {
            Files.setLastModifiedTime(directory().resolve(name), then);
        }
        store().claim(key("any")).close();
        assertEquals(Set.of(key("new"), key("unfinished")), store().list().stream().map(Session::key).collect(Collectors.toSet()));
    }

    @Test
    void keysTellFilesServersAndDirectionsApart() throws IOException {
        Path file = Files.createFile(folder.resolve("a"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        String key = SessionStore.key(Session.Kind.UPLOAD, SERVER, file, "");
        assertEquals(key, SessionStore.key(Session.Kind.UPLOAD, SERVER, folder.resolve("x/../a"), ""));
        assertEquals(key, SessionStore.key(Session.Kind.UPLOAD, SERVER, link, ""));
        assertNotEquals(key, SessionStore.key(Session.Kind.DOWNLOAD, SERVER, file, ""));
        assertNotEquals(key, SessionStore.key(Session.Kind.UPLOAD, URI.create("https://files.example.org/x"), file, ""));
        assertNotEquals(key, SessionStore.key(Session.Kind.UPLOAD, SERVER, file, "1"));
        assertNotEquals(SessionStore.key(Session.Kind.UPLOAD, SERVER, Path.of("/b"), "1c"), SessionStore.key(Session.Kind.UPLOAD, SERVER, Path.of("/b1"), "c"));
        assertThrows(IllegalArgumentException.class, () -> store().find("../../etc/passwd"));
    }

    @Test
    void aClaimIsHeldByOneAtATimeWithinAProcess() throws Exception {
        SessionStore.Claim claim = store().claim(key("a"));
        assertEquals("this process is working on this transfer", refusal("a"));
        assertEquals(Optional.of("this process"), store().holder(key("a")));
        store().claim(key("b")).close();
        // Closing another claim must not drop this one, as POSIX locks like to.
        assertEquals("this process is working on this transfer", refusal("a"));
        claim.close();
        assertEquals(Optional.empty(), store().holder(key("a")));
        store().claim(key("a")).close();
        assertEquals(Set.of(), names());
    }

    private String refusal(String name) {
        TransferException e = assertThrows(TransferException.class, () -> store().claim(key(name)));
        assertEquals(TransferException.Kind.IN_USE, e.kind());
        return e.getMessage();
    }

    /** Holds a claim until it is killed or its input ends. */
    public static final class Other {
        public static void main(String[] arguments) throws Exception {
            SessionStore.Claim claim = SessionStore.at(Path.of(arguments[0])).claim(arguments[1]);
            System.out.println("claimed");
            System.in.read();
            claim.close();
            System.out.println("released");
            System.in.read();
        }
    }

    @Test
    void anotherProcessIsNamedAndItsDeathEndsItsClaim() throws Exception {
        Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"),
                Other.class.getName(), directory().toString(), key("a")).redirectErrorStream(true).start();
        try (BufferedReader said = new BufferedReader(new InputStreamReader(other.getInputStream()))) {
            assertEquals("claimed", said.readLine());
            assertEquals("process " + other.pid() + " is working on this transfer", refusal("a"));
            assertEquals(Optional.of("process " + other.pid()), store().holder(key("a")));
            store().claim(key("b")).close();
            other.destroyForcibly().waitFor();
            store().claim(key("a")).close();
            assertEquals(Optional.empty(), store().holder(key("a")));
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void itLiesWhereTheSystemKeepsSuchThings() {
        assertEquals(Path.of("/x"), SessionStore.standardDirectory(Map.of("TRANZR_STATE", "/x", "XDG_STATE_HOME", "/y")));
        assertEquals(Path.of("/y/tranzr"), SessionStore.standardDirectory(Map.of("XDG_STATE_HOME", "/y", "HOME", "/z")));
        assertEquals(Path.of("/z/.local/state/tranzr"), SessionStore.standardDirectory(Map.of("XDG_STATE_HOME", "y", "HOME", "/z")));
        assertFalse(SessionStore.standardDirectory(Map.of()).toString().isEmpty());
    }
}
