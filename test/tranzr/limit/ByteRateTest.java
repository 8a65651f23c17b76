package tranzr.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ByteRateTest {

    @Test
    void ratesAreSizesASecondOrNone() {
        assertEquals(5L << 20, ByteRate.parse("5MiB/s").perSecond());
        assertEquals(500_000, ByteRate.parse("500KB/s").perSecond());
        assertEquals(1000, ByteRate.parse("1000/s").perSecond());
        assertEquals(1L << 40, ByteRate.parse("1TiB/s").perSecond());
        assertTrue(ByteRate.parse("none").isNone());
    }

    @Test
    void aRateWithoutItsSecondOrOutsideTheBoundsIsRefused() {
        for (String bad : List.of("", "5MiB", "/s", "5MiB/m", "5MiB / s", "0/s", "999/s", "-5MiB/s", "2TiB/s", "9223372036854775807/s", "10EiB/s", "NONE", "5Mbit/s")) {
            assertThrows(IllegalArgumentException.class, () -> ByteRate.parse(bad), bad);
        }
    }

    @Test
    void aRateIsWrittenAsItIsRead() {
        for (String text : List.of("5MiB/s", "500000/s", "1KiB/s", "none")) {
            assertEquals(text, ByteRate.parse(text).toString());
        }
    }
}
