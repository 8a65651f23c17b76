package tranzr.limit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import tranzr.model.Priority;

/**
 * Limits how fast bytes pass: in all, for each key and for each transfer, each by a {@link Schedule}. Safe for several threads.
 * <ul>
 * <li>In any second no limit is passed by more than 64 KiB (above 64 MiB/s: by more than a millisecond's worth).
 * <li>When more is wanted than may pass, the keys share evenly, and within a key its transfers, except that a higher {@link Priority} gets more by its weight; a
 * key counts by the most important of its transfers that wait. What one cannot use goes to the others at once, and rest saves up nothing.
 * <li>A change by the schedule takes effect within a second, also for transfers that are under way.
 * <li>Where there is no limit at any time, there is neither lock nor clock; where there is none at the moment, a look at the clock.
 * </ul>
 * There is no thread of its own: of those who wait, one watches the time for all, and hands that on when it leaves.
 */
public final class Bandwidth {

    private final Parking parking;
    /** Guards everything below, and the state of the flows. Never held while a thread waits. */
    private final ReentrantLock lock = new ReentrantLock();
    /** Null when there is no limit at any time. */
    private final FairQueue queue;
    /** Who watches the time; null for nobody. */
    private LimitedFlow watcher;
    private long watchesUntil;
    /** When the queue wants to be called again, as it said last. */
    private long nextEvent = FairQueue.NEVER;
    /** How many threads are parked. Guarded by the lock. */
    private int waiting;
    /** Until when nothing is limited, so that nobody needs the lock; in the past when something is. */
    private volatile long freeUntil;

    /**
     * @param total for all transfers together
     * @param perKey for the transfers of each key together
     * @param perTransfer for each transfer
     * @param zone where the times of the schedules are read from the wall
     * @param clock what time it is for the schedules; may be set back and forth
     */
    public Bandwidth(Schedule total, Schedule perKey, Schedule perTransfer, ZoneId zone, InstantSource clock) {
        this(total, perKey, perTransfer, zone, clock, Parking.system());
    }

    Bandwidth(Schedule total, Schedule perKey, Schedule perTransfer, ZoneId zone, InstantSource clock, Parking parking) {
        this.parking = parking;
        boolean never = total.isNone() && perKey.isNone() && perTransfer.isNone();
        this.queue = never ? null : new FairQueue(total, perKey, perTransfer, zone, clock, parking.nanos());
        this.freeUntil = Long.MIN_VALUE;
    }

    /** Whether nothing is limited at any time, so that nobody need ask. */
    public boolean isNone() {
        return queue == null;
    }

    /**
     * Begins a transfer. To be closed.
     *
     * @param key whose it is, a value with {@code equals}; null for nobody's, which shares as a key of its own and has no limit per key but its own
     */
    public Flow open(Object key, Priority priority) {
        Objects.requireNonNull(priority);
        if (queue == null) {
            return new FreeFlow();
        }
        lock.lock();
        try {
            return new LimitedFlow(queue.open(key, priority, parking.nanos()));
        } finally {
            lock.unlock();
        }
    }

    /** How many transfers wait at the moment until more bytes may pass. */
    public int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /** Keys that are remembered. */
    int keys() {
        lock.lock();
        try {
            return queue == null ? 0 : queue.keys();
        } finally {
            lock.unlock();
        }
    }

    private static IOException aborted() {
        return new IOException("the transfer was ended while it waited for bandwidth");
    }

    private static void check(int wanted) {
        if (wanted < 1) {
            throw new IllegalArgumentException("nothing is wanted");
        }
    }

    /** One that never waits. */
    private static final class FreeFlow implements Flow {
        private volatile boolean ended;

        @Override
        public int next(int wanted) throws IOException {
            check(wanted);
            if (ended) {
                throw aborted();
            }
            return wanted;
        }

        @Override
        public int piece(int most) {
            return most;
        }

        @Override
        public void abort() {
            ended = true;
        }

        @Override
        public void close() {
            ended = true;
        }
    }

    /** One that may have to wait. */
    private final class LimitedFlow implements Flow {
        private final FairQueue.Member member;
        /** Who waits in {@link #next}; null for nobody. Guarded by the lock. */
        private Thread thread;
        /** Written under the lock. */
        private volatile boolean ended;
        private boolean closed;

        LimitedFlow(FairQueue.Member member) {
            this.member = member;
            member.owner = this;
        }

        @Override
        public int next(int wanted) throws IOException {
            check(wanted);
            if (freeUntil > parking.nanos() && !ended) {
                return wanted;
            }
            lock.lock();
            try {
                if (ended) {
                    throw aborted();
                }
                thread = Thread.currentThread();
                queue.want(member, wanted);
                return await();
            } finally {
                queue.cancel(member);
                thread = null;
                handOn(this);
                lock.unlock();
            }
        }

        /** Called with the lock, which is given up while waiting. */
        private int await() throws IOException {
            while (true) {
                long now = parking.nanos();
                dispatch(now, this);
                int bytes = member.collect();
                if (bytes > 0) {
                    return bytes;
                }
                if (ended) {
                    throw aborted();
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted while waiting for bandwidth");
                }
                if (watcher == null || watcher == this || nextEvent < watchesUntil) {
                    watcher = this;
                    watchesUntil = nextEvent;
                }
                long span = watcher == this ? nextEvent - now : Long.MAX_VALUE;
                waiting++;
                lock.unlock();
                try {
                    parking.park(span);
                } finally {
                    lock.lock();
                    waiting--;
                }
            }
        }

        @Override
        public int piece(int most) {
            if (freeUntil > parking.nanos()) {
                return most;
            }
            lock.lock();
            try {
                return Math.min(most, queue.slice());
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void abort() {
            lock.lock();
            try {
                ended = true;
                if (thread != null) {
                    parking.unpark(thread);
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (!closed) {
                    closed = true;
                    abort();
                    queue.close(member, parking.nanos());
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Lets pass what may, and wakes those who got something, but not the caller. Called with the lock. */
    private void dispatch(long now, LimitedFlow caller) {
        List<FairQueue.Member> granted = new ArrayList<>();
        nextEvent = queue.dispatch(now, granted);
        freeUntil = queue.isFree() ? queue.ruledUntil() : Long.MIN_VALUE;
        for (FairQueue.Member member : granted) {
            LimitedFlow flow = (LimitedFlow) member.owner;
            if (flow != caller) {
                parking.unpark(flow.thread);
            }
        }
    }

    /** Sees to it that somebody watches the time, and for the right one, when this one leaves. Called with the lock. */
    private void handOn(LimitedFlow leaving) {
        if (watcher == leaving) {
            watcher = null;
        }
        FairQueue.Member other = queue.anyWaiting();
        if (watcher != null && nextEvent < watchesUntil) {
            parking.unpark(watcher.thread);
        } else if (watcher == null && other != null) {
            // Whoever was told so before may have been served meanwhile, so this is said at every leaving.
            parking.unpark(((LimitedFlow) other.owner).thread);
        }
    }
}
