package tranzr.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import tranzr.model.ByteRange;

/**
 * Which bytes of one run are still to be moved, and what to do next about them. It does nothing itself: whoever asks {@link #next} does what it says and tells what came of it, so
 * that the same plan runs over real networks and over simulated ones. Times are nanoseconds since any origin, never going back. Used by one thread.
 */
final class Plan {

    /** Something to do. */
    sealed interface Step {

        /**
         * Move this piece; then {@link #moved} or {@link #failed}.
         *
         * @param within how long it may take at most, in nanoseconds; it is ended after that, {@link #slow} told, and then {@link #failed}
         */
        record Move(Piece piece, long within) implements Step {
        }

        /** Ask what is missing of a piece that failed; then {@link #told} or {@link #failed}. */
        record Ask(Piece piece) implements Step {
        }

        /** Find out whether the other side is there; then {@link #answered} or {@link #unanswered}. */
        record Probe() implements Step {
        }

        /** Get more bytes from where they come from; then {@link #fetched}. */
        record Fetch(long atMost) implements Step {
        }
    }

    /** Some bytes that are not there yet, and what has happened to them. */
    static final class Piece {
        final ByteRange range;
        private int failures;
        private int mismatches;
        private long notBefore = Long.MIN_VALUE;
        private boolean ask;

        Piece(ByteRange range) {
            this.range = range;
        }

        /** A part of it, with the same past. */
        private Piece part(long start, long end) {
            Piece part = new Piece(new ByteRange(start, end));
            part.failures = failures;
            part.mismatches = mismatches;
            part.notBefore = notBefore;
            return part;
        }
    }

    private final Tuning tuning;
    private final Backoff backoff;
    private final Breaker breaker;
    private final ChunkSizer sizer;
    private final Concurrency concurrency;
    private final Meter meter;
    /** By their starts. */
    private final TreeMap<Long, Piece> waiting = new TreeMap<>();
    /** Bytes that wait. */
    private long left;
    private int underWay;
    private boolean more;
    private boolean fetching;
    private Exception trouble;

    /** @param more whether bytes are still to be fetched */
    Plan(Tuning tuning, Backoff backoff, ChunkSizer sizer, Concurrency concurrency, Meter meter, List<ByteRange> missing, boolean more) {
        this.tuning = tuning;
        this.backoff = backoff;
        this.breaker = new Breaker(backoff, tuning.patience());
        this.sizer = sizer;
        this.concurrency = concurrency;
        this.meter = meter;
        this.more = more;
        missing.stream().forEach(range -> put(new Piece(range)));
    }

    /** Whether nothing is left to do. */
    boolean isDone() {
        return waiting.isEmpty() && underWay == 0 && !more;
    }

    /** What to do now; null when there is nothing before {@link #wakeAt}, or before something under way has ended. */
    Step next(long now) throws TransferException {
        if (breaker.isExhausted(now)) {
            throw new TransferException(TransferException.Kind.UNREACHABLE, "nothing got through for as long as was to be waited: " + words(trouble), trouble);
        }
        if (breaker.mayAsk(now)) {
            return new Step.Probe();
        }
        int limit = breaker.limit(concurrency.level());
        if (underWay >= limit) {
            return null;
        }
        for (Piece piece : waiting.values()) {
            if (piece.notBefore <= now) {
                return take(piece);
            }
        }
        // What was fetched is held by someone until it was moved: no more of it than goes at a time.
        if (more && !fetching && underWay + waiting.size() < limit) {
            fetching = true;
            underWay++;
            return new Step.Fetch(sizer.size());
        }
        return null;
    }

    private Step take(Piece piece) {
        long size = sizer.size(left, concurrency.level());
        waiting.remove(piece.range.start());
        left -= piece.range.length();
        underWay++;
        if (piece.ask) {
            return new Step.Ask(piece);
        }
        Piece first = piece;
        if (piece.range.length() > size) {
            // Ends lie on multiples of the smallest chunk again after a failure anywhere: fewer and simpler gaps.
            long aligned = (piece.range.start() + size) / Tuning.MIN_CHUNK * Tuning.MIN_CHUNK;
            long end = size % Tuning.MIN_CHUNK == 0 && aligned > piece.range.start() ? aligned : piece.range.start() + size;
            first = piece.part(piece.range.start(), end);
            put(piece.part(end, piece.range.end()));
        }
        return new Step.Move(first, sizer.within(first.range.length()));
    }

    private void put(Piece piece) {
        if (!piece.range.isEmpty()) {
            waiting.put(piece.range.start(), piece);
            left += piece.range.length();
        }
    }

    /** Called several times a second. */
    void tick(long now) {
        concurrency.tick(now, meter.moved(), !breaker.isOpen() && (underWay >= concurrency.level() || !waiting.isEmpty()));
    }

    /** When {@link #next} may have something to do without anything having ended; {@link Long#MAX_VALUE} for never. */
    long wakeAt() {
        if (breaker.isOpen()) {
            return breaker.lookAt();
        }
        long earliest = Long.MAX_VALUE;
        if (underWay < breaker.limit(concurrency.level())) {
            for (Piece piece : waiting.values()) {
                earliest = Math.min(earliest, piece.notBefore);
            }
        }
        return earliest;
    }

    /** A piece is where it belongs. @param nanos how long that took */
    void moved(Piece piece, long nanos) {
        underWay--;
        breaker.progress();
        sizer.moved(piece.range.length(), nanos);
        concurrency.moved(piece.range.length(), nanos);
        meter.done(piece.range.length());
        meter.chunk();
    }

    /** A piece is cut off because it takes too long. @param bytes that have passed of it */
    void slow(long bytes, long nanos) {
        sizer.moved(bytes, nanos);
    }

    /** What is missing of a piece that failed. */
    void told(Piece piece, List<ByteRange> missing, long now) {
        underWay--;
        long gained = piece.range.length();
        for (ByteRange range : missing) {
            if (range.start() < piece.range.start() || range.end() > piece.range.end()) {
                throw new IllegalArgumentException(range + " is not within " + piece.range);
            }
            gained -= range.length();
        }
        for (ByteRange range : missing) {
            Piece part = piece.part(range.start(), range.end());
            part.failures = gained > 0 ? 0 : part.failures;
            put(part);
        }
        if (gained > 0) {
            breaker.progress();
            meter.done(gained);
        } else {
            concurrency.failed(now);
        }
    }

    /** The bytes that were asked for. @param range empty when there are no more */
    void fetched(ByteRange range) {
        underWay--;
        fetching = false;
        if (range.isEmpty()) {
            more = false;
        } else {
            put(new Piece(range));
        }
    }

    void answered() {
        breaker.answered();
    }

    /** @throws TransferException when asking again does not help */
    void unanswered(Exception failure, long now) throws TransferException {
        trouble = failure;
        Retry retry = verdict(failure);
        // A look says whether somebody is there; that he refuses this very question shows that he is.
        if (retry == Retry.NEVER && failure instanceof RefusedException) {
            breaker.answered();
        } else if (retry == Retry.NEVER) {
            throw refused(failure);
        } else {
            breaker.unanswered(retryAfter(failure), now);
        }
    }

    /** A piece was not moved, or nobody said what is missing of it. @throws TransferException when another try does not help */
    void failed(Piece piece, Exception failure, long now) throws TransferException {
        underWay--;
        trouble = failure;
        Retry retry = verdict(failure);
        if (retry == Retry.FEW && ++piece.mismatches >= Retry.FEW_TRIES) {
            retry = Retry.NEVER;
        }
        if (retry == Retry.NEVER) {
            throw refused(failure);
        }
        meter.retry();
        if (retry == Retry.FEWER) {
            concurrency.refused(underWay, now);
        } else if (piece.ask) {
            concurrency.failed(now);
        }
        boolean counts = retry == Retry.AGAIN || retry == Retry.FEW;
        if (counts) {
            piece.failures++;
            sizer.failed(piece.range.length());
        }
        piece.ask = true;
        piece.notBefore = now + backoff.pause(Math.max(1, piece.failures), retry == Retry.REST ? null : retryAfter(failure));
        if (piece.failures > tuning.maxRetries()) {
            piece.failures = 0;
            breaker.open(null, now);
        } else if (retry == Retry.REST || retry == Retry.FEWER && underWay == 0) {
            breaker.open(retryAfter(failure), now);
        } else if (counts) {
            breaker.failed(underWay + 1, now);
        }
        put(piece);
    }

    /** How many requests are under way. */
    int underWay() {
        return underWay;
    }

    long chunkSize() {
        return sizer.size();
    }

    /** What everything waits for, for a person; null while there is work. */
    String rest(long now) {
        return breaker.isOpen() ? words(trouble) + "; looks again in " + Math.max(1, Math.ceilDiv(Math.max(0, breaker.lookAt() - now), 1_000_000_000)) + " s" : null;
    }

    static Retry verdict(Exception failure) {
        return switch (failure) {
            case RefusedException refused -> Retry.of(refused);
            case IOException failed -> Retry.of(failed);
            default -> Retry.NEVER;
        };
    }

    static TransferException refused(Exception failure) {
        return failure instanceof TransferException ended ? ended : new TransferException(TransferException.Kind.REFUSED, words(failure), failure);
    }

    static Duration retryAfter(Exception failure) {
        return failure instanceof RefusedException refused ? refused.retryAfter() : null;
    }

    static String words(Exception failure) {
        return failure == null ? "no answer" : failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
