package tranzr.audit;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.disk.NoSpaceException;

/**
 * The audit log: lines of JSON, appended only, each with the hash of the one before, in files of bounded size ({@code docs/storage.md}).
 * <p>A record is with the operating system when {@link #append} returns, so the death of the process loses none; it is on the disk a second later. When the disk
 * does not take one, the operation that it tells of goes on all the same: the loss is counted, and recorded as {@code log.gap} as soon as the disk takes
 * records again. Safe for several threads.
 */
public final class AuditLog implements Closeable {

    private static final Logger LOG = System.getLogger(AuditLog.class.getName());
    private static final long FORCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long TIDY_NANOS = TimeUnit.HOURS.toNanos(1);
    /** When no next segment can be made the current one grows by this much before that is tried again. */
    private static final long OVERTIME_BYTES = 1 << 20;

    /**
     * How the log is kept.
     *
     * @param segmentBytes the size of a file, in bytes
     * @param keep how long records are kept; null for ever
     */
    public record Options(long segmentBytes, Duration keep) {
    }

    private final Disk disk;
    private final Path directory;
    private final Options options;
    private final InstantSource clock;
    private final Retention retention;
    private final Thread keeper;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();

    /** All below guarded by the lock. */
    private final Losses losses = new Losses();
    private Tail tail;
    private long seq;
    private String hash;
    private long durable;
    private long limit;
    private boolean keeperRests;
    private boolean closing;

    private AuditLog(Disk disk, Path directory, Options options, InstantSource clock, boolean kept) {
        this.disk = disk;
        this.directory = directory;
        this.options = options;
        this.clock = clock;
        this.limit = options.segmentBytes();
        this.retention = options.keep() == null ? null : new Retention(disk, directory, options.keep());
        this.keeper = kept ? Thread.ofPlatform().daemon().name("tranzr-audit").unstarted(this::keep) : null;
    }

    /**
     * Opens the log, or begins one. What a crash left of the last line is set aside, and recorded.
     *
     * @param directory made when missing; its parent must exist
     * @throws IOException when it cannot be read or written. Damage is no such case: the log goes on after it
     */
    public static AuditLog open(Disk disk, Path directory, Options options, InstantSource clock) throws IOException {
        return open(disk, directory, options, clock, true);
    }

    /** @param kept whether a thread of its own forces and tidies; otherwise {@link #force} and {@link #tidy} are the caller's */
    static AuditLog open(Disk disk, Path directory, Options options, InstantSource clock, boolean kept) throws IOException {
        AuditLog log = new AuditLog(disk, directory, options, clock, kept);
        if (!disk.exists(directory)) {
            disk.createDirectory(directory);
        }
        disk.forceDirectory(directory.getParent());
        log.recover();
        if (kept) {
            log.keeper.start();
        }
        return log;
    }

    private void recover() throws IOException {
        Recovery found = Recovery.look(disk, directory).orElse(null);
        Segment segment = found == null ? Segment.of(directory, 1) : found.segment();
        DiskFile file = disk.open(segment.file(), found == null ? Disk.Mode.CREATE : Disk.Mode.WRITE);
        boolean done = false;
        try {
            Map<String, Object> torn = found == null ? Map.of() : found.cutOff(disk, file);
            // What a killed process wrote may not have been forced, and from here on it is taken for durable.
            file.force(true);
            disk.forceDirectory(directory);
            tail = new Tail(segment, file, found == null ? 0 : found.length());
            seq = found == null ? 0 : found.seq();
            hash = found == null ? Line.NO_HASH : found.hash();
            durable = seq;
            if (!torn.isEmpty()) {
                LOG.log(Level.WARNING, "the audit log ended in the middle of a record, as a crash leaves it: " + torn);
                append(Entry.bySystem(clock.instant(), "log.recovered", Entry.OK, torn));
            }
            done = true;
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    /** Records what happened, after everything that was recorded before. Never fails: see {@link #healthReason}. */
    public void append(Entry entry) {
        record(entry);
    }

    /** @return the record's number; 0 when it could not be written */
    private long record(Entry entry) {
        byte[] middle = LineText.middle(entry);
        lock.lock();
        try {
            if (closing) {
                LOG.log(Level.WARNING, "after the audit log was closed: " + new String(middle, StandardCharsets.UTF_8));
                return 0;
            }
            boolean written = (losses.isEmpty() || tellLosses()) && write(middle);
            if (!written) {
                losses.lost(entry.time());
            }
            if (keeperRests) {
                keeperRests = false;
                work.signal();
            }
            return written ? seq : 0;
        } finally {
            lock.unlock();
        }
    }

    /** Why records are missing now, in words for the operator; null when all is well. */
    public String healthReason() {
        lock.lock();
        try {
            return losses.isEmpty() ? null : "the audit log cannot be written, " + losses.count() + " records are missing so far: " + losses.reason();
        } finally {
            lock.unlock();
        }
    }

    /** Number and hash of the last record, as {@code SEQ:HASH}: kept elsewhere, it proves later that nothing up to here was changed or cut off. */
    public String anchor() {
        lock.lock();
        try {
            return seq + ":" + hash;
        } finally {
            lock.unlock();
        }
    }

    private boolean write(byte[] middle) {
        if (!tail.isOpen()) {
            return false;
        }
        byte[] hashed = LineText.hashed(seq + 1, middle, durable, hash);
        String newHash = Line.hashOf(hashed, hashed.length);
        byte[] line = Line.finished(hashed, newHash);
        if (tail.length() + line.length > limit && tail.length() > 0) {
            rotate();
            if (!tail.isOpen()) {
                return false;
            }
            if (tail.length() == 0) { // and so everything before it is durable, which the line has to say
                hashed = LineText.hashed(seq + 1, middle, durable, hash);
                newHash = Line.hashOf(hashed, hashed.length);
                line = Line.finished(hashed, newHash);
            }
        }
        try {
            tail.write(line);
            seq++;
            hash = newHash;
            return true;
        } catch (NoSpaceException e) {
            complain(e);
            cutBack();
            return false;
        } catch (IOException e) {
            giveUp(e);
            return false;
        }
    }

    /** Half a line may be there. */
    private void cutBack() {
        try {
            tail.cutBack();
        } catch (IOException e) {
            giveUp(e);
        }
    }

    /** The file must not be used again: what no force has confirmed may be gone although it can still be read. */
    private void giveUp(IOException e) {
        complain(e);
        losses.doubtful(durable + 1, seq);
        try {
            tail.close();
        } catch (IOException second) {
            LOG.log(Level.WARNING, "closing the audit log after a failure: " + second.getMessage());
        }
    }

    private void complain(IOException e) {
        if (losses.failed(e)) {
            LOG.log(Level.ERROR, "the audit log cannot be written: " + e.getMessage() + "; the server goes on, and counts what is not recorded");
        }
    }

    private boolean tellLosses() {
        if (!write(LineText.middle(Entry.bySystem(clock.instant(), "log.gap", "audit_failed", losses.told())))) {
            return false;
        }
        LOG.log(Level.WARNING, "the audit log can be written again; " + losses.count() + " records are missing");
        losses.clear();
        return true;
    }

    /** Goes on in a file of its own after a failure, if the disk lets it. */
    private void reopen() {
        try {
            tail.cutBackClosed(disk);
            tail = Tail.begin(disk, directory, seq + 1);
            limit = options.segmentBytes();
            // The records before are as durable as they will ever be.
            durable = seq;
        } catch (IOException e) {
            complain(e);
        }
    }

    /** Everything in the old file is durable before a new one begins, so that only the last can end in the middle of a record. */
    private void rotate() {
        Tail old = tail;
        try {
            old.force();
            durable = seq;
        } catch (IOException e) {
            giveUp(e);
            return;
        }
        try {
            tail = Tail.begin(disk, directory, seq + 1);
            limit = options.segmentBytes();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the audit log cannot begin its next file, and goes on with " + old.segment().name() + ": " + e.getMessage());
            limit = old.length() + OVERTIME_BYTES;
            return;
        }
        try {
            old.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "closing " + old.segment().name() + " of the audit log: " + e.getMessage());
        }
    }

    /** Makes durable what was appended before, and tries again what failed. */
    void force() {
        Tail forced;
        long upTo;
        lock.lock();
        try {
            if (!tail.isOpen()) {
                reopen();
            }
            if (!losses.isEmpty()) {
                tellLosses();
            }
            if (!tail.isOpen() || durable == seq) {
                return;
            }
            forced = tail;
            upTo = seq;
        } finally {
            lock.unlock();
        }
        IOException failure = null;
        try {
            forced.force();
        } catch (IOException e) {
            failure = e;
        }
        lock.lock();
        try {
            if (forced == tail && failure != null) {
                giveUp(failure);
            } else if (forced == tail && tail.isOpen()) {
                durable = Math.max(durable, upTo);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Removes what is older than is to be kept, and says so first. */
    void tidy() {
        if (retention == null) {
            return;
        }
        Instant now = clock.instant();
        try {
            lock.lock();
            try {
                if (tail.isOpen() && tail.length() > 0 && retention.isRipe(tail.segment(), now)) {
                    rotate();
                }
            } finally {
                lock.unlock();
            }
            Retention.Removal removal = retention.due(now);
            if (removal == null) {
                return;
            }
            long told = record(Entry.bySystem(now, "log.removed", Entry.OK, removal.told()));
            force();
            if (told > 0 && isDurable(told)) {
                retention.remove(removal);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "old records of the audit log are not removed now: " + e.getMessage());
        }
    }

    private boolean isDurable(long record) {
        lock.lock();
        try {
            return durable >= record;
        } finally {
            lock.unlock();
        }
    }

    /** The background: rests while there is nothing to do, and forces a second after something came. */
    private void keep() {
        long tidied = System.nanoTime() - TIDY_NANOS;
        while (true) {
            if (System.nanoTime() - tidied >= TIDY_NANOS) {
                tidy();
                tidied = System.nanoTime();
            }
            lock.lock();
            try {
                keeperRests = durable == seq && losses.isEmpty();
                if (keeperRests && !closing) {
                    work.awaitNanos(TIDY_NANOS);
                    keeperRests = false;
                }
                long rest = FORCE_NANOS;
                while (!closing && rest > 0) {
                    rest = work.awaitNanos(rest);
                }
                if (closing) {
                    return;
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts this thread, since that would close the file it is using", e);
            } finally {
                lock.unlock();
            }
            force();
        }
    }

    /** Makes everything durable. Later records are only logged. @throws IOException when what was written may not be on the disk */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (closing) {
                return;
            }
            closing = true;
            work.signalAll();
        } finally {
            lock.unlock();
        }
        if (keeper != null) {
            join();
        }
        force();
        tail.close();
        if (losses.count() > 0) {
            LOG.log(Level.ERROR, "the audit log was closed while it could not be written; " + losses.count() + " records are missing, and nothing in it tells so");
        }
        if (durable < seq) {
            throw new IOException("the last records of the audit log may not be on the disk: " + losses.reason());
        }
    }

    private void join() {
        boolean interrupted = false;
        while (keeper.isAlive()) {
            try {
                keeper.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
