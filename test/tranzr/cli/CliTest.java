package tranzr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.Option;

class CliTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void help_shows_every_option_with_its_default_every_command_and_every_exit_code() {
        for (List<String> way : List.of(List.of("--help"), List.of("-h"), List.of("help"))) {
            assertEquals(ExitCode.OK, run(way.toArray(String[]::new)));
            String text = flat(out());
            for (Option option : Option.values()) {
                assertTrue(text.contains(option.flag() + " " + option.value()), option.flag());
                assertTrue(text.contains(option.meaning() + " (default: " + option.standard() + ")"), option.flag());
            }
            for (Command command : Cli.COMMANDS) {
                assertTrue(text.contains(" " + command.name() + " " + command.summary()), command.name());
            }
            for (ExitCode code : ExitCode.values()) {
                assertTrue(text.contains(" " + code.number() + " " + code.meaning()), code.name());
            }
            assertTrue(out().lines().allMatch(line -> line.length() <= 100), out());
        }
    }

    @Test
    void each_command_explains_itself_and_only_its_own_options() {
        for (Command command : Cli.COMMANDS) {
            for (List<String> way : List.of(List.of("help", command.name()), List.of(command.name(), "--help"), List.of(command.name(), "-h"))) {
                assertEquals(ExitCode.OK, run(way.toArray(String[]::new)));
                assertTrue(flat(out()).contains(command.summary()), out());
                for (Option option : Option.values()) {
                    boolean own = command.switches().keySet().stream().anyMatch(name -> name.startsWith(option.flag() + " "));
                    assertEquals(own || command.options().contains(option), out().contains("  " + option.flag() + " "), command.name() + " " + option.flag());
                }
                command.switches().forEach((name, meaning) -> assertTrue(flat(out()).contains(name + " " + meaning), name));
            }
        }
    }

    @Test
    void the_version_is_told_with_that_of_java() {
        assertEquals(ExitCode.OK, run("--version"));
        assertTrue(out().matches("tranzr \\S+ \\(Java 2[5-9].*\\)\n"), out());
        String once = out();
        assertEquals(ExitCode.OK, run("version"));
        assertEquals(once, out());
    }

    @Test
    void wrong_usage_is_one_line_that_names_what_is_wrong_and_ends_with_code_2() {
        assertUsage("there is no command 'sevre'", "sevre");
        assertUsage("there is no command 'x'", "help", "x");
        assertUsage("unexpected argument 'y'", "help", "serve", "y");
        assertUsage("unexpected argument 'y'", "version", "y");
        assertUsage("unexpected argument 'y'", "serve", "y");
        assertUsage("unknown option --prot", "--prot", "1");
        assertUsage("--port: 'x' is not a port", "--port", "x");
        assertUsage("--port: 'x' is not a port", "serve", "--port=x");
        assertUsage("--port does not apply", "fsck", "--port", "1");
        assertUsage("--port does not apply", "dump", "--port", "1");
        assertUsage("unknown option --repair", "--repair");
        assertUsage("verify or show", "audit");
        assertUsage("verify or show", "audit", "burn");
        assertUsage("--expect: '1:x' is not SEQ:HASH", "audit", "verify", "--expect", "1:x");
        assertUsage("--expect needs a value", "audit", "verify", "--expect");
        assertUsage("unknown option --limit", "audit", "verify", "--limit", "1");
        assertUsage("--limit: '0' is not a number", "audit", "show", "--limit=0");
        assertUsage("--actor is given twice", "audit", "show", "--actor", "a", "--actor", "b");
        assertUsage("--from: 'x' is neither a time", "audit", "show", "--from", "x");
        assertUsage("--port does not apply", "audit", "show", "--port", "1");
    }

    @Test
    void what_works_on_data_does_not_make_a_data_directory(@TempDir Path folder) throws Exception {
        for (String command : List.of("fsck", "dump")) {
            assertEquals(ExitCode.FAILED, run(command, "--data", folder.resolve("none").toString()));
            assertTrue(err().endsWith("none is no data directory of Tranzr\n"), err());
            assertTrue(Files.notExists(folder.resolve("none")));
        }
    }

    private void assertUsage(String message, String... arguments) {
        assertEquals(ExitCode.USAGE, run(arguments));
        assertEquals("", out());
        assertEquals(1, err().lines().count(), err());
        assertTrue(err().startsWith("tranzr: ") && err().contains(message) && err().contains("--help"), err());
    }

    private ExitCode run(String... arguments) {
        out.reset();
        err.reset();
        return Cli.run(List.of(arguments), new Terminal(Map.of(), new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8)));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static String flat(String text) {
        return text.replaceAll("\\s+", " ");
    }
}
