package tranzr.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before something that failed is tried again: anything between {@link #FLOOR} and a bound that doubles with each failure in a row, so that many
 * clients that lost the same server do not come back at the same moment (full jitter). Durations are nanoseconds.
 */
final class Backoff {

    private static final long MILLI = 1_000_000;

    /** Long enough for the other side to have noticed that a connection broke, and to have kept what came. */
    static final long FLOOR = 50 * MILLI;
    /** The bound after the first failure. */
    static final long BASE = 250 * MILLI;
    /** The bound after many; also how late at most it is noticed that a network is back. */
    static final long CAP = 30_000 * MILLI;
    /** The longest {@code Retry-After} that is obeyed; a server that says more is asked again after this. */
    static final long LONGEST_OBEYED = 900_000 * MILLI;

    private final RandomGenerator random;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** @param failures in a row, at least 1 */
    long pause(int failures) {
        long bound = failures > 16 ? CAP : Math.min(CAP, BASE << failures - 1);
        return FLOOR + (long) (random.nextDouble() * (bound - FLOOR));
    }

    /** The same for a server that has said when: never earlier than it said, and up to a tenth later. @param retryAfter null when it has not said */
    long pause(int failures, Duration retryAfter) {
        long own = pause(failures);
        if (retryAfter == null || !retryAfter.isPositive()) {
            return own;
        }
        long said = retryAfter.compareTo(Duration.ofNanos(LONGEST_OBEYED)) > 0 ? LONGEST_OBEYED : retryAfter.toNanos();
        return Math.max(own, said + (long) (random.nextDouble() * said / 10));
    }
}
