package tranzr.metrics;

import java.util.concurrent.atomic.LongAdder;

/** Something that only grows while the process runs. Safe for several threads, which do not wait for each other. */
public final class Counter {

    private final LongAdder value = new LongAdder();

    public void increment() {
        value.increment();
    }

    /** @param amount not negative; a negative one counts as nothing, since a counter that falls is taken for a new start */
    public void add(long amount) {
        if (amount > 0) {
            value.add(amount);
        }
    }

    /** What was counted so far. */
    public long value() {
        return value.sum();
    }
}
