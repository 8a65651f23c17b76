package tranzr.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimiterTest {

    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong now = new AtomicLong(-7);

    @Test
    void aBurstIsAllowedAtOnceAndThenOneAtATimeWithTheExactWait() {
        RateLimiter limiter = limiter("10/s burst 3");
        for (int i = 0; i < 3; i++) {
            assertEquals(Duration.ZERO, limiter.acquire("a"));
        }
        assertEquals(Duration.ofMillis(100), limiter.acquire("a"));
        now.addAndGet(SECOND / 10 - 1);
        assertEquals(Duration.ofNanos(1), limiter.acquire("a"), "refusals cost nothing");
        now.addAndGet(1);
        assertEquals(Duration.ZERO, limiter.acquire("a"));
        assertEquals(Duration.ofMillis(100), limiter.acquire("a"));
        assertEquals(Duration.ZERO, limiter.acquire("b"), "others are not concerned");
    }

    @Test
    void aRestSavesUpNoMoreThanTheBurst() {
        RateLimiter limiter = limiter("1/s burst 2");
        now.addAndGet(100_000 * SECOND);
        assertEquals(2, allowed(limiter, 10));
        now.addAndGet(100_000 * SECOND);
        assertEquals(2, allowed(limiter, 10));
    }

    @Test
    void aClockThatPassesFromTheLargestNumberToTheSmallestDoesNoHarm() {
        now.set(Long.MAX_VALUE - 1);
        RateLimiter limiter = limiter("1/s burst 2");
        assertEquals(2, allowed(limiter, 5));
        now.addAndGet(SECOND);
        assertTrue(now.get() < 0);
        assertEquals(1, allowed(limiter, 5));
        assertEquals(Duration.ofSeconds(1), limiter.acquire("a"));
    }

    @Test
    void withoutALimitNothingIsRefusedOrRemembered() {
        RateLimiter limiter = limiter("none");
        assertEquals(1000, allowed(limiter, 1000));
        assertEquals(0, limiter.size());
    }

    @Test
    void onlySoManyKeysAreRememberedAndTheLongestSilentIsForgottenFirst() {
        RateLimiter limiter = new RateLimiter(Rate.parse("1/d"), now::get, 100);
        for (int i = 0; i < 100; i++) {
            assertEquals(Duration.ZERO, limiter.acquire(i));
        }
        // A refused one counts as heard of: hammering does not make it forgotten.
        assertTrue(limiter.acquire(0).isPositive());
        for (int i = 100; i < 150; i++) {
            assertEquals(Duration.ZERO, limiter.acquire(i));
        }
        assertEquals(100, limiter.size());
        assertTrue(limiter.acquire(0).isPositive());
        assertEquals(Duration.ZERO, limiter.acquire(1));
        assertTrue(limiter.acquire(149).isPositive());
    }

    @Test
    void noWindowEverHoldsMoreThanAllowedForAnyRateAndAnyArrivals() {
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
            long count = 1 + random.nextInt(50);
            long burst = 1 + random.nextInt(10);
            RateLimiter limiter = new RateLimiter(new Rate(count, Duration.ofSeconds(1), burst), now::get);
            List<Long> times = new ArrayList<>();
            long refusedUntil = 0;
            boolean refused = false;
            for (int i = 0; i < 300; i++) {
                Duration wait = limiter.acquire("a");
                if (refused) {
                    assertEquals(now.get() >= refusedUntil, wait.isZero(), "the wait that was told is exact");
                }
                refused = !wait.isZero();
                if (wait.isZero()) {
                    times.add(now.get());
                } else {
                    refusedUntil = now.get() + wait.toNanos();
                }
                now.addAndGet(refused && random.nextBoolean() ? wait.toNanos() : random.nextLong(2 * SECOND / count));
            }
            assertNoWindowHoldsMore(times, count, burst);
        }
    }

    @Test
    void hundredsOfThreadsGetExactlyWhatIsAllowed() throws Exception {
        RateLimiter limiter = limiter("1000/s burst 50");
        List<Long> times = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger refused = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    start.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int n = 0; n < 100; n++) {
                    if (limiter.acquire("a").isZero()) {
                        times.add(now.get());
                    } else {
                        refused.incrementAndGet();
                    }
                }
            }));
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(50, times.size(), "time stood still, so only the burst");
        assertEquals(300 * 100 - 50, refused.get());
        now.addAndGet(SECOND / 100);
        assertEquals(10, allowed(limiter, 1000));
    }

    private static void assertNoWindowHoldsMore(List<Long> times, long count, long burst) {
        for (int from = 0; from < times.size(); from++) {
            for (int to = from; to < times.size(); to++) {
                long most = burst + (times.get(to) - times.get(from)) * count / SECOND;
                assertTrue(to - from + 1 <= most, "from " + from + " to " + to);
            }
        }
    }

    private static int allowed(RateLimiter limiter, int tries) {
        int allowed = 0;
        for (int i = 0; i < tries; i++) {
            allowed += limiter.acquire("a").isZero() ? 1 : 0;
        }
        return allowed;
    }

    private RateLimiter limiter(String rate) {
        return new RateLimiter(Rate.parse(rate), now::get);
    }
}
