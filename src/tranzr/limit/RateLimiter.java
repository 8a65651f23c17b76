package tranzr.limit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Limits how often each key does something, by the generic cell rate algorithm (ITU-T I.371, annex A): one time a key, at which its debt is paid. Exact
 * among any number of threads. Memory is bounded: beyond the most keys, the one that came last the longest time ago is forgotten, and begins anew when
 * it comes again. Keys are values with {@code equals}, such as {@link tranzr.model.AddressKey} or the hash of a token. Safe for several threads.
 */
public final class RateLimiter {

    /** How many keys are remembered when nothing else is said: some megabytes. */
    public static final int DEFAULT_MAX_KEYS = 65_536;

    private final Rate rate;
    private final LongSupplier nanos;
    private final long interval;
    private final long tolerance;
    /** When the debt of each key is paid, in nanoseconds of {@link #nanos}, least recently asked first. Guarded by itself. */
    private final Map<Object, Long> paid;

    /** @param nanos a clock that only runs forward, such as {@link System#nanoTime}, whose zero may be anywhere */
    public RateLimiter(Rate rate, LongSupplier nanos) {
        this(rate, nanos, DEFAULT_MAX_KEYS);
    }

    /** @param maxKeys at least 1 */
    public RateLimiter(Rate rate, LongSupplier nanos, int maxKeys) {
        if (maxKeys < 1) {
            throw new IllegalArgumentException("at least one key must be remembered");
        }
        this.rate = Objects.requireNonNull(rate);
        this.nanos = Objects.requireNonNull(nanos);
        this.interval = rate.isNone() ? 0 : rate.interval();
        this.tolerance = rate.isNone() ? 0 : interval * rate.burst();
        this.paid = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Object, Long> eldest) {
                return size() > maxKeys;
            }
        };
    }

    /**
     * Counts one of this key when it is allowed.
     *
     * @return zero when it was allowed and counted; else how long until one is, when no other comes before, and nothing was counted. Rounded up to seconds
     *         it is what {@code Retry-After} says
     */
    public Duration acquire(Object key) {
        Objects.requireNonNull(key);
        if (rate.isNone()) {
            return Duration.ZERO;
        }
        synchronized (paid) {
            // Read inside, so that times come in order.
            long now = nanos.getAsLong();
            Long before = paid.get(key);
            // Differences of two times only: nanoTime may pass from the largest number to the smallest.
            long debt = (before == null ? 0 : Math.max(0, before - now)) + interval;
            if (debt > tolerance) {
                return Duration.ofNanos(debt - tolerance);
            }
            paid.put(key, now + debt);
            return Duration.ZERO;
        }
    }

    /** The rate it was made with. */
    public Rate rate() {
        return rate;
    }

    /** How many keys are remembered. */
    int size() {
        synchronized (paid) {
            return paid.size();
        }
    }
}
