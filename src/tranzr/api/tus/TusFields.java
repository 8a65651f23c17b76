package tranzr.api.tus;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.OptionalLong;
import tranzr.api.ErrorCode;
import tranzr.api.Fields;
import tranzr.http.BadRequestException;
import tranzr.http.Request;

/** Header fields of tus 1.0.0 that are numbers, times and names. */
final class TusFields {

    static final String VERSION = "1.0.0";
    static final String BYTES = "application/offset+octet-stream";

    /** RFC 9110, section 5.6.7. The JDK's own formatter writes days below 10 with one digit. */
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US).withZone(ZoneOffset.UTC);
    private static final int MAX_DIGITS = 19;

    private TusFields() {
    }

    /** The field's value, "a non-negative integer", in bytes; empty when it is absent. @throws BadRequestException {@code invalid_value} */
    static OptionalLong number(Request request, String name) {
        String text = request.header(name).map(String::strip).orElse(null);
        return text == null ? OptionalLong.empty() : OptionalLong.of(parse(name, text));
    }

    /** @throws BadRequestException {@code invalid_value} for anything but decimal digits below 2^63 */
    static long parse(String name, String text) {
        boolean digits = !text.isEmpty() && text.length() <= MAX_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
        try {
            if (digits) {
                return Long.parseLong(text);
            }
        } catch (NumberFormatException e) {
            throw Fields.invalid(name, "must be below 2^63");
        }
        throw Fields.invalid(name, "must be a number of bytes, in decimal digits");
    }

    /** Whether the body is announced as bytes of an upload, whatever parameters the type has. */
    static boolean bringsBytes(Request request) {
        return request.header("Content-Type").map(type -> type.split(";", 2)[0].strip()).filter(BYTES::equalsIgnoreCase).isPresent();
    }

    static BadRequestException wrongType() {
        return ErrorCode.UNSUPPORTED_MEDIA_TYPE.refusal("Content-Type", "the bytes of an upload come as " + BYTES);
    }

    /** As header fields tell a time; fractions of the second are left out. */
    static String date(Instant time) {
        return HTTP_DATE.format(time);
    }
}
