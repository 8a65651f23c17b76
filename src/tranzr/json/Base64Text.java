package tranzr.json;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;

/**
 * The bytes that a JSON string stands for in Base64 (RFC 4648, section 4), from behind its first quote to its last. Whatever its length it takes two buffers. What was read of a text that breaks off is
 * handed out before the break is told. Used by one thread.
 */
final class Base64Text extends InputStream {

    private static final int BUFFER_BYTES = 32 * 1024;
    private static final int NO_ESCAPE = -1;
    /** The escape has begun, and what comes next says of what kind it is. */
    private static final int SIGN = 5;

    private final InputStream in;
    private byte[] raw;
    private int at;
    private int end;
    /** What is in {@link #raw} without quotes and escapes: less than four characters between two reads. */
    private final byte[] text = new byte[BUFFER_BYTES + 4];
    private int kept;
    private ByteBuffer decoded = ByteBuffer.allocate(0);
    private boolean ended;
    private boolean padded;
    /** How many digits of an escape are still to come, or one of the two above. */
    private int escape = NO_ESCAPE;
    private int escaped;

    /** @param begun what was read of it already, at most {@link #BUFFER_BYTES}; kept */
    Base64Text(byte[] begun, InputStream in) {
        this.in = in;
        this.raw = begun;
        this.end = begun.length;
    }

    /** What was read and lies behind the text, once that was read to its end. */
    byte[] rest() {
        return Arrays.copyOfRange(raw, at, end);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** @throws JsonException when it is no Base64, or the input ends within it */
    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        while (!decoded.hasRemaining()) {
            if (ended) {
                return -1;
            }
            if (at == end) {
                fill();
            }
            collect();
            decode();
        }
        int given = Math.min(count, decoded.remaining());
        decoded.get(target, offset, given);
        return given;
    }

    private void fill() throws IOException {
        if (raw.length < BUFFER_BYTES) {
            raw = new byte[BUFFER_BYTES];
        }
        int count = in.read(raw, 0, BUFFER_BYTES);
        if (count < 0) {
            throw new JsonException("it ends within a text");
        }
        at = 0;
        end = count;
    }

    /** Takes what is in the buffer, up to the end of the text. */
    private void collect() {
        while (at < end && !ended) {
            if (escape != NO_ESCAPE) {
                unescape(raw[at++]);
                continue;
            }
            int stop = at;
            while (stop < end && raw[stop] != '"' && raw[stop] != '\\') {
                stop++;
            }
            System.arraycopy(raw, at, text, kept, stop - at);
            kept += stop - at;
            at = stop;
            if (at < end) {
                ended = raw[at] == '"';
                escape = ended ? NO_ESCAPE : SIGN;
                at++;
            }
        }
    }

    /** Some writers escape the slash, and some the plus (RFC 8259, section 7); line ends within Base64 mean nothing. */
    private void unescape(byte next) {
        if (escape == SIGN) {
            switch (next) {
                case '/' -> endEscape('/');
                case 'n', 'r' -> escape = NO_ESCAPE;
                case 'u' -> {
                    escape = 4;
                    escaped = 0;
                }
                default -> throw notBase64();
            }
            return;
        }
        int digit = Character.digit(next, 16);
        if (digit < 0) {
            throw notBase64();
        }
        escaped = escaped << 4 | digit;
        if (--escape == 0) {
            endEscape(escaped);
        }
    }

    private void endEscape(int character) {
        escape = NO_ESCAPE;
        if (character >= 0x80) {
            throw notBase64();
        }
        text[kept++] = (byte) character;
    }

    private void decode() {
        int whole = ended ? kept : kept & ~3;
        if (whole == 0) {
            return;
        }
        if (padded) {
            throw notBase64(); // Nothing comes after the padding.
        }
        padded = text[whole - 1] == '=';
        try {
            decoded = Base64.getDecoder().decode(ByteBuffer.wrap(text, 0, whole));
        } catch (IllegalArgumentException e) {
            throw notBase64();
        }
        System.arraycopy(text, whole, text, 0, kept - whole);
        kept -= whole;
    }

    private static JsonException notBase64() {
        return new JsonException("a text is not Base64");
    }
}
