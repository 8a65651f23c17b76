package tranzr.api;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import tranzr.access.Caller;
import tranzr.audit.Entry;
import tranzr.http.Ended;
import tranzr.http.Handler;
import tranzr.http.Request;
import tranzr.limit.Rate;
import tranzr.limit.RateLimiter;
import tranzr.model.AddressKey;
import tranzr.model.Digest;
import tranzr.security.Tokens;
import tranzr.transfer.Shares;

/**
 * Has the audit log say who asked for what, and what came of it: one record a request, when its answer is out. Attempts that fail are recorded one by one, but of
 * one address at most some a minute, so that nobody can fill the disk by failing; the others are counted, and the count is recorded.
 */
public final class Recorder {

    private static final Rate FAILURES = new Rate(120, Duration.ofMinutes(1), 120);
    private static final Duration SUMMARY = Duration.ofMinutes(1);
    private static final String SHARE_ID = "[0-9a-f]{" + Shares.ID_LENGTH + "}|[0-9a-f]{" + 2 * Digest.LENGTH + "}";

    /** What a handler knows of its subject beyond the path, such as the id of what it has just made. */
    private static final class Subject {
        private final Map<String, String> names = new LinkedHashMap<>();
    }

    /** What {@link #onlyFailures} attaches. */
    private record OnlyFailures() {
    }

    private final Consumer<Entry> log;
    private final InstantSource clock;
    private final RateLimiter failures = new RateLimiter(FAILURES, System::nanoTime);
    private final AtomicLong uncounted = new AtomicLong();
    private final AtomicLong summarized = new AtomicLong(System.nanoTime());

    /** @param log may be called by any thread */
    public Recorder(Consumer<Entry> log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    /** Names what the request is about; several of one name are told together. @param value no secret */
    public static void note(Request request, String name, String value) {
        Subject subject = request.attached(Subject.class).orElseGet(() -> {
            Subject fresh = new Subject();
            request.attach(Subject.class, fresh);
            return fresh;
        });
        subject.names.merge(name, value, (before, more) -> before + " " + more);
    }

    /** Has this request recorded only when it fails: it is one of many small steps of something that is recorded as a whole. */
    public static void onlyFailures(Request request) {
        request.attach(OnlyFailures.class, new OnlyFailures());
    }

    /** Names the share that the request is about. @param tokenHash of its token */
    public static void noteShare(Request request, Digest tokenHash) {
        note(request, "share", tokenHash.hex().substring(0, Shares.ID_LENGTH));
    }

    /**
     * The handler, with a record of each request, or only of those that failed.
     *
     * @param action what the log calls it
     */
    public Handler record(String action, boolean each, Handler handler) {
        return request -> {
            request.whenEnded(ended -> ended(action, each, request, ended));
            return handler.handle(request);
        };
    }

    private void ended(String action, boolean each, Request request, Ended ended) {
        boolean failed = ended.status() >= 400 || ended.status() == 0;
        if (!failed && (!each || request.attached(OnlyFailures.class).isPresent())) {
            return;
        }
        tellUncounted();
        if (failed && failures.acquire(AddressKey.of(request.client())).isPositive()) {
            uncounted.incrementAndGet();
            return;
        }
        Caller caller = request.attached(Caller.class).orElse(Caller.NOBODY);
        String result = !failed ? ended.whole() ? Entry.OK : "broken_off"
                : request.attached(Problem.class).map(Problem::code).orElse(ended.status() == 0 ? "broken_off" : "status_" + ended.status());
        Map<String, Object> details = new LinkedHashMap<>();
        if (ended.received() > 0) {
            details.put("received", ended.received());
        }
        if (ended.sent() > 0) {
            details.put("sent", ended.sent());
        }
        // Also of a request that was refused because it has the field twice.
        if (!request.headers("Range").isEmpty()) {
            details.put("range", String.join(", ", request.headers("Range")));
        }
        log.accept(new Entry(clock.instant(), request.id(), caller.actor(), caller.name().isEmpty() ? null : caller.name(),
                request.client().getHostAddress(), action, subject(request), result, ended.status(), details));
    }

    private static Map<String, String> subject(Request request) {
        Map<String, String> subject = new LinkedHashMap<>();
        for (String name : new String[] {"file_id", "room_id", "token_id", "request_id", "session_id", "webhook_id"}) {
            request.pathIfAny(name).ifPresent(id -> subject.put(name, id));
        }
        // The token of a link is a secret; its id is not.
        request.pathIfAny("token").ifPresent(token -> subject.put("share", token.matches(SHARE_ID) ? token.substring(0, Shares.ID_LENGTH)
                : Tokens.hash(token).hex().substring(0, Shares.ID_LENGTH)));
        request.attached(Subject.class).ifPresent(noted -> subject.putAll(noted.names));
        return subject;
    }

    /** At most once a minute, while requests come. */
    private void tellUncounted() {
        long last = summarized.get();
        long now = System.nanoTime();
        if (uncounted.get() > 0 && now - last > SUMMARY.toNanos() && summarized.compareAndSet(last, now)) {
            tellRest();
        }
    }

    /** Has what was only counted so far recorded: at the end. */
    public void tellRest() {
        long count = uncounted.getAndSet(0);
        if (count > 0) {
            log.accept(Entry.bySystem(clock.instant(), "attempts.more", Entry.OK, Map.of("failed", count)));
        }
    }
}
