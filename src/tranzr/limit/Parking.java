package tranzr.limit;

import java.util.concurrent.locks.LockSupport;

/** Time, and how threads wait for it; replaced by tests. */
interface Parking {

    /** Nanoseconds since any origin, never going back. */
    long nanos();

    /** Blocks the calling thread until {@link #unpark}, for so many nanoseconds at most, or less for no reason; {@link Long#MAX_VALUE} for no end. */
    void park(long nanos);

    /** Ends the park of this thread, or the next one. */
    void unpark(Thread thread);

    /** The real thing. */
    static Parking system() {
        long origin = System.nanoTime();
        return new Parking() {
            @Override
            public long nanos() {
                return System.nanoTime() - origin;
            }

            @Override
            public void park(long nanos) {
                if (nanos == Long.MAX_VALUE) {
                    LockSupport.park(this);
                } else {
                    LockSupport.parkNanos(this, nanos);
                }
            }

            @Override
            public void unpark(Thread thread) {
                LockSupport.unpark(thread);
            }
        };
    }
}
