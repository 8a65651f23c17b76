package tranzr.accounts;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends, every few seconds, the requests of those whose token, session or upload request has expired meanwhile, and drops sessions that are
 * over, one-time tokens that nobody used, upload requests that have been over for long, and keys that are of no use any more.
 */
public final class ExpiryWatch implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ExpiryWatch.class.getName());
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final Identities identities;
    private final LiveCallers live;
    private final OneTimeTokens onceTokens;
    private final Sessions sessions;
    private final UploadRequests requests;
    private final SigningKeys keys;
    private final ScheduledThreadPoolExecutor timer;

    /** Begins at once. */
    public ExpiryWatch(Identities identities, LiveCallers live, OneTimeTokens onceTokens, Sessions sessions, UploadRequests requests,
            SigningKeys keys) {
        this.identities = identities;
        this.live = live;
        this.onceTokens = onceTokens;
        this.sessions = sessions;
        this.requests = requests;
        this.keys = keys;
        this.timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("tranzr-expiry").factory());
        timer.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        timer.scheduleWithFixedDelay(this::runSafely, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void runSafely() {
        try {
            run();
        } catch (RuntimeException e) {
            // The next run must come all the same; the executor would drop a task that threw.
            LOG.log(System.Logger.Level.WARNING, "ending what has expired failed", e);
        }
    }

    /** Does it once, now. */
    public void run() {
        live.end(identities::isOver);
        onceTokens.sweep();
        sessions.sweep();
        requests.sweep();
        keys.sweep();
    }

    /** Returns when nothing runs any more. */
    @Override
    public void close() {
        timer.shutdown();
        try {
            timer.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
