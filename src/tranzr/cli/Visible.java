package tranzr.cli;

import java.nio.charset.CharsetEncoder;
import java.nio.charset.Charset;

/** Texts from elsewhere, for a terminal: what could move the cursor, hide or reorder something is written as an escape, and widths are those on the screen. */
final class Visible {

    private Visible() {
    }

    /** On one line, and nothing in it does more than show. */
    static String of(String text) {
        StringBuilder visible = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (isHidden(c)) {
                visible.append("\\u").append(c > 0xFFFF ? "{%x}".formatted(c) : "%04x".formatted(c));
            } else {
                visible.appendCodePoint(c);
            }
        });
        return visible.toString();
    }

    /** The same; and what this character set has not got is escaped, too. */
    static String of(String text, Charset charset) {
        CharsetEncoder encoder = charset.newEncoder();
        StringBuilder visible = new StringBuilder(text.length());
        of(text).codePoints().forEach(c -> {
            String each = Character.toString(c);
            visible.append(encoder.canEncode(each) ? each : "\\u" + (c > 0xFFFF ? "{%x}".formatted(c) : "%04x".formatted(c)));
        });
        return visible.toString();
    }

    private static boolean isHidden(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL || type == Character.FORMAT || type == Character.SURROGATE || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR || type == Character.UNASSIGNED || type == Character.PRIVATE_USE;
    }

    /** How many columns it takes. */
    static int columns(String text) {
        return text.codePoints().map(Visible::columns).sum();
    }

    private static int columns(int c) {
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        // The blocks that East Asian terminals show in two columns (Unicode Annex 11, classes W and F), and emoji.
        return c >= 0x1100 && (c <= 0x115F || c >= 0x2E80 && c <= 0xA4CF || c >= 0xAC00 && c <= 0xD7A3 || c >= 0xF900 && c <= 0xFAFF
                || c >= 0xFE30 && c <= 0xFE6F || c >= 0xFF00 && c <= 0xFF60 || c >= 0xFFE0 && c <= 0xFFE6 || c >= 0x1F300 && c <= 0x1FAFF
                || c >= 0x20000 && c <= 0x3FFFD) ? 2 : 1;
    }

    /** At most so many columns: what is too long loses its middle, so that the end of a name, which tells its kind, stays. */
    static String cut(String text, int columns, String ellipsis) {
        if (columns(text) <= columns) {
            return text;
        }
        int room = columns - columns(ellipsis);
        if (room <= 0) {
            return first(text, columns);
        }
        int head = room / 2;
        return first(text, head) + ellipsis + last(text, room - head);
    }

    private static String first(String text, int columns) {
        int used = 0;
        int end = 0;
        while (end < text.length()) {
            int c = text.codePointAt(end);
            used += columns(c);
            if (used > columns) {
                break;
            }
            end += Character.charCount(c);
        }
        return text.substring(0, end);
    }

    private static String last(String text, int columns) {
        int used = 0;
        int start = text.length();
        while (start > 0) {
            int c = text.codePointBefore(start);
            used += columns(c);
            if (used > columns) {
                break;
            }
            start -= Character.charCount(c);
        }
        return text.substring(start);
    }

    /** With blanks after it, up to so many columns. */
    static String padded(String text, int columns) {
        return text + " ".repeat(Math.max(0, columns - columns(text)));
    }
}
