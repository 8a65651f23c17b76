package tranzr.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.disk.NoSpaceException;

/** The double itself: it has to keep what was forced, and be able to lose everything else. */
final class CrashDiskTest {

    private static final Path FILE = CrashDisk.ROOT.resolve("file");
    private static final Path OTHER = CrashDisk.ROOT.resolve("other");

    private final CrashDisk disk = new CrashDisk();

    private static ByteBuffer bytes(int count, int value) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }

    /** What every possible crash leaves of the files, a letter a sector. */
    private Set<String> everyOutcome() throws IOException {
        Set<String> outcomes = new TreeSet<>();
        Fate.Every fate = new Fate.Every();
        while (fate.next()) {
            CrashDisk left = disk.afterCrash(fate);
            StringBuilder files = new StringBuilder();
            for (String name : left.list(CrashDisk.ROOT)) {
                files.append(name).append('=').append(sectors(left, CrashDisk.ROOT.resolve(name))).append(' ');
            }
            outcomes.add(files.toString().strip());
        }
        return outcomes;
    }

    private static String sectors(Disk disk, Path path) throws IOException {
        try (DiskFile file = disk.open(path, Disk.Mode.READ)) {
            ByteBuffer all = ByteBuffer.allocate((int) file.size());
            file.read(all, 0);
            StringBuilder letters = new StringBuilder();
            for (int at = 0; at < all.capacity(); at += 512) {
                letters.append(all.get(at) == 0 ? "0" : (char) all.get(at));
            }
            return letters.toString();
        }
    }

    @Test
    void ofUnforcedSectorsAnySubsetIsLeft() throws IOException {
        try (DiskFile file = disk.open(FILE, Disk.Mode.CREATE)) {
            file.write(bytes(1024, 'a'), 0);
            file.force(true);
            disk.forceDirectory(CrashDisk.ROOT);
            assertEquals(Set.of("file=aa"), everyOutcome());
            file.write(bytes(1024, 'b'), 0);
            assertEquals(Set.of("file=aa", "file=ab", "file=ba", "file=bb"), everyOutcome());
            file.force(false);
            assertEquals(Set.of("file=bb"), everyOutcome());
            file.write(bytes(512, 'c'), 1024);
            assertEquals(Set.of("file=bb", "file=bb0", "file=bbc"), everyOutcome());
            file.truncate(512);
            assertTrue(everyOutcome().containsAll(Set.of("file=b", "file=bb", "file=bbc")));
        }
    }

    @Test
    void aNameIsLeftForSureOnlyAfterItsDirectoryWasForced() throws IOException {
        disk.open(FILE, Disk.Mode.CREATE).close();
        assertEquals(Set.of("", "file="), everyOutcome());
        disk.forceDirectory(CrashDisk.ROOT);
        assertEquals(Set.of("file="), everyOutcome());
        disk.move(FILE, OTHER);
        assertEquals(Set.of("file=", "other="), everyOutcome());
        disk.forceDirectory(CrashDisk.ROOT);
        assertTrue(disk.delete(OTHER));
        assertFalse(disk.delete(OTHER));
        assertEquals(Set.of("", "other="), everyOutcome());
        disk.open(FILE, Disk.Mode.CREATE).close();
        assertEquals(Set.of("", "other=", "file=", "file= other="), everyOutcome());
    }

    @Test
    void aRenameToAnotherDirectoryNeverLosesTheFile() throws IOException {
        Path folder = CrashDisk.ROOT.resolve("folder");
        disk.createDirectory(folder);
        disk.open(FILE, Disk.Mode.CREATE).close();
        disk.forceDirectory(CrashDisk.ROOT);
        disk.move(FILE, folder.resolve("file"));
        disk.forceDirectory(folder);
        Fate.Every fate = new Fate.Every();
        Set<Boolean> before = new HashSet<>();
        while (fate.next()) {
            CrashDisk left = disk.afterCrash(fate);
            before.add(left.exists(FILE));
            assertTrue(left.exists(folder.resolve("file")));
        }
        assertEquals(Set.of(true, false), before);
    }

    @Test
    void aKilledProcessLosesNothingButForcesNothingEither() throws IOException {
        DiskFile file = disk.open(FILE, Disk.Mode.CREATE);
        file.write(bytes(512, 'a'), 0);
        CrashDisk left = disk.afterKill();
        assertEquals("a", sectors(left, FILE));
        Fate.Every nothing = new Fate.Every();
        nothing.next();
        assertFalse(left.afterCrash(nothing).exists(FILE));
        left.forceDirectory(CrashDisk.ROOT);
        file.write(bytes(512, 'b'), 0);
        assertEquals("a", sectors(left, FILE));
    }

    @Test
    void afterTheCrashOldHandlesAreOfNoUse() throws IOException {
        DiskFile file = disk.open(FILE, Disk.Mode.CREATE);
        disk.crash();
        assertThrows(IOException.class, () -> file.write(bytes(1, 1), 0));
        assertThrows(IOException.class, () -> file.read(bytes(1, 1), 0));
        assertThrows(IOException.class, () -> file.force(false));
        assertThrows(IOException.class, () -> disk.list(CrashDisk.ROOT));
        assertThrows(IOException.class, () -> disk.open(FILE, Disk.Mode.READ));
    }

    @Test
    void aFullDiskTakesWhatFitsAndGivesRoomBackWhenFilesGo() throws IOException {
        disk.capacity(2048);
        try (DiskFile file = disk.open(FILE, Disk.Mode.CREATE)) {
            file.write(bytes(1024, 'a'), 0);
            assertThrows(NoSpaceException.class, () -> file.write(bytes(2048, 'b'), 1024));
            assertEquals(0, disk.usableSpace(CrashDisk.ROOT));
            file.write(bytes(1024, 'c'), 0);
            file.truncate(512);
            assertEquals(1536, disk.usableSpace(CrashDisk.ROOT));
        }
        disk.delete(FILE);
        assertEquals(2048, disk.usableSpace(CrashDisk.ROOT));
    }

    @Test
    void aFailedForceLosesTheDataThoughTheNextOneSucceeds() throws IOException {
        try (DiskFile file = disk.open(FILE, Disk.Mode.CREATE)) {
            disk.forceDirectory(CrashDisk.ROOT);
            file.write(bytes(512, 'a'), 0);
            disk.plan(new FaultPlan(CrashDisk.Call.FORCE, 1, FaultPlan.Fault.EIO, false));
            assertThrows(IOException.class, () -> file.force(true));
            file.force(true);
            assertEquals("a", sectors(disk, FILE));
            assertEquals(Set.of("file="), everyOutcome());
        }
    }

    @Test
    void aShortWriteLeavesHalf() throws IOException {
        try (DiskFile file = disk.open(FILE, Disk.Mode.CREATE)) {
            disk.plan(new FaultPlan(CrashDisk.Call.WRITE, 2, FaultPlan.Fault.SHORT_WRITE, true));
            file.write(bytes(512, 'a'), 0);
            assertThrows(IOException.class, () -> file.write(bytes(2048, 'b'), 512));
            assertThrows(IOException.class, () -> file.write(bytes(2, 'b'), 0));
            assertEquals("bbb", sectors(disk, FILE));
        }
    }

    @Test
    void theSameSeedLeavesTheSame() throws IOException {
        try (DiskFile file = disk.open(FILE, Disk.Mode.CREATE); DiskFile other = disk.open(OTHER, Disk.Mode.CREATE)) {
            file.write(bytes(9000, 'a'), 0);
            other.write(bytes(9000, 'b'), 0);
            disk.forceDirectory(CrashDisk.ROOT);
            for (int seed = 0; seed < 20; seed++) {
                CrashDisk one = disk.afterCrash(Fate.random(new Random(seed), disk.operations()));
                CrashDisk two = disk.afterCrash(Fate.random(new Random(seed), disk.operations()));
                assertEquals(sectors(one, FILE), sectors(two, FILE));
                assertEquals(sectors(one, OTHER), sectors(two, OTHER));
            }
        }
    }
}
