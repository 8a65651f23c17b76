package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tranzr.http.RangeHeader.Selection;
import tranzr.model.ByteRange;

class RangeHeaderTest {

    @ParameterizedTest
    @CsvSource({"bytes=0-0,100,0,1", "bytes=0-,100,0,100", "bytes=99-,100,99,100", "bytes=10-19,100,10,20", "bytes=10-1000,100,10,100",
        "bytes=-1,100,99,100", "bytes=-100,100,0,100", "bytes=-1000,100,0,100", "bytes=0-99999999999999999999,100,0,100",
        "bytes=-99999999999999999999,100,0,100", "BYTES=1-2,100,1,3", "' bytes=1-2 ',100,1,3", "bytes=000-001,100,0,2",
        "bytes=9223372036854775806-,9223372036854775807,9223372036854775806,9223372036854775807"})
    void aSingleRangeSelectsAPart(String header, long length, long start, long end) {
        assertEquals(new Selection.Part(new ByteRange(start, end)), RangeHeader.select(Optional.of(header), length));
    }

    @ParameterizedTest
    @CsvSource({"bytes=100-,100", "bytes=100-200,100", "bytes=-0,100", "bytes=0-,0", "bytes=-5,0", "bytes=99999999999999999999-,100"})
    void whatLiesBeyondTheEndIsUnsatisfiable(String header, long length) {
        assertEquals(new Selection.Unsatisfiable(), RangeHeader.select(Optional.of(header), length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=5-2", "bytes=a-b", "bytes=1-2,4-5", "bytes=+1-2", "bytes=1--2",
        "bytes=0x1-2", "bytes=1-2x", "items=0-1", "bytes 0-1", "bytes=1 -2", "bytes=99999999999999999999-5", "bytes=١-٢"})
    void whatIsNotASingleRangeSelectsAll(String header) {
        assertEquals(new Selection.Whole(), RangeHeader.select(Optional.of(header), 100));
    }

    @Test
    void noHeaderSelectsAll() {
        assertEquals(new Selection.Whole(), RangeHeader.select(Optional.empty(), 100));
    }

    @ParameterizedTest
    @CsvSource({"bytes 0-99/100,0,100,100", "bytes 50-99/100,50,100,100", "bytes 0-0/*,0,1,-1", "Bytes 5-5/6,5,6,6",
        "bytes 0-9223372036854775806/9223372036854775807,0,9223372036854775807,9223372036854775807"})
    void contentRangesAreRead(String header, long start, long end, long total) {
        assertEquals(new RangeHeader.ContentRange(new ByteRange(start, end), total), RangeHeader.parseContentRange(header));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bytes */5", "bytes 5-4/10", "bytes 0-10/10", "bytes 0-0/0", "bytes 0-0", "bytes 0/5", "bytes -1/5", "bytes 0-/5",
        "bytes=0-1/5", "items 0-1/5", "bytes +0-1/5", "bytes 0-1/-1", "bytes 0-1/", "bytes 0-1/5/6", "bytes 0-1-2/5", "bytes 0-9223372036854775807/*",
        "bytes 0-99999999999999999999/*", "bytes 0-1/99999999999999999999", "bytes a-b/c", "bytes 1/2-3"})
    void otherContentRangesAreRefused(String header) {
        assertEquals("invalid_content_range",
                assertThrows(BadRequestException.class, () -> RangeHeader.parseContentRange(header)).code());
    }
}
