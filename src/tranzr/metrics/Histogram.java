package tranzr.metrics;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** How often values lay in which of some fixed ranges, and their sum. Safe for several threads, which do not wait for each other; observing makes no object. */
public final class Histogram {

    private static final double NANOS_PER_SECOND = 1e9;

    private final double[] bounds;
    /** One more than there are bounds: what lies above all of them. */
    private final LongAdder[] counts;
    private final DoubleAdder sum = new DoubleAdder();

    /** @param bounds the greatest value of each range, ascending */
    Histogram(double... bounds) {
        for (int i = 0; i < bounds.length; i++) {
            if (!Double.isFinite(bounds[i]) || i > 0 && bounds[i] <= bounds[i - 1]) {
                throw new IllegalArgumentException("bounds that do not ascend");
            }
        }
        this.bounds = bounds.clone();
        counts = new LongAdder[bounds.length + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /** Counts one value, in the base unit (seconds, bytes); what is no number counts nothing. */
    public void observe(double value) {
        if (Double.isNaN(value)) {
            return;
        }
        int at = 0;
        while (at < bounds.length && value > bounds[at]) {
            at++;
        }
        counts[at].increment();
        sum.add(value);
    }

    /** Counts a span of time, in seconds. */
    public void observeNanos(long nanos) {
        observe(nanos / NANOS_PER_SECOND);
    }

    /** How many values were counted. */
    public long count() {
        long count = 0;
        for (LongAdder each : counts) {
            count += each.sum();
        }
        return count;
    }

    /** Of all values that were counted. */
    public double sum() {
        return sum.sum();
    }

    double[] bounds() {
        return bounds;
    }

    /** How many lay in range {@code at}, those of lower ranges not among them. */
    long countIn(int at) {
        return counts[at].sum();
    }
}
