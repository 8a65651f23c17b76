package tranzr.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class MinuteHistoryTest {

    private final AtomicReference<Instant> time = new AtomicReference<>(Instant.parse("2026-01-02T03:04:50Z"));
    private final AtomicLong nanos = new AtomicLong(-123);
    private final MinuteHistory history = new MinuteHistory(time::get, nanos::get);

    @Test
    void thereIsAnHourOfMinutesFromTheBeginningOnAllOfThemEmpty() {
        List<MinuteHistory.Minute> last = history.last();
        assertEquals(60, last.size());
        assertEquals(Instant.parse("2026-01-02T02:05:00Z"), last.getFirst().at());
        assertEquals(Instant.parse("2026-01-02T03:04:00Z"), last.getLast().at());
        assertEquals(0, last.stream().mapToLong(minute -> minute.in() + minute.out()).sum());
    }

    @Test
    void eachMinuteOfTheWallClockHasWhatPassedInIt() {
        history.in(5);
        pass(9);
        history.in(6);
        pass(1);
        history.out(70);
        pass(60);
        pass(60);
        history.in(1000);
        List<MinuteHistory.Minute> last = history.last();
        assertEquals(List.of(minute("03:03", 0, 0), minute("03:04", 11, 0), minute("03:05", 0, 70), minute("03:06", 0, 0), minute("03:07", 1000, 0)), last.subList(55, 60));
        assertEquals(1011, history.totalIn());
        assertEquals(70, history.totalOut());
    }

    @Test
    void whatIsOlderThanAnHourIsForgottenAndCountedInTheTotalsOnly() {
        history.in(7);
        for (int i = 0; i < 130; i++) {
            pass(60);
            history.in(i);
        }
        List<MinuteHistory.Minute> last = history.last();
        assertEquals(List.of(70L, 71L), last.subList(0, 2).stream().map(MinuteHistory.Minute::in).toList());
        assertEquals(129, last.getLast().in());
        pass(3600);
        assertEquals(0, history.last().stream().mapToLong(MinuteHistory.Minute::in).sum());
        assertEquals(7 + 129 * 130 / 2, history.totalIn());
    }

    @Test
    void aWallClockThatIsSetMovesTheTimesAndNotTheFigures() {
        history.in(5);
        pass(60);
        history.in(6);
        time.updateAndGet(now -> now.minus(Duration.ofDays(1)));
        List<MinuteHistory.Minute> last = history.last();
        assertEquals(Instant.parse("2026-01-01T03:05:00Z"), last.getLast().at());
        assertEquals(List.of(5L, 6L), last.subList(58, 60).stream().map(MinuteHistory.Minute::in).toList());
    }

    private static MinuteHistory.Minute minute(String at, long in, long out) {
        return new MinuteHistory.Minute(Instant.parse("2026-01-02T" + at + ":00Z"), in, out);
    }

    private void pass(long seconds) {
        time.updateAndGet(now -> now.plusSeconds(seconds));
        nanos.addAndGet(seconds * 1_000_000_000L);
    }
}
