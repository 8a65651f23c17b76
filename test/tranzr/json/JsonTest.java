package tranzr.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    private static Map<String, Object> read(String text) {
        return Json.readObject(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anObjectComesInPlainTypesAndInOrder() {
        Map<String, Object> object = read(" {\"z\":1,\"a\":-2147483649,\"m\":9223372036854775808,\"f\":33.5,\"e\":1e3,\"t\":true,\"n\":null,"
                + "\"s\":\"\\u00fc\\n\",\"l\":[1,{\"x\":[]}],\"o\":{}} ");
        assertEquals(List.of("z", "a", "m", "f", "e", "t", "n", "s", "l", "o"), List.copyOf(object.keySet()));
        assertEquals(Arrays.asList(1, -2147483649L, new BigInteger("9223372036854775808"), 33.5, 1000.0, true, null, "ü\n",
                List.of(1, Map.of("x", List.of())), Map.of()), Arrays.asList(object.values().toArray()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "1", "\"a\"", "[]", "{", "}", "{}{}", "{} x", "{\"a\":1,\"a\":2}", "{\"o\":{\"a\":1,\"a\":2}}", "{\"a\":NaN}",
        "{\"a\":Infinity}", "{\"a\":1e999}", "{\"a\":-1e999}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{a:1}", "{'a':1}", "{\"a\":1,}", "{\"a\":\"\n\"}",
        "{/**/}", "{\"a\":\"\\x\"}", "\ufeff{}"})
    void anythingElseIsRefused(String text) {
        assertThrows(JsonException.class, () -> read(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"a\":NaN}", "{} x", "{\"a\":1,\"a\":2}", "{\"a\":1111111111111111111111111111111111111111111111111111111111111111111}"})
    void aRefusalSpeaksOfTheTextAndNotOfTheParser(String text) {
        String why = assertThrows(JsonException.class, () -> read(text)).getMessage();
        assertFalse(why.matches("(?s).*(Stream|Json|Source|Feature|`).*"), why);
    }

    @Test
    void depthNumbersAndBytesAreBounded() {
        for (String text : List.of("{\"a\":" + "[".repeat(100_000), "{\"a\":" + "[".repeat(40) + "]".repeat(40) + "}", "{\"a\":" + "1".repeat(70) + "}")) {
            assertThrows(JsonException.class, () -> read(text));
        }
        byte[] notUtf8 = "{\"a\":\"x\"}".getBytes(StandardCharsets.UTF_8);
        notUtf8[6] = (byte) 0xff;
        assertThrows(JsonException.class, () -> Json.readObject(notUtf8));
        byte[] utf16 = "{}".getBytes(StandardCharsets.UTF_16);
        assertThrows(JsonException.class, () -> Json.readObject(utf16));
    }

    @Test
    void plainTypesAreWrittenInOrder() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("z", 1L);
        object.put("a", null);
        object.put("l", List.of(List.of(0, 5), Map.of("x", true)));
        object.put("d", 33.5);
        object.put("s", "ü\"\n");
        assertEquals("{\"z\":1,\"a\":null,\"l\":[[0,5],{\"x\":true}],\"d\":33.5,\"s\":\"ü\\\"\\n\"}",
                new String(Json.write(object), StandardCharsets.UTF_8));
    }

    @Test
    void halfACharacterDoesNotStopTheWriting() {
        assertEquals("\"a?b\"", new String(Json.write("a\ud800b"), StandardCharsets.UTF_8));
    }

    @Test
    void whatJsonDoesNotHaveIsNotWritten() {
        assertThrows(IllegalArgumentException.class, () -> Json.write(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> Json.write(new Object()));
    }
}
