package tranzr.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;
import tranzr.http.BadRequestException;
import tranzr.json.Json;
import tranzr.json.JsonException;
import tranzr.model.Priority;

/** Fields of requests, whatever they came in. */
public final class ApiFuzz {

    private ApiFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                Target.of("json-fields", "tranzr.api.Fields").seeds("{\"a\":\"text\",\"b\":5,\"c\":true,\"d\":\"2030-01-31T12:00:00+02:00\"}",
                        "{\"a\":1e30,\"b\":123456789012345678901234567890,\"c\":null,\"d\":\"" + "ab".repeat(32) + "\"}", "{\"a\":[],\"b\":{},\"c\":1.5,\"d\":-0.0}")
                        .words("null", "true", "\"", "e", "-", ".", "[", "{", "Z", "+18:00", "T", "999999999", "e308", "e-320", "none").bytes(ApiFuzz::json),
                Target.of("written-fields", "tranzr.api.Fields").seeds("5", "true", "none", "1.5e3", "2030-01-31T12:00:00Z", "-9223372036854775808", "+999999999-12-31T23:59:59Z")
                        .words("e", ".", "-", "+", "Z", "T", ":", "e999", "none").text(ApiFuzz::written),
                Target.of("ids", "tranzr.api.Ids").seeds("0f8fad5b-d9cb-469f-a165-70867728950e", "0F8FAD5B-D9CB-469F-A165-70867728950E").words("-", "0", "\u0660")
                        .text(text -> Ids.parse(text).ifPresent(id -> {
                            Expect.that(id.toString().equalsIgnoreCase(text), "another id: " + id);
                            Expect.same(id, UUID.fromString(text), "the JDK's reading");
                        })),
                Target.of("header-text", "tranzr.api.HeaderText").seeds("secret", "gr\u00c3\u00bc\u00c3\u009fe", "gr\u00fc\u00dfe").words("\u00c3", "\u00ff")
                        .latin(text -> Expect.that(HeaderText.decode(text).length() <= text.length() && HeaderText.decode(text).isEmpty() == text.isEmpty(), "a text of other length")),
                Target.of("priority-field", "tranzr.api.Throttle").seeds("u=0", "u=3, i", "i, u=7", "u=9", "u=-1, u=2", "a=\"u=1\", u=5").words("u=", ",", "i", ";", "\"", "7", "\n", " ")
                        .latin(ApiFuzz::priority));
    }

    /** What cannot be read is the default (RFC 9218, section 4), whatever stands beside it. */
    private static void priority(String text) {
        Priority priority = Throttle.priorityOf(List.of(text.split("\n", -1)));
        Expect.that(priority == Priority.NORMAL || text.contains("u="), "urgent for no reason: " + priority);
        Expect.that(priority != Priority.HIGH || text.matches("(?s).*u=[012].*"), "high without an urgency of 0 to 2");
        Expect.that(priority != Priority.LOW || text.matches("(?s).*u=[567].*"), "low without an urgency of 5 to 7");
    }

    private static void json(byte[] input) {
        Map<String, Object> object;
        try {
            object = Json.readObject(input);
        } catch (JsonException e) {
            return; // the target "json" looks at these
        }
        Map<String, Object> bounded = new LinkedHashMap<>();
        object.entrySet().stream().limit(20).forEach(entry -> bounded.put(entry.getKey(), entry.getValue()));
        read(Fields.of(bounded), bounded.keySet());
    }

    private static void written(String text) {
        read(Fields.written(Map.of("a", text)), List.of("a"));
    }

    private static void read(Fields fields, Iterable<String> names) {
        for (String name : names) {
            Runnable[] readings = {() -> fields.text(name), () -> fields.flag(name), () -> fields.time(name), () -> fields.digest(name),
                () -> fields.number(name).ifPresent(number -> Expect.that(number.toPlainString().length() < 200, "a number that grows: " + number)),
                () -> fields.whole(name).ifPresent(whole -> Expect.that(fields.number(name).orElseThrow().toBigInteger().longValueExact() == whole, "another number"))};
            for (Runnable reading : readings) {
                try {
                    reading.run();
                } catch (BadRequestException e) {
                    Expect.that(e.status() == 400 && e.code().equals("invalid_value") && name.equals(e.field()), "refused as " + e.status() + " " + e.code());
                }
            }
        }
    }
}
