package tranzr.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tranzr.model.Priority;

/** The decisions, event by event on a clock of its own: no threads. */
class FairQueueTest {

    private static final long SECOND = 1_000_000_000L;
    private static final int PIECE = 64 << 10;
    private static final int MIB = 1 << 20;

    private record Grant(long at, int bytes, Transfer to) {
    }

    /** One that wants another piece as soon as it got one. */
    private static final class Transfer {
        final FairQueue.Member member;
        final int piece;
        long bytes;
        boolean greedy = true;

        Transfer(FairQueue.Member member, int piece) {
            this.member = member;
            this.piece = piece;
        }
    }

    private final Map<FairQueue.Member, Transfer> transfers = new HashMap<>();
    private final List<Grant> grants = new ArrayList<>();
    private Consumer<Transfer> onGrant = transfer -> { };
    private Instant wall = Instant.parse("2026-01-05T12:00:00Z");
    private FairQueue queue;
    private long now;

    @Test
    void theTotalIsUsedUpAndInNoSecondPassedByMoreThanAPiece() {
        for (int rate : new int[] { 1000, 1024, 10_000, 300_000, MIB, 50 * MIB }) {
            setUp(rate + "/s", "none", "none");
            for (int i = 0; i < 5; i++) {
                add("key" + i % 2, Priority.values()[i % 3], PIECE);
            }
            run(5 * SECOND);
            assertWithin(grants, rate, PIECE);
            long all = grants.stream().mapToLong(Grant::bytes).sum();
            assertTrue(all >= 5L * rate - PIECE && all <= 5L * rate + PIECE, rate + ": " + all);
        }
    }

    @Test
    void prioritiesShareByTheirWeightsWhateverThePieces() {
        for (boolean oneKey : new boolean[] { true, false }) {
            setUp("7MiB/s", "none", "none");
            Transfer high = add(oneKey ? "k" : "a", Priority.HIGH, PIECE);
            Transfer normal = add(oneKey ? "k" : "b", Priority.NORMAL, 1000);
            Transfer low = add(oneKey ? "k" : "c", Priority.LOW, 5000);
            run(10 * SECOND);
            assertNear(40 * MIB, high.bytes);
            assertNear(20 * MIB, normal.bytes);
            assertNear(10 * MIB, low.bytes);
        }
    }

    @Test
    void keysShareEvenlyHoweverManyTransfersTheyHave() {
        setUp("8MiB/s", "none", "none");
        List<Transfer> many = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            many.add(add("many", Priority.NORMAL, PIECE));
        }
        Transfer single = add("single", Priority.NORMAL, PIECE);
        Transfer nobodys = add(null, Priority.NORMAL, PIECE);
        Transfer another = add(null, Priority.NORMAL, PIECE);
        run(10 * SECOND);
        assertNear(20 * MIB, single.bytes);
        assertNear(20 * MIB, nobodys.bytes);
        assertNear(20 * MIB, another.bytes);
        assertNear(20 * MIB, many.stream().mapToLong(transfer -> transfer.bytes).sum());
        many.forEach(transfer -> assertNear(MIB / 2, transfer.bytes));
    }

    @Test
    void lowPriorityIsNeverStarvedByManyOfHighPriority() {
        setUp("10MiB/s", "none", "none");
        for (int i = 0; i < 10; i++) {
            add("k" + i, Priority.HIGH, PIECE);
        }
        Transfer low = add("low", Priority.LOW, PIECE);
        run(41 * SECOND);
        assertNear(10 * MIB, low.bytes);
    }

    @Test
    void whatOneCannotUseGoesToTheOthers() {
        setUp("10MiB/s", "6MiB/s", "4MiB/s");
        Transfer alone = add("a", Priority.NORMAL, PIECE);
        run(10 * SECOND);
        assertNear(40 * MIB, alone.bytes);
        assertWithin(of(alone), 4 * MIB, PIECE);
        List<Transfer> three = List.of(add("b", Priority.LOW, PIECE), add("b", Priority.LOW, PIECE), add("b", Priority.LOW, PIECE));
        run(10 * SECOND);
        assertNear(80 * MIB, alone.bytes);
        assertNear(60 * MIB, three.stream().mapToLong(transfer -> transfer.bytes).sum());
        alone.greedy = false;
        run(10 * SECOND);
        assertNear(120 * MIB, three.stream().mapToLong(transfer -> transfer.bytes).sum());
        assertWithin(grants.stream().filter(grant -> three.contains(grant.to())).toList(), 6 * MIB, PIECE);
    }

    @Test
    void restSavesUpNothing() {
        setUp("4MiB/s", "none", "none");
        Transfer steady = add("a", Priority.NORMAL, PIECE);
        Transfer rested = add("b", Priority.NORMAL, PIECE);
        rested.greedy = false;
        run(60 * SECOND);
        assertNear(240 * MIB, steady.bytes);
        long before = rested.bytes;
        rested.greedy = true;
        queue.want(rested.member, PIECE);
        run(10 * SECOND);
        assertNear(20 * MIB, rested.bytes - before);
    }

    @Test
    void aTinyRateLetsAPieceThroughInSmallSteps() {
        setUp("none", "none", "1KiB/s");
        Transfer slow = add("a", Priority.NORMAL, PIECE);
        run(64 * SECOND);
        assertTrue(slow.bytes <= PIECE + 1024 && slow.bytes >= PIECE - 1024, "" + slow.bytes);
        long last = 0;
        for (Grant grant : grants) {
            assertTrue(grant.at() - last <= SECOND / 2 && grant.bytes() <= 1024, grant.toString());
            last = grant.at();
        }
    }

    @Test
    void anEndlessRowOfNewTransfersDoesNotHoldUpALongOne() {
        for (String key : new String[] { null, "same" }) {
            setUp("1MiB/s", "none", "none");
            Transfer steady = add(key, Priority.NORMAL, PIECE);
            // Each new one leaves after its first piece, and another comes at once.
            onGrant = transfer -> {
                if (transfer != steady) {
                    queue.close(transfer.member, now);
                    transfer.greedy = false;
                    add(key, Priority.NORMAL, PIECE);
                }
            };
            add(key, Priority.NORMAL, PIECE);
            add(key, Priority.NORMAL, PIECE);
            add(key, Priority.NORMAL, PIECE);
            run(20 * SECOND);
            assertTrue(steady.bytes >= 4 * MIB, "a fair share would be 5 MiB of 20: " + steady.bytes);
        }
    }

    @Test
    void comingAgainWithTheSameKeyIsNoFreshStart() {
        setUp("none", "1MiB/s", "none");
        onGrant = transfer -> {
            queue.close(transfer.member, now);
            transfer.greedy = false;
            add("k", Priority.NORMAL, PIECE);
        };
        add("k", Priority.NORMAL, PIECE);
        run(10 * SECOND);
        assertWithin(grants, MIB, PIECE);
        assertNear(10 * MIB, grants.stream().mapToLong(Grant::bytes).sum());
    }

    @Test
    void aKeyIsForgottenSomeTimeAfterItsLastTransferAlsoWhenAnotherComesAllTheTime() {
        setUp("1MiB/s", "none", "none");
        Transfer busy = add("busy", Priority.NORMAL, PIECE);
        for (int i = 0; i < 100; i++) {
            queue.close(busy.member, now);
            busy = add("busy", Priority.NORMAL, 1000);
            Transfer once = add("once" + i, Priority.NORMAL, 1000);
            run(SECOND / 2);
            once.greedy = false;
            queue.close(once.member, now);
        }
        assertTrue(queue.keys() <= 22, "those of the last 10 seconds, not " + queue.keys());
        queue.close(busy.member, now);
        now += FairQueue.REMEMBERED_FOR;
        queue.close(queue.open(null, Priority.LOW, now), now);
        assertEquals(0, queue.keys());
    }

    @Test
    void theScheduleChangesWhatRunsWithinASecond() {
        setUp("12:01-12:02 1MiB/s; 12:02-12:03 none; 4MiB/s", "none", "none");
        Transfer transfer = add("a", Priority.NORMAL, PIECE);
        run(60 * SECOND);
        assertNear(240 * MIB, transfer.bytes);
        run(59 * SECOND);
        assertNear(299 * MIB, transfer.bytes, 4 * MIB);
        transfer.greedy = false;
        run(3 * SECOND);
        queue.rule(now);
        assertTrue(queue.isFree());
        wall = wall.minus(Duration.ofMinutes(1));
        run(SECOND);
        queue.rule(now);
        assertTrue(!queue.isFree(), "also when the clock is set");
    }

    @Test
    void aRestWithTheOldRateEndsWhenTheScheduleGivesMore() {
        setUp("none", "none", "12:00-12:01 1KiB/s; 10MiB/s");
        Transfer transfer = add("a", Priority.NORMAL, PIECE);
        run(62 * SECOND);
        assertTrue(transfer.bytes > 9 * MIB, "" + transfer.bytes);
    }

    @Test
    void whoeverStopsWaitingIsOutOfTheWay() {
        setUp("100KiB/s", "50KiB/s", "20KiB/s");
        List<Transfer> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            all.add(add(i % 3 == 0 ? null : "k" + i % 3, Priority.values()[i % 3], PIECE));
        }
        run(3 * SECOND);
        for (Transfer transfer : all.subList(1, 30)) {
            transfer.greedy = false;
            queue.close(transfer.member, now);
        }
        long before = all.getFirst().bytes;
        run(10 * SECOND);
        assertNear(200 << 10, all.getFirst().bytes - before);
        all.getFirst().greedy = false;
        queue.close(all.getFirst().member, now);
        assertEquals(FairQueue.NEVER, queue.dispatch(now, new ArrayList<>()));
        assertEquals(null, queue.anyWaiting());
    }

    private void setUp(String total, String perKey, String perTransfer) {
        transfers.clear();
        grants.clear();
        onGrant = transfer -> { };
        now = 0;
        wall = Instant.parse("2026-01-05T12:00:00Z");
        queue = new FairQueue(Schedule.parse(total), Schedule.parse(perKey), Schedule.parse(perTransfer), ZoneOffset.UTC,
                () -> wall.plusNanos(now), now);
    }

    private Transfer add(Object key, Priority priority, int piece) {
        Transfer transfer = new Transfer(queue.open(key, priority, now), piece);
        transfers.put(transfer.member, transfer);
        queue.want(transfer.member, piece);
        return transfer;
    }

    /** Plays what happens in so many nanoseconds, each event at its time. */
    private void run(long nanos) {
        long end = now + nanos;
        while (true) {
            List<FairQueue.Member> granted = new ArrayList<>();
            long next = queue.dispatch(now, granted);
            for (FairQueue.Member member : granted) {
                Transfer transfer = transfers.get(member);
                int bytes = member.collect();
                assertTrue(bytes >= 1 && bytes <= transfer.piece, bytes + " of " + transfer.piece);
                transfer.bytes += bytes;
                grants.add(new Grant(now, bytes, transfer));
                onGrant.accept(transfer);
                if (transfer.greedy) {
                    queue.want(member, transfer.piece);
                }
            }
            if (granted.isEmpty()) {
                assertTrue(next > now, "time goes on");
                if (next > end) {
                    now = end;
                    return;
                }
                now = next;
            }
        }
    }

    private List<Grant> of(Transfer transfer) {
        return grants.stream().filter(grant -> grant.to() == transfer).toList();
    }

    /** In every window of a second, and in every shorter or longer one that begins with it, no more than allowed. */
    private static void assertWithin(List<Grant> grants, long rate, long burst) {
        long lead = Long.MIN_VALUE;
        long passed = 0;
        for (Grant grant : grants) {
            // What passed minus what flowed in may never rise by more than the burst above its lowest: all windows at once.
            long before = passed * SECOND - grant.at() * rate;
            lead = Math.max(lead, -before);
            passed += grant.bytes();
            assertTrue(before + grant.bytes() * SECOND + lead <= burst * SECOND, grant.toString());
        }
    }

    private static void assertNear(long expected, long actual) {
        assertNear(expected, actual, 3 * PIECE);
    }

    private static void assertNear(long expected, long actual, long slack) {
        assertTrue(Math.abs(expected - actual) <= slack, "expected " + expected + ", but there were " + actual);
    }
}
