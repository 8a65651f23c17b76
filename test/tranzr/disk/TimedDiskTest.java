package tranzr.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimedDiskTest {

    @TempDir
    Path parent;

    private final Disk disk = new RealDisk();
    private final List<String> told = new ArrayList<>();
    private final Disk timed = new TimedDisk(disk, (path, nanos) -> told.add(path + (nanos > 0 ? "" : " took no time")));

    private Path folder;

    @BeforeEach
    void name() {
        folder = parent.resolve("folder");
    }

    @Test
    void forcesOfFilesAndDirectoriesAreToldAndNothingElseIs() throws IOException {
        timed.createDirectory(folder);
        Path file = folder.resolve("a");
        try (DiskFile open = timed.open(file, Disk.Mode.CREATE)) {
            open.write(ByteBuffer.wrap(new byte[10]), 0);
            open.force(false);
            open.force(true);
            open.truncate(5);
            assertEquals(5, open.size());
        }
        timed.forceDirectory(folder);
        try (DiskFile open = timed.open(file, Disk.Mode.READ)) {
            assertEquals(5, open.read(ByteBuffer.allocate(10), 0));
        }
        timed.move(file, folder.resolve("b"));
        assertEquals(List.of("b"), timed.list(folder));
        assertTrue(timed.exists(folder.resolve("b")) && timed.delete(folder.resolve("b")));
        assertEquals(disk.totalSpace(folder), timed.totalSpace(folder));
        assertEquals(List.of(file.toString(), file.toString(), folder.toString()), told);
    }

    @Test
    void aForceThatFailsIsNotToldAndFailsAllTheSame() throws IOException {
        timed.createDirectory(folder);
        assertThrows(IOException.class, () -> timed.forceDirectory(folder.resolve("missing")));
        assertEquals(List.of(), told);
    }
}
