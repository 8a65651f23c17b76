package tranzr.limit;

/**
 * Bytes that may pass, filling evenly up to a depth. In any time {@code t} no more pass than the depth and what flows in during {@code t}. Integer
 * arithmetic without loss. Times are nanoseconds since any origin, never going back. Guarded by its owner.
 */
final class Bucket {

    /** Most bytes that are granted in one piece. */
    static final int PIECE = 64 << 10;

    private static final long BILLION = 1_000_000_000;
    private static final long LEAST_DEPTH = 1024;

    /** A rate that several buckets follow; they see a change when they are next asked. */
    static final class Limit {
        private ByteRate rate;

        Limit(ByteRate rate) {
            this.rate = rate;
        }

        ByteRate rate() {
            return rate;
        }

        /** Whether that is another rate than before. */
        boolean set(ByteRate other) {
            boolean changed = !rate.equals(other);
            rate = other;
            return changed;
        }
    }

    private final Limit limit;
    private ByteRate rate;
    /** In billionths of a byte. */
    private long level;
    private long filledAt;

    /** @param full whether it begins full, else with one slice, so that many short transfers gain little by beginning anew each time */
    Bucket(Limit limit, boolean full, long now) {
        this.limit = limit;
        this.rate = limit.rate();
        this.level = rate.isNone() ? 0 : (full ? depth(rate) : slice(rate)) * BILLION;
        this.filledAt = now;
    }

    /**
     * What may pass at once after a rest: what flows in a quarter of a second, at least 1 KiB and at most a piece of 64 KiB; from 64 MiB/s on a
     * millisecond's worth, since no thread wakes more exactly than that.
     */
    static long depth(ByteRate rate) {
        long perSecond = rate.perSecond();
        return Math.max(Math.clamp(perSecond / 4, LEAST_DEPTH, PIECE), perSecond / 1000);
    }

    /** What is granted at least, unless less is wanted: small against the depth, so that a thread that wakes late loses nothing. */
    static int slice(ByteRate rate) {
        return rate.isNone() ? PIECE : (int) Math.min(depth(rate) / 4, PIECE);
    }

    /** How long until so many bytes, or a slice of them, may pass, in nanoseconds; 0 for now. */
    long waitFor(int wanted, long now) {
        fill(now);
        if (rate.isNone()) {
            return 0;
        }
        long missing = Math.min(wanted, slice(rate)) * BILLION - level;
        return missing <= 0 ? 0 : Math.ceilDiv(missing, rate.perSecond());
    }

    /** How many bytes may pass now. */
    long available(long now) {
        fill(now);
        return rate.isNone() ? Long.MAX_VALUE : level / BILLION;
    }

    /** Lets bytes pass, no more than {@link #available}. */
    void take(int bytes) {
        if (!rate.isNone()) {
            level -= bytes * BILLION;
        }
    }

    private void fill(long now) {
        if (!rate.isNone()) {
            long full = depth(rate) * BILLION;
            long elapsed = now - filledAt;
            // Divided first: the product of a long rest and a high rate is no long.
            level = elapsed >= Math.ceilDiv(full - level, rate.perSecond()) ? full : level + elapsed * rate.perSecond();
        }
        filledAt = now;
        if (rate != limit.rate()) {
            boolean wasNone = rate.isNone();
            rate = limit.rate();
            level = rate.isNone() ? 0 : wasNone ? slice(rate) * BILLION : Math.min(level, depth(rate) * BILLION);
        }
    }
}
