package tranzr.http;

import java.util.function.LongSupplier;

/**
 * How one exchange moves its bytes while it waits for the network, and how long a client may still keep it waiting. The time a handler spends elsewhere
 * does not count. Written by the exchange's thread, read by the watchdog's.
 *
 * <p>The client has a credit of time: waiting uses it up, and each byte earns as much as the least rate gives it. So a client at that rate or above never
 * runs out, however unevenly it goes, and a slower one does, the sooner the slower.
 */
final class Progress {

    private static final long NOT_WAITING = Long.MIN_VALUE;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final LongSupplier nanos;
    private final long stallNanos;
    private final long minRate;
    private final long maxCredit;
    private volatile long since = NOT_WAITING;
    private volatile boolean reading = true;
    private volatile long credit;
    /** Who waits; guarded by this. */
    private Thread waiting;
    /** Whether it was interrupted; guarded by this. */
    private boolean interrupted;

    Progress(Limits limits) {
        this(limits, System::nanoTime);
    }

    /** @param nanos tells the time like {@link System#nanoTime} */
    Progress(Limits limits, LongSupplier nanos) {
        this.nanos = nanos;
        stallNanos = limits.stall().toNanos();
        minRate = limits.minRate();
        maxCredit = limits.patience().toNanos();
        credit = maxCredit;
    }

    /** The exchange begins to wait for bytes from the client ({@code read}) or for the client to take some. */
    void begin(boolean read) {
        if (read != reading) {
            reading = read;
            credit = maxCredit;
        }
        synchronized (this) {
            waiting = Thread.currentThread();
        }
        since = nanos.getAsLong();
    }

    /** Some bytes moved, and it goes on waiting. Does nothing when it does not wait. */
    void moved(int bytes) {
        if (since != NOT_WAITING) {
            long now = nanos.getAsLong();
            earn(now, bytes);
            since = now;
        }
    }

    /** The wait is over. @param bytes that moved since the last call */
    void end(int bytes) {
        earn(nanos.getAsLong(), bytes);
        since = NOT_WAITING;
        synchronized (this) {
            if (waiting == Thread.currentThread()) {
                waiting = null;
                if (interrupted) {
                    interrupted = false;
                    Thread.interrupted(); // it was meant for the wait, and must not reach a file operation, whose file it would close
                }
            }
        }
    }

    /** Ends a wait for the network, whose connection is closed by that; does nothing when there is none. From any thread. */
    synchronized void interruptWait() {
        if (waiting != null) {
            interrupted = true;
            waiting.interrupt();
        }
    }

    private void earn(long now, int bytes) {
        if (minRate > 0 && since != NOT_WAITING) {
            credit = Math.min(maxCredit, credit - (now - since) + bytes * NANOS_PER_SECOND / minRate);
        }
    }

    boolean isReading() {
        return reading;
    }

    /** How long it has waited for a byte to move, in nanoseconds; 0 when it does not wait. */
    private long waited(long now) {
        long waitingSince = since;
        return waitingSince == NOT_WAITING ? 0 : now - waitingSince;
    }

    /** Whether nothing moved for too long at {@code now}, a {@link System#nanoTime}. @param unseen bytes that may have moved without being seen to */
    boolean stalled(long now, long unseen) {
        return waited(now) >= Math.max(stallNanos, earnedBy(unseen));
    }

    /** Whether it has fallen too far behind the least rate. */
    boolean tooSlow(long now, long unseen) {
        return minRate > 0 && since != NOT_WAITING && credit - waited(now) + earnedBy(unseen) <= 0;
    }

    private long earnedBy(long bytes) {
        return minRate == 0 ? 0 : bytes * NANOS_PER_SECOND / minRate;
    }
}
