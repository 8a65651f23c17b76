package tranzr.journal;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.disk.NoSpaceException;

/**
 * Files for the next segments: full of zeros and forced with their names, or segments that nobody needs any more, so that an append
 * only overwrites. The last of them is the reserve that lets deletes and expiry go on when the disk is full. All state is guarded by
 * the journal's lock.
 */
final class Spares implements Closeable {

    /**
     * @param path its name until it becomes a segment
     * @param bytes its size
     * @param blank whether it is full of zeros; what is left in it of an earlier segment otherwise
     */
    record Spare(Path path, DiskFile file, int bytes, boolean blank) {
    }

    private static final System.Logger LOG = System.getLogger(Spares.class.getName());
    private static final String PREFIX = "spare-";
    private static final int TARGET = 2;
    private static final int RESERVE = 1;
    /** Those that are made ahead among them. About as many as a busy catalog uses between two snapshots, which is when it drops as many. */
    private static final int MOST = 6;
    private static final int ZEROS = 256 << 10;
    private static final long RETRY_SECONDS = 2;

    private final Disk disk;
    private final Path directory;
    private final int segmentBytes;
    private final ReentrantLock lock;
    private final Condition changed;
    private final Condition wanted;
    private final ArrayDeque<Spare> ready = new ArrayDeque<>();
    /** What this journal has dropped: all records in them are older than any that will be written. */
    private final ArrayDeque<Path> dropped = new ArrayDeque<>();
    /** Of an earlier life, with anything in them. */
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

    /**
     * Takes a segment that nobody needs any more, unless there are enough, or it is gone, or has not the size that is wanted. Without the lock.
     *
     * @return false when it was not taken
     */
    boolean keep(Path segment) throws IOException {
        // One that is being made ahead is neither here nor there, but will be one of the two.
        Path name = locked(() -> TARGET + dropped.size() + leftovers.size() < MOST ? newName() : null);
        try {
            if (name == null || disk.size(segment) != segmentBytes) {
                return false;
            }
        } catch (NoSuchFileException _) {
            return false;
        }
        disk.move(segment, name);
        return locked(() -> dropped.add(name));
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
        Path old = locked(dropped::poll);
        if (old != null) {
            return prepare(old, Disk.Mode.WRITE, false);
        }
        for (Path path = locked(leftovers::poll); path != null; path = locked(leftovers::poll)) {
            if (disk.size(path) == segmentBytes) {
                return prepare(path, Disk.Mode.WRITE, true);
            }
            disk.delete(path); // cut off while it was made, or of another size than is wanted now
        }
        if (disk.usableSpace(directory) < segmentBytes) {
            throw new NoSpaceException("less than " + segmentBytes + " bytes free", null);
        }
        return prepare(locked(this::newName), Disk.Mode.CREATE, true);
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    private Path newName() {
        return directory.resolve(PREFIX + ++lastNumber);
    }

    private Spare prepare(Path path, Disk.Mode mode, boolean blank) throws IOException {
        DiskFile file = disk.open(path, mode);
        try {
            if (blank && (mode == Disk.Mode.CREATE || !new SegmentReader(path, file).isBlank())) {
                writeZeros(file, 0, segmentBytes);
            }
            file.force(true);
            // Also for the sake of a segment that got this name: its old one must not come back with what is written to it now.
            disk.forceDirectory(directory);
            return new Spare(path, file, segmentBytes, blank);
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
