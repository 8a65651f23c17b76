package tranzr.transfer;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tranzr.model.ByteRange;
import tranzr.model.Upload;
import tranzr.storage.StoredObject;

/**
 * One upload while requests work on it: which of them writes where, its open object, and how far it is hashed. Kept for a
 * while between requests, so that the hash goes on where it was.
 */
final class UploadSession {

    /** How long a newer request waits for an older one to let go after its connection was ended. */
    private static final Duration LETTING_GO = Duration.ofSeconds(20);

    /** A request's claim on a part of the byte space. */
    static final class Writer {
        private final ByteRange range;
        private final Body body;
        private final long came;
        private boolean superseded;

        private Writer(ByteRange range, Body body) {
            this.range = range;
            this.body = body;
            this.came = body.came();
        }

        private boolean cameBefore(long other) {
            return came - other < 0;
        }
    }

    final UUID id;
    final HashFrontier frontier = new HashFrontier();
    /** Held while the upload is being completed, so that two merges do it once. */
    final ReentrantLock completing = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition writerLeft = lock.newCondition();
    private final List<Writer> writers = new ArrayList<>();
    private StoredObject object;
    /** Under which id {@link #object} lies. */
    private UUID objectId;
    private boolean closedForWriters;
    /** Of these bytes somebody was told, on a request that came at {@link #settledAt}, how many there are; null when nobody was. */
    private ByteRange settled;
    private long settledAt;
    /** Guarded by {@link UploadSessions}. */
    int users;
    /** Guarded by {@link UploadSessions}. */
    long lastUse;

    /** Whether the next body goes on where another one has stopped: set by one that breaks off. A session begins with it, for what came before. */
    final AtomicBoolean interrupted = new AtomicBoolean(true);
    /** Set while a catch-up of this upload is queued. */
    final AtomicBoolean catchUpDue = new AtomicBoolean();
    private final Hasher hasher;

    UploadSession(UUID id, Hasher hasher) {
        this.id = id;
        this.hasher = hasher;
    }

    /** Has the frontier brought forward in the background. */
    void catchUpSoon() {
        if (catchUpDue.compareAndSet(false, true)) {
            hasher.catchUp(id);
        }
    }

    /**
     * Claims a range for a body. Older requests for any of it are ended first: a dead connection must never block a resume. One that came before another that is at work there, or before one that
     * was told how far it is, gets here too late, and is superseded itself.
     */
    Writer enter(ByteRange range, Body body) {
        lock.lock();
        try {
            Writer writer = new Writer(range, body);
            if (closedForWriters) {
                throw new FailureException(new Failure.UnknownFile(id));
            }
            requireNewest(writer);
            endAll(range);
            if (closedForWriters) {
                throw new FailureException(new Failure.UnknownFile(id));
            }
            requireNewest(writer);
            writers.add(writer);
            return writer;
        } finally {
            lock.unlock();
        }
    }

    private void requireNewest(Writer writer) {
        boolean late = settled != null && settled.overlaps(writer.range) && writer.cameBefore(settledAt)
                || writers.stream().anyMatch(other -> other.range.overlaps(writer.range) && writer.cameBefore(other.came));
        if (late) {
            throw new FailureException(new Failure.Superseded(id));
        }
    }

    void leave(Writer writer) {
        lock.lock();
        try {
            writers.remove(writer);
            writerLeft.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isSuperseded(Writer writer) {
        lock.lock();
        try {
            return writer.superseded;
        } finally {
            lock.unlock();
        }
    }

    boolean hasWriters() {
        lock.lock();
        try {
            return !writers.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Ends all requests and lets none in any more: the upload is about to go. */
    void shutOut() {
        lock.lock();
        try {
            closedForWriters = true;
            endAll(new ByteRange(0, Long.MAX_VALUE));
        } finally {
            lock.unlock();
        }
    }

    /** Whether its upload is gone, or about to go. */
    boolean isShutOut() {
        lock.lock();
        try {
            return closedForWriters;
        } finally {
            lock.unlock();
        }
    }

    /** Lets requests in again, when the upload stays after all. */
    void letIn() {
        lock.lock();
        try {
            closedForWriters = false;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns when no request brings any of these bytes: waits so long for those that end by themselves, and ends the others. Those that came before and have not got to work yet do not any more.
     *
     * @param came when the request came that is going to be told what is there, as {@link Body#came}
     */
    void settle(ByteRange range, Duration patience, long came) {
        lock.lock();
        try {
            if (settled == null || settledAt - came < 0) {
                settled = range;
                settledAt = came;
            }
            long nanos = patience.toNanos();
            while (nanos > 0 && writers.stream().anyMatch(writer -> writer.range.overlaps(range))) {
                nanos = writerLeft.awaitNanos(nanos);
            }
            endAll(range);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FailureException(new Failure.Unavailable("interrupted"));
        } finally {
            lock.unlock();
        }
    }

    /** Called with the lock held; returns when no writer overlaps the range. */
    private void endAll(ByteRange range) {
        long nanos = LETTING_GO.toNanos();
        while (true) {
            boolean any = false;
            for (Writer writer : writers) {
                if (writer.range.overlaps(range)) {
                    any = true;
                    if (!writer.superseded) {
                        writer.superseded = true;
                        writer.body.abort();
                    }
                }
            }
            if (!any) {
                return;
            }
            if (nanos <= 0) {
                throw new FailureException(new Failure.Unavailable("an older request for these bytes does not end"));
            }
            try {
                nanos = writerLeft.awaitNanos(nanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new FailureException(new Failure.Unavailable("interrupted"));
            }
        }
    }

    /** The upload's object, opened or made at the first need. */
    StoredObject object(Core core, Upload upload) throws IOException {
        lock.lock();
        try {
            if (object == null) {
                object = openOrCreate(core, upload);
                objectId = upload.object();
            } else if (!objectId.equals(upload.object())) {
                throw new FailureException(new Failure.UnknownFile(id)); // That of this session is removed, and another has its id.
            }
            return object;
        } finally {
            lock.unlock();
        }
    }

    private static StoredObject openOrCreate(Core core, Upload upload) throws IOException {
        try {
            return core.storage.open(upload.object());
        } catch (NoSuchFileException e) {
            if (!upload.ranges().isEmpty()) {
                throw new FailureException(new Failure.Corrupt(upload.id()));
            }
            return core.storage.create(upload.object());
        }
    }

    /** Closes the object, when no request uses the session; it opens again at need. */
    void closeObject() throws IOException {
        lock.lock();
        try {
            if (object != null) {
                StoredObject closing = object;
                object = null;
                closing.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
