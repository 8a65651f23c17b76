package tranzr.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.disk.RealDisk;
import tranzr.fault.CrashDisk;
import tranzr.fault.CrashDisk.Call;

class AuditLogTest {

    private static final String FIRST = "audit-0000000000000000001.jsonl";

    private final Logs logs = new Logs();
    private final CrashDisk disk = new CrashDisk();

    @Test
    void what_was_appended_is_there_in_order_and_the_chain_holds() throws Exception {
        try (AuditLog log = logs.open(disk)) {
            logs.fill(log, 1, 20);
            assertNull(log.healthReason());
        }
        try (AuditLog log = logs.open(disk)) {
            logs.fill(log, 21, 25);
            assertTrue(log.anchor().startsWith("25:"), log.anchor());
        }
        assertEquals(IntStream.rangeClosed(1, 25).boxed().toList(), Logs.numbers(disk));
        assertEquals(List.of(), Logs.findings(disk));
        assertEquals(25, Logs.summary(disk).records());
    }

    @Test
    void empty_parts_are_left_out() throws Exception {
        try (AuditLog log = logs.open(disk)) {
            log.append(Entry.bySystem(logs.time.get(), "server.start", Entry.OK, Map.of("version", "1")));
        }
        assertEquals(List.of("seq", "time", "actor", "action", "result", "details", "durable", "prev", "hash"), List.copyOf(Logs.records(disk).getFirst().keySet()));
    }

    @Test
    void no_value_can_forge_a_line_or_make_one_too_long() throws Exception {
        String nasty = "a\r\n{\"seq\":2}\u0000\u007f\u0085\u2028\u2029\u202e\ud800\"\\ é 漢 😀";
        Map<String, Object> many = new LinkedHashMap<>();
        for (int i = 0; i < 100; i++) {
            many.put("detail" + i, "\u0001".repeat(100_000));
        }
        try (AuditLog log = logs.open(disk)) {
            log.append(new Entry(logs.time.get(), nasty, nasty, nasty, nasty, nasty, Map.of(nasty.repeat(50), nasty), nasty, 404, Map.of("n", nasty, "t", true, "l", 1L << 40)));
            String huge = "漢".repeat(1_000_000);
            log.append(new Entry(logs.time.get(), huge, huge, huge, huge, huge, Map.of(huge, huge), huge, 1, many));
            logs.fill(log, 1, 1);
        }
        assertEquals(List.of(), Logs.findings(disk));
        List<String> lines = new String(Logs.read(disk, FIRST), StandardCharsets.UTF_8).lines().toList();
        assertEquals(3, lines.size());
        assertTrue(lines.getFirst().contains("a\\u000d\\u000a{\\\"seq\\\":2}\\u0000\\u007f\\u0085\\u2028\\u2029\\u202e\\ud800\\\"\\\\ é 漢 😀"), lines.getFirst());
        Map<String, Object> read = Logs.records(disk).getFirst();
        assertEquals(nasty, read.get("action"));
        assertEquals(Map.of("n", nasty, "t", true, "l", 1L << 40), read.get("details"));
        Map<String, Object> cut = Logs.records(disk).get(1);
        assertEquals(Boolean.TRUE, cut.get("cut"));
        String action = (String) cut.get("action");
        assertTrue(action.endsWith(LineText.CUT) && action.getBytes(StandardCharsets.UTF_8).length <= LineText.MAX_VALUE, action);
        assertTrue(lines.get(1).getBytes(StandardCharsets.UTF_8).length < LineText.MAX_LINE);
    }

    @Test
    void two_hundred_threads_lose_nothing_and_each_sees_its_own_order() throws Exception {
        int threads = 200;
        int each = 50;
        try (AuditLog log = AuditLog.open(disk, Logs.DIRECTORY, new AuditLog.Options(200_000, null), logs.clock)) {
            CountDownLatch ready = new CountDownLatch(threads);
            List<Thread> running = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int thread = t;
                running.add(Thread.ofVirtual().start(() -> {
                    ready.countDown();
                    try {
                        ready.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    for (int i = 0; i < each; i++) {
                        log.append(logs.entry(thread * each + i));
                    }
                }));
            }
            for (Thread thread : running) {
                thread.join();
            }
        }
        assertEquals(List.of(), Logs.findings(disk));
        List<Integer> numbers = Logs.numbers(disk);
        assertEquals(threads * each, numbers.size());
        for (int t = 0; t < threads; t++) {
            int thread = t;
            assertEquals(IntStream.range(thread * each, (thread + 1) * each).boxed().toList(), numbers.stream().filter(n -> n / each == thread).toList());
        }
        assertTrue(disk.list(Logs.DIRECTORY).size() > 10);
    }

    @Test
    void a_file_that_is_full_is_followed_by_one_that_continues_the_chain() throws Exception {
        try (AuditLog log = logs.open(disk, new AuditLog.Options(1000, null))) {
            logs.fill(log, 1, 30);
        }
        Map<String, byte[]> files = Logs.contents(disk);
        assertTrue(files.size() > 5, files.keySet().toString());
        files.values().forEach(bytes -> assertTrue(bytes.length <= 1000));
        try (AuditLog log = logs.open(disk, new AuditLog.Options(1000, null))) {
            logs.fill(log, 31, 60);
        }
        assertEquals(List.of(), Logs.findings(disk));
        assertEquals(IntStream.rangeClosed(1, 60).boxed().toList(), Logs.numbers(disk));
    }

    @Test
    void old_files_are_removed_when_their_time_has_come_and_that_is_recorded() throws Exception {
        AuditLog.Options options = new AuditLog.Options(1000, Duration.ofDays(8));
        String anchor;
        String removedAnchor = null;
        try (AuditLog log = logs.open(disk, options)) {
            for (int day = 0; day < 30; day++) {
                logs.fill(log, day, day);
                removedAnchor = day == 0 ? log.anchor() : removedAnchor;
                log.tidy();
                logs.time.updateAndGet(now -> now.plus(Duration.ofDays(1)));
            }
            anchor = log.anchor();
        }
        assertEquals(List.of(), Logs.findings(disk, anchor));
        List<Integer> kept = Logs.numbers(disk);
        assertTrue(kept.size() >= 8 && kept.size() <= 13, kept.toString());
        assertEquals(29, kept.getLast());
        assertTrue(Logs.actions(disk).contains("log.removed"));
        assertTrue(Logs.findings(disk, removedAnchor).getFirst().what().contains("removed when its time had come"));
        // Whoever removes one more cannot hide it.
        disk.delete(Logs.DIRECTORY.resolve(disk.list(Logs.DIRECTORY).stream().sorted().findFirst().orElseThrow()));
        assertEquals(AuditCheck.Kind.MISSING, Logs.findings(disk).getFirst().kind());
    }

    @Test
    void a_log_that_grows_slowly_is_removed_all_the_same() throws Exception {
        try (AuditLog log = logs.open(disk, new AuditLog.Options(64 << 20, Duration.ofDays(8)))) {
            for (int day = 0; day < 30; day++) {
                logs.fill(log, day, day);
                log.tidy();
                logs.time.updateAndGet(now -> now.plus(Duration.ofDays(1)));
            }
        }
        assertTrue(Logs.numbers(disk).getFirst() > 15, Logs.numbers(disk).toString());
        assertEquals(List.of(), Logs.findings(disk));
    }

    @Test
    void a_crash_between_the_record_of_a_removal_and_the_removal_is_no_damage() throws Exception {
        AuditLog.Options options = new AuditLog.Options(1000, Duration.ofDays(1));
        try (AuditLog log = logs.open(disk, options)) {
            logs.fill(log, 1, 30);
            logs.time.updateAndGet(now -> now.plus(Duration.ofDays(9)));
            logs.fill(log, 31, 31);
            List<CrashDisk> left = new ArrayList<>();
            disk.watch(() -> left.add(disk.afterKill()));
            log.tidy();
            disk.watch(() -> { });
            assertTrue(left.size() > 10, "only " + left.size());
            for (CrashDisk state : left) {
                assertEquals(List.of(), Logs.findings(state));
                logs.open(state, options).close();
                assertEquals(List.of(), Logs.findings(state));
            }
        }
    }

    @Test
    void the_keeper_forces_what_came_and_rests_when_nothing_comes() throws Exception {
        try (AuditLog log = AuditLog.open(disk, Logs.DIRECTORY, Logs.ENDLESS, logs.clock)) {
            for (int i = 1; i <= 2; i++) {
                int round = i;
                long before = disk.calls(Call.FORCE);
                logs.fill(log, round, round);
                await(() -> disk.calls(Call.FORCE) > before);
                await(() -> Thread.getAllStackTraces().keySet().stream().anyMatch(thread -> thread.getName().equals("tranzr-audit")
                        && thread.getState() == Thread.State.TIMED_WAITING));
            }
        }
        assertEquals(List.of(1, 2), Logs.numbers(disk.afterCrash(Logs.NOTHING_LEFT)));
    }

    @Test
    void files_are_for_nobody_else_and_twenty_thousand_records_are_soon_written(@TempDir Path folder) throws Exception {
        Path directory = folder.resolve("audit");
        long nanos;
        int count = 20_000;
        try (AuditLog log = AuditLog.open(new RealDisk(), directory, Logs.ENDLESS, InstantSource.system())) {
            logs.fill(log, 1, 5000);
            long start = System.nanoTime();
            logs.fill(log, 1, count);
            nanos = System.nanoTime() - start;
        }
        System.out.println("audit: " + nanos / count / 1000.0 + " microseconds a record");
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(FIRST))));
        assertEquals(5000 + count, AuditCheck.verify(new RealDisk(), directory, null, finding -> assertNull(finding)).records());
    }

    @Test
    void what_comes_after_closing_does_no_harm() throws Exception {
        AuditLog log = logs.open(disk);
        log.close();
        log.close();
        tranzr.fault.Quiet.during("tranzr.audit", () -> logs.fill(log, 1, 1));
        assertEquals(List.of(), Logs.numbers(disk));
        assertFalse(log.anchor().isEmpty());
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "waited too long");
            LockSupport.parkNanos(1_000_000);
        }
    }
}
