package tranzr.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One open object. Positional writes and reads from several threads at once are fine.
 * <p>Beside the bytes it holds block sums: the CRC-32C of each block of {@link #BLOCK} bytes, so that rot is seen on any
 * ranged read. A writer that passes over the bytes in order supplies them; an object of at most one block needs none,
 * since the catalog knows the CRC-32C of the whole.
 * <p>When the store is full, a {@link #write} or {@link #putSum} throws {@link tranzr.disk.NoSpaceException}; some of
 * the bytes may have been written, nothing that was taken before is lost, and the object stays usable. After any other failure of
 * the disk to take bytes or to make them durable, every handle that may write the object refuses everything but
 * {@link #close}, until the object is deleted or the store is opened anew: the next force would report success although
 * bytes are gone.
 */
public interface StoredObject extends AutoCloseable {

    /** Bytes a block: what one verified read takes in. */
    int BLOCK = 256 * 1024;

    /** Writes all remaining bytes at {@code offset}; not durable before {@link #force}. */
    void write(long offset, ByteBuffer bytes) throws IOException;

    /**
     * As {@link #write}, for many bytes that nobody reads back soon. A store may have a faster way for them when the buffer is direct, and its position as well as
     * {@code offset} lie at multiples of {@link tranzr.disk.DiskFile#ALIGNMENT}.
     */
    default void writePast(long offset, ByteBuffer bytes) throws IOException {
        write(offset, bytes);
    }

    /** No {@link #writePast} is under way, and none will come soon. */
    default void endWritingPast() throws IOException {
    }

    /** Makes all bytes written before this call, and the object's name, durable. */
    void force() throws IOException;

    /** Reads until {@code target} is full or the object ends, without looking at block sums. @return bytes read */
    int read(long offset, ByteBuffer target) throws IOException;

    /**
     * Notes the CRC-32C of block {@code index}; may be repeated, the last one counts. Kept in bounded memory; as a rule
     * found again by the next handle after {@link #close}, but durable only after {@link #seal}. The last block may be shorter.
     */
    void putSum(long index, int crc) throws IOException;

    /**
     * Ends writing: cuts the object to {@code length} and makes the noted sums durable. The bytes must be durable already,
     * by {@link #force} or by the journal. May be repeated. For a length of at most one block only the cut happens.
     *
     * @throws SumsMissingException when sums are missing; the object stays usable, and when all are noted again, from block 0
     *         on, it can be sealed
     * @throws tranzr.disk.NoSpaceException when there is no room for the sums; the object stays usable
     * @throws IllegalStateException when the object is shorter
     */
    void seal(long length) throws IOException;

    /**
     * Reads the part of block {@code index} that lies before {@code length} into {@code block} (from its position 0; limit
     * set to the bytes read) and checks it.
     *
     * @param length of the whole object
     * @param wholeCrc the CRC-32C of the whole object, which is the sum when the object has one block only
     * @param block of capacity at least {@link #BLOCK}
     * @throws CorruptObjectException when the bytes are not those that were written, or some are missing
     */
    void readBlock(long index, long length, int wholeCrc, ByteBuffer block) throws IOException;

    /** The number of bytes in it now. */
    long size() throws IOException;

    /** Closes it; what was written and not forced is not lost by that, only not yet durable. */
    @Override
    void close() throws IOException;
}
