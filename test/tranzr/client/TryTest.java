package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TryTest {

    private final Meter meter = new Meter(0, System::nanoTime, () -> { });

    @Test
    void whatPassesIsCounted() throws StoppedException {
        Try attempt = attempt(0, 1 << 20);
        attempt.passed(1000);
        attempt.passed(24);
        assertEquals(1024, attempt.passed());
        assertEquals(1024, meter.progress().moved());
    }

    @Test
    void whoIsStoppedPassesNothingMore() {
        Try attempt = attempt(0, 1);
        AtomicInteger told = new AtomicInteger();
        attempt.onStop(told::incrementAndGet);
        attempt.stop();
        attempt.stop();
        attempt.onStop(told::incrementAndGet);
        assertEquals(2, told.get());
        assertThrows(StoppedException.class, () -> attempt.passed(1));
        assertEquals(0, meter.progress().moved());
    }

    @Test
    void whoWaitsForTheRateIsStoppedAtOnce() throws InterruptedException {
        Try attempt = attempt(1, 1_000_000);
        Thread waiting = Thread.startVirtualThread(() -> assertThrows(StoppedException.class, () -> attempt.passed(1_000_000)));
        attempt.stop();
        waiting.join();
    }

    @Test
    void anAnswerMayTakeAsLongAsTheBuffersNeedToRunEmpty() throws StoppedException {
        Duration small = attempt(0, 1000).answerWithin();
        Duration large = attempt(0, 64 << 20).answerWithin();
        assertTrue(small.compareTo(Duration.ofSeconds(30)) >= 0 && small.compareTo(Duration.ofSeconds(31)) < 0, small::toString);
        assertEquals(Duration.ofMinutes(15), large);
        Try fast = attempt(0, 64 << 20);
        fast.passed(1L << 40);
        assertTrue(fast.answerWithin().compareTo(Duration.ofSeconds(60)) < 0, () -> fast.answerWithin().toString());
    }

    @Test
    void oneActionThatFailsDoesNotKeepTheOthersFromBeingRun() {
        Halt halt = new Halt();
        AtomicInteger run = new AtomicInteger();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> run.incrementAndGet());
        try {
            halt.on(() -> {
                throw new IllegalStateException("broken");
            });
            halt.on(run::incrementAndGet);
            halt.halt();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertEquals(2, run.get());
    }

    private Try attempt(long bytesPerSecond, long bytes) {
        return new Try(Tuning.STANDARD, new RateLimit(bytesPerSecond), meter, bytes);
    }
}
