package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final long MILLI = 1_000_000;

    @Test
    void theBoundDoublesWithEachFailureUpToHalfAMinute() {
        Backoff latest = new Backoff(always(Math.nextDown(1.0)));
        long[] bounds = {250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000};
        for (int failures = 1; failures <= bounds.length; failures++) {
            assertEquals((double) bounds[failures - 1] * MILLI, latest.pause(failures), 1000.0);
        }
        assertEquals(30_000.0 * MILLI, latest.pause(Integer.MAX_VALUE), 1000.0);
    }

    @Test
    void noPauseIsShorterThanTheOtherSideNeedsToNoticeABreak() {
        Backoff soonest = new Backoff(always(0));
        for (int failures = 1; failures < 40; failures++) {
            assertEquals(50 * MILLI, soonest.pause(failures));
        }
    }

    @Test
    void pausesAreSpreadOverTheWholeOfTheBound() {
        Backoff backoff = new Backoff(new Random(5));
        int[] tenths = new int[10];
        for (int i = 0; i < 10_000; i++) {
            tenths[(int) Math.min(9, backoff.pause(6) * 10 / (8000 * MILLI))]++;
        }
        for (int count : tenths) {
            assertTrue(count > 800 && count < 1200, () -> java.util.Arrays.toString(tenths));
        }
    }

    @Test
    void whatTheServerSaidIsNeverCutShortAndLittleLengthened() {
        assertEquals(20_000 * MILLI, new Backoff(always(0)).pause(1, Duration.ofSeconds(20)));
        assertEquals(22_000.0 * MILLI, new Backoff(always(Math.nextDown(1.0))).pause(1, Duration.ofSeconds(20)), 1000.0);
        assertEquals(50 * MILLI, new Backoff(always(0)).pause(3, Duration.ZERO));
        assertEquals(50 * MILLI, new Backoff(always(0)).pause(3, null));
    }

    @Test
    void aServerThatSaysTomorrowIsAskedBeforeThat() {
        assertEquals(900_000 * MILLI, new Backoff(always(0)).pause(1, Duration.ofSeconds(Long.MAX_VALUE)));
    }

    private static RandomGenerator always(double value) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                return 0;
            }

            @Override
            public double nextDouble() {
                return value;
            }
        };
    }
}
