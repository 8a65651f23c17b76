package tranzr.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Consumer;
import tranzr.disk.Disk;

/**
 * An append-only log of framed, checksummed records in a directory of segments, group-committed by one thread of its
 * own. Knows nothing of what the records mean. Safe for several threads.
 * <p>Sequence numbers start at 1 and have no gaps.
 */
public final class Journal implements AutoCloseable {

    /** The longest payload of one record, in bytes. */
    public static final int MAX_PAYLOAD = 1 << 20;

    /**
     * @param segmentBytes the size to which segments are prewritten with zeros
     * @param failed told once, by any thread, when a write or force has failed and the journal refuses everything from then on
     */
    public record Options(int segmentBytes, Consumer<IOException> failed) {
    }

    /** Receives records in order. */
    @FunctionalInterface
    public interface Visitor {
        /** @param payload valid only during the call */
        void record(long sequence, byte type, ByteBuffer payload) throws IOException;
    }

    private Journal() {
    }

    /**
     * Opens or creates the log, hands every record with a sequence number above {@code after} to the visitor, mends a torn tail
     * (keeping a copy aside), and is then ready to append.
     *
     * @param store the identity of the store; a segment of another store is refused
     * @throws CorruptJournalException for damage anywhere but in the tail, naming file and offset
     */
    public static Journal open(Disk disk, Path directory, UUID store, Options options, long after, Visitor visitor)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Queues one record and returns its sequence number without waiting for the disk; records become durable in the order of
     * their numbers. The payload is copied before it returns.
     *
     * @param releasing whether the record only removes or releases something: it may then use the last prepared segment
     * @throws tranzr.disk.NoSpaceException when there is no prepared room and none can be made; nothing was queued
     * @throws IOException when the journal has failed or is closed
     */
    public long append(byte type, ByteBuffer payload, boolean releasing) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Returns when the record of that number, and all before it, are durable. @throws IOException when that will never be */
    public void await(long sequence) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** The number of the last record queued; 0 when there is none. */
    public long lastSequence() {
        throw new UnsupportedOperationException();
    }

    /** Seals the current segment after all that is queued, durably, and goes on in a new one. @return the last sequence number in the sealed one */
    public long rotate() throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Deletes the segments that hold only records with numbers up to and including {@code sequence}, durably. */
    public void dropUpTo(long sequence) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Bytes of records in all segments that are kept. */
    public long liveBytes() {
        throw new UnsupportedOperationException();
    }

    /** Waits until all that was queued is durable, seals nothing, frees the thread. Idempotent. */
    @Override
    public void close() throws IOException {
        throw new UnsupportedOperationException();
    }
}
