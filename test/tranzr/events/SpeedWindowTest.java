package tranzr.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SpeedWindowTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void beforeAnythingPassesItIsZero() {
        assertEquals(0, new SpeedWindow(7).at(7));
        assertEquals(0, new SpeedWindow(7).at(7 + 100 * SECOND));
    }

    @Test
    void anEvenFlowHasItsSpeedAtAnyMoment() {
        SpeedWindow window = new SpeedWindow(-3 * SECOND);
        for (long now = -3 * SECOND; now < 60 * SECOND; now += SECOND / 100) {
            window.passed(1000, now);
            if (now > -SECOND) {
                assertEquals(100_000, window.at(now), 6000, "at " + now);
            }
        }
    }

    @Test
    void whatWasLongAgoDoesNotCount() {
        SpeedWindow window = new SpeedWindow(0);
        window.passed(1 << 30, 0);
        assertTrue(window.at(2 * SECOND) > 0);
        assertEquals(0, window.at(5 * SECOND));
        window.passed(500, 100 * SECOND);
        assertEquals(100, window.at(100 * SECOND + SECOND / 10), 10);
    }

    @Test
    void aFirstBurstIsNotTakenForAFastLine() {
        SpeedWindow window = new SpeedWindow(0);
        window.passed(1000, 1);
        assertEquals(2000, window.at(2));
    }

    @Test
    void itIsTheSumOfTheLastSecondsWhateverComes() {
        Random random = new Random(5);
        SpeedWindow window = new SpeedWindow(0);
        long[] passed = new long[400];
        long now = 0;
        for (int i = 0; i < passed.length; i++) {
            now = i * SECOND / 4 + random.nextLong(SECOND / 4);
            passed[i] = random.nextLong(1L << 40);
            window.passed(passed[i], now);
            long sum = 0;
            for (int j = Math.max(0, i - 19); j <= i; j++) {
                sum += passed[j];
            }
            double seconds = Math.max(Math.min(now, 19 * SECOND / 4 + now % (SECOND / 4)), SECOND / 2) / (double) SECOND;
            assertEquals(sum / seconds, window.at(now), 1);
        }
    }
}
