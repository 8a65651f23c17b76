package tranzr.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimeSpanTest {

    @Test
    void numbers_with_units_from_large_to_small_are_understood() {
        assertEquals(Duration.ofDays(7), TimeSpan.parse("7d"));
        assertEquals(Duration.ofSeconds(90), TimeSpan.parse("90s"));
        assertEquals(Duration.ofMinutes(90), TimeSpan.parse("1h30m"));
        assertEquals(Duration.ofMillis(250), TimeSpan.parse("250ms"));
        assertEquals(Duration.ofDays(15).plusMillis(5), TimeSpan.parse("2w1d5ms"));
        assertEquals(Duration.ZERO, TimeSpan.parse("0s"));
        assertEquals(TimeSpan.MAX, TimeSpan.parse("365000d"));
    }

    @Test
    void a_number_alone_and_anything_unclear_is_refused() {
        for (String bad : List.of("", "7", "d", "7 d", "-7d", "1.5h", "30m1h", "1h1h", "7D", "7days", "PT1H", "9999999999s", "365001d", "999999999w", "1h30",
                "1".repeat(100_000))) {
            assertThrows(IllegalArgumentException.class, () -> TimeSpan.parse(bad), bad);
        }
    }

    @Test
    void a_formatted_span_can_be_parsed_again() {
        assertEquals("7d", TimeSpan.format(Duration.ofDays(7)));
        assertEquals("1h30m", TimeSpan.format(Duration.ofMinutes(90)));
        assertEquals("0s", TimeSpan.format(Duration.ZERO));
        assertEquals("1m5ms", TimeSpan.format(Duration.ofMillis(60_005)));
        for (long millis : new long[] { 1, 999, 1000, 86_399_999, 86_400_001 }) {
            assertEquals(Duration.ofMillis(millis), TimeSpan.parse(TimeSpan.format(Duration.ofMillis(millis))));
        }
    }
}
