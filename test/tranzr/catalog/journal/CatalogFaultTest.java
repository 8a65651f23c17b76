package tranzr.catalog.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.catalog.Samples;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.disk.NoSpaceException;
import tranzr.fault.CrashDisk;
import tranzr.fault.Fate;
import tranzr.fault.FaultPlan;
import tranzr.fault.Quiet;
import tranzr.model.AccessToken;

/** What the catalog does when calls of the disk fail. */
final class CatalogFaultTest {

    private static final UUID STORE = new UUID(5, 5);
    private static final Path FOLDER = CrashDisk.ROOT.resolve("catalog");
    private static final int COMMITS = 30;

    private static JournalCatalog open(CrashDisk disk, List<IOException> failures) throws IOException {
        return JournalCatalog.open(disk, FOLDER, STORE, new JournalCatalog.Options(2048, 1_500, failures::add, null),
                (id, offset, bytes) -> { }, () -> { });
    }

    private static Set<Object> everything(JournalCatalog catalog) {
        Set<Object> all = new HashSet<Object>(catalog.entities(AccessToken.class));
        catalog.forEachUpload(all::add);
        catalog.forEachShare(all::add);
        return all;
    }

    /** What a run left behind: what was acknowledged, and what may be there instead. */
    private record Outcome(Set<Object> acknowledged, Set<Object> perhaps) {
    }

    private static Outcome run(CrashDisk disk) throws ConflictException {
        Set<Object> acknowledged = Set.of();
        List<IOException> failures = new ArrayList<>();
        try (JournalCatalog catalog = open(disk, failures)) {
            for (int i = 0; i < COMMITS; i++) {
                try {
                    catalog.commit(Samples.file(i));
                    acknowledged = everything(catalog);
                } catch (NoSpaceException e) {
                    assertEquals(acknowledged, everything(catalog), "a refused commit has no effect");
                }
            }
        } catch (IOException e) {
            Set<Object> perhaps = new HashSet<>(acknowledged);
            perhaps.addAll(nextAfter(acknowledged));
            return new Outcome(acknowledged, perhaps);
        }
        assertEquals(List.of(), failures);
        return new Outcome(acknowledged, acknowledged);
    }

    private static Set<Object> nextAfter(Set<Object> acknowledged) throws ConflictException {
        State state = new State();
        for (int i = 0; i < COMMITS; i++) {
            Draft draft = new Draft(state);
            for (Change change : Samples.file(i)) {
                draft.apply(change);
            }
            draft.publish();
            if (!acknowledged.contains(state.upload(Samples.id(i)))) {
                return Set.of(state.upload(Samples.id(i)));
            }
        }
        return Set.of();
    }

    private static void everyCallFails(FaultPlan.Fault fault, boolean forever) throws Exception {
        CrashDisk whole = new CrashDisk();
        assertEquals(COMMITS, run(whole).acknowledged().size());
        long calls = whole.calls();
        assertTrue(calls > 100);
        for (long nth = 1; nth <= calls; nth++) {
            CrashDisk disk = new CrashDisk().plan(new FaultPlan(null, nth, fault, forever));
            Outcome outcome = run(disk);
            disk.plan(FaultPlan.none());
            Random random = new Random(nth);
            for (int i = 0; i < 3; i++) {
                try (JournalCatalog catalog = open(disk.afterCrash(Fate.random(random, disk.operations())), new ArrayList<>())) {
                    Set<Object> found = everything(catalog);
                    assertTrue(found.equals(outcome.acknowledged()) || found.equals(outcome.perhaps()), fault + " at call " + nth
                            + ": " + found.size() + " files, " + outcome.acknowledged().size() + " acknowledged");
                }
            }
        }
    }

    @Test
    void nothingAcknowledgedIsLostWhenAnyCallFails() throws IOException {
        Quiet.during("tranzr", () -> {
            try {
                everyCallFails(FaultPlan.Fault.EIO, false);
                everyCallFails(FaultPlan.Fault.EIO, true);
                everyCallFails(FaultPlan.Fault.SHORT_WRITE, false);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void nothingAcknowledgedIsLostWhenTheDiskIsFullAtAnyCall() throws IOException {
        Quiet.during("tranzr", () -> {
            try {
                everyCallFails(FaultPlan.Fault.ENOSPC, false);
                everyCallFails(FaultPlan.Fault.ENOSPC, true);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void aFailedJournalEndsEveryCommitAndSettle() throws Exception {
        CrashDisk disk = new CrashDisk();
        List<IOException> failures = new ArrayList<>();
        JournalCatalog catalog = JournalCatalog.open(disk, FOLDER, STORE,
                new JournalCatalog.Options(1 << 16, Long.MAX_VALUE, failures::add, null), (id, offset, bytes) -> { }, () -> { });
        catalog.commit(Samples.file(1));
        catalog.settle();
        disk.plan(new FaultPlan(CrashDisk.Call.FORCE, 1, FaultPlan.Fault.EIO, false));
        assertThrows(IOException.class, () -> catalog.commit(Samples.file(2)));
        assertEquals(1, failures.size());
        assertThrows(IOException.class, () -> catalog.commit(Samples.file(3)));
        assertThrows(IOException.class, catalog::settle);
        assertTrue(catalog.upload(Samples.id(1)).isPresent(), "what was read before can still be read");
        assertThrows(IOException.class, catalog::close);
    }

    @Test
    void onAFullDiskFilesCanStillBeRemovedAndThenAddedAgain() throws IOException {
        Quiet.during("tranzr", () -> {
            try {
                fillAndEmpty();
            } catch (ConflictException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static void fillAndEmpty() throws IOException, ConflictException {
        CrashDisk disk = new CrashDisk().capacity(60_000);
        List<IOException> failures = new ArrayList<>();
        Path content = CrashDisk.ROOT.resolve("content");
        try (DiskFile file = disk.open(content, Disk.Mode.CREATE)) {
            file.write(ByteBuffer.allocate(20_000), 0);
        }
        JournalCatalog catalog = open(disk, failures);
        int files = 0;
        try {
            while (files < 10_000) {
                catalog.commit(Samples.file(files));
                files++;
            }
        } catch (NoSpaceException e) {
            assertTrue(files > 10, e.getMessage());
        }
        assertTrue(files < 10_000);
        int removed = 20;
        for (int i = 0; i < removed; i++) {
            catalog.commit(new Change.UploadRemoved(Samples.id(i)));
        }
        assertEquals(files - removed, everything(catalog).size());
        disk.delete(content);
        for (int i = 0; i < 5; i++) {
            catalog.commit(Samples.file(20_000 + i));
        }
        catalog.close();
        try (JournalCatalog again = open(disk, failures)) {
            assertEquals(files - removed + 5, everything(again).size());
        }
        assertEquals(List.of(), failures);
    }
}
