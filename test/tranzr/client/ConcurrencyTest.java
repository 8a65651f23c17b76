package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class ConcurrencyTest {

    private static final long SECOND = 1_000_000_000;
    private static final Tuning TUNING = Tuning.STANDARD;

    private final Concurrency concurrency = new Concurrency(TUNING);
    private long now;
    private double moved;
    private int highest;

    @Test
    void oneGoesAheadAndTheOthersFollow() {
        assertEquals(1, concurrency.level());
        concurrency.moved(256 << 10, SECOND / 10);
        assertEquals(4, concurrency.level());
    }

    @Test
    void aLinkThatCannotFeedTwoGetsOne() {
        concurrency.moved(256 << 10, 37 * SECOND);
        assertEquals(1, concurrency.level());
    }

    @Test
    void moreAreTakenForAsLongAsEachBringsItsShare() {
        concurrency.moved(256 << 10, SECOND / 10);
        run(60, level -> 600_000 * level);
        assertEquals(16, concurrency.level());
    }

    @Test
    void moreThatBringNothingAreGivenUpAndTriedLessAndLess() {
        concurrency.moved(256 << 10, SECOND / 10);
        int trials = 0;
        for (int second = 0; second < 3600; second++) {
            int before = concurrency.level();
            run(1, level -> 10e6);
            trials += concurrency.level() > before ? 1 : 0;
        }
        assertEquals(4, concurrency.level());
        assertEquals(6, highest);
        assertTrue(trials >= 5 && trials <= 12, "" + trials);
    }

    @Test
    void halfTheWayIsFoundWhereTheLinkIsFullThere() {
        concurrency.moved(256 << 10, SECOND / 10);
        run(120, level -> Math.min(600_000 * level, 6_000_000));
        assertTrue(concurrency.level() >= 9 && concurrency.level() <= 13, "" + concurrency.level());
    }

    @Test
    void failuresThatBringNothingTakeOneAtATimeAndCalmBringsThemBack() {
        concurrency.moved(256 << 10, SECOND / 10);
        concurrency.failed(now);
        concurrency.failed(now + SECOND);
        assertEquals(3, concurrency.level());
        now += 3 * SECOND;
        concurrency.failed(now);
        assertEquals(2, concurrency.level());
        run(9, level -> 1e6);
        assertEquals(2, concurrency.level());
        run(13, level -> 1e6);
        assertEquals(4, concurrency.level());
    }

    @Test
    void whatTheServerRefusesIsNotTriedAgainForAWhile() {
        concurrency.moved(256 << 10, SECOND / 10);
        concurrency.refused(2, now);
        assertEquals(2, concurrency.level());
        run(9, level -> 1e6);
        assertEquals(2, concurrency.level());
        concurrency.refused(0, now);
        assertEquals(1, concurrency.level());
    }

    @Test
    void aLinkThatBecomesSlowIsLeftToOneAndOneThatRecoversIsNot() {
        concurrency.moved(256 << 10, SECOND / 10);
        run(20, level -> 7_000);
        assertEquals(1, concurrency.level());
        run(20, level -> 1e6);
        assertTrue(concurrency.level() >= 4);
    }

    @Test
    void whoWantsItFixedGetsItFixedButForWhatTheServerRefuses() {
        Concurrency fixed = new Concurrency(new Tuning(8 << 20, false, 7, Priority.NORMAL, 10, Duration.ofSeconds(30), Duration.ofHours(1), 0));
        fixed.moved(1 << 20, 1000 * SECOND);
        fixed.failed(0);
        assertEquals(7, fixed.level());
        fixed.refused(3, 0);
        assertEquals(3, fixed.level());
        fixed.tick(11 * SECOND, 0, true);
        assertEquals(4, fixed.level());
    }

    /** So many seconds on a link that gives so many bytes a second to so many connections. */
    private void run(int seconds, IntToDoubleFunction perSecond) {
        for (long until = now + seconds * SECOND; now < until; now += SECOND / 10) {
            moved += perSecond.applyAsDouble(concurrency.level()) / 10;
            concurrency.tick(now, (long) moved, true);
            highest = Math.max(highest, concurrency.level());
        }
    }
}
