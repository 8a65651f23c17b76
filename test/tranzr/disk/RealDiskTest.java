package tranzr.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.Shell;

final class RealDiskTest {

    @TempDir
    Path folder;

    private final Disk disk = new RealDisk();
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("file");
    }

    private void write(Path path, String text) throws IOException {
        try (DiskFile open = disk.open(path, Disk.Mode.CREATE)) {
            open.write(ByteBuffer.wrap(text.getBytes()), 0);
            open.force(true);
        }
        disk.forceDirectory(path.getParent());
    }

    @Test
    void aFileWithTwoNamesGoesWithTheLast() throws IOException {
        Path other = folder.resolve("other");
        assertThrows(NoSuchFileException.class, () -> disk.link(file, other));
        write(file, "hello");
        assertTrue(disk.link(file, other));
        assertThrows(FileAlreadyExistsException.class, () -> disk.link(file, other));
        assertTrue(disk.delete(file));
        assertEquals("hello", Files.readString(other));
        assertEquals(5, disk.size(other));
    }

    @Test
    void whatIsWrittenAtAPositionIsReadThere() throws IOException {
        try (DiskFile open = disk.open(file, Disk.Mode.CREATE)) {
            byte[] megabytes = new byte[3 << 20];
            megabytes[megabytes.length - 1] = 7;
            open.write(ByteBuffer.wrap(megabytes), 10);
            open.force(false);
            assertEquals(10 + megabytes.length, open.size());
            ByteBuffer back = ByteBuffer.allocate(megabytes.length + 100);
            assertEquals(megabytes.length, open.read(back, 10));
            assertArrayEquals(megabytes, Arrays.copyOf(back.array(), megabytes.length));
            assertEquals(0, open.read(ByteBuffer.allocate(1), 10 + megabytes.length));
            open.truncate(4);
            open.truncate(9);
            assertEquals(4, disk.size(file));
        }
    }

    /** Random bytes in a buffer that lies so many bytes behind a multiple of what direct writes want. */
    private static ByteBuffer direct(int length, int offset) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        ByteBuffer memory = ByteBuffer.allocateDirect(length + 2 * DiskFile.ALIGNMENT).alignedSlice(DiskFile.ALIGNMENT);
        return memory.position(offset).put(bytes).flip().position(offset);
    }

    private static void assertHolds(DiskFile open, ByteBuffer expected, long position) throws IOException {
        ByteBuffer back = ByteBuffer.allocate(expected.remaining());
        assertEquals(expected.remaining(), open.read(back, position));
        assertEquals(expected, back.flip());
    }

    @Test
    void whatIsWrittenPastTheCacheIsReadLikeAllElseWhereverItLies() throws IOException {
        for (Path at : List.of(file, Path.of("/dev/shm/tranzr-test-" + ProcessHandle.current().pid()))) {
            if (!Files.isDirectory(at.getParent())) {
                continue; // No file system in memory, which may have no direct writes.
            }
            try (DiskFile open = disk.open(at, Disk.Mode.CREATE)) {
                long position = 0;
                for (int length : new int[] {512 << 10, 4096, 5000, 1, 300_000, 4095, 8192 + 17}) {
                    for (int offset : new int[] {0, 1, 512}) {
                        for (long start : new long[] {position, position + 1, position + 4096}) {
                            ByteBuffer bytes = direct(length, offset);
                            open.write(bytes.duplicate(), start + length / 2); // In the cache already, and not on the disk.
                            open.writePast(bytes, start);
                            assertEquals(0, bytes.remaining());
                            assertHolds(open, bytes.position(offset), start);
                        }
                        position += 1 << 20;
                    }
                }
                ByteBuffer heap = ByteBuffer.wrap(new byte[8192]);
                open.writePast(heap, 0);
                assertHolds(open, heap.rewind(), 0);
                open.force(true);
            } finally {
                disk.delete(at);
            }
        }
    }

    @Test
    void whereTheFileSystemCanItIsReallyPastTheCache() throws IOException {
        Path descriptors = Path.of("/proc/self/fdinfo");
        assumeTrue(Files.isDirectory(descriptors) && canBeDirect(), "the file system of the tests has direct writes");
        try (DiskFile open = disk.open(file, Disk.Mode.CREATE)) {
            open.writePast(direct(8192, 0), 4096);
            assertTrue(hasDirectDescriptor());
            open.endWritingPast();
            assertFalse(hasDirectDescriptor());
            open.writePast(direct(8192, 0), 0);
            assertTrue(hasDirectDescriptor());
        }
        assertFalse(hasDirectDescriptor(), "it is closed with the file");
    }

    private boolean canBeDirect() {
        return Shell.has("dd") && Shell.run(folder, "dd", "if=/dev/zero", "of=probe", "bs=4096", "count=1", "oflag=direct").exit() == 0;
    }

    /** Whether one of our descriptors of the file has O_DIRECT, whose number depends on the processor. */
    private boolean hasDirectDescriptor() throws IOException {
        int flag = System.getProperty("os.arch").equals("aarch64") ? 0200000 : 040000;
        try (Stream<Path> numbers = Files.list(Path.of("/proc/self/fd"))) {
            return numbers.anyMatch(number -> {
                try {
                    String info = Files.readString(Path.of("/proc/self/fdinfo").resolve(number.getFileName()));
                    int flags = Integer.parseInt(info.replaceFirst("(?s).*flags:\\s*(\\d+).*", "$1"), 8);
                    return Files.readSymbolicLink(number).equals(file) && (flags & flag) != 0;
                } catch (IOException e) {
                    return false; // Closed meanwhile, by somebody else.
                }
            });
        }
    }

    @Test
    void filesAndDirectoriesAreForTheirOwnerOnly() throws IOException {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
        write(file, "x");
        disk.createDirectory(folder.resolve("sub"));
        disk.createDirectory(folder.resolve("sub"));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("sub"))));
    }

    @Test
    void creatingNeedsAFreeNameAndOpeningATakenOne() throws IOException {
        assertThrows(NoSuchFileException.class, () -> disk.open(file, Disk.Mode.WRITE));
        assertThrows(NoSuchFileException.class, () -> disk.open(file, Disk.Mode.READ));
        assertThrows(NoSuchFileException.class, () -> disk.size(file));
        write(file, "x");
        assertThrows(FileAlreadyExistsException.class, () -> disk.open(file, Disk.Mode.CREATE));
    }

    @Test
    void aSymbolicLinkIsNeverFollowed() throws IOException {
        write(file, "secret");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Path directoryLink = Files.createSymbolicLink(folder.resolve("dirlink"), folder);
        assertThrows(IOException.class, () -> disk.open(link, Disk.Mode.READ));
        assertThrows(IOException.class, () -> disk.open(link, Disk.Mode.WRITE));
        assertThrows(IOException.class, () -> disk.open(link, Disk.Mode.CREATE));
        assertThrows(IOException.class, () -> disk.size(link));
        assertThrows(IOException.class, () -> disk.lock(link));
        assertThrows(IOException.class, () -> disk.createDirectory(directoryLink));
        assertThrows(IOException.class, () -> disk.list(directoryLink));
        assertThrows(IOException.class, () -> disk.forceDirectory(directoryLink));
        assertTrue(disk.exists(link));
        assertTrue(disk.delete(link));
        assertEquals("secret", Files.readString(file));
    }

    @Test
    void namesAreListedMovedAndUnlinked() throws IOException {
        write(file, "new");
        write(folder.resolve("old"), "old");
        disk.move(file, folder.resolve("old"));
        disk.forceDirectory(folder);
        assertEquals(List.of("old"), disk.list(folder));
        assertEquals("new", Files.readString(folder.resolve("old")));
        assertFalse(disk.exists(file));
        assertTrue(disk.delete(folder.resolve("old")));
        assertFalse(disk.delete(folder.resolve("old")));
        assertTrue(disk.usableSpace(folder) > 0);
        assertThrows(NoSuchFileException.class, () -> disk.usableSpace(folder.resolve("missing")));
    }

    @Test
    void aFullDeviceIsReportedAsNoSpace() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full));
        try (DiskFile open = disk.open(full, Disk.Mode.WRITE)) {
            assertThrows(NoSpaceException.class, () -> open.write(ByteBuffer.allocate(10), 0));
        }
    }

    @Test
    void aLockIsHeldAgainstThisProcessUntilClosed() throws IOException {
        Closeable first = disk.lock(file);
        assertThrows(LockedException.class, () -> disk.lock(file));
        Path detour = folder.resolve("..").resolve(folder.getFileName()).resolve("file");
        assertThrows(LockedException.class, () -> new RealDisk().lock(detour));
        first.close();
        first.close();
        disk.lock(file).close();
    }

    @Test
    void aLockIsHeldAgainstAnotherProcessEvenAfterARefusedCaller() throws Exception {
        Closeable mine = disk.lock(file);
        assertThrows(LockedException.class, () -> disk.lock(file));
        assertEquals(3, lockInAnotherProcess());
        mine.close();
        assertEquals(0, lockInAnotherProcess());
    }

    private int lockInAnotherProcess() throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Locker.class.getName(),
                file.toString()).inheritIO().start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        return process.exitValue();
    }

    /** Takes the lock and ends: 0 when it got it, 3 when it is held. */
    static final class Locker {
        private Locker() {
        }

        public static void main(String[] args) throws IOException {
            try {
                new RealDisk().lock(Path.of(args[0])).close();
            } catch (LockedException e) {
                System.exit(3);
            }
        }
    }
}
