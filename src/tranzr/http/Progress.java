package tranzr.http;

/**
 * When one exchange last moved a byte while it waits for the network. The time a handler spends elsewhere does not count. Written by
 * the exchange's thread, read by the watchdog's.
 */
final class Progress {

    private static final long NOT_WAITING = Long.MIN_VALUE;

    private volatile long since = NOT_WAITING;
    private volatile boolean reading;

    /** The exchange begins to wait for bytes from the client ({@code reading}) or for the client to take some. */
    void begin(boolean reading) {
        this.reading = reading;
        since = System.nanoTime();
    }

    /** Some bytes moved, and it goes on waiting. */
    void moved() {
        since = System.nanoTime();
    }

    void end() {
        since = NOT_WAITING;
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
