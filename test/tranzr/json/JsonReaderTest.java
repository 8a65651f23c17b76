package tranzr.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonReaderTest {

    private static JsonReader reader(String text) throws IOException {
        return new JsonReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void fieldsListsAndObjectsAreReadAsTheyCome() throws IOException {
        JsonReader json = reader("{\"a\": \"x\\u00fc\", \"skipped\": {\"deep\": [1, {}]}, \"list\": [{\"n\": 1}, {\"n\": 2.5, \"m\": null}], \"end\": true}");
        json.enterObject();
        assertEquals("a", json.nextField());
        assertEquals("xü", json.value());
        assertEquals("skipped", json.nextField());
        json.skip();
        assertEquals("list", json.nextField());
        json.enterList();
        List<Object> values = new ArrayList<>();
        while (json.nextElement()) {
            json.enterObject();
            while (json.nextField() != null) {
                values.add(json.value());
            }
        }
        assertEquals(Arrays.asList(1, 2.5, null), values);
        assertEquals("end", json.nextField());
        assertEquals(true, json.value());
        assertNull(json.nextField());
        json.end();
    }

    @Test
    void whatIsNotOfTheKindThatIsAskedForIsRefused() throws IOException {
        assertThrows(JsonException.class, () -> reader("[]").enterObject());
        assertThrows(JsonException.class, () -> reader("").enterObject());
        assertThrows(JsonException.class, () -> field("{\"a\": [1]}").value());
        assertThrows(JsonException.class, () -> field("{\"a\": 5}").enterList());
        assertThrows(JsonException.class, () -> field("{\"a\": 1e999}").value());
        assertThrows(JsonException.class, () -> field("{\"a\": \"" + "x".repeat(JsonReader.MAX_TEXT + 1) + "\"}").value());
        assertThrows(JsonException.class, () -> field("{\"a\": " + "[".repeat(100)).skip());
        assertThrows(JsonException.class, () -> field("{\"a\": \"x").value());
        assertThrows(JsonException.class, () -> {
            JsonReader json = new JsonReader(new ByteArrayInputStream(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}));
            json.enterObject();
            json.nextField();
        });
        JsonReader two = reader("{} {}");
        two.enterObject();
        assertNull(two.nextField());
        assertThrows(JsonException.class, two::end);
    }

    @Test
    void aTextThatIsPassedOverMayBeOfAnyLength() throws IOException {
        JsonReader json = field("{\"a\": \"" + "x".repeat(1_000_000) + "\", \"b\": 1}");
        json.skip();
        assertEquals("b", json.nextField());
    }

    @Test
    void aNameOrNumberWithoutEndIsRefusedBeforeItFillsTheMemory() throws IOException {
        for (String begun : List.of("{\"", "{\"\\u0041", "{\"a\": 1", "{\"a\": 1.", "{\"a\": 1e", "{\"a\": -")) {
            Endless endless = new Endless('1');
            JsonReader json = new JsonReader(new SequenceInputStream(new ByteArrayInputStream(begun.getBytes(StandardCharsets.UTF_8)), endless));
            json.enterObject();
            assertThrows(JsonException.class, () -> {
                json.nextField();
                json.value();
            }, begun);
            assertFalse(endless.given > 4 << 20, begun + " after " + endless.given);
            assertTrue(endless.given > 0);
        }
    }

    private static JsonReader field(String text) throws IOException {
        JsonReader json = reader(text);
        json.enterObject();
        json.nextField();
        return json;
    }

    /** The same byte again and again, up to what no reader may want. */
    private static final class Endless extends InputStream {
        private final int sign;
        private long given;

        Endless(int sign) {
            this.sign = sign;
        }

        @Override
        public int read() {
            return ++given > 64 << 20 ? -1 : sign;
        }

        @Override
        public int read(byte[] target, int offset, int count) {
            if (given > 64 << 20) {
                return -1;
            }
            Arrays.fill(target, offset, offset + count, (byte) sign);
            given += count;
            return count;
        }
    }
}
