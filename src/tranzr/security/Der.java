package tranzr.security;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;

/** As much of the Distinguished Encoding Rules (ITU-T X.690) as keys and certificates of our own need. */
final class Der {

    static final int BOOLEAN = 0x01;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int UTF8_STRING = 0x0c;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;
    /** Of a member that is told by its number in brackets; for what is built of parts. */
    static final int CONTEXT = 0xa0;
    /** The same, for what is bare bytes. */
    static final int CONTEXT_PRIMITIVE = 0x80;

    private static final int INTEGER = 0x02;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int FIRST_GENERALIZED_YEAR = 2050;

    private Der() {
    }

    /** One element of the joined parts. */
    static byte[] element(int tag, byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            int bytes = (39 - Integer.numberOfLeadingZeros(length)) / 8;
            out.write(0x80 | bytes);
            for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
                out.write(length >>> shift);
            }
        }
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] sequence(byte[]... parts) {
        return element(SEQUENCE, parts);
    }

    static byte[] integer(BigInteger value) {
        return element(INTEGER, value.toByteArray());
    }

    /** Whole bytes, as keys and signatures are. */
    static byte[] bits(byte[] bytes) {
        return element(BIT_STRING, new byte[1], bytes);
    }

    static byte[] yes() {
        return element(BOOLEAN, new byte[] { (byte) 0xff });
    }

    static byte[] text(String text) {
        return element(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
    }

    /** To the second; in the form that RFC 5280, section 4.1.2.5, asks for in that year. */
    static byte[] time(Instant time) {
        boolean late = time.atOffset(ZoneOffset.UTC).getYear() >= FIRST_GENERALIZED_YEAR;
        String text = DateTimeFormatter.ofPattern(late ? "uuuuMMddHHmmss'Z'" : "uuMMddHHmmss'Z'").withZone(ZoneOffset.UTC).format(time);
        return element(late ? GENERALIZED_TIME : UTC_TIME, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** @param dotted such as {@code 2.5.29.17} */
    static byte[] identifier(String dotted) {
        long[] arcs = Arrays.stream(dotted.split("\\.")).mapToLong(Long::parseLong).toArray();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write((int) (arcs[0] * 40 + arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            for (int shift = (63 - Long.numberOfLeadingZeros(arcs[i] | 1)) / 7 * 7; shift >= 0; shift -= 7) {
                out.write((int) (arcs[i] >>> shift & 0x7f | (shift > 0 ? 0x80 : 0)));
            }
        }
        return element(OBJECT_IDENTIFIER, out.toByteArray());
    }

    /**
     * The first element within a sequence, with its tag and length.
     *
     * @throws InvalidKeyException when there is none; its message follows the name of what was read
     */
    static byte[] firstOf(byte[] sequence) throws InvalidKeyException {
        int[] outer = content(sequence, 0);
        int[] inner = content(sequence, outer[0]);
        if (sequence[0] != SEQUENCE || outer[1] > sequence.length || inner[1] > outer[1]) {
            throw new InvalidKeyException("is not in the form of DER");
        }
        return Arrays.copyOfRange(sequence, outer[0], inner[1]);
    }

    /** Where the content of the element at {@code at} begins and ends. */
    private static int[] content(byte[] bytes, int at) throws InvalidKeyException {
        if (at + 2 > bytes.length) {
            throw new InvalidKeyException("is cut short");
        }
        int length = bytes[at + 1] & 0xff;
        int begin = at + 2;
        if (length > 0x80) {
            int count = length - 0x80;
            if (count > 3 || begin + count > bytes.length) {
                throw new InvalidKeyException("has an element of a length that cannot be");
            }
            length = 0;
            for (int i = 0; i < count; i++) {
                length = length << 8 | bytes[begin++] & 0xff;
            }
        }
        return new int[] { begin, begin + length };
    }
}
