package tranzr.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MovingRateTest {

    private static final long MILLI = 1_000_000;

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 3_000 * MILLI);
    private final MovingRate rate = new MovingRate(now::get);

    @Test
    void nothingPassesAtFirst() {
        assertEquals(0, rate.perSecond());
        pass(60_000);
        assertEquals(0, rate.perSecond());
        assertNull(rate.timeFor(1));
    }

    @Test
    void aSteadyFlowHasItsSpeedAlsoBeforeTheWindowIsFullAndWhenTheClockWrapsAround() {
        for (int i = 0; i < 400; i++) {
            pass(25);
            rate.add(25_000);
            if (i >= 10) {
                assertEquals(1_000_000, rate.perSecond(), 1_000_000 * 0.006, "after " + i);
            }
        }
        assertEquals(10_000_000, rate.total());
    }

    @Test
    void aRestShowsAsItGrowsAndEndsInNothing() {
        flow(10_000, 1_000);
        pass(2_500);
        assertEquals(500_000, rate.perSecond(), 30_000);
        pass(2_000);
        assertEquals(100_000, rate.perSecond(), 60_000);
        pass(750);
        assertEquals(0, rate.perSecond());
    }

    @Test
    void whatWasLongAgoDoesNotCount() {
        flow(60_000, 50_000);
        flow(5_250, 1_000);
        assertEquals(1_000_000, rate.perSecond(), 20_000);
        pass(3_600_000);
        rate.add(5_000);
        assertEquals(5_000 / 4.875, rate.perSecond(), 130);
    }

    @Test
    void aFirstEventIsNoPeak() {
        rate.add(1_000);
        assertEquals(4_000, rate.perSecond());
        pass(500);
        assertEquals(2_000, rate.perSecond());
    }

    @Test
    void theTimeThatIsLeftFollowsFromTheSpeed() {
        flow(10_000, 1_000);
        assertEquals(30, rate.timeFor(30_000_000).toMillis() / 1000.0, 0.5);
        assertEquals(Duration.ZERO, rate.timeFor(0));
        assertNull(rate.timeFor(Long.MAX_VALUE / 2));
        pass(10_000);
        assertNull(rate.timeFor(5));
    }

    @Test
    void severalThreadsLoseNothing() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 50_000; n++) {
                    rate.add(1);
                    now.addAndGet(10_000);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(200_000, rate.total());
        assertEquals(200_000 / 2.0, rate.perSecond(), 1);
    }

    @Test
    void aWindowIsNoMoment() {
        assertThrows(IllegalArgumentException.class, () -> new MovingRate(Duration.ZERO, now::get));
    }

    private void flow(int millis, int bytesAMilli) {
        for (int i = 0; i < millis; i += 25) {
            pass(25);
            rate.add(25L * bytesAMilli);
        }
    }

    private void pass(long millis) {
        now.addAndGet(millis * MILLI);
    }
}
