package tranzr.client;

/** Shares one rate out among all connections: a bucket that may go into debt, so that pieces of any size pass evenly. Safe for several threads. */
final class RateLimit {

    private static final double SECOND = 1e9;
    /** What may pass at once after a rest: so much time's worth. */
    private static final long DEPTH = 250_000_000;

    private final long bytesPerSecond;
    /** When all that has passed is paid for, in nanoseconds. */
    private double paidAt;
    private boolean used;

    /** @param bytesPerSecond 0 for no limit */
    RateLimit(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Books these bytes. @return how long to wait before they may pass, in nanoseconds */
    synchronized long book(long bytes, long now) {
        if (bytesPerSecond == 0) {
            return 0;
        }
        paidAt = used ? Math.max(paidAt, now - (double) DEPTH) : now - (double) DEPTH;
        used = true;
        double cost = bytes * SECOND / bytesPerSecond;
        paidAt += cost;
        return Math.max(0, (long) (paidAt - now));
    }
}
