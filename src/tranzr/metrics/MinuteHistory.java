package tranzr.metrics;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What passed in and out in each minute of the last hour. Minutes follow a clock that never runs back, begin with those of the wall clock at the start, and are told by what the
 * wall clock says when they are asked for. Safe for several threads; counting takes a lock once a minute.
 */
public final class MinuteHistory {

    /** How many minutes are kept, the present one included. */
    public static final int MINUTES = 60;

    private static final long MINUTE = 60_000_000_000L;

    /**
     * What passed in one minute.
     *
     * @param at when it began
     */
    public record Minute(Instant at, long in, long out) {
    }

    private final InstantSource clock;
    private final LongSupplier nanos;
    private final long origin;
    private final LongAdder in = new LongAdder();
    private final LongAdder out = new LongAdder();
    /** What had passed when a minute had its first event, and which minute that was; guarded by this. */
    private final long[] inBefore = new long[MINUTES];
    private final long[] outBefore = new long[MINUTES];
    private final long[] minuteOf = new long[MINUTES];
    private volatile long newest = -1;

    /** @param nanos a clock that never runs back, from any origin, such as {@link System#nanoTime} */
    public MinuteHistory(InstantSource clock, LongSupplier nanos) {
        this.clock = clock;
        this.nanos = nanos;
        Instant now = clock.instant();
        origin = nanos.getAsLong() - ChronoUnit.NANOS.between(now.truncatedTo(ChronoUnit.MINUTES), now);
        java.util.Arrays.fill(minuteOf, -1);
    }

    public void in(long amount) {
        turn();
        in.add(amount);
    }

    public void out(long amount) {
        turn();
        out.add(amount);
    }

    /** All that came in since the beginning. */
    public long totalIn() {
        return in.sum();
    }

    /** All that went out since the beginning. */
    public long totalOut() {
        return out.sum();
    }

    private long minute() {
        return (nanos.getAsLong() - origin) / MINUTE;
    }

    private void turn() {
        long minute = minute();
        if (minute > newest) {
            begin(minute);
        }
    }

    private synchronized void begin(long minute) {
        if (minute > newest) {
            int index = (int) (minute % MINUTES);
            inBefore[index] = in.sum();
            outBefore[index] = out.sum();
            minuteOf[index] = minute;
            newest = minute;
        }
    }

    /** {@link #MINUTES} of them, oldest first, the present one last; those in which nothing passed, or from before the beginning, are there with zeros. */
    public synchronized List<Minute> last() {
        long now = minute();
        Instant at = clock.instant().truncatedTo(ChronoUnit.MINUTES);
        List<Minute> last = new ArrayList<>();
        long inNext = in.sum();
        long outNext = out.sum();
        for (long minute = now; minute > now - MINUTES; minute--) {
            int index = (int) Math.floorMod(minute, (long) MINUTES);
            boolean any = minute >= 0 && minuteOf[index] == minute;
            Instant began = at.minus(now - minute, ChronoUnit.MINUTES);
            last.addFirst(new Minute(began, any ? inNext - inBefore[index] : 0, any ? outNext - outBefore[index] : 0));
            inNext = any ? inBefore[index] : inNext;
            outNext = any ? outBefore[index] : outNext;
        }
        return last;
    }
}
