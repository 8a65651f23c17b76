package tranzr.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tranzr.audit.AuditCheck.Kind;
import tranzr.fault.CrashDisk;
import tranzr.fault.CrashDisk.Call;
import tranzr.fault.FaultPlan;
import tranzr.fault.FaultPlan.Fault;

/** A disk that is full or fails: operations go on, and what is missing is counted. */
class AuditFaultTest {

    private final Logs logs = new Logs();
    private final CrashDisk disk = new CrashDisk();
    private final List<LogRecord> errors = new ArrayList<>();
    private final Logger logger = Logger.getLogger(AuditLog.class.getName());
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord event) {
            if (event.getLevel().intValue() >= Level.SEVERE.intValue()) {
                errors.add(event);
            }
        }

        @Override
        public void flush() {
            // nothing is buffered
        }

        @Override
        public void close() {
            // nothing to close
        }
    };

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
    }

    @AfterEach
    void unlisten() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
    }

    @Test
    void a_full_disk_costs_records_that_are_counted_and_told_when_there_is_room_again() throws Exception {
        try (AuditLog log = logs.open(disk)) {
            logs.fill(log, 1, 3);
            disk.plan(new FaultPlan(Call.WRITE, 1, Fault.ENOSPC, true));
            logs.fill(log, 4, 8);
            assertTrue(log.healthReason().contains("5 records are missing so far") && log.healthReason().contains("No space left"), log.healthReason());
            assertEquals(1, errors.size(), "told once");
            disk.plan(FaultPlan.none());
            logs.fill(log, 9, 10);
            assertNull(log.healthReason());
        }
        assertEquals(List.of(1, 2, 3, 9, 10), Logs.numbers(disk));
        assertEquals(List.of(), Logs.findings(disk));
        Map<?, ?> gap = gap();
        assertEquals(5, gap.get("lost"));
        assertEquals(Logs.START.toString(), gap.get("first"));
    }

    @Test
    void a_disk_that_takes_half_a_line_leaves_no_half_line() throws Exception {
        try (AuditLog log = logs.open(disk)) {
            logs.fill(log, 1, 3);
            disk.capacity(disk.used());
            logs.fill(log, 4, 40);
            assertNotNull(log.healthReason());
            assertEquals(List.of(), Logs.findings(disk));
            disk.capacity(Long.MAX_VALUE);
            log.force();
            assertNull(log.healthReason(), "told without waiting for the next record");
        }
        assertEquals(List.of(), Logs.findings(disk));
        assertEquals(37, (Integer) gap().get("lost") + Logs.numbers(disk).size() - 3);
    }

    @Test
    void a_write_that_fails_ends_the_file_and_the_log_goes_on_in_another() throws Exception {
        for (Fault fault : List.of(Fault.EIO, Fault.SHORT_WRITE)) {
            CrashDisk failing = new CrashDisk();
            try (AuditLog log = logs.open(failing)) {
                logs.fill(log, 1, 3);
                log.force();
                failing.plan(new FaultPlan(Call.WRITE, 1, fault, false));
                logs.fill(log, 4, 6);
                assertTrue(log.healthReason().contains("3 records"), log.healthReason());
                log.force();
                assertNull(log.healthReason());
                logs.fill(log, 7, 8);
            }
            assertEquals(List.of(), Logs.findings(failing), fault.name());
            assertEquals(List.of(1, 2, 3, 7, 8), Logs.numbers(failing));
            assertEquals(2, failing.list(Logs.DIRECTORY).size());
        }
    }

    @Test
    void a_force_that_fails_makes_records_doubtful_and_what_the_disk_lost_is_located() throws Exception {
        try (AuditLog log = logs.open(disk)) {
            logs.fill(log, 1, 3);
            log.force();
            logs.fill(log, 4, 5);
            disk.plan(new FaultPlan(Call.FORCE, 1, Fault.EIO, false));
            log.force();
            assertNotNull(log.healthReason());
            log.force();
            assertNull(log.healthReason());
            logs.fill(log, 6, 6);
        }
        assertEquals(List.of(), Logs.findings(disk), "what is lost can still be read");
        assertEquals(4, gap().get("doubtful_from"));
        assertEquals(5, gap().get("doubtful_to"));
        assertEquals(0, gap().get("lost"));
        CrashDisk left = disk.afterCrash(Logs.NOTHING_LEFT);
        List<AuditCheck.Finding> findings = Logs.findings(left);
        assertEquals(List.of(Kind.MISSING), findings.stream().map(AuditCheck.Finding::kind).toList(), findings.toString());
        assertTrue(findings.getFirst().what().startsWith("records 4 to 5 are missing"), findings.toString());
        assertEquals(List.of(1, 2, 3, 6), Logs.numbers(left));
    }

    @Test
    void a_next_file_that_cannot_be_made_is_no_reason_to_lose_a_record() throws Exception {
        try (AuditLog log = logs.open(disk, new AuditLog.Options(1000, null))) {
            disk.plan(new FaultPlan(Call.CREATE, 1, Fault.ENOSPC, true));
            logs.fill(log, 1, 30);
            assertNull(log.healthReason());
            assertEquals(1, disk.list(Logs.DIRECTORY).size());
            disk.plan(FaultPlan.none());
        }
        assertEquals(30, Logs.numbers(disk).size());
        try (AuditLog log = logs.open(disk, new AuditLog.Options(1000, null))) {
            logs.fill(log, 31, 40);
        }
        assertEquals(List.of(), Logs.findings(disk));
    }

    @Test
    void closing_tells_when_not_everything_is_on_the_disk() throws Exception {
        AuditLog log = logs.open(disk);
        logs.fill(log, 1, 1);
        disk.plan(new FaultPlan(Call.FORCE, 1, Fault.EIO, true));
        assertTrue(assertThrows(IOException.class, log::close).getMessage().contains("may not be on the disk"));
    }

    @Test
    void a_full_disk_does_not_keep_the_log_from_being_closed_and_opened() throws Exception {
        AuditLog log = logs.open(disk);
        logs.fill(log, 1, 1);
        disk.plan(new FaultPlan(Call.WRITE, 1, Fault.ENOSPC, true));
        logs.fill(log, 2, 2);
        log.close();
        assertEquals(2, errors.size(), "told at the first failure and at the end");
        try (AuditLog again = logs.open(disk)) {
            logs.fill(again, 3, 3);
            disk.plan(FaultPlan.none());
        }
        assertEquals(List.of(1), Logs.numbers(disk));
        assertEquals(1, gap().get("lost"));
    }

    /** Each call once, in every way: the log goes on, and what it says of itself is true. */
    @Test
    void every_call_that_fails_is_survived_and_leaves_a_log_that_tells_what_is_missing() throws Exception {
        long calls = run(new CrashDisk(), FaultPlan.none());
        assertTrue(calls > 50, calls + " calls");
        int gaps = 0;
        for (Fault fault : List.of(Fault.EIO, Fault.ENOSPC, Fault.SHORT_WRITE)) {
            for (long nth = 1; nth <= calls; nth++) {
                CrashDisk failing = new CrashDisk();
                run(failing, FaultPlan.once(nth, fault));
                failing.plan(FaultPlan.none());
                String context = fault + " of call " + nth;
                List<AuditCheck.Finding> findings = Logs.findings(failing);
                List<String> actions = Logs.actions(failing);
                long lost = Logs.records(failing).stream().filter(fields -> "log.gap".equals(fields.get("action")))
                        .mapToLong(fields -> ((Number) ((Map<?, ?>) fields.get("details")).get("lost")).longValue()).sum();
                assertEquals(List.of(), findings, context);
                assertEquals(40, Logs.numbers(failing).size() + lost, context + ": " + actions);
                gaps += actions.contains("log.gap") ? 1 : 0;
            }
        }
        assertTrue(gaps > 20, gaps + " gaps");
    }

    /** @return the calls it made */
    private long run(CrashDisk failing, FaultPlan plan) throws IOException {
        logs.open(failing, new AuditLog.Options(2000, null)).close();
        try (AuditLog log = logs.open(failing, new AuditLog.Options(2000, null))) {
            failing.plan(plan);
            for (int i = 1; i <= 40; i++) {
                logs.fill(log, i, i);
                if (i % 7 == 0) {
                    log.force();
                }
            }
            log.force();
            log.force();
            long calls = failing.calls();
            failing.plan(FaultPlan.none());
            assertNull(log.healthReason());
            return calls;
        }
    }

    private Map<?, ?> gap() throws IOException {
        assertFalse(Logs.records(disk).isEmpty());
        return (Map<?, ?>) Logs.records(disk).stream().filter(fields -> "log.gap".equals(fields.get("action"))).findFirst().orElseThrow().get("details");
    }
}
