package tranzr.http;

/**
 * When one exchange last moved a byte while it waits for the network. The time a handler spends elsewhere does not count. Written by
 * the exchange's thread, read by the watchdog's.
 */
final class Progress {

    private static final long NOT_WAITING = Long.MIN_VALUE;

    private volatile long since = NOT_WAITING;
    private volatile boolean reading;
    /** Who waits; guarded by this. */
    private Thread waiting;
    /** Whether it was interrupted; guarded by this. */
    private boolean interrupted;

    /** The exchange begins to wait for bytes from the client ({@code reading}) or for the client to take some. */
    void begin(boolean reading) {
        this.reading = reading;
        synchronized (this) {
            waiting = Thread.currentThread();
        }
        since = System.nanoTime();
    }

    /** Some bytes moved, and it goes on waiting. */
    void moved() {
        since = System.nanoTime();
    }

    void end() {
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

    boolean isReading() {
        return reading;
    }

    /** Whether it has been waiting for {@code nanos} or longer at {@code now}, a {@link System#nanoTime}. */
    boolean stalled(long now, long nanos) {
        long waitingSince = since;
        return waitingSince != NOT_WAITING && now - waitingSince >= nanos;
    }
}
