package tranzr.client;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tranzr.model.FileName;

/** Names that a server or a link gives to a file: whatever they are, what is saved is a plain name in the folder that was chosen. */
final class ReceivedName {

    /** Longer fields are not looked at. */
    private static final int MAX_FIELD = 8192;
    private static final int MAX_EXTENSION_BYTES = 16;
    /** Of a link nothing but its secret is known, which is no name. */
    static final String NAMELESS = "download";

    private ReceivedName() {
    }

    /**
     * The name in a {@code Content-Disposition} (RFC 6266, section 4), {@code filename*} before {@code filename}; empty when the field has none, or is not as the grammar wants
     * it. Not safe to be used for a file yet.
     */
    static Optional<String> parse(String field) {
        if (field.length() > MAX_FIELD) {
            return Optional.empty();
        }
        try {
            Map<String, String> parameters = parameters(field);
            String extended = parameters.get("filename*");
            return Optional.ofNullable(extended != null ? extendedValue(extended) : parameters.get("filename"));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * The name under which a file is saved: the last segment, without what some system, terminal or reader would take for something else, without dots at its beginning (nobody
     * asked for a hidden file, least of all for one that a shell runs), at most 255 bytes of UTF-8. Empty when nothing is left. What is safe stays as it is.
     */
    static Optional<String> safe(String name) {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        StringBuilder clean = new StringBuilder(last.length());
        last.codePoints().forEach(c -> clean.appendCodePoint(isHarmful(c) ? '_' : c));
        String kept = clean.toString().strip();
        if (kept.chars().allMatch(c -> c == '.' || c == ' ')) {
            return Optional.empty();
        }
        String safe = undotted(FileName.forDownload(kept));
        if (safe.getBytes(StandardCharsets.UTF_8).length > FileName.MAX_SEGMENT_BYTES) {
            safe = undotted(FileName.forDownload(shortened(safe, FileName.MAX_SEGMENT_BYTES)));
        }
        return Optional.of(safe);
    }

    /**
     * Safe names for files that come into one folder, in their order. Those that are the same there, on a system that takes either case, or either way to write an accent, for one, are numbered:
     * {@code a.txt}, {@code a (2).txt}.
     */
    static List<String> numbered(List<String> names) {
        Set<String> taken = new HashSet<>();
        List<String> numbered = new ArrayList<>();
        for (String name : names) {
            String safe = safe(name).orElse(NAMELESS);
            String fresh = safe;
            for (int number = 2; !taken.add(key(fresh)); number++) {
                fresh = withNumber(safe, " (" + number + ")");
            }
            numbered.add(fresh);
        }
        return numbered;
    }

    private static String key(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    /** Before the extension, and still short enough. */
    private static String withNumber(String name, String number) {
        int dot = name.lastIndexOf('.');
        String extension = dot > 0 && name.substring(dot).getBytes(StandardCharsets.UTF_8).length <= MAX_EXTENSION_BYTES ? name.substring(dot) : "";
        String stem = name.substring(0, name.length() - extension.length());
        return cut(stem, FileName.MAX_SEGMENT_BYTES - (number + extension).getBytes(StandardCharsets.UTF_8).length) + number + extension;
    }

    /** At most so many bytes of UTF-8, the beginning and the extension. */
    static String shortened(String name, int bytes) {
        int dot = name.lastIndexOf('.');
        String extension = dot > 0 && name.substring(dot).getBytes(StandardCharsets.UTF_8).length <= MAX_EXTENSION_BYTES ? name.substring(dot) : "";
        return cut(name.substring(0, name.length() - extension.length()), bytes - extension.getBytes(StandardCharsets.UTF_8).length) + extension;
    }

    private static String cut(String text, int bytes) {
        int end = 0;
        for (int used = 0; end < text.length();) {
            int c = text.codePointAt(end);
            used += Character.toString(c).getBytes(StandardCharsets.UTF_8).length;
            if (used > bytes) {
                break;
            }
            end += Character.charCount(c);
        }
        return text.substring(0, end);
    }

    private static String undotted(String name) {
        return name.startsWith(".") ? "_" + name.substring(1) : name;
    }

    /** Control, formatting and direction-changing characters and halves of characters; the joiners within letters and emoji stay. */
    private static boolean isHarmful(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            case Character.FORMAT -> c != 0x200C && c != 0x200D;
            default -> c >= 0xFFF0 && c <= 0xFFFB || c >= 0x2060 && c <= 0x206F || c >= 0xE0000 && c <= 0xE007F;
        };
    }

    /** @throws IllegalArgumentException when malformed, or when a parameter is there twice */
    private static Map<String, String> parameters(String field) {
        Map<String, String> parameters = new HashMap<>();
        int at = tokenEnd(field, 0);
        if (at == 0) {
            throw new IllegalArgumentException("no type");
        }
        for (at = skipSpace(field, at); at < field.length(); at = skipSpace(field, at)) {
            require(field.charAt(at) == ';');
            int start = skipSpace(field, at + 1);
            int end = tokenEnd(field, start);
            require(end > start && end < field.length() && field.charAt(end) == '=');
            StringBuilder value = new StringBuilder();
            boolean quoted = end + 1 < field.length() && field.charAt(end + 1) == '"';
            if (quoted) {
                at = unquote(field, end + 2, value);
            } else {
                at = tokenEnd(field, end + 1);
                require(at > end + 1);
                value.append(field, end + 1, at);
            }
            String name = field.substring(start, end).toLowerCase(Locale.ROOT);
            require(!(quoted && name.endsWith("*")) && parameters.put(name, value.toString()) == null);
        }
        return parameters;
    }

    /** Of a quoted string (RFC 9110, section 5.6.4). @return the place after its closing quote */
    private static int unquote(String field, int from, StringBuilder value) {
        for (int at = from; at < field.length(); at++) {
            char c = field.charAt(at);
            if (c == '"') {
                return at + 1;
            }
            if (c == '\\') {
                at++;
                require(at < field.length());
            }
            value.append(field.charAt(at));
        }
        throw new IllegalArgumentException("a quote is not closed");
    }

    /** Of {@code UTF-8'language'percent-encoded} (RFC 8187, section 3.2). */
    private static String extendedValue(String text) {
        int charset = text.indexOf('\'');
        int language = text.indexOf('\'', charset + 1);
        require(charset > 0 && language > charset && text.substring(0, charset).equalsIgnoreCase("UTF-8"));
        return DownloadAddress.decoded(text.substring(language + 1), false);
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException("not a field value with parameters");
        }
    }

    private static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    /** Where the token (RFC 9110, section 5.6.2) that begins here ends. */
    private static int tokenEnd(String text, int from) {
        int at = from;
        while (at < text.length() && isTokenCharacter(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isTokenCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
