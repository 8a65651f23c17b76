package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tranzr.model.ByteRange;
import tranzr.model.RangeSet;

class PlanTest {

    private static final long SECOND = 1_000_000_000;
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    private long now;
    private final Meter meter = new Meter(0, () -> now, () -> { });

    @Test
    void rangesAreHandedOutFromTheBeginningOnAndEndOnMultiplesOfTheSmallestChunk() throws TransferException {
        Plan plan = plan(3, new ByteRange(1000, 3 * MIB), new ByteRange(9 * MIB, 9 * MIB + 1));
        assertEquals(new ByteRange(1000, MIB), move(plan).range);
        assertEquals(new ByteRange(MIB, 2 * MIB), move(plan).range);
        Plan.Piece third = move(plan);
        assertEquals(new ByteRange(2 * MIB, 3 * MIB), third.range);
        assertNull(plan.next(now), "no more than three at a time");
        plan.moved(third, SECOND);
        assertEquals(new ByteRange(9 * MIB, 9 * MIB + 1), move(plan).range);
    }

    @Test
    void afterAFailureItIsAskedWhatIsMissingAndOnlyThatIsMovedAgain() throws TransferException {
        Plan plan = plan(1, new ByteRange(0, MIB));
        plan.failed(move(plan), new IOException("reset"), now);
        assertNull(plan.next(now), "the other side has yet to notice the break");
        assertTrue(plan.wakeAt() >= Backoff.FLOOR && plan.wakeAt() <= SECOND / 4);
        now = plan.wakeAt();
        Plan.Piece asked = assertInstanceOf(Plan.Step.Ask.class, plan.next(now)).piece();
        assertEquals(new ByteRange(0, MIB), asked.range);
        plan.told(asked, List.of(new ByteRange(100, 200), new ByteRange(700 * KIB, MIB)), now);
        assertEquals(MIB - 100 - 324 * KIB, meter.progress().done());
        List<ByteRange> again = new ArrayList<>();
        while (!plan.isDone()) {
            Plan.Piece piece = move(plan);
            again.add(piece.range);
            plan.moved(piece, 1);
        }
        assertEquals(List.of(new ByteRange(100, 200), new ByteRange(700 * KIB, MIB)), again);
        assertEquals(MIB, meter.progress().done());
    }

    @Test
    void aChunkOfWhichAPartArrivesFailsAsOftenAsItLikes() throws TransferException {
        Plan plan = plan(1, new ByteRange(0, MIB));
        for (int i = 1; i <= 100; i++) {
            plan.failed(move(plan), new IOException("reset"), now);
            now += SECOND;
            Plan.Step.Ask ask = assertInstanceOf(Plan.Step.Ask.class, plan.next(now));
            plan.told(ask.piece(), List.of(new ByteRange(i, MIB)), now);
        }
        assertNull(plan.rest(now));
    }

    @Test
    void aChunkThatBringsNothingIsTriedAsOftenAsAllowedBeforeEverythingRests() throws TransferException {
        Tuning once = new Tuning(MIB, false, 1, Priority.NORMAL, 1, Duration.ofSeconds(30), Duration.ofHours(1), 0);
        Plan plan = new Plan(once, new Backoff(new Random(1)), new ChunkSizer(once), new Concurrency(once), meter, List.of(new ByteRange(0, MIB)), false);
        plan.failed(move(plan), new IOException("reset"), now);
        assertNull(plan.rest(now), "a retry is left");
        now += SECOND;
        Plan.Piece asked = assertInstanceOf(Plan.Step.Ask.class, plan.next(now)).piece();
        plan.told(asked, List.of(asked.range), now);
        plan.failed(move(plan), new IOException("reset"), now);
        assertTrue(plan.rest(now).startsWith("reset; looks again in "));
        now = plan.wakeAt();
        assertInstanceOf(Plan.Step.Probe.class, plan.next(now));
        plan.answered();
        assertInstanceOf(Plan.Step.Ask.class, plan.next(now + SECOND));
    }

    @Test
    void aWrongSumIsTriedAFewTimes() throws TransferException {
        Plan plan = plan(1, new ByteRange(0, MIB));
        for (int i = 1; i < Retry.FEW_TRIES; i++) {
            plan.failed(move(plan), refused(422, "checksum_mismatch", null), now);
            now += 10 * SECOND;
            Plan.Step.Ask ask = assertInstanceOf(Plan.Step.Ask.class, plan.next(now));
            plan.told(ask.piece(), List.of(ask.piece().range), now);
        }
        Plan.Piece last = move(plan);
        TransferException e = assertThrows(TransferException.class, () -> plan.failed(last, refused(422, "checksum_mismatch", null), now));
        assertEquals("checksum_mismatch", e.code());
    }

    @Test
    void aFullDiskIsWaitedForAndNotHeldAgainstTheChunk() throws TransferException {
        Plan plan = plan(1, new ByteRange(0, MIB));
        int looks = 0;
        while (now < 3000 * SECOND) {
            Plan.Step step = plan.next(now);
            switch (step) {
                case null -> now = plan.wakeAt();
                case Plan.Step.Move move -> plan.failed(move.piece(), refused(507, "no_space", null), now);
                case Plan.Step.Ask ask -> plan.told(ask.piece(), List.of(ask.piece().range), now);
                default -> {
                    looks++;
                    plan.answered();
                }
            }
        }
        assertTrue(looks > 100 && looks < 500, "" + looks);
        assertTrue(plan.rest(now) == null || plan.rest(now).startsWith("no_space; looks again in "));
        while (!plan.isDone()) {
            Plan.Step step = plan.next(now);
            switch (step) {
                case null -> now = plan.wakeAt();
                case Plan.Step.Move move -> plan.moved(move.piece(), 1);
                case Plan.Step.Ask ask -> plan.told(ask.piece(), List.of(ask.piece().range), now);
                default -> plan.answered();
            }
        }
        assertEquals(MIB, meter.progress().done());
    }

    @Test
    void whatTheServerSaysAboutLaterHoldsForAll() throws TransferException {
        Plan plan = plan(2, new ByteRange(0, 10 * MIB));
        Plan.Piece first = move(plan);
        plan.failed(first, refused(429, "too_many_requests", Duration.ofSeconds(20)), now);
        assertNull(plan.next(now + 19 * SECOND));
        assertTrue(plan.wakeAt() >= 20 * SECOND);
        assertTrue(plan.rest(now).startsWith("too_many_requests; looks again in 2"));
    }

    @Test
    void aLookThatIsRefusedShowsThatSomebodyIsThere() throws TransferException {
        Plan plan = plan(1, new ByteRange(0, MIB));
        plan.failed(move(plan), refused(503, "unavailable", null), now);
        now = plan.wakeAt();
        assertInstanceOf(Plan.Step.Probe.class, plan.next(now));
        plan.unanswered(refused(404, "not_found", null), now);
        assertNull(plan.rest(now));
    }

    @Test
    void bytesThatCannotBeAskedForAgainAreFetchedOnlyAsTheyGo() throws TransferException {
        Plan plan = new Plan(tuning(2), new Backoff(new Random(1)), new ChunkSizer(tuning(2)), new Concurrency(tuning(2)), meter, List.of(), true);
        List<Plan.Piece> moving = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            assertEquals(MIB, assertInstanceOf(Plan.Step.Fetch.class, plan.next(now)).atMost());
            assertNull(i == 0 ? plan.next(now) : null, "one fetches at a time");
            plan.fetched(new ByteRange(i * 10, i * 10 + 10));
            moving.add(move(plan));
        }
        assertNull(plan.next(now));
        plan.failed(moving.get(0), new IOException("reset"), now);
        assertNull(plan.next(now), "what failed is still held");
        plan.moved(moving.get(1), 1);
        assertInstanceOf(Plan.Step.Fetch.class, plan.next(now));
        plan.fetched(new ByteRange(20, 20));
        now += SECOND;
        Plan.Step.Ask ask = assertInstanceOf(Plan.Step.Ask.class, plan.next(now));
        plan.told(ask.piece(), List.of(), now);
        assertTrue(plan.isDone());
    }

    @Test
    void whateverHappensEveryByteIsMovedExactlyOnceAndNothingIsLost() throws TransferException {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            long size = 1 + random.nextLong(40 * MIB);
            Plan plan = new Plan(Tuning.STANDARD, new Backoff(random), new ChunkSizer(Tuning.STANDARD), new Concurrency(Tuning.STANDARD), meter, List.of(new ByteRange(0, size)), false);
            RangeSet there = RangeSet.EMPTY;
            List<Plan.Step> underWay = new ArrayList<>();
            while (!plan.isDone()) {
                Plan.Step begun = plan.next(now);
                if (begun != null) {
                    underWay.add(begun);
                } else if (underWay.isEmpty()) {
                    now = Math.max(now + 1, plan.wakeAt());
                } else {
                    now += random.nextLong(SECOND);
                    there = end(plan, underWay.remove(random.nextInt(underWay.size())), there, random);
                }
            }
            assertEquals(List.of(new ByteRange(0, size)), there.ranges());
        }
    }

    private RangeSet end(Plan plan, Plan.Step step, RangeSet there, Random random) throws TransferException {
        switch (step) {
            case Plan.Step.Move move when random.nextInt(3) > 0 -> {
                plan.moved(move.piece(), random.nextLong(10 * SECOND));
                return there.plus(move.piece().range, 0);
            }
            case Plan.Step.Move move -> {
                plan.failed(move.piece(), random.nextBoolean() ? new IOException("reset") : refused(503, "busy", Duration.ofSeconds(1)), now);
                long start = move.piece().range.start();
                long from = start + random.nextLong(move.piece().range.length());
                return there.plus(new ByteRange(from, from + random.nextLong(move.piece().range.end() - from + 1)), 0);
            }
            case Plan.Step.Ask ask when random.nextInt(4) == 0 -> plan.failed(ask.piece(), new IOException("reset"), now);
            case Plan.Step.Ask ask -> plan.told(ask.piece(), there.missing(ask.piece().range), now);
            case Plan.Step.Probe _ when random.nextBoolean() -> plan.unanswered(new IOException("reset"), now);
            default -> plan.answered();
        }
        return there;
    }

    private Plan.Piece move(Plan plan) throws TransferException {
        return assertInstanceOf(Plan.Step.Move.class, plan.next(now)).piece();
    }

    private Plan plan(int parallel, ByteRange... missing) {
        return new Plan(tuning(parallel), new Backoff(new Random(1)), new ChunkSizer(tuning(parallel)), new Concurrency(tuning(parallel)), meter, List.of(missing), false);
    }

    private static Tuning tuning(int parallel) {
        return new Tuning(MIB, false, parallel, Priority.NORMAL, 3, Duration.ofSeconds(30), Duration.ofHours(1), 0);
    }

    private static RefusedException refused(int status, String code, Duration retryAfter) {
        return new RefusedException(status, code, code, retryAfter, Map.of());
    }
}
