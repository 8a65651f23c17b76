package tranzr.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tranzr.fault.CrashDisk;

/** The example of docs/storage.md is what is written. */
class AuditFormatTest {

    private static final Pattern EXAMPLE = Pattern.compile("<!-- example: audit log -->\n```json\n(.*?\n)```", Pattern.DOTALL);

    @Test
    void the_example_of_the_page_is_what_is_written() throws Exception {
        CrashDisk disk = new CrashDisk();
        Logs logs = new Logs();
        try (AuditLog log = logs.open(disk)) {
            log.append(Entry.bySystem(Instant.parse("2026-01-02T03:04:05Z"), "server.start", Entry.OK, Map.of("version", "0.1.0")));
            log.force();
            log.append(new Entry(Instant.parse("2026-01-02T03:04:06.789012Z"), "c2f0a1", Entry.NOBODY, null, "192.0.2.7", "share.download",
                    Map.of("share", "Xk3v9Q"), "wrong_password", 401, Map.of()));
        }
        String written = new String(Logs.read(disk, "audit-0000000000000000001.jsonl"), StandardCharsets.UTF_8);
        Matcher example = EXAMPLE.matcher(Files.readString(Path.of(System.getProperty("tranzr.root"), "docs", "storage.md")));
        assertTrue(example.find());
        assertEquals(written, example.group(1));
    }

    /** As somebody else's program would do it, from the page alone. */
    @Test
    void the_hash_of_each_line_is_that_of_the_bytes_before_it_and_stands_in_the_next() throws Exception {
        CrashDisk disk = new CrashDisk();
        Logs logs = new Logs();
        try (AuditLog log = logs.open(disk)) {
            logs.fill(log, 1, 9);
        }
        String prev = "0".repeat(64);
        for (String line : new String(Logs.read(disk, "audit-0000000000000000001.jsonl"), StandardCharsets.UTF_8).lines().toList()) {
            byte[] hashed = line.substring(0, line.indexOf(",\"hash\":")).getBytes(StandardCharsets.UTF_8);
            String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(hashed));
            assertTrue(line.endsWith(",\"prev\":\"" + prev + "\",\"hash\":\"" + hash + "\"}"), line);
            prev = hash;
        }
    }
}
