package tranzr.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tranzr.http.BadRequestException;

class FieldsTest {

    private static Fields json(String name, Object value) {
        Map<String, Object> values = new HashMap<>();
        values.put(name, value);
        return Fields.of(values);
    }

    private static void refused(org.junit.jupiter.api.function.Executable read) {
        BadRequestException e = assertThrows(BadRequestException.class, read);
        assertEquals(400, e.status());
        assertEquals("invalid_value", e.code());
        assertEquals("f", e.field());
    }

    @Test
    void whatIsAbsentOrNullReadsAsEmpty() {
        for (Fields fields : List.of(Fields.of(Map.of()), json("f", null))) {
            assertEquals(Optional.empty(), fields.text("f"));
            assertEquals(Optional.empty(), fields.whole("f"));
            assertEquals(Optional.empty(), fields.flag("f"));
            assertEquals(Optional.empty(), fields.digest("f"));
        }
        assertFalse(Fields.of(Map.of()).isNone("f"));
        assertTrue(json("f", null).isNone("f"));
        assertTrue(Fields.written(Map.of("f", "none")).isNone("f"));
        assertFalse(json("f", "none").isNone("f"));
    }

    @Test
    void aWrongTypeIsRefusedByName() {
        refused(() -> json("f", 5).text("f"));
        refused(() -> json("f", "5").number("f"));
        refused(() -> json("f", true).number("f"));
        refused(() -> json("f", "true").flag("f"));
        refused(() -> json("f", List.of(1)).text("f"));
        refused(() -> json("f", "abc").digest("f"));
        refused(() -> json("f", "tomorrow").time("f"));
        refused(() -> Fields.written(Map.of("f", "yes")).flag("f"));
    }

    @Test
    void numbersAreReadExactlyAndBounded() {
        assertEquals(7L, json("f", 7.0).whole("f").orElseThrow());
        assertEquals(Long.MAX_VALUE, json("f", BigInteger.valueOf(Long.MAX_VALUE)).whole("f").orElseThrow());
        assertEquals(new BigDecimal("33.5"), json("f", 33.5).number("f").orElseThrow());
        assertEquals(new BigDecimal("0.02"), Fields.written(Map.of("f", "0.02")).number("f").orElseThrow());
        refused(() -> json("f", 7.5).whole("f"));
        refused(() -> json("f", BigInteger.ONE.shiftLeft(63)).whole("f"));
        refused(() -> json("f", Double.NaN).number("f"));
        refused(() -> json("f", Double.POSITIVE_INFINITY).number("f"));
    }

    @Test
    void aNumberThatWouldExpandToGigabytesIsRefusedBeforeItDoes() {
        refused(() -> Fields.written(Map.of("f", "1e999999999")).whole("f"));
        refused(() -> Fields.written(Map.of("f", "1e300")).whole("f"));
        refused(() -> Fields.written(Map.of("f", "9".repeat(1000))).number("f"));
        refused(() -> json("f", 1e300).whole("f"));
    }

    @Test
    void textThatIsNoNumberIsRefused() {
        for (String text : List.of("", " 5", "5 ", "0x10", "5,0", "1_000", "--5", "NaN", "٣")) {
            refused(() -> Fields.written(Map.of("f", text)).number("f"));
        }
    }

    @Test
    void timesOfAnyZoneAreOneInstant() {
        assertEquals(Instant.parse("2030-01-31T10:00:00Z"), json("f", "2030-01-31T12:00:00+02:00").time("f").orElseThrow());
    }
}
