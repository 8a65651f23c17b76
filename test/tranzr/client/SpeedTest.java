package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SpeedTest {

    private static final long SECOND = 1_000_000_000;

    @Test
    void anEvenFlowIsMeasuredAsWhatItIsFromTheFirstSecondsOn() {
        for (long origin : new long[] {0, -77 * SECOND, Long.MIN_VALUE / 2, 1L << 60}) {
            Speed speed = new Speed(origin);
            for (int i = 1; i <= 1000; i++) {
                long now = origin + i * SECOND / 20;
                speed.passed(5_000, now);
                if (i > 20) {
                    assertEquals(100_000, speed.perSecond(now), 8_000);
                }
            }
        }
    }

    @Test
    void whatStoppedIsForgottenAfterTheWindow() {
        Speed speed = new Speed(0);
        speed.passed(1_000_000, SECOND);
        assertEquals(200_000, speed.perSecond(5 * SECOND), 1);
        assertEquals(0, speed.perSecond(12 * SECOND));
        assertEquals(0, speed.perSecond(1_000_000 * SECOND));
        speed.passed(1_000_000, 1_000_000 * SECOND);
        speed.restart(1_000_001 * SECOND);
        assertEquals(0, speed.perSecond(1_000_001 * SECOND));
    }

    @Test
    void theRateHoldsForAllTogetherWhateverThePieces() {
        RateLimit limit = new RateLimit(1_000_000);
        long passed = 0;
        long now = 0;
        for (int piece = 1; piece < 2_000; piece++) {
            now += limit.book(piece * 10, now);
            passed += piece * 10;
            // A quarter of a second may go ahead at once.
            assertEquals(Math.max(0, passed - 250_000) / 1e6, now / 1e9, 0.001);
        }
    }

    @Test
    void aRestSavesNoMoreThanAQuarterOfASecond() {
        RateLimit limit = new RateLimit(1_000_000);
        assertEquals(0, limit.book(250_000, 100 * SECOND));
        assertEquals(0, limit.book(250_000, 200 * SECOND));
        assertEquals(SECOND, limit.book(1_000_000, 200 * SECOND));
        assertEquals(0, new RateLimit(0).book(Long.MAX_VALUE, 0));
    }
}
