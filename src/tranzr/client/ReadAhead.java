package tranzr.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tranzr.model.ByteRange;
import tranzr.model.Crc32c;
import tranzr.model.Digest;

/**
 * Takes the SHA-256 of a source on a thread of its own, while its bytes are sent. It stays at most {@value #WINDOW} bytes ahead of what is being sent, so that what it
 * has read is still in the system's cache when it is sent; after it has waited for a second the network is so slow that the disk may well be read twice, and it goes on for
 * as much again. The CRC-32C of what it passed lately is known for nothing.
 */
final class ReadAhead implements AutoCloseable {

    /** How far it may be ahead, in bytes. */
    static final long WINDOW = 64 << 20;
    private static final int BUFFER = 256 << 10;
    /** Ranges begin and end at multiples of this, but for the file's end. */
    private static final int BLOCK = 64 << 10;
    /** So many blocks are remembered: those ahead, and as many as several large ranges behind. 32 KiB in all. */
    private static final int REMEMBERED = 8192;

    private final Source source;
    private final long size;
    private final long patienceNanos;
    private final int[] sums = new int[REMEMBERED];
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // All below is guarded by the lock.
    private long hashed;
    private long sent;
    private boolean hurried;
    private boolean stopped;
    private Digest digest;
    private IOException failure;

    ReadAhead(Source source, long size) {
        this(source, size, TimeUnit.SECONDS.toNanos(1));
    }

    /** @param patienceNanos how long it waits for the network before it goes on */
    ReadAhead(Source source, long size, long patienceNanos) {
        this.source = source;
        this.size = size;
        this.patienceNanos = patienceNanos;
        // A platform thread: reads of files and SHA-256 would hold the carriers of the threads that send.
        this.thread = Thread.ofPlatform().daemon().name("tranzr-read-ahead").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            MessageDigest engine = Digest.newSha256();
            byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(size, 1))];
            for (long at = 0; at < size;) {
                if (!mayRead(at)) {
                    return;
                }
                int length = (int) Math.min(buffer.length, size - at);
                source.read(at, ByteBuffer.wrap(buffer, 0, length));
                Digest.update(engine, buffer, 0, length);
                passed(at, buffer, length);
                at += length;
            }
            end(Digest.of(engine.digest()), null);
        } catch (IOException e) {
            end(null, e);
        } catch (RuntimeException | Error e) {
            end(null, new IOException(e));
        }
    }

    /** Waits while it is too far ahead. @return false to stop */
    private boolean mayRead(long at) {
        lock.lock();
        try {
            long left = patienceNanos;
            while (!stopped && !hurried && at - sent >= WINDOW && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (left <= 0) {
                sent = at; // as if it had been: the next stretch
            }
            return !stopped;
        } catch (InterruptedException e) {
            return false; // nobody does that
        } finally {
            lock.unlock();
        }
    }

    private void passed(long at, byte[] buffer, int length) {
        int[] fresh = new int[(length + BLOCK - 1) / BLOCK];
        for (int i = 0; i < fresh.length; i++) {
            fresh[i] = Crc32c.of(buffer, i * BLOCK, Math.min(BLOCK, length - i * BLOCK));
        }
        lock.lock();
        try {
            for (int i = 0; i < fresh.length; i++) {
                sums[(int) ((at / BLOCK + i) % REMEMBERED)] = fresh[i];
            }
            hashed = at + length;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end(Digest whole, IOException problem) {
        lock.lock();
        try {
            digest = whole;
            failure = problem;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** All before this place is on its way, or was there before. */
    void sending(long end) {
        lock.lock();
        try {
            if (end > sent) {
                sent = end;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The CRC-32C of a range, if all of it was read lately; what is sent has to be the same bytes. */
    OptionalInt crc(ByteRange range) {
        lock.lock();
        try {
            boolean aligned = range.start() % BLOCK == 0 && (range.end() % BLOCK == 0 || range.end() == size);
            long remembered = Math.max(0, hashed / BLOCK - REMEMBERED + 1) * BLOCK;
            if (!aligned || range.end() > hashed || range.start() < remembered) {
                return OptionalInt.empty();
            }
            int crc = 0;
            for (long at = range.start(); at < range.end(); at += BLOCK) {
                crc = Crc32c.combine(crc, sums[(int) (at / BLOCK % REMEMBERED)], Math.min(BLOCK, range.end() - at));
            }
            return OptionalInt.of(crc);
        } finally {
            lock.unlock();
        }
    }

    /** The digest of the whole, or null while it is not known. */
    Digest known() {
        lock.lock();
        try {
            return digest;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the digest of the whole; it no longer waits for the network.
     *
     * @throws IOException when the source could not be read
     * @throws TransferException when the transfer is stopped
     */
    Digest await(RangeRun engine) throws IOException, TransferException {
        lock.lock();
        try {
            hurried = true;
            changed.signalAll();
            while (digest == null && failure == null) {
                engine.checkStopped();
                changed.awaitNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
            if (failure != null) {
                throw failure;
            }
            return digest;
        } catch (InterruptedException e) {
            throw new IOException(e);
        } finally {
            lock.unlock();
        }
    }

    /** How far it is, in bytes. */
    long hashed() {
        lock.lock();
        try {
            return hashed;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread, and returns when it no longer reads. */
    @Override
    public void close() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
