package tranzr.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tranzr.audit.AuditCheck.Anchor;
import tranzr.audit.AuditCheck.Finding;
import tranzr.audit.AuditCheck.Kind;
import tranzr.fault.CrashDisk;
import tranzr.fault.Quiet;

/** What somebody who can write to the files may try, and where the check finds it. */
class AuditCheckTest {

    private final Logs logs = new Logs();
    private Map<String, byte[]> files;
    private List<String> names;
    private String anchor;
    /** The first file's lines, without line feeds. */
    private List<String> lines;

    @BeforeEach
    void write() throws IOException {
        CrashDisk disk = new CrashDisk();
        try (AuditLog log = logs.open(disk, new AuditLog.Options(1800, null))) {
            logs.fill(log, 1, 12);
            anchor = log.anchor();
        }
        files = Logs.contents(disk);
        names = List.copyOf(files.keySet());
        lines = new String(files.get(names.getFirst()), StandardCharsets.UTF_8).lines().toList();
        assertTrue(names.size() == 3 && lines.size() == 4, names + " with " + lines.size());
    }

    @Test
    void every_flipped_bit_is_found_and_located() throws Exception {
        for (String name : names) {
            byte[] good = files.get(name);
            int line = 1;
            for (int i = 0; i < good.length; i++) {
                byte[] bad = good.clone();
                bad[i] ^= (byte) (1 << i % 7);
                List<Finding> found = findings(name, bad);
                String context = name + " byte " + i + ": " + found;
                assertFalse(found.isEmpty(), context);
                Finding first = found.getFirst();
                assertEquals(name, first.file(), context);
                assertEquals(line, first.line(), context);
                assertTrue(first.seq() == seqOf(name) + line - 1, context);
                assertTrue(found.size() <= 2, context);
                line += good[i] == '\n' ? 1 : 0;
            }
        }
    }

    @Test
    void a_deleted_line_is_found() throws Exception {
        for (int i = 0; i < lines.size() - 1; i++) {
            List<String> left = new ArrayList<>(lines);
            left.remove(i);
            List<Finding> found = findings(names.getFirst(), text(left));
            Finding missing = found.stream().filter(finding -> finding.kind() == Kind.MISSING).findFirst().orElseThrow();
            assertEquals(names.getFirst() + " " + (i + 1) + " " + (i + 1), missing.file() + " " + missing.line() + " " + missing.seq(), found.toString());
        }
        List<String> left = lines.subList(0, lines.size() - 1);
        Finding found = findings(names.getFirst(), text(left)).getFirst();
        assertEquals(new Finding(Kind.MISSING, names.get(1), 1, 4, "records 4 to 4 are missing before this line"), found);
    }

    @Test
    void swapped_lines_are_found() throws Exception {
        for (int i = 0; i < lines.size() - 1; i++) {
            List<String> swapped = new ArrayList<>(lines);
            Collections.swap(swapped, i, i + 1);
            List<Finding> found = findings(names.getFirst(), text(swapped));
            assertTrue(found.stream().anyMatch(finding -> finding.kind() == Kind.OUT_OF_ORDER && finding.file().equals(names.getFirst())), found.toString());
        }
    }

    @Test
    void a_line_that_comes_twice_is_found() throws Exception {
        List<String> twice = new ArrayList<>(lines);
        twice.add(2, lines.get(1));
        assertEquals(List.of(new Finding(Kind.OUT_OF_ORDER, names.getFirst(), 3, 2, "record 2 comes after record 2")), findings(names.getFirst(), text(twice)));
    }

    @Test
    void a_record_that_was_changed_and_hashed_anew_does_not_fit_the_next() throws Exception {
        List<String> changed = new ArrayList<>(lines);
        changed.set(1, rehashed(lines.get(1).replace("192.0.2.2", "192.0.2.9")));
        assertEquals(List.of(new Finding(Kind.BROKEN_PREV, names.getFirst(), 3, 3, "the record does not follow record 2, which has another hash")),
                findings(names.getFirst(), text(changed)));
    }

    @Test
    void a_missing_file_is_found_wherever_it_was() throws Exception {
        Map<String, byte[]> left = new LinkedHashMap<>(files);
        left.remove(names.get(1));
        List<Finding> found = Logs.findings(Logs.disk(left));
        assertEquals(List.of(new Finding(Kind.MISSING, names.get(2), 1, 5, "records 5 to 8 are missing before this line")), found);
        left = new LinkedHashMap<>(files);
        left.remove(names.get(0));
        found = Logs.findings(Logs.disk(left));
        assertEquals(1, found.size(), found.toString());
        assertEquals(Kind.MISSING, found.getFirst().kind());
        assertTrue(found.getFirst().what().startsWith("records 1 to 4 are missing"), found.toString());
    }

    @Test
    void a_file_under_another_name_is_found() throws Exception {
        Map<String, byte[]> renamed = new LinkedHashMap<>(files);
        renamed.put(names.get(0).replace("01.", "03."), renamed.remove(names.get(0)));
        assertEquals(List.of(Kind.WRONG_FILE), Logs.findings(Logs.disk(renamed)).stream().map(Finding::kind).toList());
    }

    @Test
    void a_log_that_was_cut_off_or_made_anew_is_found_by_an_anchor_that_was_kept_elsewhere() throws Exception {
        assertEquals(List.of(), Logs.findings(Logs.disk(files), anchor));
        assertEquals(List.of(), Logs.findings(Logs.disk(files), "3:" + lines.get(2).replaceAll(".*\"hash\":\"([0-9a-f]{64}).*", "$1")));
        Map<String, byte[]> cut = new LinkedHashMap<>(files);
        byte[] last = cut.get(names.get(2));
        int end = new String(last, 0, last.length - 1, StandardCharsets.UTF_8).lastIndexOf('\n') + 1;
        cut.put(names.get(2), Arrays.copyOf(last, end));
        assertEquals(List.of(), Logs.findings(Logs.disk(cut)), "the chain alone cannot tell");
        List<Finding> found = Logs.findings(Logs.disk(cut), anchor);
        assertEquals(List.of(new Finding(Kind.NOT_AS_EXPECTED, "", 0, 12, "record 12 is not in the log, which has records 1 to 11")), found);

        CrashDisk anew = new CrashDisk();
        try (AuditLog log = logs.open(anew, new AuditLog.Options(1800, null))) {
            logs.time.updateAndGet(now -> now.plusSeconds(1));
            logs.fill(log, 1, 12);
        }
        assertEquals(List.of(), Logs.findings(anew), "the chain alone cannot tell");
        found = Logs.findings(anew, anchor);
        assertEquals(Kind.NOT_AS_EXPECTED, found.getFirst().kind());
        assertTrue(found.getFirst().what().contains("written anew"), found.toString());
    }

    @Test
    void a_forged_record_of_a_removal_with_another_hash_does_not_hide_what_is_missing() throws Exception {
        CrashDisk disk = Logs.disk(Map.of(names.get(1), files.get(names.get(1)), names.get(2), files.get(names.get(2))));
        try (AuditLog log = logs.open(disk)) {
            log.append(Entry.bySystem(logs.time.get(), "log.removed", Entry.OK, Map.of("first_seq", 1, "last_seq", 4, "last_hash", "f".repeat(64))));
        }
        assertEquals(List.of(Kind.BROKEN_PREV), Logs.findings(disk).stream().map(Finding::kind).toList());
    }

    @Test
    void damage_is_not_mended_by_a_start_and_the_log_goes_on_after_it() throws Exception {
        Quiet.during("tranzr.audit", () -> {
            for (String name : names) {
                byte[] bad = files.get(name).clone();
                bad[100] ^= 1;
                Map<String, byte[]> damaged = new LinkedHashMap<>(files);
                damaged.put(name, bad);
                CrashDisk disk = Logs.disk(damaged);
                List<Finding> before = Logs.findings(disk);
                try (AuditLog log = logs.open(disk)) {
                    logs.fill(log, 13, 13);
                }
                if (!name.equals(names.getLast())) {
                    assertEquals(before, Logs.findings(disk));
                    assertEquals(13, Logs.numbers(disk).getLast());
                }
            }
        });
    }

    @Test
    void damage_among_records_that_had_been_forced_is_told_from_a_torn_end() throws Exception {
        CrashDisk disk = new CrashDisk();
        try (AuditLog log = logs.open(disk)) {
            for (int i = 1; i <= 10; i++) {
                logs.fill(log, i, i);
                log.force();
            }
        }
        String name = disk.list(Logs.DIRECTORY).getFirst();
        byte[] good = Logs.read(disk, name);
        int length = good.length / 10;
        for (int at = 0; at < good.length - 2 * length; at += length / 3) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Logs.write(disk, name, bad);
            List<Finding> before = Logs.findings(disk);
            logs.open(disk).close();
            assertEquals(before, Logs.findings(disk), "byte " + at);
            assertEquals(List.of(name), disk.list(Logs.DIRECTORY), "nothing is set aside");
        }
    }

    /** Neither the check nor the reader nor a start fails, hangs or takes memory without bound on what is no log at all. */
    @Test
    void random_bytes_are_survived() throws Exception {
        Random random = new Random(7);
        Quiet.during("tranzr.audit", () -> {
            for (int round = 0; round < 400; round++) {
                Map<String, byte[]> mixed = new LinkedHashMap<>();
                for (String name : names) {
                    mixed.put(name, mutated(random, files.get(name)));
                }
                CrashDisk disk = Logs.disk(mixed);
                AuditCheck.Summary summary = Logs.summary(disk);
                List<Finding> found = Logs.findings(disk);
                assertEquals(summary.problems(), found.size());
                assertTrue(Logs.records(disk).size() <= summary.records() + 1);
                try (AuditLog log = logs.open(disk)) {
                    logs.fill(log, 99, 99);
                    log.tidy();
                }
                assertEquals(99, Logs.numbers(disk).getLast(), "round " + round);
            }
        });
    }

    @Test
    void an_anchor_is_a_number_and_a_hash() {
        assertEquals(anchor, Anchor.parse(anchor).toString());
        for (String bad : List.of("", "1", "1:", ":" + "a".repeat(64), "0:" + "a".repeat(64), "1:" + "A".repeat(64), "1:" + "a".repeat(63), "9".repeat(19) + ":" + "a".repeat(64))) {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> Anchor.parse(bad)).getMessage().startsWith("is not SEQ:HASH"));
        }
    }

    private static byte[] mutated(Random random, byte[] good) {
        byte[] bytes = good.clone();
        switch (random.nextInt(6)) {
            case 0 -> {
                bytes = new byte[random.nextInt(100_000)];
                random.nextBytes(bytes);
            }
            case 1 -> {
                for (int i = random.nextInt(20); i >= 0; i--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
            }
            case 2 -> bytes = Arrays.copyOf(bytes, random.nextInt(200_000));
            case 3 -> Arrays.fill(bytes, random.nextInt(bytes.length), bytes.length, (byte) "\n{}\"0".charAt(random.nextInt(5)));
            case 4 -> {
                byte[] piece = bytes.clone();
                System.arraycopy(piece, random.nextInt(piece.length / 2), bytes, random.nextInt(piece.length / 2), piece.length / 2);
            }
            default -> {
                // as it was
            }
        }
        return bytes;
    }

    private List<Finding> findings(String name, byte[] changed) throws IOException {
        Map<String, byte[]> tampered = new LinkedHashMap<>(files);
        tampered.put(name, changed);
        return Logs.findings(Logs.disk(tampered));
    }

    private static long seqOf(String name) {
        return Long.parseLong(name.replaceAll("\\D", ""));
    }

    private static byte[] text(List<String> lines) {
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String rehashed(String line) {
        byte[] hashed = line.substring(0, line.indexOf(",\"hash\":")).getBytes(StandardCharsets.UTF_8);
        return new String(Line.finished(hashed, Line.hashOf(hashed, hashed.length)), StandardCharsets.UTF_8).strip();
    }
}
