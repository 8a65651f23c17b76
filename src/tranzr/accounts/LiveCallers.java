package tranzr.accounts;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tranzr.access.Caller;

/**
 * Requests under way and who made them, so that they end when a token, session or upload request is revoked: transfers and event streams
 * too. Safe for several threads.
 * <p>Whoever ends requests waits until they are over, a second at most, so that what is answered afterwards was not overtaken by one of them. A request
 * never ends itself, since its answer has to go out.
 */
public final class LiveCallers {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** A request under way. Closing it again does nothing. */
    public final class Stay implements AutoCloseable {
        private final Caller caller;
        private final UUID file;
        private final Runnable end;
        private final Thread thread = Thread.currentThread();
        private final CountDownLatch over = new CountDownLatch(1);

        private Stay(Caller caller, UUID file, Runnable end) {
            this.caller = caller;
            this.file = file;
            this.end = end;
        }

        @Override
        public void close() {
            stays.remove(this);
            over.countDown();
        }
    }

    private final Set<Stay> stays = ConcurrentHashMap.newKeySet();

    public LiveCallers() {
    }

    /** As {@link #enter(Caller, UUID, Runnable)}, of a request that may be about any file. */
    public Stay enter(Caller caller, Runnable end) {
        return enter(caller, null, end);
    }

    /**
     * Called by the thread that works for the request.
     *
     * @param file the only file that the request is about; null when it may be any
     * @param end ends the request at once, from any thread
     */
    public Stay enter(Caller caller, UUID file, Runnable end) {
        Stay stay = new Stay(caller, file, Objects.requireNonNull(end));
        stays.add(stay);
        return stay;
    }

    /** Ends all requests of these callers. */
    public void end(Predicate<Caller> of) {
        endStays(stay -> isOf(stay.caller, of));
    }

    /** Ends the requests of these callers that are, or may be, about a file. */
    public void endOf(UUID file, Predicate<Caller> of) {
        endStays(stay -> (stay.file == null || stay.file.equals(file)) && isOf(stay.caller, of));
    }

    /** What was signed by somebody ends as if it were that one's own. */
    private static boolean isOf(Caller caller, Predicate<Caller> of) {
        return of.test(caller) || caller instanceof Caller.Signed signed && of.test(signed.signer());
    }

    /** Ends all requests made with a token, whether by its bearer, by a browser or by a one-time token. */
    public void endToken(UUID token) {
        end(caller -> switch (caller) {
            case Caller.Bearer bearer -> bearer.token().id().equals(token);
            case Caller.Once once -> once.token().id().equals(token);
            case Caller.Guest _, Caller.Signed _, Caller.Server _, Caller.Nobody _ -> false;
        });
    }

    /** Ends all requests of the guests of an upload request. */
    public void endRequest(UUID request) {
        end(caller -> caller instanceof Caller.Guest guest && guest.request().id().equals(request));
    }

    int size() {
        return stays.size();
    }

    private void endStays(Predicate<Stay> which) {
        List<Stay> ended = new ArrayList<>();
        for (Stay stay : stays) {
            if (stay.thread != Thread.currentThread() && which.test(stay)) {
                ended.add(stay);
            }
        }
        ended.forEach(stay -> stay.end.run());
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            for (Stay stay : ended) {
                if (!stay.over.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    return; // it is cut off from its client all the same
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
