package tranzr.accounts;

import tranzr.catalog.ConflictException;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/** Changes that read first and are then refused when somebody else was faster: they are tried anew, a bounded number of times. */
final class Retry {

    private static final int TIMES = 50;

    /** Reads, decides and commits. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws ConflictException;
    }

    private Retry() {
    }

    /** Fails with Unavailable when others are faster again and again. */
    static <T> T on(Attempt<T> attempt) {
        for (int i = 0; i < TIMES; i++) {
            try {
                return attempt.run();
            } catch (ConflictException e) {
                Thread.onSpinWait(); // what it read is stale: read anew
            }
        }
        throw new FailureException(new Failure.Unavailable("others are changing the same all the time"));
    }
}
