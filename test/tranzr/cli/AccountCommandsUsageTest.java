package tranzr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.Config;
import tranzr.server.Option;
import tranzr.server.Server;
import tranzr.server.Settings;

/** What {@code token} and {@code room} refuse, and how they say so. */
class AccountCommandsUsageTest {

    @TempDir
    Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private ExitCode run(String... arguments) {
        out.reset();
        err.reset();
        return Cli.run(List.of(arguments), new Terminal(Map.of(), new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8)));
    }

    private ExitCode offline(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", folder.resolve("data").toString()));
        return run(all.toArray(String[]::new));
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private void makeAStore() throws Exception {
        Server.start(Config.of(Settings.of(Map.of(Option.DATA, folder.resolve("data").toString(), Option.PORT, "0"), null)), _ -> { }).close();
    }

    private void assertUsage(String message, String... arguments) {
        ExitCode code = List.of(arguments).contains("--server") ? run(arguments) : offline(arguments);
        assertEquals(ExitCode.USAGE, code, err());
        assertEquals(1, err().lines().count(), err());
        assertTrue(err().contains(message), err());
        assertEquals("", out());
    }

    @Test
    void what_is_wrong_is_one_line_and_changes_nothing() throws Exception {
        makeAStore();
        assertEquals(ExitCode.OK, offline("token", "create", "twin", "--rights", "list"));
        assertEquals(ExitCode.OK, offline("token", "create", "twin", "--rights", "list"));
        assertUsage("missing one of create, list", "token");
        assertUsage("but no 'make'", "token", "make");
        assertUsage("missing NAME", "token", "create");
        assertUsage("missing --rights", "token", "create", "x");
        assertUsage("unexpected argument 'y'", "token", "create", "x", "y", "--rights", "list");
        assertUsage("rights: knows upload", "token", "create", "x", "--rights", "all");
        assertUsage("expires_in: 'soon'", "token", "create", "x", "--rights", "list", "--expires-in", "soon");
        assertUsage("is not ROOM:ROLE", "token", "create", "x", "--rights", "list", "--room", "y");
        assertUsage("is named twice", "token", "create", "x", "--rights", "list", "--room", "y:reader", "--room", "y:owner");
        assertUsage("--rights is given twice", "token", "create", "x", "--rights", "list", "--rights", "list");
        assertUsage("--quota-files needs a value", "token", "create", "x", "--rights", "list", "--quota-files", "--json");
        assertUsage("is not a whole number", "token", "create", "x", "--rights", "list", "--quota-files=-1");
        assertUsage("quota.bytes", "token", "create", "x", "--rights", "list", "--quota-bytes", "much");
        assertUsage("--rights does not apply here", "token", "list", "--rights", "list");
        assertUsage("--revoke-shares does not apply here", "token", "rotate", "twin", "--revoke-shares");
        assertUsage("several tokens are called 'twin'", "token", "revoke", "twin");
        assertUsage("missing --role", "room", "add-member", "x", "twin");
        assertUsage("missing TOKEN", "room", "add-member", "x");
        assertUsage("unknown option --port", "room", "list", "--port", "1");
        assertUsage("--token-file goes with --server", "room", "list", "--token-file", "x");
        assertUsage("is not a URL", "token", "list", "--server", "example.org");
        assertUsage("--pin goes with --server", "room", "list", "--pin", "ab".repeat(32));
        assertUsage("64 hexadecimal digits", "token", "list", "--server", "https://127.0.0.1:1", "--pin", "ab");
        assertUsage("a fingerprint goes with https", "token", "list", "--server", "http://127.0.0.1:1", "--pin", "ab".repeat(32));
        assertUsage("exclude each other", "token", "list", "--server", "http://127.0.0.1:1", "--data", "x");
        assertEquals(ExitCode.FAILED, offline("token", "revoke", "nobody"));
        assertEquals("tranzr: there is no token 'nobody'\n", err());
        assertEquals(ExitCode.FAILED, offline("token", "create", "x", "--rights", "list", "--room", "none:reader"));
        assertEquals(ExitCode.OK, offline("token", "list"));
        assertEquals(2, out().lines().count(), out());
    }

    @Test
    void a_server_or_a_directory_that_is_not_there_is_told() {
        assertEquals(ExitCode.FAILED, run("token", "list", "--server", "http://127.0.0.1:1"));
        assertEquals("tranzr: the server at http://127.0.0.1:1 cannot be reached: nothing listens there\n", err());
        assertEquals(ExitCode.FAILED, offline("token", "create", "x", "--rights", "list"));
        assertTrue(err().contains("is no data directory"), err());
        assertTrue(Files.notExists(folder.resolve("data")));
    }

    @Test
    void rooms_are_deleted_only_when_empty_and_tell_what_was_done() throws Exception {
        makeAStore();
        assertEquals(ExitCode.OK, offline("room", "create", "One", "--quota-monthly", "1GiB"));
        assertEquals(ExitCode.FAILED, offline("room", "create", "one"));
        assertTrue(err().contains("there is a room of this name"), err());
        assertEquals(ExitCode.OK, offline("room", "list", "--json"));
        assertTrue(out().startsWith("[{\"room_id\":") && out().contains("\"name\":\"One\""), out());
        assertEquals(ExitCode.OK, offline("room", "delete", "ONE"));
        assertEquals("tranzr: deleted room 'ONE'\n", err());
        assertEquals(ExitCode.FAILED, offline("room", "delete", "one"));
    }
}
