package tranzr.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.fault.Quiet;

class AccessLogTest {

    private static final Instant TIME = Instant.parse("2026-03-01T12:34:56Z");

    @TempDir
    Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void a_line_is_in_combined_log_format_with_the_id_of_the_request_after_it() throws Exception {
        try (AccessLog log = AccessLog.toStream(out)) {
            log.write("192.0.2.7", "ci bot", TIME, "GET", "/files?limit=5", "HTTP/1.1", 200, 1234, "https://example.org/x", "curl/8.5", "c2f0");
            log.write(null, null, TIME, "PUT", "/a", "HTTP/1.1", 201, 0, null, "", null);
        }
        assertEquals("192.0.2.7 - ci_bot [01/Mar/2026:12:34:56 +0000] \"GET /files?limit=5 HTTP/1.1\" 200 1234 \"https://example.org/x\" \"curl/8.5\" \"c2f0\"\n"
                + "- - - [01/Mar/2026:12:34:56 +0000] \"PUT /a HTTP/1.1\" 201 0 \"-\" \"-\" \"-\"\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void nobody_can_forge_a_line_or_a_field_and_no_secret_gets_in() throws Exception {
        String nasty = "x\" 200 1 \"\\\r\n\u0000\u001b[31m\u00e9\u2028";
        try (AccessLog log = AccessLog.toStream(out)) {
            log.write(nasty, nasty, TIME, nasty, "/s/secretsecret/" + nasty, nasty, 200, 1, nasty, nasty, nasty);
            log.write("a", "b", TIME, "GET", "/s/secretsecret?password=secretsecret", "HTTP/1.1", 200, 1, "http://h/s/secretsecret", "x".repeat(100_000), "r");
        }
        String text = out.toString(StandardCharsets.UTF_8);
        assertEquals(2, text.lines().count());
        assertTrue(text.chars().allMatch(c -> c == '\n' || c >= ' ' && c < 0x7f), text);
        assertTrue(text.contains("x\\\" 200 1 \\\"\\\\\\x0d\\x0a\\x00\\x1b[31m\\xc3\\xa9\\xe2\\x80\\xa8"), text);
        assertFalse(text.contains("secretsecret"), text);
        assertTrue(text.length() < 4000, text.length() + " characters");
        for (String line : text.lines().toList()) {
            assertEquals(8, line.replace("\\\\", "").replace("\\\"", "").chars().filter(c -> c == '"').count(), line);
        }
    }

    @Test
    void a_log_that_cannot_keep_up_drops_lines_and_counts_them_and_nobody_waits() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        AccessLog log = AccessLog.started(new AccessLog.Sink() {
            @Override
            public void write(byte[] lines) {
                entered.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                out.writeBytes(lines);
            }

            @Override
            public void follow() {
                // nothing to follow
            }

            @Override
            public void close() {
                // nothing to close
            }
        }, 10);
        Quiet.during("tranzr.audit", () -> {
            write(log, "/first");
            await(() -> entered.getCount() == 0);
            IntStream.range(0, 100).forEach(i -> write(log, "/" + i));
            assertEquals(90, log.dropped());
            released.countDown();
            log.close();
        });
        assertEquals(11, out.toString(StandardCharsets.UTF_8).lines().count());
    }

    @Test
    void a_file_that_was_renamed_is_left_for_a_new_one_and_no_line_is_lost() throws Exception {
        Path file = folder.resolve("access.log");
        Path moved = folder.resolve("access.log.1");
        int written = 1;
        try (AccessLog log = AccessLog.toFile(file)) {
            write(log, "/before");
            await(() -> size(file) > 0);
            Files.move(file, moved);
            while (size(file) <= 0) {
                write(log, "/after");
                written++;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                assertTrue(written < 3000, "the new file does not come");
            }
        }
        assertEquals(written, Files.readAllLines(file).size() + Files.readAllLines(moved).size());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void a_file_that_cannot_be_written_is_tried_again() throws Exception {
        Path directory = Files.createDirectory(folder.resolve("logs"));
        Path file = directory.resolve("access.log");
        try (AccessLog log = AccessLog.toFile(file)) {
            Files.delete(file);
            Files.delete(directory);
            Quiet.during("tranzr.audit", () -> {
                await(() -> {
                    write(log, "/lost");
                    return log.dropped() > 0;
                });
                Files.createDirectory(directory);
                await(() -> {
                    write(log, "/back");
                    return size(file) > 0;
                });
            });
        }
        assertTrue(Files.readString(file).contains("/back"));
    }

    @Test
    void lines_are_appended_to_a_file_that_is_there() throws Exception {
        Path file = folder.resolve("access.log");
        for (String target : List.of("/one", "/two")) {
            try (AccessLog log = AccessLog.toFile(file)) {
                write(log, target);
            }
        }
        assertEquals(List.of("/one", "/two"), Files.readAllLines(file).stream().map(line -> line.replaceAll(".*\"GET (\\S+) .*", "$1")).toList());
    }

    private static void write(AccessLog log, String target) {
        log.write("a", "b", TIME, "GET", target, "HTTP/1.1", 200, 1, null, null, "r");
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "waited too long");
            LockSupport.parkNanos(1_000_000);
        }
    }
}
