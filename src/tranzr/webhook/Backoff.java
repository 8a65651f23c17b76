package tranzr.webhook;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** When what did not arrive is sent again. */
final class Backoff {

    private static final Duration FIRST = Duration.ofSeconds(10);
    static final Duration LONGEST = Duration.ofHours(1);
    /** By then a day has passed: the first nine waits are 85 minutes in all, each further one is an hour. */
    static final int MAX_ATTEMPTS = 33;
    static final Duration IN_ALL = Duration.ofHours(24);
    /** How far a wait may lie from the middle, so that not all come at once after an outage. */
    private static final double SPREAD = 0.2;

    private Backoff() {
    }

    /** The wait after so many failed attempts, at least 1: 10 s, doubling up to an hour, each a fifth more or less. */
    static Duration after(int attempts, RandomGenerator random) {
        long middle = Math.min(LONGEST.toMillis(), FIRST.toMillis() << Math.clamp(attempts - 1, 0, 20));
        return Duration.ofMillis(Math.round(middle * (1 - SPREAD + 2 * SPREAD * random.nextDouble())));
    }
}
