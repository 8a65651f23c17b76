package tranzr.security;

import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Share passwords that are cheap to check, and tell how often they were. */
public final class CountedPassword {

    private final AtomicInteger derivations = new AtomicInteger();
    private final SharePassword passwords;

    public CountedPassword(int iterations) {
        passwords = new SharePassword(iterations, new Random(8), new Semaphore(4) {
            private static final long serialVersionUID = 1L;

            @Override
            public void acquireUninterruptibly() {
                derivations.incrementAndGet();
                super.acquireUninterruptibly();
            }
        });
    }

    public SharePassword passwords() {
        return passwords;
    }

    /** How many passwords were hashed, whatever for. */
    public int derivations() {
        return derivations.get();
    }
}
