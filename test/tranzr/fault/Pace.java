package tranzr.fault;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A wire of so many bytes a second, on which all that pass take turns. */
final class Pace {

    private static final int MOST = 64 << 10;
    /** A wire carries a few pieces a second at least, so that nobody waits long for another one's. */
    private static final int PIECES_PER_SECOND = 20;
    private static final int LEAST = 512;

    private final long bytesPerSecond;
    private final CountDownLatch over = new CountDownLatch(1);
    private long free = System.nanoTime();

    Pace(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** The most that may go at a time. */
    int piece() {
        return bytesPerSecond == 0 ? MOST : Math.clamp(bytesPerSecond / PIECES_PER_SECOND, LEAST, MOST);
    }

    /** Waits until these bytes are through. */
    void pass(int bytes) throws InterruptedException {
        if (bytesPerSecond == 0) {
            return;
        }
        long until;
        synchronized (this) {
            free = Math.max(free, System.nanoTime()) + bytes * 1_000_000_000L / bytesPerSecond;
            until = free;
        }
        over.await(until - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    void end() {
        over.countDown();
    }
}
