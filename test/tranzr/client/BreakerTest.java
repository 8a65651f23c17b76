package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BreakerTest {

    private static final long SECOND = 1_000_000_000;

    private final Breaker breaker = breaker(Duration.ofHours(1));

    @Test
    void severalFailuresInARowOpenIt() {
        for (int i = 1; i < 7; i++) {
            breaker.failed(4, 0);
            assertFalse(breaker.isOpen());
        }
        breaker.failed(4, 0);
        assertTrue(breaker.isOpen());
        assertEquals(0, breaker.limit(4));
    }

    @Test
    void aByteThatGetsThroughStartsTheCountAnew() {
        for (int i = 1; i < 100; i++) {
            breaker.failed(4, 0);
            if (i % 6 == 0) {
                breaker.progress();
            }
        }
        assertFalse(breaker.isOpen());
    }

    @Test
    void onlyOneAsksAtATimeAndNotTooSoon() {
        breaker.open(null, 0);
        assertFalse(breaker.mayAsk(Backoff.FLOOR - 1));
        assertTrue(breaker.mayAsk(breaker.lookAt()));
        assertFalse(breaker.mayAsk(100 * SECOND));
        assertEquals(Long.MAX_VALUE, breaker.lookAt());
        breaker.unanswered(null, 100 * SECOND);
        assertTrue(breaker.lookAt() > 100 * SECOND && breaker.lookAt() <= 130 * SECOND);
    }

    @Test
    void afterAnAnswerOneGoesAheadAndTheOthersFollowWhenItGetsThrough() {
        breaker.open(null, 0);
        assertTrue(breaker.mayAsk(30 * SECOND));
        breaker.answered();
        assertEquals(1, breaker.limit(4));
        breaker.progress();
        assertEquals(4, breaker.limit(4));
    }

    @Test
    void whoWentAheadAndFailedOpensItAgainAtOnce() {
        breaker.open(null, 0);
        assertTrue(breaker.mayAsk(30 * SECOND));
        breaker.answered();
        breaker.failed(1, 30 * SECOND);
        assertTrue(breaker.isOpen());
    }

    @Test
    void aRestIsAsLongAsTheServerSays() {
        breaker.open(Duration.ofSeconds(40), 0);
        assertTrue(breaker.lookAt() >= 40 * SECOND && breaker.lookAt() <= 44 * SECOND);
    }

    @Test
    void patienceCountsFromTheFirstRestAndBeginsAnewWhenSomethingGetsThrough() {
        breaker.open(null, 0);
        assertTrue(breaker.mayAsk(60 * SECOND));
        breaker.unanswered(null, 60 * SECOND);
        assertFalse(breaker.isExhausted(3599 * SECOND));
        assertTrue(breaker.isExhausted(3600 * SECOND));
        breaker.progress();
        breaker.open(null, 3600 * SECOND);
        assertTrue(breaker.mayAsk(3700 * SECOND));
        breaker.unanswered(null, 3700 * SECOND);
        assertFalse(breaker.isExhausted(7199 * SECOND));
        assertTrue(breaker.isExhausted(7200 * SECOND));
    }

    @Test
    void noRestOutlastsPatienceWhateverTheServerSays() {
        Breaker impatient = breaker(Duration.ofSeconds(10));
        impatient.open(Duration.ofSeconds(600), 0);
        assertEquals(10 * SECOND, impatient.lookAt());
    }

    @Test
    void evenWithoutPatienceItIsLookedOnce() {
        Breaker impatient = breaker(Duration.ZERO);
        impatient.open(null, 5);
        assertFalse(impatient.isExhausted(5));
        assertTrue(impatient.mayAsk(5));
        impatient.unanswered(null, 6);
        assertTrue(impatient.isExhausted(6));
    }

    private static Breaker breaker(Duration patience) {
        return new Breaker(new Backoff(new Random(3)), patience);
    }
}
