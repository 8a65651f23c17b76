package tranzr.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RateTest {

    @Test
    void ratesAreReadAsPeopleWriteThem() {
        assertEquals(new Rate(100, Duration.ofSeconds(1), 100), Rate.parse("100/s"));
        assertEquals(new Rate(600, Duration.ofMinutes(1), 50), Rate.parse("600/m burst 50"));
        assertEquals(new Rate(20, Duration.ofMinutes(15), 20), Rate.parse("20/15m"));
        assertEquals(new Rate(5, Duration.ofDays(1), 5), Rate.parse("5 / d"));
        assertEquals(new Rate(1, Duration.ofMillis(1), 1), Rate.parse("1/ms"));
        assertTrue(Rate.parse("none").isNone());
        assertFalse(Rate.parse("1/d").isNone());
    }

    @Test
    void anythingUnclearOrBeyondReasonIsRefused() {
        for (String bad : List.of("", "100", "/s", "100/", "0/s", "-1/s", "1.5/s", "100/s burst", "100/s burst 0", "100/s  burst 5", "1/0s", "1/2d", "1/w", "1/y",
                "None", "1000001/s", "1001/ms", "9999999999999999999/s", "999999999999999999/d", "1/d burst 31", "1/s burst 999999999999999999",
                "100/s" + " ".repeat(100_000))) {
            assertThrows(IllegalArgumentException.class, () -> Rate.parse(bad), bad);
        }
    }

    @Test
    void aRateIsWrittenAsItIsRead() {
        for (String text : List.of("100/1s", "600/1m burst 50", "20/15m", "none", "1000000/1s", "1/1d burst 30")) {
            assertEquals(text, Rate.parse(text).toString());
        }
    }
}
