package tranzr.client;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** One try to move some bytes: keeps it to the pace, counts what passes, and ends it when it is told to. Safe for several threads. */
final class Try implements Attempt {

    /** What a connection is thought to carry at least, in bytes a second, where nothing is known yet. */
    private static final double SLOWEST = 4 << 10;
    /** What may still lie in buffers on the way when the last byte has left this process. */
    private static final long BUFFERED = 8 << 20;
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private final Halt halt = new Halt();
    private final Tuning tuning;
    private final RateLimit limit;
    private final Meter meter;
    private final long bytes;
    private final long begun = System.nanoTime();
    private final AtomicLong passed = new AtomicLong();

    /** @param bytes how many there are to move */
    Try(Tuning tuning, RateLimit limit, Meter meter, long bytes) {
        this.tuning = tuning;
        this.limit = limit;
        this.meter = meter;
        this.bytes = bytes;
    }

    @Override
    public void passed(long count) throws StoppedException {
        long wait = limit.book(count, System.nanoTime());
        if (halt.isHalted() || wait > 0 && halt.await(wait)) {
            throw new StoppedException();
        }
        passed.addAndGet(count);
        meter.moved(count);
    }

    @Override
    public Duration patience() {
        return tuning.timeout();
    }

    @Override
    public Duration answerWithin() {
        double seconds = took() / 1e9;
        double speed = Math.max(SLOWEST, passed.get() / Math.max(seconds, 0.001));
        // Twice what the buffers take to run empty at the speed seen, for the speed may fall.
        Duration drain = Duration.ofMillis((long) (2000 * Math.min(bytes, BUFFERED) / speed));
        Duration within = tuning.timeout().plus(drain);
        return within.compareTo(LONGEST) > 0 && tuning.timeout().compareTo(LONGEST) <= 0 ? LONGEST : within;
    }

    @Override
    public void onStop(Runnable action) {
        halt.on(action);
    }

    void stop() {
        halt.halt();
    }

    /** Bytes so far. */
    long passed() {
        return passed.get();
    }

    /** Nanoseconds so far. */
    long took() {
        return System.nanoTime() - begun;
    }
}
