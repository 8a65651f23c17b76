package tranzr.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tranzr.fault.CrashDisk;
import tranzr.fault.CrashDisk.Call;

class AuditReaderTest {

    private static final int COUNT = 300;

    private final Logs logs = new Logs();
    private final CrashDisk disk = new CrashDisk();
    private final AuditReader reader = new AuditReader(disk, Logs.DIRECTORY);

    @BeforeEach
    void fill() throws IOException {
        try (AuditLog log = logs.open(disk, new AuditLog.Options(20_000, null))) {
            for (int i = 1; i <= COUNT; i++) {
                logs.fill(log, i, i);
                logs.time.updateAndGet(now -> now.plus(Duration.ofHours(1)));
            }
        }
    }

    @Test
    void pages_of_any_size_follow_each_other_without_gap_or_repetition_from_any_record_on() throws Exception {
        for (int limit : List.of(1, 7, 100, COUNT, COUNT + 1)) {
            assertEquals(IntStream.rangeClosed(1, COUNT).mapToObj(i -> COUNT + 1 - i).toList(), numbers(reader, AuditQuery.ALL, limit));
        }
        for (int before = 1; before <= COUNT + 1; before++) {
            List<Map<String, Object>> page = reader.read(AuditQuery.ALL, 1, before).records();
            assertEquals(before == 1 ? List.of() : List.of(before - 1), page.stream().map(AuditReaderTest::number).toList());
        }
    }

    @Test
    void each_filter_finds_what_it_says() throws Exception {
        assertFilter(new AuditQuery(null, null, "tok-1", null, null, null, null, null), i -> i % 3 == 1);
        assertFilter(new AuditQuery(null, null, null, "share", null, null, null, null), i -> i % 2 == 1);
        assertFilter(new AuditQuery(null, null, null, "file.download", null, null, null, null), i -> i % 2 == 0);
        assertFilter(new AuditQuery(null, null, null, null, "wrong_password", null, null, null), i -> i % 4 == 0);
        assertFilter(new AuditQuery(null, null, null, null, null, "file-2", null, null), i -> i % 5 == 2);
        assertFilter(new AuditQuery(null, null, null, null, null, null, "none", null), i -> false);
        assertFilter(new AuditQuery(null, null, null, null, null, null, null, "192.0.2.6"), i -> i % 7 == 6);
        assertFilter(new AuditQuery(Logs.START.plus(Duration.ofHours(100)), null, null, null, null, null, null, null), i -> i > 100);
        assertFilter(new AuditQuery(null, Logs.START.plus(Duration.ofHours(100)), null, null, null, null, null, null), i -> i <= 100);
        assertFilter(new AuditQuery(Logs.START.plus(Duration.ofHours(10)), Logs.START.plus(Duration.ofHours(20)), "tok-1", null, Entry.OK, null, null, null),
                i -> i > 10 && i <= 20 && i % 3 == 1 && i % 4 != 0);
    }

    @Test
    void what_is_older_than_asked_for_is_not_read() throws Exception {
        disk.plan(tranzr.fault.FaultPlan.none());
        reader.read(new AuditQuery(Logs.START.plus(Duration.ofHours(COUNT)), null, null, null, null, null, null, null), 1000, AuditReader.NEWEST);
        long few = disk.calls(Call.OPEN);
        reader.read(AuditQuery.ALL, 1000, AuditReader.NEWEST);
        assertTrue(few <= 2 && disk.calls(Call.OPEN) - few > 4, few + " of " + disk.calls(Call.OPEN));
    }

    @Test
    void a_call_ends_when_it_has_read_enough_and_says_where_to_go_on() throws Exception {
        AuditReader frugal = new AuditReader(disk, Logs.DIRECTORY, 1);
        AuditQuery rare = new AuditQuery(Logs.START, Logs.START.plusSeconds(1), null, null, null, null, null, null);
        AuditReader.Page page = frugal.read(rare, 10, AuditReader.NEWEST);
        assertEquals(List.of(), page.records());
        assertEquals(COUNT, page.next());
        assertEquals(List.of(1), numbers(frugal, rare, 10));
    }

    @Test
    void a_line_that_is_being_written_and_lines_that_are_none_are_passed_over() throws Exception {
        Map<String, byte[]> files = Logs.contents(disk);
        String last = List.copyOf(files.keySet()).getLast();
        String text = new String(files.get(last), java.nio.charset.StandardCharsets.UTF_8);
        int cut = text.indexOf('\n') + 1;
        String torn = text.substring(0, cut) + "what is this\n\u0000\n" + text.substring(cut, text.length() - 20);
        files.put(last, torn.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        AuditReader.Page page = new AuditReader(Logs.disk(files), Logs.DIRECTORY).read(AuditQuery.ALL, 1000, AuditReader.NEWEST);
        assertEquals(COUNT - 1, page.records().size());
        assertEquals(2, page.unreadable());
    }

    @Test
    void no_log_is_an_empty_one() throws Exception {
        assertEquals(new AuditReader.Page(List.of(), AuditReader.NO_MORE, 0), new AuditReader(new CrashDisk(), Logs.DIRECTORY).read(AuditQuery.ALL, 5, AuditReader.NEWEST));
    }

    @Test
    void it_can_be_read_and_checked_while_it_is_written_and_removed() throws Exception {
        CrashDisk busy = new CrashDisk();
        AuditReader beside = new AuditReader(busy, Logs.DIRECTORY);
        try (AuditLog log = logs.open(busy, new AuditLog.Options(5000, Duration.ofDays(4)))) {
            Thread writer = Thread.ofPlatform().start(() -> {
                for (int i = 1; i <= 3000; i++) {
                    logs.fill(log, i, i);
                    logs.time.updateAndGet(now -> now.plus(Duration.ofHours(1)));
                    if (i % 50 == 0) {
                        log.tidy();
                    }
                }
            });
            int rounds = 0;
            do {
                List<Long> seqs = beside.read(AuditQuery.ALL, 50, AuditReader.NEWEST).records().stream().map(fields -> ((Number) fields.get("seq")).longValue()).toList();
                for (int i = 1; i < seqs.size(); i++) {
                    assertEquals(seqs.get(i - 1) - 1, seqs.get(i));
                }
                rounds++;
            } while (writer.isAlive());
            writer.join();
            assertTrue(rounds > 0);
        }
        assertEquals(List.of(), Logs.findings(busy));
    }

    private void assertFilter(AuditQuery query, java.util.function.IntPredicate expected) throws IOException {
        List<Integer> wanted = IntStream.rangeClosed(1, COUNT).map(i -> COUNT + 1 - i).filter(expected).boxed().toList();
        assertEquals(wanted, numbers(reader, query, 13), query.toString());
        assertEquals(wanted, numbers(reader, query, 1000), query.toString());
    }

    private static List<Integer> numbers(AuditReader from, AuditQuery query, int limit) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        long before = AuditReader.NEWEST;
        while (before != AuditReader.NO_MORE) {
            AuditReader.Page page = from.read(query, limit, before);
            assertTrue(page.records().size() <= limit && page.next() < before);
            page.records().forEach(fields -> numbers.add(number(fields)));
            before = page.next();
        }
        return numbers;
    }

    private static int number(Map<String, Object> fields) {
        return (Integer) ((Map<?, ?>) fields.get("details")).get("number");
    }
}
