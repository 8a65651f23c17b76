package tranzr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.Config;
import tranzr.server.Option;
import tranzr.server.Server;
import tranzr.server.Settings;
import tranzr.server.StartException;

/** {@code fsck} and {@code dump} on a store that a server has written. */
class MaintenanceCommandsTest {

    /** Too long to lie in the journal as well, from where recovery would write it again. */
    private static final String TEXT = "x".repeat(100_000);

    @TempDir
    Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private Path data;
    private String link;

    @BeforeEach
    void storeAFile() throws Exception {
        data = folder.resolve("data");
        try (Server server = start(); HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(server.uri().resolve("/note.txt")).PUT(HttpRequest.BodyPublishers.ofString(TEXT)).build();
            link = client.send(request, HttpResponse.BodyHandlers.ofString()).body().strip();
        }
    }

    @Test
    void a_good_store_is_found_good() {
        assertEquals(ExitCode.OK, run("fsck"));
        assertEquals("checked 1 files and uploads with 100000 bytes: nothing is wrong\n", out());
    }

    @Test
    void bytes_that_rotted_are_found_and_a_repair_cannot_hide_them() throws Exception {
        Files.writeString(object(), "X" + TEXT.substring(1));
        for (String[] way : new String[][] { { "fsck" }, { "fsck", "--repair" }, { "fsck" } }) {
            assertEquals(ExitCode.DAMAGED, run(way));
            assertTrue(out().startsWith("error damaged " + object().getFileName().toString().replace(".data", "") + ": "), out());
            assertTrue(out().endsWith("100000 bytes: 1 problems, 0 of them repaired\n"), out());
        }
    }

    @Test
    void bytes_that_no_record_names_are_a_warning_and_a_repair_sets_them_aside() throws Exception {
        UUID stray = UUID.randomUUID();
        Files.writeString(object().resolveSibling(stray + ".data"), "stray");
        assertEquals(ExitCode.OK, run("fsck"));
        assertTrue(out().contains("warning unreferenced " + stray) && out().contains("(--repair mends it)"), out());
        assertEquals(ExitCode.OK, run("fsck", "--repair"));
        assertTrue(out().contains("(repaired)"), out());
        assertEquals(ExitCode.OK, run("fsck"));
        assertTrue(out().endsWith("nothing is wrong\n"), out());
    }

    @Test
    void a_damaged_journal_is_named_with_file_and_offset() throws Exception {
        Path segment;
        try (Stream<Path> files = Files.list(data.resolve("journal"))) {
            segment = files.filter(file -> file.toString().endsWith(".seg")).findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(segment);
        bytes[3] ^= 1;
        Files.write(segment, bytes);
        assertEquals(ExitCode.DAMAGED, run("fsck"));
        assertTrue(out().startsWith("error journal " + segment + " at offset 0: "), out());
        assertEquals(ExitCode.DAMAGED, run("dump"));
        assertTrue(out().startsWith("! " + segment + " at offset 0: "), out());
    }

    @Test
    void a_damaged_snapshot_is_named_and_counted_although_the_store_opens_without_it() throws Exception {
        Path snapshot = data.resolve("journal/snapshot-00000000000000000001");
        Files.writeString(snapshot, "rotten", StandardOpenOption.CREATE_NEW);
        assertEquals(ExitCode.DAMAGED, run("dump"));
        assertTrue(out().startsWith("! " + snapshot + ": "), out());
        assertEquals(ExitCode.DAMAGED, run("fsck"));
        assertTrue(out().startsWith("error snapshot " + snapshot + ": "), out());
        assertTrue(out().endsWith("checked 1 files and uploads with 100000 bytes: 1 problems, 0 of them repaired\n"), out());
        assertTrue(Files.exists(Path.of(snapshot + ".damaged")));
        assertEquals(ExitCode.OK, run("fsck"));
    }

    @Test
    void a_journal_that_is_gone_is_damage_and_no_empty_store_whose_bytes_are_orphans() throws Exception {
        try (Stream<Path> files = Files.list(data.resolve("journal"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        assertEquals(ExitCode.DAMAGED, run("fsck", "--repair"));
        assertEquals(StartException.Kind.DAMAGED, assertThrows(StartException.class, this::start).kind());
        assertTrue(Files.exists(object()));
    }

    @Test
    void a_server_that_runs_keeps_both_away() throws Exception {
        try (Server server = start()) {
            assertEquals(ExitCode.IN_USE, run("fsck"));
            assertEquals(ExitCode.IN_USE, run("dump"));
            assertTrue(server.address().getPort() > 0);
        }
    }

    @Test
    void the_dump_names_the_file_and_not_the_secret_of_its_link_and_changes_nothing() throws Exception {
        List<String> before = contents();
        assertEquals(ExitCode.OK, run("dump"));
        assertTrue(out().contains("note.txt"), out());
        assertFalse(out().contains(link.replaceFirst(".*/s/([^/]+)/.*", "$1")), out());
        assertEquals(before, contents());
    }

    private Server start() throws Exception {
        return Server.start(Config.of(Settings.of(Map.of(Option.DATA, data.toString(), Option.PORT, "0"), null)), token -> { });
    }

    private Path object() throws Exception {
        try (Stream<Path> files = Files.list(data.resolve("storage/files"))) {
            return files.filter(file -> file.toString().endsWith(".data")).findFirst().orElseThrow();
        }
    }

    private List<String> contents() throws Exception {
        try (Stream<Path> files = Files.walk(data)) {
            List<Path> all = files.filter(Files::isRegularFile).sorted().toList();
            assertFalse(all.isEmpty());
            return all.stream().map(file -> file + " " + file.toFile().length() + " " + file.toFile().lastModified()).toList();
        }
    }

    private ExitCode run(String... arguments) {
        out.reset();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        return Cli.run(List.of(arguments), new Terminal(Map.of("TRANZR_DATA", data.toString()), stream, new PrintStream(new ByteArrayOutputStream())));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
