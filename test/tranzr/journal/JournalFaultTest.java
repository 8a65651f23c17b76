package tranzr.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tranzr.disk.NoSpaceException;
import tranzr.fault.CrashDisk;
import tranzr.fault.Fate;
import tranzr.fault.FaultPlan;
import tranzr.fault.Quiet;

/** The journal on a disk whose calls fail. */
final class JournalFaultTest {

    private static final UUID STORE = new UUID(7, 8);
    private static final Path FOLDER = CrashDisk.ROOT.resolve("journal");
    private static final int SEGMENT = 2048;
    private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();

    private final List<IOException> failures = new ArrayList<>();
    private final List<byte[]> queued = new ArrayList<>();
    private long awaited;
    /** Records up to here may have been dropped. */
    private long dropped;

    private Journal open(CrashDisk disk, ThreadFactory threads, List<byte[]> replayed) throws IOException {
        return Journal.open(disk, FOLDER, STORE, new Journal.Options(SEGMENT, failures::add, threads), dropped,
                (sequence, type, payload) -> {
                    byte[] bytes = new byte[payload.remaining()];
                    payload.get(bytes);
                    replayed.add(bytes);
                });
    }

    private void work(CrashDisk disk) throws IOException {
        Random random = new Random(11);
        try (Journal journal = open(disk, null, new ArrayList<>())) {
            for (int i = 0; i < 34; i++) {
                byte[] payload = new byte[random.nextInt(500)];
                random.nextBytes(payload);
                queued.add(payload);
                long sequence;
                try {
                    sequence = journal.append((byte) 1, ByteBuffer.wrap(payload), i % 2 == 0);
                } catch (IOException e) {
                    queued.removeLast();
                    throw e;
                }
                if (i % 3 > 0) {
                    journal.await(sequence);
                    awaited = sequence;
                }
                if (i == 9) {
                    awaited = journal.rotate();
                }
                if (i > 14 && i % 4 == 0) {
                    // Often enough that later ones go to files that were segments before.
                    awaited = journal.rotate();
                    dropped = awaited - 2;
                    journal.dropUpTo(dropped);
                }
            }
        }
    }

    private void check(CrashDisk left) throws IOException {
        List<byte[]> replayed = new ArrayList<>();
        open(left, null, replayed).close();
        long last = dropped + replayed.size();
        assertTrue(last >= awaited, last + " is the last record, " + awaited + " were awaited");
        assertTrue(last <= queued.size());
        for (int i = 0; i < replayed.size(); i++) {
            assertTrue(Arrays.equals(queued.get((int) dropped + i), replayed.get(i)), "record " + (dropped + i + 1));
        }
    }

    @Test
    void noFaultOfAnyCallLosesWhatWasAwaited() throws IOException {
        CrashDisk sound = new CrashDisk().plan(FaultPlan.none());
        work(sound);
        assertEquals(Segment.Header.REUSED, version(sound), "no file was used again");
        long calls = sound.calls();
        assertTrue(calls > 60, calls + " calls");
        Quiet.during("tranzr.journal", () -> {
            for (FaultPlan.Fault fault : FaultPlan.Fault.values()) {
                for (long nth = 1; nth <= calls; nth++) {
                    tryFault(new FaultPlan(null, nth, fault, false));
                    tryFault(new FaultPlan(null, nth, fault, true));
                }
            }
        });
    }

    private static int version(CrashDisk disk) throws IOException {
        String last = disk.list(FOLDER).stream().filter(name -> name.endsWith(".seg")).max(String::compareTo).orElseThrow();
        return Segment.Header.decode(ByteBuffer.wrap(WholeFile.read(disk, FOLDER.resolve(last)))).version();
    }

    private void tryFault(FaultPlan plan) throws IOException {
        queued.clear();
        failures.clear();
        awaited = 0;
        dropped = 0;
        CrashDisk disk = new CrashDisk().plan(plan);
        try {
            work(disk);
        } catch (IOException e) {
            assertTrue(failures.size() <= 1, plan + " told " + failures.size() + " times");
        }
        disk.plan(FaultPlan.none());
        try {
            Random random = new Random(plan.nth());
            for (int i = 0; i < 4; i++) {
                check(disk.afterCrash(Fate.random(random, disk.operations())));
            }
            check(disk.afterKill());
        } catch (IOException | AssertionError e) {
            throw new AssertionError(plan + ": " + e.getMessage(), e);
        }
    }

    @Test
    void everyPowerCutInAShortLifeInEveryWayItCanEnd() throws IOException {
        CrashDisk disk = new CrashDisk();
        long[] states = {0};
        disk.watch(() -> {
            Fate.Every fate = new Fate.Every();
            while (fate.next()) {
                states[0]++;
                try {
                    check(disk.afterCrash(fate));
                } catch (IOException e) {
                    throw new AssertionError("cannot recover", e);
                }
            }
        });
        Quiet.during("tranzr.journal", () -> {
            try (Journal journal = open(disk, null, new ArrayList<>())) {
                for (int size : new int[] {300, 1500, 10, 1200, 900}) {
                    queued.add(new byte[size]);
                    queued.add(new byte[5]);
                    journal.append((byte) 1, ByteBuffer.allocate(size), false);
                    awaited = journal.append((byte) 1, ByteBuffer.allocate(5), false);
                    long next = awaited;
                    awaited = next - 2;
                    journal.await(next);
                    awaited = next;
                }
            }
        });
        assertTrue(states[0] > 200, states[0] + " states");
        assertEquals(List.of(), failures);
    }

    @Test
    void afterAFailedForceAllWaitersAndAllLaterCallersAreToldAndTheFileIsLeftAlone() throws Exception {
        CrashDisk disk = new CrashDisk();
        CountDownLatch failed = new CountDownLatch(1);
        Journal journal = Journal.open(disk, FOLDER, STORE, new Journal.Options(1 << 20, e -> {
            failures.add(e);
            failed.countDown();
        }, THREADS), 0, (s, t, p) -> { });
        journal.await(journal.append((byte) 1, ByteBuffer.allocate(10), false));
        untilSparesAreReady(disk);
        disk.plan(new FaultPlan(CrashDisk.Call.FORCE, 1, FaultPlan.Fault.EIO, false));
        CountDownLatch told = new CountDownLatch(8);
        for (int i = 0; i < 8; i++) {
            Thread.ofVirtual().start(() -> {
                try {
                    journal.await(journal.append((byte) 1, ByteBuffer.allocate(100), true));
                } catch (IOException e) {
                    told.countDown();
                }
            });
        }
        assertTrue(told.await(20, TimeUnit.SECONDS));
        assertTrue(failed.await(20, TimeUnit.SECONDS));
        long writes = disk.calls(CrashDisk.Call.WRITE);
        assertThrows(IOException.class, () -> journal.append((byte) 1, ByteBuffer.allocate(1), true));
        assertThrows(IOException.class, journal::rotate);
        assertThrows(IOException.class, journal::close);
        assertEquals(writes, disk.calls(CrashDisk.Call.WRITE));
        assertEquals(1, failures.size());
    }

    /** The directory's parent, then the first segment twice, then two spares. */
    private static void untilSparesAreReady(CrashDisk disk) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (disk.calls(CrashDisk.Call.FORCE_DIRECTORY) < 5) {
            assertTrue(System.nanoTime() < deadline, "no spares");
            Thread.onSpinWait();
        }
    }

    @Test
    void onAFullDiskOnlyWhatReleasesGoesOnUntilSpaceComesBack() throws IOException {
        for (ThreadFactory threads : new ThreadFactory[] {null, THREADS}) {
            CrashDisk disk = new CrashDisk().capacity(4 * SEGMENT);
            Quiet.during("tranzr.journal", () -> {
                try (Journal journal = open(disk, threads, new ArrayList<>())) {
                    fillUp(journal);
                    long reserved = journal.append((byte) 2, ByteBuffer.allocate(1000), true);
                    journal.await(reserved);
                    assertThrows(NoSpaceException.class, () -> fillUp(journal, true));
                    long last = journal.lastSequence();
                    journal.await(last);
                    journal.dropUpTo(last);
                    appendWhenThereIsRoom(journal);
                }
            });
            List<byte[]> replayed = new ArrayList<>();
            assertThrows(CorruptJournalException.class, () -> open(disk, null, replayed));
            assertEquals(List.of(), failures);
        }
    }

    /** Until no ordinary record fits. The reserve is still there then. */
    private static void fillUp(Journal journal) {
        assertThrows(NoSpaceException.class, () -> fillUp(journal, false));
    }

    private static void fillUp(Journal journal, boolean releasing) throws IOException {
        for (int i = 0; i < 100; i++) {
            long before = journal.lastSequence();
            try {
                journal.append((byte) 1, ByteBuffer.allocate(1000), releasing);
            } catch (NoSpaceException e) {
                assertEquals(before, journal.lastSequence());
                throw e;
            }
        }
    }

    private static void appendWhenThereIsRoom(Journal journal) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        for (;;) {
            try {
                journal.await(journal.append((byte) 1, ByteBuffer.allocate(1000), false));
                return;
            } catch (NoSpaceException e) {
                assertTrue(System.nanoTime() < deadline, "no room although it came back");
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aFullDiskDoesNotKeepAJournalFromOpeningNorATornTailFromBeingMended() throws IOException {
        CrashDisk disk = new CrashDisk().capacity(3 * SEGMENT);
        try (Journal journal = open(disk, null, new ArrayList<>())) {
            journal.await(journal.append((byte) 1, ByteBuffer.allocate(100), false));
            awaited = 1;
            queued.add(new byte[100]);
            disk.watch(() -> { });
            journal.append((byte) 1, ByteBuffer.allocate(1500), false);
            queued.add(new byte[1500]);
            disk.plan(new FaultPlan(CrashDisk.Call.WRITE, 1, FaultPlan.Fault.SHORT_WRITE, true));
            assertThrows(IOException.class, () -> journal.await(2));
        } catch (IOException e) {
            assertEquals(1, failures.size());
        }
        CrashDisk left = disk.plan(FaultPlan.none()).afterKill();
        assertTrue(left.used() > left.usableSpace(CrashDisk.ROOT));
        Quiet.during("tranzr.journal", () -> check(left));
        assertTrue(left.list(FOLDER).stream().anyMatch(name -> name.endsWith(".torn")));
    }

    @Test
    void aFirstStartOnAFullDiskSaysSo() {
        assertThrows(NoSpaceException.class, () -> open(new CrashDisk().capacity(SEGMENT - 512), null, new ArrayList<>()));
    }
}
