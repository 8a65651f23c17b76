package tranzr.audit;

import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;

/**
 * Writes records as lines of JSON, ASCII but for letters and signs that are visible: control characters, line separators, characters that change the
 * direction of text and lone surrogates are escaped, so that no value can forge a line, also for whoever reads the file in a terminal. Every length is
 * bounded. Not safe for several threads.
 */
final class LineText {

    /** The longest value, in bytes as it stands in the line without its quotes; the rest is cut off and {@link #CUT} stands there. */
    static final int MAX_VALUE = 1024;
    /** The longest line with its line feed. Readers take a longer one for damage. */
    static final int MAX_LINE = 16 * 1024;

    /** Ends a text that was cut. */
    static final String CUT = "\u2026";
    private static final byte[] CUT_BYTES = CUT.getBytes(StandardCharsets.UTF_8);
    private static final int MAX_NAME = 64;
    /** When a line is as long as this, no further subject or detail is taken. */
    private static final int FULL = 8 * 1024;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private byte[] bytes = new byte[512];
    private int length;

    private LineText() {
    }

    /** The part of a line that needs no knowledge of the lines before: from {@code ,"time":} to the last detail. */
    static byte[] middle(Entry entry) {
        LineText text = new LineText();
        text.field("time", entry.time().truncatedTo(ChronoUnit.MICROS).toString());
        text.field("request_id", entry.requestId());
        text.field("actor", entry.actor());
        text.field("name", entry.actorName());
        text.field("address", entry.address());
        text.field("action", entry.action());
        boolean whole = text.object("subject", entry.subject());
        text.field("result", entry.result());
        if (entry.status() != 0) {
            text.field("status", entry.status());
        }
        whole &= text.object("details", entry.details());
        if (!whole) {
            text.field("cut", true);
        }
        return text.toBytes();
    }

    /** All of a line before {@code ,"hash":}: what the hash is made of. */
    static byte[] hashed(long seq, byte[] middle, long durable, String prev) {
        LineText text = new LineText();
        text.ascii("{\"seq\":").ascii(Long.toString(seq)).raw(middle);
        text.ascii(",\"durable\":").ascii(Long.toString(durable)).ascii(",\"prev\":\"").ascii(prev).ascii("\"");
        return text.toBytes();
    }

    private void field(String name, Object value) {
        if (value == null || value instanceof String string && string.isEmpty()) {
            return;
        }
        ascii(",");
        string(name, MAX_NAME);
        ascii(":");
        value(value);
    }

    /** @return false when something had to be left out */
    private boolean object(String name, Map<String, ?> members) {
        boolean first = true;
        for (Map.Entry<String, ?> member : members.entrySet()) {
            Object value = member.getValue();
            if (value == null || value instanceof String string && string.isEmpty()) {
                continue;
            }
            if (length > FULL) {
                ascii(first ? "" : "}");
                return false;
            }
            if (first) {
                ascii(",\"").ascii(name).ascii("\":{");
            } else {
                ascii(",");
            }
            first = false;
            string(member.getKey(), MAX_NAME);
            ascii(":");
            value(value);
        }
        ascii(first ? "" : "}");
        return true;
    }

    private void value(Object value) {
        switch (value) {
            case Integer number -> ascii(number.toString());
            case Long number -> ascii(number.toString());
            case Boolean truth -> ascii(truth.toString());
            default -> string(value.toString(), MAX_VALUE);
        }
    }

    private void string(String value, int limit) {
        ascii("\"");
        int end = length + limit - CUT_BYTES.length;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean pair = Character.isHighSurrogate(c) && i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1));
            int code = pair ? Character.toCodePoint(c, value.charAt(++i)) : c;
            if (length + 6 > end) {
                raw(CUT_BYTES);
                break;
            }
            character(code);
        }
        ascii("\"");
    }

    private void character(int code) {
        room(6);
        if (code == '"' || code == '\\') {
            bytes[length++] = '\\';
            bytes[length++] = (byte) code;
        } else if (code >= ' ' && code < 0x7f) {
            bytes[length++] = (byte) code;
        } else if (code <= 0xffff && isHidden(code)) {
            bytes[length++] = '\\';
            bytes[length++] = 'u';
            for (int shift = 12; shift >= 0; shift -= 4) {
                bytes[length++] = (byte) HEX[code >> shift & 0xf];
            }
        } else {
            raw(Character.toString(code).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static boolean isHidden(int code) {
        return switch (Character.getType(code)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    private LineText ascii(String text) {
        room(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
        return this;
    }

    private LineText raw(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
        return this;
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    private byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }
}
