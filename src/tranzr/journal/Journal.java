package tranzr.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import tranzr.disk.Disk;
import tranzr.disk.NoSpaceException;

/**
 * An append-only log of framed, checksummed records in a directory of segments, group-committed by one thread of its
 * own. Knows nothing of what the records mean. Safe for several threads.
 * <p>Sequence numbers start at 1 and have no gaps. The format is described in {@code docs/storage.md}.
 * <p>After any failed write, force or close of the active segment the journal has failed: what was waiting and everything
 * later gets an {@link IOException}, and that file is not written again, because the next force would report success
 * although the data is gone.
 */
public final class Journal implements AutoCloseable {

    /** The longest payload of one record, in bytes. */
    public static final int MAX_PAYLOAD = 1 << 20;

    /** The least {@link Options#segmentBytes}. */
    public static final int MIN_SEGMENT = 1 << 10;

    /**
     * @param segmentBytes the size to which segments are prewritten with zeros; from {@link #MIN_SEGMENT} to 1 GiB
     * @param failed told once, by any thread and with no lock held that {@link #close} needs, when a write or force has
     *     failed and the journal refuses everything from then on
     * @param threads makes the two threads of the journal; null: there are none, and one calling thread after the other does
     *     the work within {@link #append}, {@link #await} and {@link #rotate}, which makes a run reproducible
     * @param batches told of each batch
     */
    public record Options(int segmentBytes, Consumer<IOException> failed, ThreadFactory threads, Batches batches) {

        public Options {
            if (segmentBytes < MIN_SEGMENT || segmentBytes > 1 << 30) {
                throw new IllegalArgumentException("segments of " + segmentBytes + " bytes");
            }
        }

        /** Told to nobody. */
        public Options(int segmentBytes, Consumer<IOException> failed, ThreadFactory threads) {
            this(segmentBytes, failed, threads, Batches.NONE);
        }

        /** With daemon threads of the platform. */
        public Options(int segmentBytes, Consumer<IOException> failed) {
            this(segmentBytes, failed, Thread.ofPlatform().daemon().factory());
        }
    }

    /** Is told of what was made durable together. Called by the thread that has done it, before those who wait for it; must be quick, and must not throw. */
    @FunctionalInterface
    public interface Batches {

        /** Not interested. */
        Batches NONE = (records, bytes, nanos) -> { };

        /** @param bytes with frames; @param nanos for writing and forcing, in nanoseconds */
        void durable(long records, long bytes, long nanos);
    }

    /** Receives records in order. */
    @FunctionalInterface
    public interface Visitor {
        /** @param payload valid only during the call */
        void record(long sequence, byte type, ByteBuffer payload) throws IOException;
    }

    private final Disk disk;
    private final Path directory;
    private final int longestPayload;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock drops = new ReentrantLock();
    private final SegmentWriter writer;
    private final GroupCommit commit;
    private final Spares spares;

    private Journal(Disk disk, Path directory, UUID store, Options options, List<String> names) {
        this.disk = disk;
        this.directory = directory;
        longestPayload = Math.min(MAX_PAYLOAD,
                options.segmentBytes() - Segment.Header.BYTES - Frame.OVERHEAD - Frame.FOOTER_BYTES);
        Condition changed = lock.newCondition();
        writer = new SegmentWriter(disk, directory, store);
        commit = new GroupCommit(directory, Frame.bytesOf(store), writer, lock, changed, options);
        spares = new Spares(disk, directory, options.segmentBytes(), names, lock, changed);
    }

    /**
     * Opens or creates the log, hands every record with a sequence number above {@code after} to the visitor, mends a torn tail
     * (keeping a copy aside), and is then ready to append. Segments that hold only records up to {@code after} are not read
     * and may be missing.
     * <p>A full disk is no obstacle as long as the segments that are there have room.
     *
     * @param directory created when missing; its parent must exist
     * @param store the identity of the store; a segment of another store is refused
     * @throws CorruptJournalException for damage anywhere but in the tail, naming file and offset
     * @throws IOException also when a segment is of a newer format or of another store
     */
    public static Journal open(Disk disk, Path directory, UUID store, Options options, long after, Visitor visitor)
            throws IOException {
        Path absolute = directory.toAbsolutePath();
        disk.createDirectory(absolute);
        disk.forceDirectory(absolute.getParent());
        List<String> names = new ArrayList<>(disk.list(absolute));
        Recovery.Found found = new Recovery(disk, absolute, names, store, after, visitor).run();
        Journal journal = new Journal(disk, absolute, store, options, names);
        try {
            journal.start(found, options);
        } catch (IOException | RuntimeException e) {
            journal.abandon(e);
            throw e;
        }
        return journal;
    }

    /**
     * Whether a log was opened here before: its first segment is durable when that ends, and the one written to always stays.
     *
     * @param directory must exist
     */
    public static boolean exists(Disk disk, Path directory) throws IOException {
        return Recovery.firsts(disk.list(directory)).length > 0;
    }

    private void start(Recovery.Found found, Options options) throws IOException {
        Recovery.Found begin = found;
        if (found.tailFile() != null) {
            writer.resume(found.tailFile(), found.tailEnd());
        } else {
            begin = firstSegment(found, options);
        }
        commit.start(begin, spares, options.threads());
        spares.start(options.threads());
    }

    /** Only one segment is made before the journal opens; the spares come after, in the background. */
    private Recovery.Found firstSegment(Recovery.Found found, Options options) throws IOException {
        Spares.Spare spare;
        try {
            spare = spares.prepare();
        } catch (NoSpaceException e) {
            if (found.tail() == null) {
                throw e;
            }
            return found; // reading goes on; the first append asks again
        }
        long first = found.last() + 1;
        writer.activate(spare, first);
        List<Segment> older = new ArrayList<>(found.older());
        if (found.tail() != null) {
            older.add(found.tail());
        }
        Segment tail = new Segment(Segment.file(directory, first), first, found.last(), 0);
        return new Recovery.Found(older, tail, spare.file(), Segment.Header.BYTES,
                options.segmentBytes() - Segment.Header.BYTES, found.last());
    }

    private void abandon(Exception cause) {
        try {
            writer.close();
            spares.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /**
     * Queues one record and returns its sequence number without waiting for the disk, unless more than about 4 MiB are
     * queued or a segment is being prepared; records become durable in the order of their numbers. The payload is copied
     * before it returns.
     *
     * @param type any but 255, which marks a segment's footer
     * @param payload from its position to its limit, at most {@link #MAX_PAYLOAD} bytes and what a segment holds; its position stays
     * @param releasing whether the record only removes or releases something: it may then use the last prepared segment
     * @throws tranzr.disk.NoSpaceException when there is no prepared room and none can be made; nothing was queued
     * @throws IOException when the journal has failed or is closed, or no segment can be prepared; nothing was queued
     */
    public long append(byte type, ByteBuffer payload, boolean releasing) throws IOException {
        if (payload.remaining() > longestPayload) {
            throw new IllegalArgumentException("a payload of " + payload.remaining() + " bytes, more than " + longestPayload);
        }
        if (type == Frame.FOOTER) {
            throw new IllegalArgumentException("type 255 marks footers");
        }
        return commit.append(type, payload, releasing);
    }

    /** Returns when the record of that number, and all before it, are durable. @throws IOException when that will never be */
    public void await(long sequence) throws IOException {
        commit.await(sequence);
    }

    /** The number of the last record queued; 0 when there is none. */
    public long lastSequence() {
        return commit.last();
    }

    /**
     * Seals the current segment after all that is queued, durably, and goes on in a new one; it may use the last prepared
     * one. Seals nothing when no record was written since the last time.
     *
     * @return the last sequence number in the sealed one
     * @throws NoSpaceException when there is no prepared segment and none can be made; nothing was sealed
     */
    public long rotate() throws IOException {
        return commit.rotate();
    }

    /**
     * Deletes the segments that hold only records with numbers up to and including {@code sequence}, durably, or keeps their files for
     * later ones. The one that is written to always stays.
     */
    public void dropUpTo(long sequence) throws IOException {
        drops.lock();
        try {
            boolean dropped = false;
            for (Segment s = commit.oldestUpTo(sequence); s != null; s = commit.oldestUpTo(sequence)) {
                if (!spares.keep(s.file())) {
                    disk.delete(s.file());
                }
                commit.forget(s);
                dropped = true;
            }
            if (dropped) {
                disk.forceDirectory(directory);
                nudgeSpares();
            }
        } finally {
            drops.unlock();
        }
    }

    private void nudgeSpares() {
        lock.lock();
        try {
            spares.nudge();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of records in all segments that are kept; a segment that replay did not need counts with its whole size. */
    public long liveBytes() {
        return commit.liveBytes();
    }

    /**
     * Waits until all that was queued is durable, seals nothing, ends the threads. Idempotent.
     *
     * @throws IOException when not all that was queued became durable
     */
    @Override
    public void close() throws IOException {
        try (writer; spares) {
            commit.close();
        }
    }
}
