package tranzr.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.RangeSet;

/**
 * What came from a stream and is not known to be at the server yet, in a bounded memory; takes the SHA-256 as it comes. The stream is read on a thread of its own, since nothing can end a
 * read of standard input: that thread ends with the next byte, the end of the stream, or the process.
 */
final class StreamBuffer implements Source {

    private static final int PIECE = 64 << 10;
    /** Most memory, in bytes, whatever the heap. */
    private static final long MOST = 256L << 20;
    private static final long LEAST = 1 << 20;

    private final InputStream stream;
    private final int pieces;
    private final long give;
    private final long patienceNanos;
    private final MessageDigest engine = Digest.newSha256();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // All below is guarded by the lock.
    private final Map<Long, byte[]> held = new HashMap<>();
    private RangeSet moved = RangeSet.EMPTY;
    private long came;
    private long given;
    private boolean begun;
    private boolean stopped;
    private Digest digest;
    private Throwable failure;

    /**
     * @param most bytes to be held
     * @param parallel ranges at a time, so that each gets its share of them
     * @param patienceNanos how long what is there waits for more
     */
    StreamBuffer(InputStream stream, long most, int parallel, long patienceNanos) {
        this.stream = stream;
        this.pieces = (int) Math.max(2, most / PIECE);
        this.give = Math.max(1, pieces / (2L * parallel)) * PIECE;
        this.patienceNanos = patienceNanos;
    }

    /** As large as the heap allows: a quarter of it. */
    static StreamBuffer of(InputStream stream, Tuning tuning) {
        long wanted = Math.multiplyExact(2L * tuning.parallel(), tuning.adaptive() ? Tuning.MAX_CHUNK : tuning.chunkSize());
        long most = Math.max(LEAST, Math.min(Math.min(wanted, MOST), Runtime.getRuntime().maxMemory() / 4));
        return new StreamBuffer(stream, most, tuning.parallel(), TimeUnit.SECONDS.toNanos(1));
    }

    private void fill() {
        try {
            byte[] piece = null;
            for (long at = 0;;) {
                int offset = (int) (at % PIECE);
                if (offset == 0) {
                    piece = room(at);
                }
                int read = piece == null ? -1 : stream.read(piece, offset, PIECE - offset);
                if (read < 0) {
                    end(piece == null ? null : Digest.of(engine.digest()), null);
                    return;
                }
                Digest.update(engine, piece, offset, read);
                at += read;
                came(at);
            }
        } catch (IOException | RuntimeException | Error e) {
            end(null, e);
        }
    }

    /** Waits until there is memory for one more piece. @return null to stop */
    private byte[] room(long at) {
        lock.lock();
        try {
            while (held.size() >= pieces && !stopped) {
                changed.awaitUninterruptibly();
            }
            if (stopped) {
                return null;
            }
            byte[] piece = new byte[PIECE];
            held.put(at / PIECE, piece);
            return piece;
        } finally {
            lock.unlock();
        }
    }

    private void came(long end) {
        lock.lock();
        try {
            came = end;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end(Digest whole, Throwable problem) {
        lock.lock();
        try {
            digest = whole;
            failure = problem;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What is to be sent next; waits until there is enough of it, or it has waited long enough for more. The empty range at the end of the stream.
     *
     * @throws TransferException when the stream broke, or the transfer is stopped
     */
    ByteRange next(long atMost, RangeRun run) throws TransferException {
        lock.lock();
        try {
            if (!begun) {
                begun = true;
                Thread.ofPlatform().daemon().name("tranzr-stream").start(this::fill);
            }
            long wanted = Math.min(atMost, give);
            long began = System.nanoTime();
            while (came - given < wanted && digest == null) {
                run.checkStopped();
                if (failure != null) {
                    throw new TransferException(TransferException.Kind.INPUT, "what is to be sent cannot be read: " + failure.getMessage(), failure);
                }
                boolean full = held.size() >= pieces && came % PIECE == 0;
                if (came > given && (full || System.nanoTime() - began > patienceNanos)) {
                    break;
                }
                changed.awaitNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
            ByteRange range = new ByteRange(given, Math.min(came, given + Math.min(atMost, give)));
            given = range.end();
            return range;
        } catch (InterruptedException e) {
            throw new TransferException(TransferException.Kind.PAUSED, "interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void read(long position, ByteBuffer into) throws IOException {
        for (long at = position; into.hasRemaining();) {
            byte[] piece = piece(at);
            int offset = (int) (at % PIECE);
            int length = Math.min(PIECE - offset, into.remaining());
            into.put(piece, offset, length);
            at += length;
        }
    }

    private byte[] piece(long at) throws IOException {
        lock.lock();
        try {
            byte[] piece = held.get(at / PIECE);
            if (piece == null) {
                throw new IOException("the bytes at " + at + " are no longer there");
            }
            return piece;
        } finally {
            lock.unlock();
        }
    }

    /** The server has it: its memory is free again. */
    void moved(ByteRange range) {
        lock.lock();
        try {
            for (ByteRange fresh : moved.missing(range)) {
                moved = moved.plus(fresh, 0);
            }
            for (long index = range.start() / PIECE; index * PIECE < range.end(); index++) {
                if (moved.contains(new ByteRange(index * PIECE, (index + 1) * PIECE))) {
                    held.remove(index);
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What was given out and is not known to be at the server: after a pause. */
    List<ByteRange> unmoved() {
        lock.lock();
        try {
            return moved.missing(new ByteRange(0, given));
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes are at the server. */
    long movedBytes() {
        lock.lock();
        try {
            return moved.total();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that came. */
    long size() {
        lock.lock();
        try {
            return came;
        } finally {
            lock.unlock();
        }
    }

    /** Of all of it; null before its end. */
    Digest digest() {
        lock.lock();
        try {
            return digest;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that are held in memory now. */
    long heldBytes() {
        lock.lock();
        try {
            return (long) held.size() * PIECE;
        } finally {
            lock.unlock();
        }
    }

    void stop() {
        lock.lock();
        try {
            stopped = true;
            held.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
