package tranzr.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;

/** Files of a disk as a whole, for tests that look at them or damage them. */
final class WholeFile {

    private WholeFile() {
    }

    static byte[] read(Disk disk, Path path) throws IOException {
        try (DiskFile file = disk.open(path, Disk.Mode.READ)) {
            byte[] bytes = new byte[(int) file.size()];
            file.read(ByteBuffer.wrap(bytes), 0);
            return bytes;
        }
    }

    /** Puts these bytes in the place of all that it held, durably. */
    static void write(Disk disk, Path path, byte[] bytes) throws IOException {
        try (DiskFile file = disk.open(path, Disk.Mode.WRITE)) {
            file.truncate(0);
            file.write(ByteBuffer.wrap(bytes), 0);
            file.force(true);
        }
    }
}
