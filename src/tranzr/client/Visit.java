package tranzr.client;

import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What the requests to one link have in common, be they for one of its files or for several. A link with a limit counts downloads, and knows the requests of one by who asks: the first has to be
 * let in before others may follow, and one that begins at byte 0 of all joins the download only when none of its requests is under way (docs/api.md, "How downloads are counted"). Requests
 * are held back accordingly. Safe for several threads.
 */
final class Visit {

    private static final int ALL = 1 << 16;
    private static final long LOOK_MILLIS = 100;

    private final Semaphore requests = new Semaphore(ALL, true);
    private volatile String password;
    private volatile boolean letIn;

    /** @param password that is known so far; null for none */
    Visit(String password) {
        this.password = password;
    }

    /** Null while none is known. */
    String password() {
        return password;
    }

    void password(String known) {
        password = known;
    }

    /** Whether the server has counted a download of ours. */
    boolean isLetIn() {
        return letIn;
    }

    /** Waits for its turn, until it is stopped. @param first whether it begins at byte 0 of all that the link leads to */
    Turn enter(boolean first, Attempt attempt) throws IOException {
        try {
            while (true) {
                int permits = !letIn || first ? ALL : 1;
                if (requests.tryAcquire(permits, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    return new Turn(permits);
                }
                attempt.passed(0); // and perhaps it need not be alone any more
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** One request's. */
    final class Turn implements AutoCloseable {

        private int permits;

        private Turn(int permits) {
            this.permits = permits;
        }

        /** The server answers: our download is counted now, and the others may join it. */
        synchronized void letIn() {
            letIn = true;
            if (permits > 1) {
                requests.release(permits - 1);
                permits = 1;
            }
        }

        /** Whoever is late after that lets nobody in. */
        @Override
        public synchronized void close() {
            requests.release(permits);
            permits = 0;
        }
    }
}
