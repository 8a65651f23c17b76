package tranzr.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tranzr.model.ByteRange;

/**
 * Moves a file over a link that does not exist, by the {@link Plan} that also moves real ones, in a time that does not pass. Bytes flow evenly: each connection as fast as its window
 * allows in a round trip, all of them together as fast as the link is. A connection stays open between chunks; a new one costs a round trip, each chunk another one for its answer.
 */
final class SimulatedLink {

    /**
     * What a link is like.
     *
     * @param bandwidth in bytes a second, of all connections together
     * @param delay of a round trip
     * @param window of one connection, in bytes
     * @param cutEvery bytes after which a connection breaks, on average; 0 for never
     * @param most connections that get anything at all; the others are refused as too many; 0 for no limit
     */
    record Link(double bandwidth, Duration delay, long window, long cutEvery, int most) {

        /** Nothing gets through, and whoever tries learns it soon. */
        static final Link AWAY = new Link(0, Duration.ofMillis(1), 1, 0, 0);

        /** What one connection gets at best. */
        double perConnection() {
            return Math.min(bandwidth, window / Math.max(1e-6, delay.toNanos() / 1e9));
        }
    }

    /** What came of it. */
    record Outcome(double seconds, int mostConnections, long sent, List<Long> sizes) {

        long usualSize() {
            return sizes.stream().sorted().skip(sizes.size() / 2).findFirst().orElse(0L);
        }

        long largest() {
            return sizes.stream().mapToLong(Long::longValue).max().orElse(0);
        }

        double perSecond(long bytes) {
            return bytes / seconds;
        }
    }

    private static final long STEP = 5_000_000;
    private static final double SECOND = 1e9;

    /** A request under way. */
    private static final class Flow {
        final Plan.Piece piece;
        final long begun;
        final long deadline;
        /** When the first byte may flow. */
        final long flowsFrom;
        final double breaksAfter;
        double sent;
        long answeredAt = Long.MAX_VALUE;

        Flow(Plan.Piece piece, long begun, long within, long flowsFrom, double breaksAfter) {
            this.piece = piece;
            this.begun = begun;
            this.deadline = within == Long.MAX_VALUE ? within : begun + within;
            this.flowsFrom = flowsFrom;
            this.breaksAfter = breaksAfter;
        }
    }

    /** A request without bytes. */
    private record Question(Plan.Step step, long answeredAt) {
    }

    private final Random random;
    private final List<Flow> flows = new ArrayList<>();
    private final List<Question> questions = new ArrayList<>();
    private final List<Long> sizes = new ArrayList<>();
    /** By the start of a piece: what came of it before it broke. */
    private final Map<Long, Long> kept = new HashMap<>();
    private Link link;
    private long now;
    private int idle;
    private double carried;
    private int mostConnections;
    private int probes;
    private final Meter meter;
    private final Plan plan;

    SimulatedLink(Link link, Tuning tuning, long size, long seed) {
        this.link = link;
        this.random = new Random(seed);
        this.meter = new Meter(tuning.chunkSize(), () -> now, () -> { });
        this.plan = new Plan(tuning, new Backoff(random), new ChunkSizer(tuning), new Concurrency(tuning), meter, List.of(new ByteRange(0, size)), false);
    }

    static Outcome move(Link link, Tuning tuning, long size, long seed) throws TransferException {
        return new SimulatedLink(link, tuning, size, seed).run();
    }

    /** From here on it is another link. */
    void becomes(Link other) {
        link = other;
    }

    /** Goes on for so long, or until all is moved. @return whether it is */
    boolean run(Duration time) throws TransferException {
        long until = now + time.toNanos();
        while (now < until && !plan.isDone()) {
            step();
        }
        return plan.isDone();
    }

    Outcome run() throws TransferException {
        run(Duration.ofDays(30));
        return new Outcome(now / SECOND, mostConnections, meter.moved(), List.copyOf(sizes));
    }

    /** How many requests that bring bytes are under way. */
    int connections() {
        return flows.size();
    }

    long chunkSize() {
        return plan.chunkSize();
    }

    /** How many have been begun. */
    int moves() {
        return sizes.size();
    }

    int probes() {
        return probes;
    }

    String rest() {
        return plan.rest(now);
    }

    Duration time() {
        return Duration.ofNanos(now);
    }

    Progress progress() {
        return meter.progress();
    }

    private void step() throws TransferException {
        plan.tick(now);
        for (Plan.Step step = plan.next(now); step != null; step = plan.next(now)) {
            begin(step);
        }
        mostConnections = Math.max(mostConnections, flows.size());
        now += STEP;
        flow();
        end();
    }

    private void begin(Plan.Step step) {
        if (step instanceof Plan.Step.Move move) {
            long reach = link.delay.toNanos() / 2;
            if (idle > 0) {
                idle--;
            } else {
                reach += link.delay.toNanos();
            }
            boolean refused = link.bandwidth == 0 || link.most > 0 && flows.size() >= link.most;
            double breaksAfter = refused ? 0 : link.cutEvery == 0 ? Double.MAX_VALUE : -Math.log(1 - random.nextDouble()) * link.cutEvery;
            sizes.add(move.piece().range.length());
            flows.add(new Flow(move.piece(), now, move.within(), now + reach, breaksAfter));
        } else {
            questions.add(new Question(step, now + 2 * link.delay.toNanos()));
        }
    }

    private void flow() {
        List<Flow> flowing = flows.stream().filter(flow -> flow.flowsFrom <= now && flow.sent < flow.piece.range.length()).toList();
        if (flowing.isEmpty()) {
            return;
        }
        double each = Math.min(link.perConnection(), link.bandwidth / flowing.size()) * STEP / SECOND;
        for (Flow flow : flowing) {
            double sent = Math.min(each, Math.min(flow.piece.range.length(), flow.breaksAfter) - flow.sent);
            flow.sent += Math.max(0, sent);
            carried += Math.max(0, sent);
            if (flow.sent >= flow.piece.range.length()) {
                flow.answeredAt = now + link.delay.toNanos() / 2;
            }
        }
        long whole = (long) carried;
        carried -= whole;
        if (whole > 0) {
            meter.moved(whole);
        }
    }

    private void end() throws TransferException {
        for (Iterator<Flow> each = flows.iterator(); each.hasNext();) {
            Flow flow = each.next();
            boolean slow = now > flow.deadline;
            if (flow.answeredAt <= now) {
                each.remove();
                idle++;
                plan.moved(flow.piece, now - flow.begun);
            } else if (slow || flow.flowsFrom <= now && flow.sent >= flow.breaksAfter) {
                each.remove();
                if (slow) {
                    plan.slow((long) flow.sent, now - flow.begun);
                }
                kept.put(flow.piece.range.start(), (long) flow.sent);
                boolean tooMany = flow.breaksAfter == 0 && link.bandwidth > 0;
                plan.failed(flow.piece, tooMany ? new RefusedException(429, "too_many_transfers", "too many", Duration.ofSeconds(1), Map.of()) : new IOException("broken"), now);
            }
        }
        for (Iterator<Question> each = questions.iterator(); each.hasNext();) {
            Question question = each.next();
            if (question.answeredAt <= now) {
                each.remove();
                answer(question.step);
            }
        }
    }

    private void answer(Plan.Step step) throws TransferException {
        if (step instanceof Plan.Step.Ask ask) {
            ByteRange range = ask.piece().range;
            long start = Math.min(range.end(), range.start() + kept.getOrDefault(range.start(), 0L));
            if (link.bandwidth == 0) {
                plan.failed(ask.piece(), new IOException("nobody there"), now);
                return;
            }
            plan.told(ask.piece(), start == range.end() ? List.of() : List.of(new ByteRange(start, range.end())), now);
        } else if (link.bandwidth == 0) {
            probes++;
            plan.unanswered(new IOException("nobody there"), now);
        } else {
            probes++;
            plan.answered();
        }
    }
}
