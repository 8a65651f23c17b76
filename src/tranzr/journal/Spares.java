package tranzr.journal;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.disk.NoSpaceException;

/**
 * Segments made ahead: full of zeros, forced with their names, so that an append only overwrites. The last of them is
 * the reserve that lets deletes and expiry go on when the disk is full. All state is guarded by the journal's lock.
 */
final class Spares implements Closeable {

    /**
     * @param path its name until it becomes a segment
     * @param bytes its size
     */
    record Spare(Path path, DiskFile file, int bytes) {
    }

    private static final System.Logger LOG = System.getLogger(Spares.class.getName());
    private static final String PREFIX = "spare-";
    private static final int TARGET = 2;
    private static final int RESERVE = 1;
    private static final int ZEROS = 256 << 10;
    private static final long RETRY_SECONDS = 2;

    private final Disk disk;
    private final Path directory;
    private final int segmentBytes;
    private final ReentrantLock lock;
    private final Condition changed;
    private final Condition wanted;
    private final ArrayDeque<Spare> ready = new ArrayDeque<>();
    private final ArrayDeque<Path> leftovers = new ArrayDeque<>();
    private long lastNumber;
    private IOException problem;
    private boolean closing;
    /** Whether anything has changed since the thread last began to prepare one. */
    private boolean nudged;
    private Thread thread;

    /**
     * @param names of the files in the directory; spares of an earlier life among them are used again
     * @param changed signalled when {@link #take} may have another answer
     */
    Spares(Disk disk, Path directory, int segmentBytes, Collection<String> names, ReentrantLock lock, Condition changed) {
        this.disk = disk;
        this.directory = directory;
        this.segmentBytes = segmentBytes;
        this.lock = lock;
        this.changed = changed;
        wanted = lock.newCondition();
        names.stream().filter(Spares::isSpare).sorted().forEach(name -> {
            leftovers.add(directory.resolve(name));
            lastNumber = Math.max(lastNumber, Long.parseLong(name, PREFIX.length(), name.length(), 10));
        });
    }

    static boolean isSpare(String name) {
        return name.startsWith(PREFIX) && name.length() > PREFIX.length() && name.length() < PREFIX.length() + 19
                && name.chars().skip(PREFIX.length()).allMatch(c -> c >= '0' && c <= '9');
    }

    /** Makes the spares ahead from now on. @param threads null when the callers of {@link #take} and {@link #nudge} are to */
    void start(ThreadFactory threads) {
        lock.lock();
        try {
            if (threads == null) {
                fill();
            } else {
                thread = threads.newThread(this::run);
                thread.setName("tranzr-journal-prepare");
                thread.start();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes one, with the lock held.
     *
     * @param releasing whether the reserve may go as well
     * @return null when one is being made: wait for {@code changed} and ask again
     * @throws NoSpaceException when none is left to take and the disk is full
     */
    Spare take(boolean releasing) throws IOException {
        int keep = releasing ? 0 : RESERVE;
        if (thread == null && ready.size() <= keep) {
            fill();
        }
        if (ready.size() > keep) {
            Spare spare = ready.poll();
            wake();
            return spare;
        }
        if (problem instanceof NoSpaceException) {
            throw new NoSpaceException("no room for another journal segment in " + directory, problem);
        }
        if (problem != null) {
            throw new IOException("cannot prepare a journal segment in " + directory, problem);
        }
        return null;
    }

    /** Space may have come back: tries again, with the lock held. */
    void nudge() {
        wake();
    }

    private void wake() {
        if (thread == null) {
            fill();
        } else {
            nudged = true;
            wanted.signal();
        }
    }

    private void fill() {
        problem = null;
        while (!closing && problem == null && ready.size() < TARGET) {
            try {
                ready.add(prepare());
            } catch (IOException e) {
                problem = e;
            }
        }
    }

    private void run() {
        lock.lock();
        try {
            while (!closing) {
                if (ready.size() >= TARGET) {
                    wanted.await();
                    continue;
                }
                prepareUnlocked();
                if (problem != null && !nudged && !closing) {
                    wanted.await(RETRY_SECONDS, TimeUnit.SECONDS);
                }
            }
        } catch (InterruptedException e) {
            problem = new IOException("the thread that prepares journal segments was interrupted", e);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void prepareUnlocked() {
        Spare spare = null;
        IOException failed = null;
        nudged = false;
        lock.unlock();
        try {
            spare = prepare();
        } catch (IOException e) {
            failed = e;
        } catch (RuntimeException | Error e) {
            failed = new IOException("cannot prepare a journal segment", e); // or who waits for one would wait for ever
        } finally {
            lock.lock();
        }
        if ((failed == null) != (problem == null)) {
            LOG.log(failed == null ? Level.INFO : Level.WARNING, failed == null
                    ? "journal segments can be prepared again" : "cannot prepare a journal segment: " + failed.getMessage());
        }
        problem = failed;
        if (spare != null) {
            ready.add(spare);
        }
        changed.signalAll();
    }

    /** Makes one, or makes one of an earlier life fit for use. Called by one thread at a time. */
    Spare prepare() throws IOException {
        for (Path path = leftovers.poll(); path != null; path = leftovers.poll()) {
            if (disk.size(path) == segmentBytes) {
                return prepare(path, Disk.Mode.WRITE);
            }
            disk.delete(path); // cut off while it was made, or of another size than is wanted now
        }
        if (disk.usableSpace(directory) < segmentBytes) {
            throw new NoSpaceException("less than " + segmentBytes + " bytes free", null);
        }
        return prepare(directory.resolve(PREFIX + ++lastNumber), Disk.Mode.CREATE);
    }

    private Spare prepare(Path path, Disk.Mode mode) throws IOException {
        DiskFile file = disk.open(path, mode);
        try {
            if (mode == Disk.Mode.CREATE || !new SegmentReader(path, file).isBlank()) {
                writeZeros(file, 0, segmentBytes);
            }
            file.force(true);
            disk.forceDirectory(directory);
            return new Spare(path, file, segmentBytes);
        } catch (IOException e) {
            discard(path, file, e);
            throw e;
        }
    }

    /** A half-made one would only hold space that is missing elsewhere. */
    private void discard(Path path, DiskFile file, IOException cause) {
        try (file) {
            disk.delete(path);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    static void writeZeros(DiskFile file, long from, long to) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS, to - from));
        for (long at = from; at < to; at += zeros.capacity()) {
            file.write(zeros.clear().limit((int) Math.min(zeros.capacity(), to - at)), at);
        }
    }

    /** Ends the thread and closes the files, which stay for the next start. Without the lock. */
    @Override
    public void close() throws IOException {
        Thread running;
        lock.lock();
        try {
            closing = true;
            wanted.signal();
            running = thread;
        } finally {
            lock.unlock();
        }
        if (running != null) {
            GroupCommit.join(running);
        }
        for (Spare spare = ready.poll(); spare != null; spare = ready.poll()) {
            spare.file().close();
        }
    }
}
