package tranzr.client;

import java.time.Duration;

/**
 * Lets a transfer rest when nothing gets through, instead of having every worker try on and on. Closed: all work. Open: nothing moves, and one small question is asked
 * from time to time. Half open, after it was answered: one chunk goes ahead, and the rest follow it when it gets through. Times are nanoseconds since any origin. Guarded by its owner.
 */
final class Breaker {

    private enum State { CLOSED, OPEN, HALF_OPEN }

    private static final long NEVER = Long.MIN_VALUE;

    private final Backoff backoff;
    private final long patience;
    private State state = State.CLOSED;
    private int failures;
    private int rests;
    private long lookAt;
    private boolean asking;
    /** When it opened first since something got through; {@link #NEVER} when it did not. */
    private long troubleSince = NEVER;

    Breaker(Backoff backoff, Duration patience) {
        this.backoff = backoff;
        this.patience = patience.compareTo(Duration.ofDays(36_500)) > 0 ? Duration.ofDays(36_500).toNanos() : patience.toNanos();
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** How many may work at a time. */
    int limit(int otherwise) {
        return state == State.CLOSED ? otherwise : state == State.HALF_OPEN ? 1 : 0;
    }

    /** Something got through: a chunk, or a part of one. */
    void progress() {
        state = State.CLOSED;
        failures = 0;
        rests = 0;
        troubleSince = NEVER;
    }

    /** Something failed. @param workers how many are at work; so many fail at once when a network goes */
    void failed(int workers, long now) {
        failures++;
        if (state == State.HALF_OPEN || state == State.CLOSED && failures >= 3 + workers) {
            open(null, now);
        }
    }

    /** Rests now, whatever was before. @param retryAfter null when the server did not say */
    void open(Duration retryAfter, long now) {
        state = State.OPEN;
        rests++;
        asking = false;
        lookAt = now + backoff.pause(rests + 1, retryAfter);
        if (troubleSince == NEVER) {
            troubleSince = now;
        }
        // Nobody waits longer than he wanted, whatever the server said.
        lookAt = Math.max(now, Math.min(lookAt, troubleSince + patience));
    }

    /** Whether to ask now; {@link #answered} or {@link #unanswered} must follow. */
    boolean mayAsk(long now) {
        if (state != State.OPEN || asking || now < lookAt) {
            return false;
        }
        asking = true;
        return true;
    }

    /** The other side is there. */
    void answered() {
        asking = false;
        state = State.HALF_OPEN;
    }

    void unanswered(Duration retryAfter, long now) {
        open(retryAfter, now);
    }

    /** Whether nothing got through for so long that it is time to give up; never before it was looked once. */
    boolean isExhausted(long now) {
        return state == State.OPEN && !asking && rests > 1 && now - troubleSince >= patience;
    }

    /** When it looks again. */
    long lookAt() {
        return asking ? Long.MAX_VALUE : lookAt;
    }
}
