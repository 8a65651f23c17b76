package tranzr.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tranzr.model.RangeSet;
import tranzr.storage.StoredObject;

/**
 * The frontier up to which an upload is hashed. A writer that starts exactly there hashes its bytes as they pass through
 * memory, on a copy of the state that is adopted when they are durable; what came out of order is read back, from the
 * page cache as a rule, once the frontier reaches it. At any moment at most one of the two is under way.
 */
final class HashFrontier {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private HashState state = HashState.atStart();
    private boolean taken;
    private IOException damage;
    /** Why {@link #refuse} was called last, and how often it was. */
    private IOException refusal;
    private long refusals;
    private volatile long published;

    /** A copy to hash ahead on, when nobody else does and the frontier is just there; else null. */
    HashState takeAt(long offset) {
        if (published != offset) {
            return null;
        }
        lock.lock();
        try {
            if (taken || state.offset() != offset) {
                return null;
            }
            taken = true;
            return state.copy();
        } finally {
            lock.unlock();
        }
    }

    /** Ends what {@link #takeAt} began. @param hashed the state to go on from, or null to stay */
    void giveBack(HashState hashed) {
        lock.lock();
        try {
            taken = false;
            if (hashed != null) {
                state = hashed;
                published = state.offset();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reads back and hashes what is durable beyond the frontier, at most {@code budget} bytes.
     *
     * @return whether it did; not when somebody else is at the frontier
     */
    boolean catchUp(RangeSet ranges, StoredObject object, long budget) throws IOException {
        HashState work = takeAt(published);
        if (work == null) {
            return false;
        }
        HashState done = null;
        try {
            long target = ranges.contiguousEnd(work.offset());
            long end = Math.min(target, work.offset() + budget);
            byte[] bytes = new byte[(int) Math.min(StoredObject.BLOCK, end - work.offset())];
            while (work.offset() < end) {
                int want = (int) Math.min(bytes.length, end - work.offset());
                int got = object.read(work.offset(), ByteBuffer.wrap(bytes, 0, want));
                if (got < want) {
                    throw new IOException("the stored bytes end at " + (work.offset() + got) + ", before " + target);
                }
                work.update(bytes, 0, want, object);
                published = work.offset();
            }
            done = work;
            return true;
        } catch (IOException e) {
            fail(e);
            throw e;
        } finally {
            giveBack(done);
            if (done == null) {
                published = offsetOfState();
            }
        }
    }

    private long offsetOfState() {
        lock.lock();
        try {
            return state.offset();
        } finally {
            lock.unlock();
        }
    }

    private void fail(IOException e) {
        lock.lock();
        try {
            damage = e;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes are hashed, also in the middle of {@link #catchUp}. */
    long offset() {
        return published;
    }

    /**
     * Waits until {@code length} bytes are hashed.
     *
     * @param before {@link #refusals} when the caller began to ask
     * @return the state then, or null when the time is up
     * @throws IOException when the bytes could not be read back, or what was hashed meanwhile was refused
     */
    HashState await(long length, Duration atMost, long before) throws IOException {
        long nanos = atMost.toNanos();
        lock.lock();
        try {
            while (taken || state.offset() < length) {
                if (damage != null) {
                    throw damage;
                }
                if (refusals != before) {
                    throw refusal;
                }
                if (nanos <= 0) {
                    return null;
                }
                nanos = changed.awaitNanos(nanos);
            }
            return state.copy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** How often what was hashed was refused. */
    long refusals() {
        lock.lock();
        try {
            return refusals;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets everything, since what was hashed is not what it should be: that is told to all who wait for it, for nobody hashes again before the next of them asks. */
    void refuse(IOException why) {
        lock.lock();
        try {
            refusal = why;
            refusals++;
            changed.signalAll();
            reset();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets everything, to hash from the start again. */
    void reset() {
        lock.lock();
        try {
            if (!taken) {
                state = HashState.atStart();
                published = 0;
                damage = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
