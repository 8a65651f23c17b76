package tranzr.client;

/** How many bytes passed of late: over the last {@link #WINDOW}, or since the beginning when that is shorter. Times are nanoseconds since any origin, never going back. Guarded by its owner. */
final class Speed {

    private static final long SECOND = 1_000_000_000;
    static final long WINDOW = 10 * SECOND;
    private static final long SLOT = SECOND / 4;
    private static final int SLOTS = (int) (WINDOW / SLOT);

    private final long[] bytes = new long[SLOTS];
    private long begun;
    private long slot;
    private long sum;

    Speed(long now) {
        restart(now);
    }

    /** Forgets what was, so that a rest does not count as slowness. */
    void restart(long now) {
        java.util.Arrays.fill(bytes, 0);
        begun = now;
        slot = Math.floorDiv(now, SLOT);
        sum = 0;
    }

    void passed(long count, long now) {
        advance(now);
        bytes[index(slot)] += count;
        sum += count;
    }

    /** Bytes in a second; 0 while nothing passes. */
    double perSecond(long now) {
        advance(now);
        // The oldest slot was emptied when this one began: the window is as long as the full slots and what is gone of this one.
        long window = Math.min(now - begun, WINDOW - SLOT + Math.floorMod(now, SLOT));
        return sum == 0 ? 0 : sum * (double) SECOND / Math.max(window, SLOT);
    }

    private void advance(long now) {
        long current = Math.floorDiv(now, SLOT);
        if (current - slot >= SLOTS) {
            java.util.Arrays.fill(bytes, 0);
            sum = 0;
            slot = current;
        }
        while (slot < current) {
            slot++;
            sum -= bytes[index(slot)];
            bytes[index(slot)] = 0;
        }
    }

    private static int index(long slot) {
        return (int) Math.floorMod(slot, (long) SLOTS);
    }
}
