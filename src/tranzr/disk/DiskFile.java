package tranzr.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file. Positional reads and writes from several threads at once are fine. After a failed {@link #write},
 * {@link #force} or {@link #close} the file must not be used again: the next force would report success although the
 * data is gone. Only a {@link NoSpaceException} of a write is harmless: what was taken before is still there.
 */
public interface DiskFile extends Closeable {

    /** What {@link #writePast} asks of positions, in bytes: the size of a page and of the blocks of usual file systems. */
    int ALIGNMENT = 4096;

    /** A direct buffer that lies so that it can be written past the cache. @param bytes its capacity, rounded up to a multiple of {@link #ALIGNMENT} */
    static ByteBuffer aligned(int bytes) {
        int whole = Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
        return ByteBuffer.allocateDirect(whole + ALIGNMENT - 1).alignedSlice(ALIGNMENT);
    }

    /** Reads until {@code target} is full or the file ends. @return bytes read, 0 at the end */
    int read(ByteBuffer target, long position) throws IOException;

    /** Writes all remaining bytes. @throws NoSpaceException when the disk is full; some bytes may have been written */
    void write(ByteBuffer source, long position) throws IOException;

    /**
     * As {@link #write}, for many bytes that nobody reads back soon: past the system's page cache where that can be done, so that it takes nothing from what others have
     * there. That needs a direct buffer whose position lies at a multiple of {@link #ALIGNMENT} in memory, and a file position that is one; where it cannot be done it
     * is a {@code write} like any other.
     */
    default void writePast(ByteBuffer source, long position) throws IOException {
        write(source, position);
    }

    /** Lets go of what {@link #writePast} may have opened beside this file, until it is called again. Not while one is under way. */
    default void endWritingPast() throws IOException {
    }

    /** Makes what was written before this call durable: the bytes and the length; with {@code metadata} also the rest. */
    void force(boolean metadata) throws IOException;

    /** In bytes. */
    long size() throws IOException;

    /** Cuts the file to {@code size} bytes; no effect when it is shorter. */
    void truncate(long size) throws IOException;
}
