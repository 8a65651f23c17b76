package tranzr.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonMessageTest {

    /** Gives at most so many bytes at a time. */
    private record Pieces(InputStream in, int size) {
        InputStream stream() {
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    return in.read();
                }

                @Override
                public int read(byte[] target, int offset, int count) throws IOException {
                    return in.read(target, offset, Math.min(count, size));
                }
            };
        }
    }

    private static InputStream stream(String text, int pieces) {
        return new Pieces(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), pieces).stream();
    }

    /** The names in order, with their values; of {@code chunk} the bytes. */
    private static List<Object> all(InputStream in) throws IOException {
        JsonMessage json = new JsonMessage(in);
        List<Object> all = new ArrayList<>();
        for (String name = json.next(); name != null; name = json.next()) {
            all.add(name);
            all.add(name.equals("chunk") ? json.bytes().readAllBytes() : json.value());
        }
        return all;
    }

    @Test
    void textsOfAnyLengthComeAsTheirBytesWhereverTheyStandAndHoweverTheyArrive() throws IOException {
        for (int length : new int[] {0, 1, 2, 3, 4, 5, 1000, 5999, 6000, 6001, 24_575, 24_576, 24_577, 200_000}) {
            byte[] bytes = new byte[length];
            new Random(length).nextBytes(bytes);
            String chunk = "\"chunk\":\"" + Base64.getEncoder().encodeToString(bytes) + "\"";
            for (String text : List.of("{" + chunk + ",\"a\":1,\"b\":\"x\"}", "{\"a\":1," + chunk + ",\"b\":\"x\"}", " { \"a\" : 1 , \"b\" : \"x\" , " + chunk.replace(":", " :\n ") + " } \n")) {
                for (int pieces : length > 100_000 ? new int[] {1 << 20, 8191} : new int[] {1 << 20, 1, 7}) {
                    List<Object> all = all(stream(text, pieces));
                    assertEquals(6, all.size());
                    assertArrayEquals(bytes, (byte[]) all.get(all.indexOf("chunk") + 1), length + " in " + pieces);
                    assertEquals(1, all.get(all.indexOf("a") + 1));
                    assertEquals("x", all.get(all.indexOf("b") + 1));
                }
            }
        }
    }

    /** Writers of other languages escape the slash or the plus, break lines, or leave the padding away. */
    @ParameterizedTest
    @ValueSource(strings = {"+/+/", "+\\/+\\/", "\\u002b\\u002F\\u002B/", "+/\\n+/\\r\\n"})
    void escapesStandForWhatTheyEscape(String text) throws IOException {
        for (int pieces : new int[] {1, 2, 3, 100}) {
            assertArrayEquals(Base64.getDecoder().decode("+/+/"), (byte[]) all(stream("{\"chunk\":\"" + text + "\"}", pieces)).get(1));
        }
        assertArrayEquals(new byte[] {1}, (byte[]) all(stream("{\"chunk\":\"AQ\"}", 100)).get(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "AAAAA", "AA=A", "AA==AAAA", "AA\\t==", "A\\\\A=", "A\\u012AA", "A\\u00", "A\\ugggg", "A-_A", "A AA", "=AAA", "\u00e4AAA", "AAAA\nAAAA", "\\\""})
    void whatIsNoBase64IsRefused(String text) {
        for (int pieces : new int[] {1, 4, 100}) {
            assertThrows(JsonException.class, () -> all(stream("{\"chunk\":\"" + text + "\",\"a\":1}", pieces)), text + " in " + pieces);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "1", "{", "{\"chunk\":\"AAAA", "{\"chunk\":\"AAAA\"", "{\"chunk\":\"AAAA\"}x", "{\"chunk\":\"AAAA\"]", "{\"chunk\":\"AAAA\" \"a\":1}", "{\"chunk\":null}", "{\"chunk\":5}",
        "{\"chunk\":[]}", "{\"a\":1,\"a\":1}", "{\"a\":1,\"chunk\":\"AAAA\",\"a\":1}", "{\"chunk\":\"AAAA\",\"chunk\":\"AAAA\"}", "{\"chunk\":\"AAAA\",}", "{\"a\":{}}", "{\"a\":[1]}", "{}{}", "{\"a\":NaN}", "\ufeff{}x",
        "{\"chunk\":\"AAAA\"\"a\":1}", "{\"a\":1 \"chunk\":\"AAAA\"}"})
    void anythingButOneObjectIsRefused(String text) {
        for (int pieces : new int[] {1, 100}) {
            assertThrows(JsonException.class, () -> all(stream(text, pieces)), text);
        }
    }

    @Test
    void whatIsNotAskedForIsSkipped() throws IOException {
        JsonMessage json = new JsonMessage(stream("{\"o\":{\"a\":[1,{\"b\":\"}\"}]},\"t\":\"" + "x".repeat(20_000) + "\",\"chunk\":\"AAAA\",\"z\":true}", 100));
        assertEquals(List.of("o", "t"), List.of(json.next(), json.next()));
        assertEquals("chunk", json.next());
        assertEquals(0, json.bytes().read());
        assertEquals("z", json.next());
        assertEquals(true, json.value());
        assertNull(json.next());
    }

    /** A body has no end that is known beforehand, and a name or a number in it neither. */
    @Test
    void nothingButBase64MayBeLong() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return '1';
            }

            @Override
            public int read(byte[] target, int offset, int count) {
                Arrays.fill(target, offset, offset + count, (byte) '1');
                return count;
            }
        };
        for (String start : List.of("{\"", "{\"a\":", "{\"a\":\"", "{\"a\":[", "{\"chunk\":\"AAAA\",\"", "{\"chunk\":\"AAAA\",\"a\":\"")) {
            assertThrows(JsonException.class, () -> all(new java.io.SequenceInputStream(stream(start, 100), endless)), start);
        }
        StringBuilder many = new StringBuilder("{\"n\":0");
        for (int i = 0; i < 101; i++) {
            many.append(",\"n").append(i).append("\":0");
        }
        assertThrows(JsonException.class, () -> all(stream(many + "}", 100)));
        assertThrows(JsonException.class, () -> all(stream("{\"a\":\"" + "x".repeat(9000) + "\"}", 100)));
    }

    @Test
    void whatCameBeforeABreakIsHandedOutBeforeItIsTold() throws IOException {
        InputStream breaking = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("broken");
            }
        };
        byte[] bytes = new byte[30_000];
        new Random(1).nextBytes(bytes);
        String text = Base64.getEncoder().encodeToString(bytes);
        JsonMessage json = new JsonMessage(new java.io.SequenceInputStream(stream("{\"chunk\":\"" + text, 1000), breaking));
        json.next();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        InputStream chunk = json.bytes();
        assertEquals("broken", assertThrows(IOException.class, () -> chunk.transferTo(out)).getMessage());
        assertArrayEquals(bytes, out.toByteArray());
        assertTrue(out.size() == 30_000);
    }
}
