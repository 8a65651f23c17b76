package tranzr.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ByteSizeTest {

    @Test
    void plain_bytes_and_units_of_both_kinds_are_understood() {
        Map<String, Long> sizes = Map.ofEntries(Map.entry("0", 0L), Map.entry("1048576", 1L << 20), Map.entry("8MiB", 8L << 20), Map.entry("33.5MB", 33_500_000L),
                Map.entry("512K", 512L << 10), Map.entry("5 MiB", 5L << 20), Map.entry("1.5gib", 3L << 29), Map.entry("7b", 7L), Map.entry("1kb", 1000L),
                Map.entry("2T", 2L << 40), Map.entry("0.5KiB", 512L), Map.entry("1.000", 1L));
        sizes.forEach((text, bytes) -> assertEquals(bytes, ByteSize.parse(text), text));
        assertEquals(Long.MAX_VALUE, ByteSize.parse("9223372036854775807"));
    }

    @Test
    void what_is_no_whole_number_of_bytes_is_refused_and_says_why() {
        for (String bad : List.of("0.3KiB", "1.5", "0.0000001MB", "1.5B")) {
            assertTrue(refusal(bad).contains("whole"), bad);
        }
        for (String bad : List.of("8EiB", "9223372036854775808", "9999999999999999999EB")) {
            assertTrue(refusal(bad).contains("more than"), bad);
        }
        for (String bad : List.of("5XB", "5Mi", "5iB", "5MBB", "5bb")) {
            assertTrue(refusal(bad).contains("unit"), bad);
        }
        for (String bad : List.of("", " ", "-1", "+1", "1e3", "MiB", "1,5MB", "0x10", "1 048 576", "1.", ".5MB", "٣MB", "1".repeat(100_000), "NaN")) {
            assertTrue(refusal(bad).contains("not a size"), bad);
        }
    }

    @Test
    void a_formatted_size_is_exact_and_can_be_parsed_again() {
        assertEquals("8MiB", ByteSize.format(8L << 20));
        assertEquals("1000", ByteSize.format(1000));
        assertEquals("0", ByteSize.format(0));
        assertEquals("3KiB", ByteSize.format(3072));
        assertEquals("4EiB", ByteSize.format(1L << 62));
        for (long size : new long[] { 1, 1023, 1024, 1025, 1536, 5L << 40, Long.MAX_VALUE }) {
            assertEquals(size, ByteSize.parse(ByteSize.format(size)));
        }
    }

    private static String refusal(String text) {
        return assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text), text).getMessage();
    }
}
