package tranzr.http;

import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A field value with parameters, such as {@code form-data; name="file"} (RFC 9110, section 5.6.6).
 *
 * @param value before the first semicolon, in lower case
 * @param parameters by name in lower case
 */
record HeaderParameters(String value, Map<String, String> parameters) {

    /**
     * @param form whether quoted values are written as browsers and curl write them in forms: a backslash escapes only a quote and
     *        itself, and {@code %22}, {@code %0D}, {@code %0A} stand for a quote, CR and LF (RFC 7578, section 2; WHATWG HTML, multipart/form-data)
     * @throws IllegalArgumentException when malformed, or when a parameter is there twice
     */
    static HeaderParameters parse(String text, boolean form) {
        int semicolon = text.indexOf(';');
        String value = (semicolon < 0 ? text : text.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
        Map<String, String> parameters = new LinkedHashMap<>();
        int at = semicolon < 0 ? text.length() : semicolon;
        while (at < text.length()) {
            at = skipSpace(text, at + 1); // past the semicolon
            if (at == text.length() || text.charAt(at) == ';') {
                continue; // an empty parameter is allowed
            }
            int nameEnd = skipToken(text, at);
            String name = text.substring(at, nameEnd).toLowerCase(Locale.ROOT);
            if (name.isEmpty() || nameEnd == text.length() || text.charAt(nameEnd) != '=') {
                throw new IllegalArgumentException("a parameter is not like name=value");
            }
            StringBuilder decoded = new StringBuilder();
            at = nameEnd + 1;
            boolean quoted = at < text.length() && text.charAt(at) == '"';
            at = quoted ? unquote(text, at + 1, decoded, form) : plain(text, at, decoded);
            at = skipSpace(text, at);
            if (at < text.length() && text.charAt(at) != ';') {
                throw new IllegalArgumentException("something follows the value of " + name);
            }
            String parameter = quoted && form ? browserDecoded(decoded.toString()) : decoded.toString();
            if (parameters.put(name, parameter) != null) {
                throw new IllegalArgumentException(name + " is there twice");
            }
        }
        return new HeaderParameters(value, parameters);
    }

    /** The value of {@code UTF-8''percent-encoded} (RFC 8187, section 3.2). @throws IllegalArgumentException for anything else */
    static String extendedValue(String text) {
        int charsetEnd = text.indexOf('\'');
        int languageEnd = text.indexOf('\'', charsetEnd + 1);
        if (charsetEnd < 0 || languageEnd < 0 || !text.substring(0, charsetEnd).equalsIgnoreCase("UTF-8")) {
            throw new IllegalArgumentException("an extended value is not like UTF-8''text");
        }
        try {
            return Syntax.percentDecode(text.substring(languageEnd + 1), false);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("an extended value is not percent-encoded UTF-8", e);
        }
    }

    private static int plain(String text, int from, StringBuilder value) {
        int at = from;
        while (at < text.length() && text.charAt(at) != ';' && text.charAt(at) != ' ' && text.charAt(at) != '\t') {
            if (text.charAt(at) == '"') {
                throw new IllegalArgumentException("a quote within an unquoted value");
            }
            value.append(text.charAt(at++));
        }
        if (at == from) {
            throw new IllegalArgumentException("a parameter has no value");
        }
        return at;
    }

    /** @return the position after the closing quote */
    private static int unquote(String text, int from, StringBuilder value, boolean form) {
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                return at + 1;
            }
            if (c == '\\' && at + 1 < text.length() && escapes(text, at, form)) {
                at++;
                c = text.charAt(at);
            }
            value.append(c);
        }
        throw new IllegalArgumentException("a quote is not closed");
    }

    /** Browsers write a backslash as it is: one right before the last quote is a name's end, not an escape. */
    private static boolean escapes(String text, int backslash, boolean form) {
        char next = text.charAt(backslash + 1);
        if (!form) {
            return true;
        }
        return next == '\\' || next == '"' && text.indexOf('"', backslash + 2) >= 0;
    }

    private static String browserDecoded(String text) {
        return text.indexOf('%') < 0 ? text
                : text.replace("%22", "\"").replace("%0D", "\r").replace("%0d", "\r").replace("%0A", "\n").replace("%0a", "\n");
    }

    private static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    private static int skipToken(String text, int from) {
        int at = from;
        while (at < text.length() && Syntax.isTokenCharacter(text.charAt(at))) {
            at++;
        }
        return at;
    }
}
