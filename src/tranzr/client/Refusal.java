package tranzr.client;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import tranzr.json.Json;
import tranzr.json.JsonException;

/** Reads answers that say no: a problem (RFC 9457), or whatever stands between here and the server. */
final class Refusal {

    /** Of the body of such an answer, in bytes; more is not looked at. */
    static final int MAX_BYTES = 64 << 10;
    private static final int MAX_DETAIL = 1000;
    private static final String CODE = "[a-z][a-z0-9_]{0,63}";

    private Refusal() {
    }

    /** @param body the beginning of it; @param now what a date in {@code Retry-After} is held against when the answer does not say what time it is where that date comes from */
    static RefusedException of(int status, HttpHeaders headers, byte[] body, Instant now) {
        Instant there = headers.firstValue("Date").map(Refusal::date).orElse(now);
        Duration after = headers.firstValue("Retry-After").map(text -> retryAfter(text, there)).orElse(null);
        try {
            Map<String, Object> members = new LinkedHashMap<>(Json.readObject(body));
            if (members.remove("code") instanceof String code && code.matches(CODE)) {
                String detail = members.remove("detail") instanceof String text && !text.isBlank() ? clean(text) : "the server answered " + status;
                members.keySet().removeAll(java.util.List.of("type", "title", "status"));
                return new RefusedException(status, code, detail, after, members);
            }
        } catch (JsonException e) {
            return foreign(status, headers, after);
        }
        return foreign(status, headers, after);
    }

    private static RefusedException foreign(int status, HttpHeaders headers, Duration after) {
        String detail = "the server answered " + status + ", and not as Tranzr does";
        if (status / 100 == 3) {
            detail = "the server sends elsewhere (" + status + headers.firstValue("Location").map(place -> " to " + clean(place)).orElse("") + "), which is not followed";
        }
        return new RefusedException(status, null, detail, after, Map.of());
    }

    /** RFC 9110, section 10.2.3. @return null for what is neither seconds nor a date */
    static Duration retryAfter(String text, Instant now) {
        String given = text.strip();
        if (given.matches("[0-9]{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(given));
        }
        Instant then = date(given);
        return then == null ? null : then.isBefore(now) ? Duration.ZERO : Duration.between(now, then);
    }

    /** @return null for what is none */
    private static Instant date(String text) {
        try {
            return ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    /** Fit for a terminal. */
    private static String clean(String text) {
        String cut = text.length() <= MAX_DETAIL ? text : text.substring(0, MAX_DETAIL) + "…";
        return cut.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Co}\\p{Cn}\\p{Cs}]+", " ").strip();
    }
}
