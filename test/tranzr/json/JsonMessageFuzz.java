package tranzr.json;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
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
                .words("\"", "\\", "\\u", "\\u00", "\\/", "=", "==", "{", "}", "[", "]", ",", ":", "\"chunk\":\"", "null", "AAAA", "{\"\":0").bytes(JsonMessageFuzz::stream));
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
