package tranzr.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;

/**
 * The segment that grows. Written under the lock of the log; whoever forces or closes it holds its monitor, taken after that lock when both are.
 */
final class Tail {

    private final Segment segment;
    /** Null when the file must not be used any more. */
    private DiskFile file;
    private long length;

    /** @param length of the records in it, in bytes */
    Tail(Segment segment, DiskFile file, long length) {
        this.segment = segment;
        this.file = file;
        this.length = length;
    }

    /** A segment for the record of this number. What bears its name can only be what an attempt before left, without any record. */
    static Tail begin(Disk disk, Path directory, long seq) throws IOException {
        Segment segment = Segment.of(directory, seq);
        if (disk.exists(segment.file()) && disk.size(segment.file()) > 0) {
            throw new IOException(segment.file() + " is there already, with records that are not to follow");
        }
        disk.delete(segment.file());
        DiskFile file = disk.open(segment.file(), Disk.Mode.CREATE);
        try {
            disk.forceDirectory(directory);
            return new Tail(segment, file, 0);
        } catch (IOException e) {
            file.close();
            disk.delete(segment.file());
            throw e;
        }
    }

    Segment segment() {
        return segment;
    }

    /** In bytes. */
    long length() {
        return length;
    }

    boolean isOpen() {
        return file != null;
    }

    /** Appends a line; on failure it is not counted, but part of it may be there. */
    void write(byte[] line) throws IOException {
        file.write(ByteBuffer.wrap(line), length);
        length += line.length;
    }

    /** Cuts off what a failed write may have left. */
    void cutBack() throws IOException {
        file.truncate(length);
    }

    /** As {@link #cutBack}, when the file was closed after a failure. */
    void cutBackClosed(Disk disk) throws IOException {
        try (DiskFile again = disk.open(segment.file(), Disk.Mode.WRITE)) {
            if (again.size() > length) {
                again.truncate(length);
                again.force(true); // or a power cut could bring the half line back
            }
        }
    }

    /** No effect when it is closed. */
    synchronized void force() throws IOException {
        if (file != null) {
            file.force(false);
        }
    }

    synchronized void close() throws IOException {
        DiskFile open = file;
        file = null;
        if (open != null) {
            open.close();
        }
    }
}
