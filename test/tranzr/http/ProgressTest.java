package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who is too slow, by a clock that is moved by hand. */
class ProgressTest {

    private static final long MILLI = 1_000_000L;
    private static final Limits LIMITS = new Limits(Duration.ofSeconds(60), Duration.ofSeconds(30), 1024, Duration.ofSeconds(90), 10, 10);

    private long time = -5_000_000_000L; // the clock may be negative
    private final Progress progress = new Progress(LIMITS, () -> time);

    /** Receives a piece every so often until it is ended. @return the seconds that took; the limit when it was not */
    private long secondsUntilEnded(int bytes, long everyMillis, long limitSeconds) {
        long begin = time;
        while (time - begin < limitSeconds * 1000 * MILLI) {
            progress.begin(true);
            time += everyMillis * MILLI;
            if (progress.tooSlow(time, 0) || progress.stalled(time, 0)) {
                break;
            }
            progress.end(bytes);
        }
        return (time - begin) / 1000 / MILLI;
    }

    @Test
    void aLinkOfTwiceTheLeastRateIsNeverEndedHoweverUneven() {
        assertEquals(3600, secondsUntilEnded(2048, 1000, 3600));
        assertEquals(3600, secondsUntilEnded(20, 10, 3600));
        assertEquals(3600, secondsUntilEnded(2048 * 50, 50_000, 3600));
    }

    @Test
    void aByteEachSecondIsEndedAfterThePatience() {
        long took = secondsUntilEnded(1, 1000, 3600);
        assertTrue(took >= 90 && took <= 91, () -> took + " s");
    }

    @Test
    void halfTheLeastRateIsEndedWhenItHasFallenBehindByThePatience() {
        long took = secondsUntilEnded(512, 1000, 3600);
        assertTrue(took >= 175 && took <= 185, () -> took + " s");
    }

    @Test
    void whatCameFastBuysNoMoreThanThePatience() {
        progress.begin(true);
        progress.end(Integer.MAX_VALUE);
        assertTrue(secondsUntilEnded(1, 1000, 3600) <= 91);
    }

    @Test
    void nothingAtAllIsAStall() {
        progress.begin(true);
        time += 59_999 * MILLI;
        assertFalse(progress.stalled(time, 0));
        time += MILLI;
        assertTrue(progress.stalled(time, 0));
    }

    @Test
    void timeThatIsNotSpentWaitingCountsNothing() {
        for (int i = 0; i < 100; i++) {
            progress.begin(true);
            time += MILLI;
            progress.end(2);
            time += 3_600_000 * MILLI;
            assertFalse(progress.tooSlow(time, 0) || progress.stalled(time, 0));
        }
    }

    @Test
    void aReaderMayTakeWhatTheKernelHoldsWithoutBeingSeen() {
        progress.begin(false);
        time += 150_000 * MILLI;
        assertTrue(progress.stalled(time, 0) && progress.tooSlow(time, 0));
        assertFalse(progress.stalled(time, 200 * 1024) || progress.tooSlow(time, 200 * 1024));
        time += 150_000 * MILLI;
        assertTrue(progress.stalled(time, 200 * 1024) && progress.tooSlow(time, 200 * 1024));
    }

    @Test
    void theAnswerBeginsWithNewPatience() {
        progress.begin(true);
        time += 50_000 * MILLI;
        progress.end(0);
        progress.begin(false);
        time += 55_000 * MILLI;
        assertFalse(progress.tooSlow(time, 0));
        progress.moved(0);
        time += 40_000 * MILLI;
        assertTrue(progress.tooSlow(time, 0));
    }

    @Test
    void withoutALeastRateOnlyAStallEndsIt() {
        Progress lenient = new Progress(Limits.stallingAfter(Duration.ofSeconds(10)), () -> time);
        for (int i = 0; i < 1000; i++) {
            lenient.begin(true);
            time += 9_000 * MILLI;
            assertFalse(lenient.tooSlow(time, 0) || lenient.stalled(time, 0));
            lenient.end(1);
        }
    }
}
