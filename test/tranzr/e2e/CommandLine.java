package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The commands of the built jar as a user types them, in one working directory, with a state directory below it, and both outputs apart. Used by one thread. */
final class CommandLine {

    private static final long PATIENCE_SECONDS = 120;

    /** What came of one. */
    record Ran(int code, String out, String err) {

        /** This, if it ended with that code. */
        Ran expect(int wanted) {
            assertEquals(wanted, code, out + err);
            return this;
        }

        /** The only line on standard output. */
        String line() {
            assertEquals(1, out.lines().count(), out + err);
            return out.strip();
        }

        /** Every line of standard output, which are objects of JSON. */
        List<Map<String, Object>> objects() {
            return out.lines().map(Ran::object).toList();
        }

        private static Map<String, Object> object(String line) {
            try {
                return JSON.std.mapFrom(line);
            } catch (IOException e) {
                throw new UncheckedIOException(line, e);
            }
        }
    }

    /** One that runs. */
    record Running(Process process, Path out, Path err) {

        Ran end() throws Exception {
            try {
                assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), () -> "it does not end: " + read(out) + read(err));
                return new Ran(process.exitValue(), read(out), read(err));
            } finally {
                process.destroyForcibly();
            }
        }

        /** Sends it a signal such as {@code INT}. */
        void signal(String name) {
            Shell.run(Path.of("."), "kill", "-" + name, Long.toString(process.pid())).expectSuccess();
        }

        /** What it has printed so far. */
        String output() {
            return read(out);
        }

        private static String read(Path file) {
            try {
                return new String(Files.readAllBytes(file), StandardCharsets.UTF_8); // what came may be a file
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private int number;

    /** @param url of the server */
    CommandLine(Path folder, String url) {
        this.folder = folder;
        environment.put("TRANZR_SERVER", url);
        environment.put("TRANZR_STATE", folder.resolve("state").toString());
    }

    Path folder() {
        return folder;
    }

    /** For the commands from here on; null removes it. */
    CommandLine with(String variable, String value) {
        if (value == null) {
            environment.remove(variable);
        } else {
            environment.put(variable, value);
        }
        return this;
    }

    static List<String> jar() {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", System.getProperty("tranzr.jar"));
    }

    Ran run(String... arguments) throws Exception {
        return start(Path.of("/dev/null"), arguments).end();
    }

    /** @param input what comes on standard input */
    Running start(Path input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(jar());
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out-" + ++number);
        Path err = folder.resolve("err-" + number);
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectInput(input.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
        settle(builder.environment());
        return new Running(builder.start(), out, err);
    }

    /** Makes an environment that of these commands. */
    void settle(Map<String, String> other) {
        other.keySet().removeIf(name -> name.startsWith("TRANZR_") || name.startsWith("SFTS_"));
        other.putAll(environment);
    }
}
