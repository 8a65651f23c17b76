package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit log of the built jar, and the commands that read it. */
class AuditTest {

    @TempDir
    Path folder;

    @Test
    void starts_and_stops_are_recorded_and_shown_while_the_server_runs_and_after() throws Exception {
        Path data = folder.resolve("data");
        try (ServerProcess server = ServerProcess.start(data)) {
            Shell.Result running = audit("show", "--action", "server.start");
            assertEquals(0, running.exit(), running.output());
            assertTrue(running.output().contains(" server.start ok actor=system version="), running.output());
            assertTrue(audit("verify").expectSuccess().output().contains("nothing is wrong"));
            try (Http http = new Http(server)) {
                assertTrue(http.get("/audit?action=server.start").text().contains("\"action\":\"server.start\""));
            }
            assertEquals(0, server.terminate());
            server.restart();
            server.kill();
        }
        String actions = audit("show", "--json", "--action=server.").expectSuccess().output().lines()
                .map(line -> line.replaceAll(".*\"action\":\"([a-z.]+)\".*", "$1")).toList().toString();
        assertEquals("[server.start, server.stop, server.start]", actions);
        assertEquals(1, audit("show", "--limit", "1").output().lines().count());
        assertEquals("", audit("show", "--to", "1d").output());
        assertEquals("rwx------", java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("audit"))));
    }

    @Test
    void a_changed_line_and_a_cut_end_are_found_with_code_4() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (ServerProcess server = ServerProcess.start(folder.resolve("data"))) {
                assertEquals(0, server.terminate());
            }
        }
        String whole = audit("verify").expectSuccess().output();
        String anchor = whole.lines().reduce((first, second) -> second).orElseThrow().replace("last record ", "");
        assertEquals(0, audit("verify", "--expect", anchor).exit());
        Path file;
        try (Stream<Path> files = Files.list(folder.resolve("data/audit"))) {
            file = files.findFirst().orElseThrow();
        }
        byte[] good = Files.readAllBytes(file);
        String text = Files.readString(file);
        Files.writeString(file, text.replaceFirst("server.stop", "server.stap"));
        Shell.Result changed = audit("verify");
        assertEquals(4, changed.exit());
        assertTrue(changed.output().startsWith("error broken_hash " + file.getFileName() + " line 2 seq 2: "), changed.output());
        Files.write(file, good);
        Files.writeString(file, text.substring(0, text.lastIndexOf("{\"seq\"")), StandardOpenOption.TRUNCATE_EXISTING);
        assertEquals(0, audit("verify").exit());
        Shell.Result cut = audit("verify", "--expect", anchor);
        assertEquals(4, cut.exit());
        assertTrue(cut.output().contains("error not_as_expected seq 4: record 4 is not in the log"), cut.output());
        Files.write(file, good);
        Files.writeString(file, "{\"seq\":5,\"ti", StandardOpenOption.APPEND);
        Shell.Result torn = audit("verify");
        assertEquals(0, torn.exit());
        assertTrue(torn.output().startsWith("note: the log ends within a line"), torn.output());
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"))) {
            assertTrue(server.output().contains("the audit log ended in the middle of a record"), server.output());
            assertTrue(audit("show", "--action", "log.").output().contains("log.recovered ok actor=system file=" + file.getFileName() + " bytes=12"));
        }
        assertEquals(0, audit("verify", "--expect", anchor).exit());
    }

    @Test
    void without_a_log_the_commands_say_so_and_make_none() throws Exception {
        for (String verb : List.of("verify", "show")) {
            Shell.Result none = audit(verb);
            assertEquals(1, none.exit());
            assertTrue(none.output().contains("has no audit log"), none.output());
        }
        assertFalse(Files.exists(folder.resolve("data")));
        Shell.Result help = audit("--help").expectSuccess();
        assertTrue(help.output().contains("--expect SEQ:HASH") && help.output().contains("verify|show"), help.output());
    }

    @Test
    void an_access_log_that_cannot_be_opened_keeps_the_server_from_starting() throws Exception {
        Path missing = folder.resolve("none/access.log");
        StringBuilder output = new StringBuilder();
        assertEquals(1, ServerProcess.exitCodeOf(ServerProcess.Launch.on(folder.resolve("data"), "--access-log", missing.toString()), output));
        assertTrue(output.toString().contains("--access-log: cannot write to " + missing), output.toString());
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), "--access-log", folder.resolve("access.log").toString())) {
            assertTrue(Files.exists(folder.resolve("access.log")));
            assertEquals(0, server.terminate());
        }
    }

    private Shell.Result audit(String... arguments) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", System.getProperty("tranzr.jar"), "audit"));
        command.addAll(List.of(arguments));
        if (!command.contains("--help")) {
            command.addAll(List.of("--data", folder.resolve("data").toString()));
        }
        return Shell.run(folder, command);
    }
}
