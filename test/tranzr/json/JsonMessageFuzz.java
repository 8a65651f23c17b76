package tranzr.json;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;

/** Objects that are read as they come, with texts in Base64. */
public final class JsonMessageFuzz {

    private JsonMessageFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(Target.of("json-message", "tranzr.json.JsonMessage", "tranzr.json.Base64Text")
                .seeds("{\"sessionId\":\"a\",\"fileHash\":\"b\",\"chunk\":\"aGVsbG8gd29ybGQ=\",\"startByte\":0,\"endByte\":10}", "{\"chunk\":\"AA==\"}", "{\"chunk\":\"\\u002B\\/\\/\\u002f\\n\",\"x\":[{\"chunk\":1}]}",
                        "{\"a\":1.5e3,\"b\":null,\"c\":true,\"chunk\":\"\"}", "{}", "{\"chunk\":\"" + "QUJD".repeat(4000) + "\",\"z\":{}}")
                .words("\"", "\\", "\\u", "\\u00", "\\/", "=", "==", "{", "}", "[", "]", ",", ":", "\"chunk\":\"", "null", "AAAA", "{\"\":0").bytes(JsonMessageFuzz::stream),
                Target.of("json-reader", "tranzr.json.JsonReader").seeds("{\"a\":[{\"b\":1},{\"b\":\"x\"},{}],\"c\":true}", "{\"a\":[],\"b\":{\"c\":[[null]]},\"d\":-1.5e3}", "{}")
                        .words("{", "}", "[", "]", ",", ":", "\"", "\\u", "null", "true", "1e9", "\u00fc", "{\"a\":[").bytes(JsonMessageFuzz::pieces));
    }

    /** What can be read by pieces is what the reader of whole objects reads. A field called a is a list of objects; of the others every second is passed over. */
    private static void pieces(byte[] input) throws IOException {
        Map<String, Object> read = new HashMap<>();
        int fields = 0;
        int passedOver = 0;
        try (JsonReader json = new JsonReader(new ByteArrayInputStream(input))) {
            json.enterObject();
            for (String name = json.nextField(); name != null; name = json.nextField()) {
                if (name.equals("a")) {
                    read.put(name, objects(json));
                } else if (fields++ % 2 == 0) {
                    read.put(name, json.value());
                } else {
                    json.skip();
                    read.put(name, passedOver++);
                }
            }
            json.end();
        } catch (JsonException e) {
            Expect.that(e.getMessage().length() < 300, "a refusal that repeats what was sent: " + e.getMessage());
            return;
        }
        try {
            Map<String, Object> whole = Json.readObject(input);
            Expect.same(whole.keySet(), read.keySet(), "the fields");
            if (passedOver == 0) {
                Expect.same(whole, read, "the values");
            }
        } catch (JsonException e) {
            // That a field comes twice is for the caller to see here; and what is passed over is not looked into.
            Expect.that(passedOver > 0 || e.getMessage().contains("twice"), "refused only as a whole: " + e.getMessage());
        }
    }

    private static List<Map<String, Object>> objects(JsonReader json) throws IOException {
        List<Map<String, Object>> objects = new ArrayList<>();
        json.enterList();
        while (json.nextElement()) {
            json.enterObject();
            Map<String, Object> object = new LinkedHashMap<>();
            for (String name = json.nextField(); name != null; name = json.nextField()) {
                object.put(name, json.value());
            }
            objects.add(object);
        }
        return objects;
    }

    private static void stream(byte[] input) throws IOException {
        Object whole = told(new ByteArrayInputStream(input));
        Expect.same(whole, told(new ByteArrayInputStream(input) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + available() % 5));
            }
        }), "in small pieces");
        if (whole instanceof Map<?, ?> fields) {
            compare(fields, input);
        }
    }

    /** What it takes the reader of whole objects takes too, and sees the same in it. */
    private static void compare(Map<?, ?> fields, byte[] input) {
        Map<String, Object> object;
        try {
            object = Json.readObject(input);
        } catch (JsonException e) {
            // It looks into what is skipped here, where something may come twice or be no UTF-8.
            return;
        }
        Expect.same(object.keySet(), fields.keySet(), "the fields");
        fields.forEach((name, value) -> {
            if (name.equals("chunk")) {
                String text = ((String) object.get("chunk")).replaceAll("[\n\r]", "");
                Expect.same(HexFormat.of().formatHex(Base64.getDecoder().decode(text.getBytes(StandardCharsets.ISO_8859_1))), value, "the bytes");
            } else if (!value.equals("skipped")) {
                Expect.same(String.valueOf(object.get(name)), value, "the field " + name);
            }
        });
    }

    /** The fields with their values, the bytes in hexadecimal, every third one skipped; or a text that says that it was refused. */
    private static Object told(InputStream in) throws IOException {
        Map<String, String> told = new HashMap<>();
        List<String> names = new ArrayList<>();
        try {
            JsonMessage json = new JsonMessage(in);
            for (String name = json.next(); name != null; name = json.next()) {
                names.add(name);
                boolean skip = names.size() % 3 == 0 && !name.equals("chunk");
                told.put(name, name.equals("chunk") ? HexFormat.of().formatHex(json.bytes().readAllBytes()) : skip ? "skipped" : String.valueOf(json.value()));
            }
            Expect.that(told.size() == names.size(), "a name twice");
            return told;
        } catch (JsonException e) {
            Expect.that(e.getMessage().length() < 300, "a refusal that repeats what was sent: " + e.getMessage());
            return "refused";
        }
    }
}
