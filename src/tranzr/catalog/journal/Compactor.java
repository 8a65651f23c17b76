package tranzr.catalog.journal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import tranzr.disk.Disk;
import tranzr.disk.NoSpaceException;
import tranzr.journal.Journal;

/**
 * Decides when a snapshot is due, makes it, and drops what it makes superfluous. The snapshot before the newest stays,
 * and so do the journal's segments since then: when the newest turns out damaged, the one before it and those segments give
 * the same state.
 * <p>The journal's segment is not changed for a snapshot: on a full disk that would use up the room kept for deletions, and a
 * start skips the older records of a segment quickly.
 */
final class Compactor {

    private static final Logger LOG = System.getLogger("tranzr.catalog");

    /** How much of what makes a snapshot due while running makes one worthwhile when closing. */
    private static final int CLOSING_FRACTION = 16;

    private final Disk disk;
    private final Path directory;
    private final UUID store;
    private final Journal journal;
    private final Supplier<Image> image;
    private final BeforeDrop beforeDrop;
    private final long afterBytes;
    private final ThreadFactory threads;

    /** Bytes of records replayed and appended since the catalog was opened. */
    private final AtomicLong grown = new AtomicLong();
    /** At which value of {@link #grown} the next snapshot is due. */
    private volatile long due;

    private final ReentrantLock lock = new ReentrantLock();
    /** The one that runs, or the last one; guarded by the lock. */
    private Thread background;
    private boolean closed;
    /** The newest snapshot that is known to be good, 0 for none; its size; and {@link #grown} when it was taken. */
    private long newest;
    private long newestBytes;
    private long newestAt;

    /**
     * @param image takes the state under the writers' lock
     * @param newest the sequence number of the snapshot the catalog was opened from, 0 for none
     * @param newestBytes its size
     */
    Compactor(Disk disk, Path directory, UUID store, JournalCatalog.Options options, Journal journal, Supplier<Image> image,
            BeforeDrop beforeDrop, long newest, long newestBytes) {
        this.disk = disk;
        this.directory = directory;
        this.store = store;
        this.journal = journal;
        this.image = image;
        this.beforeDrop = beforeDrop;
        this.afterBytes = options.snapshotAfterBytes();
        this.threads = options.threads();
        this.newest = newest;
        this.newestBytes = newestBytes;
        this.due = interval();
    }

    private long interval() {
        return Math.max(afterBytes, newestBytes * 2);
    }

    /** Counts what was replayed; a snapshot that is due because of it waits for the next record, or for the end. */
    void replayed(long bytes) {
        grown.addAndGet(bytes);
    }

    /** Counts a record, and starts a snapshot when one is due. Never waits, unless there are to be no threads. */
    void recorded(long bytes) {
        if (grown.addAndGet(bytes) < due || !lock.tryLock()) {
            return;
        }
        try {
            if (!closed && grown.get() >= due) {
                due = Long.MAX_VALUE;
                start();
            }
        } finally {
            lock.unlock();
        }
    }

    private void start() {
        if (threads == null) {
            compactUnlessClosed();
            return;
        }
        background = threads.newThread(this::compactUnlessClosed);
        background.setName("tranzr-snapshot");
        background.start();
    }

    private void compactUnlessClosed() {
        lock.lock();
        try {
            if (!closed) {
                tryToCompact();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A failure costs nothing but disk space and a slower start: the journal has it all. It is tried again later. */
    private void tryToCompact() {
        try {
            compact();
        } catch (NoSpaceException e) {
            LOG.log(Level.WARNING, "no room for a snapshot in " + directory + ", to be tried again: " + e.getMessage());
        } catch (IOException e) {
            LOG.log(Level.ERROR, "snapshot in " + directory + " failed, to be tried again: " + e.getMessage(), e);
        } finally {
            due = grown.get() + interval();
        }
    }

    /** Makes a snapshot and drops what only the one before the one before it needs. Does nothing when there is no news. */
    void compact() throws IOException {
        lock.lock();
        try {
            if (journal.lastSequence() == newest) {
                return;
            }
            long at = grown.get();
            Image taken = image.get();
            long bytes = writeOrClean(taken);
            // A snapshot of what the journal might lose would hide the records that take the lost ones' numbers.
            journal.await(taken.sequence());
            beforeDrop.sync();
            disk.move(directory.resolve(Snapshot.TEMPORARY), Snapshot.file(directory, taken.sequence()));
            disk.forceDirectory(directory);
            long previous = newest;
            newest = taken.sequence();
            newestBytes = bytes;
            newestAt = at;
            LOG.log(Level.DEBUG, "snapshot of record {0}, {1} bytes", newest, bytes);
            journal.dropUpTo(previous);
            deleteOlderThan(previous);
        } finally {
            lock.unlock();
        }
    }

    private long writeOrClean(Image taken) throws IOException {
        try {
            return Snapshot.write(disk, directory, store, taken);
        } catch (IOException e) {
            try {
                disk.delete(directory.resolve(Snapshot.TEMPORARY));
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private void deleteOlderThan(long sequence) throws IOException {
        boolean deleted = false;
        for (long old : Snapshot.list(disk, directory)) {
            deleted |= old < sequence && disk.delete(Snapshot.file(directory, old));
        }
        if (deleted) {
            disk.forceDirectory(directory);
        }
    }

    /**
     * Ends the background's work.
     *
     * @param last whether to make a last snapshot when it spares the next start much
     */
    void close(boolean last) {
        Thread running;
        lock.lock();
        try {
            running = background;
            if (!closed && last && grown.get() - newestAt > interval() / CLOSING_FRACTION) {
                tryToCompact();
            }
            closed = true;
        } finally {
            lock.unlock();
        }
        if (running != null) {
            joinUninterruptibly(running);
        }
    }

    private static void joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
