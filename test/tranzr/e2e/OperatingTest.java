package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.ServerProcess.Launch;

/** The built jar as an operator meets it: what it says, how it stops, and with which exit code. */
class OperatingTest {

    private static final String TOKEN = "operating-test-token";

    @TempDir
    Path folder;

    @Test
    void the_first_lines_say_where_it_listens_where_data_is_kept_and_what_to_try() throws Exception {
        Path data = folder.resolve("data");
        try (ServerProcess server = ServerProcess.start(data)) {
            Http.await("the line to try", () -> server.output().contains("try it: "));
            List<String> lines = server.output().lines().toList();
            assertTrue(lines.get(0).startsWith("Tranzr ") && lines.get(0).endsWith("listens on " + server.url()), server.output());
            assertEquals("data is kept in " + data.toAbsolutePath(), lines.get(1));
            assertTrue(lines.get(2).startsWith("no token is needed"), server.output());
            String line = lines.get(3).substring("try it: ".length());
            Process shell = new ProcessBuilder("sh", "-c", "link=$(" + line + " 2>/dev/null) && curl -s \"$link\"").start();
            assertEquals("hello\n", new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            assertEquals(4, lines.size(), "nothing else is said: " + server.output());
        }
    }

    @Test
    void a_signal_lets_requests_in_flight_end_and_then_closes_with_code_0() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data")); Http http = new Http(server)) {
            try (RawConnection slow = new RawConnection(server)) {
                String id = http.begin("slow.bin", 10, 1024);
                slow.head("PUT /upload/" + id + " HTTP/1.1", "Host: 127.0.0.1:" + server.port(), "Content-Length: 10", "Expect: 100-continue");
                assertTrue(slow.readHead().startsWith("HTTP/1.1 100"), "the handler waits for the body");
                slow.send("01234");
                ProcessHandle.of(server.pid()).orElseThrow().destroy();
                Http.await("the stop to begin", () -> server.output().contains("stopping"));
                slow.send("56789");
                String head = slow.readHead();
                assertTrue(head.startsWith("HTTP/1.1 200"), head);
                assertEquals(0, server.waitForExit(), server.output());
            }
            assertTrue(server.output().contains("\nstopped\n"), server.output());
            server.restart();
            assertEquals(0, server.terminate());
        }
    }

    @Test
    void each_way_to_fail_has_its_exit_code_and_one_line_without_a_stack_trace() throws Exception {
        Path data = folder.resolve("data");
        try (ServerProcess server = ServerProcess.start(data)) {
            assertFailure(3, "is in use by another process", Map.of(), "--port", "0", "--data", data.toString());
            assertFailure(1, "cannot listen on 127.0.0.1 port " + server.port(), Map.of(),
                    "--port", Integer.toString(server.port()), "--data", folder.resolve("other").toString());
            assertFailure(2, "unknown option --prot", Map.of(), "--prot", "1");
            assertFailure(2, "TRANZR_CHUNK_SIZE: '1' is less than 1024", Map.of("TRANZR_CHUNK_SIZE", "1"));
        }
        Path foreign = Files.createDirectories(folder.resolve("foreign/x")).getParent();
        assertFailure(1, "is no data directory of Tranzr", Map.of("TRANZR_PORT", "0", "TRANZR_DATA", foreign.toString()));
        Path shared = Files.createDirectory(folder.resolve("shared"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertFailure(1, "may be written by others", Map.of(), "--data", shared.toString());
        Files.writeString(data.resolve("store"), "damaged");
        assertFailure(4, "store is damaged", Map.of(), "--data", data.toString());
    }

    @Test
    void a_disk_that_fails_while_it_runs_ends_it_with_code_5() throws Exception {
        assumeTrue(Shell.has("strace"), "strace is not installed");
        Launch failing = Launch.on(folder.resolve("data")).before(List.of("strace", "-f", "-qq", "-o", folder.resolve("trace").toString(),
                "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=12+"));
        try (ServerProcess server = ServerProcess.start(failing); Http http = new Http(server)) {
            new AckLog(http).workUntilItEnds(1, 2, 400, () -> { });
            assertEquals(5, server.waitForExit(), server.output());
            assertTrue(server.output().contains("tranzr: the disk failed, so nothing more is accepted: "), server.output());
        }
    }

    @Test
    void beyond_loopback_a_token_is_printed_at_the_first_start_and_never_again() throws Exception {
        Launch launch = Launch.on(folder.resolve("data"), "--bind", "0.0.0.0");
        try (ServerProcess server = ServerProcess.start(launch)) {
            Http.await("the line to try", () -> server.output().contains("try it: "));
            Matcher token = Pattern.compile("tzk_[A-Za-z0-9_-]{43}").matcher(server.output());
            assertTrue(token.find(), server.output());
            String first = server.output();
            server.kill();
            server.restart();
            Http.await("the line to try", () -> server.output().substring(first.length()).contains("try it: "));
            String second = server.output().substring(first.length());
            assertFalse(second.contains("tzk_"), second);
            assertTrue(second.contains("told at the first start"), second);
            try (Http http = new Http(server)) {
                assertEquals(401, http.get("/files").status());
                assertEquals(200, http.get("/files", "Authorization", "Bearer " + token.group()).status());
            }
        }
    }

    @Test
    void a_token_from_the_environment_is_never_shown() throws Exception {
        Launch launch = Launch.on(folder.resolve("data")).environment(Map.of("TRANZR_TOKEN", TOKEN));
        try (ServerProcess server = ServerProcess.start(launch); Http http = new Http(server)) {
            assertEquals(401, http.get("/files", "Authorization", "Bearer wrong" + TOKEN).status());
            assertEquals(200, http.get("/files", "Authorization", "Bearer " + TOKEN).status());
            assertEquals(0, server.terminate());
            assertFalse(server.output().contains(TOKEN), server.output());
        }
    }

    private static void assertFailure(int code, String message, Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", System.getProperty("tranzr.jar")));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("TRANZR_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), output);
            assertEquals(code, process.exitValue(), output);
            assertTrue(output.contains(message), output);
            assertEquals(1, output.lines().count(), output);
        } finally {
            process.destroyForcibly();
        }
    }
}
