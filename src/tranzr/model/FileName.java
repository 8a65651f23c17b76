package tranzr.model;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The rules for names that clients give to files. A name is data: it never becomes part of a path on the server's disk.
 * It may be a relative path with {@code /}, as a folder upload sends it. What would confuse a person or break out of a
 * folder on the receiving side is refused; what only some systems mind is cleaned by {@link #forDownload}.
 */
public final class FileName {

    /** Longest segment, in bytes of UTF-8. */
    public static final int MAX_SEGMENT_BYTES = 255;
    /** Longest name with all its segments, in bytes of UTF-8. */
    public static final int MAX_BYTES = 1024;

    private static final Set<String> RESERVED = Set.of("con", "prn", "aux", "nul", "com1", "com2", "com3", "com4",
            "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9");

    private FileName() {
    }

    /** Why the name is refused, in words that follow "the file name"; empty when it is fine. */
    public static Optional<String> objection(String name) {
        if (name == null || name.isEmpty()) {
            return Optional.of("is empty");
        }
        for (int i = 0; i < name.length();) {
            int c = name.codePointAt(i);
            if (c >= 0xD800 && c <= 0xDFFF) {
                return Optional.of("holds half a surrogate pair");
            }
            if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029) {
                return Optional.of("holds a control character");
            }
            if (isInvisible(c)) {
                return Optional.of("holds an invisible or direction-changing character");
            }
            i += Character.charCount(c);
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            return Optional.of("is longer than " + MAX_BYTES + " bytes");
        }
        for (String segment : name.split("/", -1)) {
            if (segment.isBlank()) {
                return Optional.of("has an empty segment");
            }
            if (segment.equals(".") || segment.equals("..")) {
                return Optional.of("has a segment '" + segment + "'");
            }
            if (segment.startsWith("..\\") || segment.contains("\\..")) {
                return Optional.of("leads out of its folder");
            }
            if (segment.getBytes(StandardCharsets.UTF_8).length > MAX_SEGMENT_BYTES) {
                return Optional.of("has a segment longer than " + MAX_SEGMENT_BYTES + " bytes");
            }
        }
        return Optional.empty();
    }

    /** Zero-width and bidirectional controls (Unicode TR 36), the byte order mark, and tags; joiners of emoji stay. */
    public static boolean isInvisible(int c) {
        return c == 0x200B || c == 0x200E || c == 0x200F || c == 0x061C || (c >= 0x202A && c <= 0x202E)
                || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF0 && c <= 0xFFFB)
                || (c >= 0xE0000 && c <= 0xE007F);
    }

    /** The last segment, safe to be saved under on any system; never empty. */
    public static String forDownload(String name) {
        String last = name.substring(name.lastIndexOf('/') + 1);
        StringBuilder clean = new StringBuilder(last.length());
        last.codePoints().forEach(c -> clean.appendCodePoint(c < 0x20 || "\\/:*?\"<>|".indexOf(c) >= 0 ? '_' : c));
        while (!clean.isEmpty() && (clean.charAt(clean.length() - 1) == '.' || clean.charAt(clean.length() - 1) == ' ')) {
            clean.setLength(clean.length() - 1);
        }
        int dot = clean.indexOf(".");
        String stem = (dot < 0 ? clean.toString() : clean.substring(0, dot)).strip().toLowerCase(Locale.ROOT);
        if (clean.isEmpty() || RESERVED.contains(stem)) {
            clean.insert(0, '_');
        }
        return clean.toString();
    }
}
