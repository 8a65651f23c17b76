package tranzr.catalog.journal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import tranzr.model.Digest;

/**
 * Appends fields to an array that grows; {@link FieldReader} reads them back. Fixed-width numbers are big-endian, the
 * others are variable-length: seven bits a byte, lowest first, the high bit set on all bytes but the last (LEB128).
 */
final class FieldWriter {

    private byte[] bytes;
    private int size;

    /** @param capacity in bytes, at first */
    FieldWriter(int capacity) {
        bytes = new byte[Math.max(capacity, 16)];
    }

    void u8(int value) {
        room(1);
        bytes[size++] = (byte) value;
    }

    void u32(int value) {
        room(4);
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
    }

    void u64(long value) {
        u32((int) (value >>> 32));
        u32((int) value);
    }

    /** An unsigned number: 1 byte below 128, 10 at most. */
    void varint(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /** A number that is at least -1, small when it is small. */
    void fromMinusOne(long value) {
        varint(value + 1);
    }

    void uuid(UUID id) {
        u64(id.getMostSignificantBits());
        u64(id.getLeastSignificantBits());
    }

    void digest(Digest digest) {
        raw(digest.bytes());
    }

    void digestOrNull(Digest digest) {
        u8(digest == null ? 0 : 1);
        if (digest != null) {
            digest(digest);
        }
    }

    /** Nanoseconds of the second plus 1, or 0 for null; then the seconds since 1970, zigzag-coded. */
    void instantOrNull(Instant at) {
        if (at == null) {
            varint(0);
        } else {
            varint(at.getNano() + 1L);
            long seconds = at.getEpochSecond();
            varint((seconds << 1) ^ (seconds >> 63));
        }
    }

    void instant(Instant at) {
        instantOrNull(Objects.requireNonNull(at));
    }

    /** The length in bytes plus 1, or 0 for null; then UTF-8. @throws IllegalArgumentException for half a surrogate pair */
    void textOrNull(String text) {
        if (text == null) {
            varint(0);
            return;
        }
        try {
            ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            varint(utf8.remaining() + 1L);
            room(utf8.remaining());
            int length = utf8.remaining();
            utf8.get(bytes, size, length);
            size += length;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("text that has no UTF-8 form", e);
        }
    }

    void raw(byte[] some) {
        room(some.length);
        System.arraycopy(some, 0, bytes, size, some.length);
        size += some.length;
    }

    int size() {
        return size;
    }

    /** Forgets everything written; the array stays. */
    void clear() {
        size = 0;
    }

    /** What was written, not copied: valid until the next call. */
    ByteBuffer view() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    /** A copy of just what was written. */
    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
        }
    }
}
