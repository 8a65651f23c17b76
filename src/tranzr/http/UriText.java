package tranzr.http;

import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Path and query of a request's target in parts (RFC 3986, section 3). Both throw {@link BadRequestException} for what is no UTF-8 in percent-encoding. */
final class UriText {

    private UriText() {
    }

    /** The segments of a path, decoded once. */
    static List<String> segments(String rawPath) {
        List<String> segments = new ArrayList<>();
        if (rawPath.equals("/")) {
            return List.of();
        }
        for (String segment : rawPath.substring(1).split("/", -1)) {
            String decoded = decode(segment, false, "invalid_path", "The path is not percent-encoded UTF-8.");
            if (decoded.indexOf('\0') >= 0) {
                throw RequestHead.bad("invalid_path", null, "The path has a NUL.");
            }
            segments.add(decoded);
        }
        return List.copyOf(segments);
    }

    /** The parameters of a query by name, in their order. @param rawQuery null for none */
    static Map<String, List<String>> query(String rawQuery) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        String message = "The query is not percent-encoded UTF-8.";
        for (String pair : rawQuery == null ? new String[0] : rawQuery.split("&")) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals), true, "invalid_query", message);
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true, "invalid_query", message);
            if (!pair.isEmpty()) {
                query.computeIfAbsent(name, first -> new ArrayList<>()).add(value);
            }
        }
        return query;
    }

    private static String decode(String text, boolean plusIsSpace, String code, String message) {
        try {
            return Syntax.percentDecode(text, plusIsSpace);
        } catch (CharacterCodingException e) {
            throw RequestHead.bad(code, null, message);
        }
    }
}
