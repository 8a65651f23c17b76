package tranzr.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The queue before the active segment and the one thread that empties it: it takes all that is queued, writes it at once,
 * forces once, and lets the waiters go. Where a record will lie is decided when it is queued, so that a full disk is
 * reported to the caller who meets it, with nothing queued.
 */
final class GroupCommit {

    private final SegmentWriter writer;
    private final Consumer<IOException> failed;
    private final Journal.Batches batches;
    private final ReentrantLock lock;
    /** Something that an appender may wait for has changed: a batch was taken, a spare is ready, all is over. */
    private final Condition changed;
    private final Condition work;
    private final ReentrantLock commits = new ReentrantLock();
    private final Layout layout;
    private Spares spares;
    private Batch filling;
    private Batch idle;
    private Batch inFlight;
    private long groupFirst;
    private long last;
    private volatile long durable;
    private IOException failure;
    private boolean closing;
    private Thread thread;

    GroupCommit(Path directory, byte[] store, SegmentWriter writer, ReentrantLock lock, Condition changed,
            Journal.Options options) {
        layout = new Layout(directory);
        this.writer = writer;
        this.lock = lock;
        this.changed = changed;
        this.failed = options.failed();
        this.batches = options.batches();
        work = lock.newCondition();
        filling = new Batch(store);
        idle = new Batch(store);
    }

    /** Begins after what was found on the disk. @param threads null when the callers are to do the work */
    void start(Recovery.Found found, Spares spares, ThreadFactory threads) {
        this.spares = spares;
        layout.start(found);
        last = found.last();
        durable = last;
        groupFirst = last + 1;
        if (threads != null) {
            thread = threads.newThread(this::run);
            thread.setName("tranzr-journal");
            thread.start();
        }
    }

    long append(byte type, ByteBuffer payload, boolean releasing) throws IOException {
        int bytes = Frame.OVERHEAD + payload.remaining();
        lock.lock();
        try {
            makeRoom(bytes, releasing);
            long sequence = last + 1;
            filling.put(sequence, Math.toIntExact(sequence - groupFirst), type, payload);
            last = sequence; // only now: without memory for the frame its number must stay free
            layout.add(bytes);
            work.signal();
            return sequence;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the queue and the segment take a frame; the lock is let go meanwhile. */
    private void makeRoom(int bytes, boolean releasing) throws IOException {
        for (;;) {
            requireOpen();
            boolean fits = layout.fits(bytes);
            if (!filling.fits(fits ? bytes : Frame.FOOTER_BYTES)) {
                waitForChange();
            } else if (fits) {
                return;
            } else if (!switchSegment(releasing)) {
                waitForChange();
            }
        }
    }

    private void waitForChange() {
        if (thread != null) {
            changed.awaitUninterruptibly();
            return;
        }
        lock.unlock();
        try {
            commit();
        } finally {
            lock.lock();
        }
    }

    /** @return false when a spare is still being made */
    private boolean switchSegment(boolean releasing) throws IOException {
        Spares.Spare spare = spares.take(releasing);
        if (spare == null) {
            return false;
        }
        ByteBuffer footer = layout.footer(last);
        if (footer != null) {
            filling.put(last + 1, Math.toIntExact(last + 1 - groupFirst), Frame.FOOTER, footer);
        }
        filling.switchTo(layout.next(last, spare.bytes()), spare, last + 1);
        groupFirst = last + 1; // the sealed segment is forced before anything goes to the new one
        work.signal();
        return true;
    }

    /** @return the last sequence number in the sealed segment */
    long rotate() throws IOException {
        long sealedLast;
        CountDownLatch done;
        lock.lock();
        try {
            requireOpen();
            while (layout.holdsRecords(last) && !(filling.fits(Frame.FOOTER_BYTES) && switchSegment(true))) {
                waitForChange();
                requireOpen();
            }
            sealedLast = last;
            done = filling.isEmpty() && inFlight == null ? null : pendingUpTo(Long.MAX_VALUE);
        } finally {
            lock.unlock();
        }
        if (done != null) {
            awaitDone(done);
        }
        lock.lock();
        try {
            requireSound();
        } finally {
            lock.unlock();
        }
        return sealedLast;
    }

    void await(long sequence) throws IOException {
        if (sequence <= durable) {
            return;
        }
        CountDownLatch done;
        lock.lock();
        try {
            if (sequence > last) {
                throw new IllegalArgumentException("record " + sequence + " was never queued");
            }
            if (sequence <= durable) {
                return;
            }
            done = pendingUpTo(sequence);
        } finally {
            lock.unlock();
        }
        awaitDone(done);
        if (sequence > durable) {
            lock.lock();
            try {
                requireSound();
                throw new IOException("the journal ended before record " + sequence + " was durable");
            } finally {
                lock.unlock();
            }
        }
    }

    /** What opens when the record, or all that is queued, is durable or will never be; with the lock held. */
    private CountDownLatch pendingUpTo(long sequence) {
        return inFlight != null && (sequence <= inFlight.last() || filling.isEmpty()) ? inFlight.done() : filling.done();
    }

    private void awaitDone(CountDownLatch done) {
        if (thread == null) {
            while (done.getCount() > 0 && commit()) {
                // the batch that is waited for is this one or the next
            }
            return;
        }
        boolean interrupted = false;
        while (done.getCount() > 0) {
            try {
                done.await();
            } catch (InterruptedException e) {
                interrupted = true; // an answer that waits for the disk cannot be given up half-way
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        for (;;) {
            lock.lock();
            try {
                while (filling.isEmpty() && !closing && failure == null) {
                    work.awaitUninterruptibly();
                }
                if (filling.isEmpty() || failure != null) {
                    return;
                }
            } finally {
                lock.unlock();
            }
            commit();
        }
    }

    /** Makes what is queued durable. @return false when nothing was queued, or nothing can be any more */
    private boolean commit() {
        commits.lock();
        try {
            Batch batch = takeBatch();
            if (batch == null) {
                return false;
            }
            IOException problem = null;
            try {
                long began = System.nanoTime();
                writer.write(batch);
                batches.durable(batch.last() - durable, batch.end(), System.nanoTime() - began);
            } catch (IOException e) {
                problem = e;
            } catch (RuntimeException | Error e) {
                problem = new IOException("cannot write the journal", e);
            }
            finish(batch, problem);
            if (problem != null) {
                failed.accept(problem);
            }
            return problem == null;
        } finally {
            commits.unlock();
        }
    }

    private Batch takeBatch() {
        lock.lock();
        try {
            if (filling.isEmpty() || failure != null) {
                return null;
            }
            inFlight = filling;
            filling = idle;
            groupFirst = last + 1;
            changed.signalAll();
            return inFlight;
        } finally {
            lock.unlock();
        }
    }

    /** @param problem null when all is durable; otherwise the journal ends here */
    private void finish(Batch batch, IOException problem) {
        CountDownLatch done = batch.done();
        lock.lock();
        try {
            inFlight = null;
            if (problem == null) {
                durable = batch.last();
                batch.switches().stream().map(Batch.Switch::sealed).filter(Objects::nonNull).forEach(layout::sealed);
                batch.reset();
            } else {
                failure = problem;
                filling.done().countDown();
                changed.signalAll();
            }
            idle = batch;
        } finally {
            lock.unlock();
        }
        done.countDown();
    }

    private void requireOpen() throws IOException {
        requireSound();
        if (closing) {
            throw new IOException("the journal is closed");
        }
    }

    private void requireSound() throws IOException {
        if (failure != null) {
            throw new IOException("the journal has failed: " + failure.getMessage(), failure);
        }
    }

    long last() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    long liveBytes() {
        lock.lock();
        try {
            return layout.bytes();
        } finally {
            lock.unlock();
        }
    }

    /** The oldest sealed segment that is not forgotten yet, when it holds nothing above a number; null otherwise. */
    Segment oldestUpTo(long sequence) {
        lock.lock();
        try {
            return layout.oldestUpTo(sequence);
        } finally {
            lock.unlock();
        }
    }

    void forget(Segment segment) {
        lock.lock();
        try {
            layout.dropped(segment);
        } finally {
            lock.unlock();
        }
    }

    /** Empties the queue and ends the thread. @throws IOException when not all that was queued became durable */
    void close() throws IOException {
        lock.lock();
        try {
            closing = true;
            work.signal();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (thread != null) {
            join(thread);
        } else {
            while (commit()) {
                // until the queue is empty
            }
        }
        lock.lock();
        try {
            if (failure != null) {
                filling.closeSpares(failure);
                idle.closeSpares(failure);
            }
            if (durable < last) {
                requireSound();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end of a thread, unless the caller is that thread. */
    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread != Thread.currentThread() && thread.isAlive()) {
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
