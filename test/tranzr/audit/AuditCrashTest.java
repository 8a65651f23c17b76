package tranzr.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tranzr.fault.CrashDisk;
import tranzr.fault.Fate;
import tranzr.fault.Quiet;

/** The log after kills and power cuts at every moment, and cut off at every byte. */
class AuditCrashTest {

    private static final String FIRST = "audit-0000000000000000001.jsonl";
    private static final AuditLog.Options SMALL = new AuditLog.Options(3000, null);

    private final Logs logs = new Logs();
    /** The last record that was appended, and the last that a force had confirmed. */
    private int appended;
    private int forced;
    private long states;

    @Test
    void a_log_that_is_cut_off_at_any_byte_loses_only_the_line_that_is_cut() throws Exception {
        CrashDisk whole = new CrashDisk();
        try (AuditLog log = logs.open(whole)) {
            logs.fill(log, 1, 4);
        }
        byte[] bytes = Logs.read(whole, FIRST);
        Quiet.during("tranzr.audit", () -> {
            for (int length = 0; length <= bytes.length; length++) {
                byte[] left = Arrays.copyOf(bytes, length);
                CrashDisk disk = Logs.disk(Map.of(FIRST, left));
                assertEquals(List.of(), Logs.findings(disk), "cut at " + length);
                int lines = (int) IntStream.range(0, length).filter(i -> left[i] == '\n').count();
                boolean torn = length > 0 && left[length - 1] != '\n';
                assertEquals(torn, Logs.summary(disk).unfinished());
                try (AuditLog log = logs.open(disk)) {
                    logs.fill(log, 9, 9);
                }
                assertEquals(List.of(), Logs.findings(disk), "cut at " + length);
                List<Integer> expected = new ArrayList<>(IntStream.rangeClosed(1, lines).boxed().toList());
                expected.add(9);
                assertEquals(expected, Logs.numbers(disk));
                assertEquals(torn, Logs.actions(disk).contains("log.recovered"));
                if (torn) {
                    byte[] aside = Logs.read(disk, FIRST + ".torn");
                    int end = new String(left, StandardCharsets.UTF_8).lastIndexOf('\n') + 1;
                    assertEquals(new String(left, end, length - end, StandardCharsets.UTF_8),
                            new String(aside, StandardCharsets.UTF_8));
                }
            }
        });
    }

    @Test
    void a_killed_process_loses_no_record_and_a_power_cut_none_that_was_forced() throws Exception {
        for (int seed = 0; seed < 60; seed++) {
            search(new CrashDisk(), seed);
        }
        System.out.println("audit: " + states + " crash states");
        assertTrue(states > 10_000, states + " states");
    }

    @Test
    void without_force_the_same_search_finds_loss() {
        assertThrows(AssertionError.class, () -> {
            for (int seed = 0; seed < 10; seed++) {
                search(new CrashDisk().ignoringForce(), seed);
            }
        });
    }

    private void search(CrashDisk disk, long seed) throws IOException {
        Random random = new Random(seed);
        appended = 0;
        forced = 0;
        Quiet.during("tranzr.audit", () -> {
            for (int life = 0; life < 2; life++) {
                disk.watch(() -> crash(disk, random));
                try (AuditLog log = logs.open(disk, SMALL)) {
                    for (int i = 0; i < 12; i++) {
                        logs.fill(log, appended + 1, appended + 1);
                        appended++;
                        if (random.nextInt(4) == 0) {
                            log.force();
                            forced = appended;
                        }
                    }
                }
                forced = appended;
                disk.watch(() -> { });
            }
        });
    }

    private void crash(CrashDisk disk, Random random) {
        try {
            check(disk.afterKill(), appended, "kill");
            for (int i = 0; i < 6; i++) {
                check(disk.afterCrash(Fate.random(new Random(random.nextLong()), disk.operations())), forced, "power cut");
            }
            states += 7;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void check(CrashDisk state, int least, String how) throws IOException {
        try (AuditLog log = logs.open(state, SMALL)) {
            logs.fill(log, 1000, 1000);
        }
        assertEquals(List.of(), Logs.findings(state), how);
        List<Integer> numbers = Logs.numbers(state);
        int count = numbers.size() - 1;
        assertTrue(count >= least && count <= appended + 1, how + ": " + count + " records of " + least + " to " + appended);
        assertEquals(IntStream.rangeClosed(1, count).boxed().toList(), numbers.subList(0, count), how);
        assertEquals(1000, numbers.getLast(), how);
    }
}
