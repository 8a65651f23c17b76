package tranzr.metrics;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * How fast something passes of late: the mean over a window of some seconds that moves with the time, or over the time since the beginning while that is shorter. A rest
 * shows within the window, and a burst is forgotten after it. Safe for several threads; counting takes a lock only when a new slot of time begins, a few times a second at most.
 * <p>The window moves a slot at a time: it is the full slots of it, and what is gone of the one that has begun.
 */
public final class MovingRate {

    /** The usual window. */
    public static final Duration WINDOW = Duration.ofSeconds(5);

    private static final int SLOTS = 20;
    private static final double SECOND = 1e9;

    private final LongSupplier nanos;
    private final long slotNanos;
    private final long origin;
    private final LongAdder total = new LongAdder();
    /** What had passed when a slot had its first event, and which slot that was; guarded by this. */
    private final long[] before = new long[SLOTS];
    private final long[] slotOf = new long[SLOTS];
    private volatile long newest = -1;

    /** Over {@link #WINDOW}. @param nanos a clock that never runs back, from any origin, such as {@link System#nanoTime} */
    public MovingRate(LongSupplier nanos) {
        this(WINDOW, nanos);
    }

    /** @param window at least a millisecond */
    public MovingRate(Duration window, LongSupplier nanos) {
        if (window.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("a window of " + window);
        }
        this.nanos = nanos;
        this.slotNanos = window.toNanos() / SLOTS;
        this.origin = nanos.getAsLong();
        java.util.Arrays.fill(slotOf, -1);
    }

    /** So much more has passed. @param amount bytes, say; not negative */
    public void add(long amount) {
        long slot = (nanos.getAsLong() - origin) / slotNanos;
        if (slot > newest) {
            begin(slot);
        }
        total.add(amount);
    }

    private synchronized void begin(long slot) {
        if (slot > newest) {
            int index = (int) (slot % SLOTS);
            before[index] = total.sum();
            slotOf[index] = slot;
            newest = slot;
        }
    }

    /** All that has passed since the beginning. */
    public long total() {
        return total.sum();
    }

    /** How much passes in a second; 0 when nothing has in the whole window. Soon after the beginning a slot counts as whole, so that a first event is no peak. */
    public double perSecond() {
        long age = nanos.getAsLong() - origin;
        long now = age / slotNanos;
        long passed = passedSince(Math.max(0, now - SLOTS + 1));
        long span = Math.min(age, (SLOTS - 1) * slotNanos + age % slotNanos);
        return passed == 0 ? 0 : passed * SECOND / Math.max(span, slotNanos);
    }

    private synchronized long passedSince(long slot) {
        long oldest = Long.MAX_VALUE;
        long then = 0;
        for (int i = 0; i < SLOTS; i++) {
            if (slotOf[i] >= slot && slotOf[i] < oldest) {
                oldest = slotOf[i];
                then = before[i];
            }
        }
        return oldest == Long.MAX_VALUE ? 0 : total.sum() - then;
    }

    /** How long {@code amount} takes at the present speed; null when nothing passes, or when it is further away than a duration of a hundred years. */
    public Duration timeFor(long amount) {
        double speed = perSecond();
        double seconds = amount / speed;
        return speed > 0 && seconds < 100 * 365.25 * 86_400 ? Duration.ofMillis(Math.round(seconds * 1000)) : null;
    }
}
