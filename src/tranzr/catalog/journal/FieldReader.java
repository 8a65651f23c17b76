package tranzr.catalog.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import tranzr.model.Digest;

/** Reads what {@link FieldWriter} wrote; never reads, nor allocates, past the end of what there is. */
final class FieldReader {

    private final ByteBuffer bytes;

    /** @param bytes read from its position on, which moves */
    FieldReader(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    FieldReader(byte[] bytes) {
        this(ByteBuffer.wrap(bytes));
    }

    int u8() throws BadRecordException {
        need(1);
        return bytes.get() & 0xFF;
    }

    int u32() throws BadRecordException {
        need(4);
        return bytes.getInt();
    }

    long u64() throws BadRecordException {
        need(8);
        return bytes.getLong();
    }

    long varint() throws BadRecordException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = u8();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                if (shift == 63 && next > 1) {
                    break;
                }
                return value;
            }
        }
        throw new BadRecordException("a number longer than 64 bits");
    }

    long fromMinusOne() throws BadRecordException {
        return varint() - 1;
    }

    /** A count or length that cannot be larger than the bytes that are left, each item taking {@code itemBytes} or more. */
    int count(int itemBytes) throws BadRecordException {
        long count = varint();
        if (count < 0 || count > bytes.remaining() / itemBytes) {
            throw new BadRecordException(Long.toUnsignedString(count) + " items announced, " + bytes.remaining() + " bytes left");
        }
        return (int) count;
    }

    UUID uuid() throws BadRecordException {
        return new UUID(u64(), u64());
    }

    Digest digest() throws BadRecordException {
        return Digest.of(raw(Digest.LENGTH));
    }

    Digest digestOrNull() throws BadRecordException {
        return flag() ? digest() : null;
    }

    /** One byte that is 0 or 1. */
    boolean flag() throws BadRecordException {
        int flag = u8();
        if (flag > 1) {
            throw new BadRecordException("neither 0 nor 1 but " + flag);
        }
        return flag == 1;
    }

    Instant instantOrNull() throws BadRecordException {
        long nanos = varint();
        if (nanos == 0) {
            return null;
        }
        long zigzag = varint();
        long seconds = (zigzag >>> 1) ^ -(zigzag & 1);
        if (nanos < 0 || nanos > 1_000_000_000 || seconds < Instant.MIN.getEpochSecond()
                || seconds > Instant.MAX.getEpochSecond()) {
            throw new BadRecordException("no point in time");
        }
        return Instant.ofEpochSecond(seconds, nanos - 1);
    }

    Instant instant() throws BadRecordException {
        return present(instantOrNull());
    }

    String textOrNull() throws BadRecordException {
        long length = varint();
        if (length == 0) {
            return null;
        }
        if (length < 0 || length - 1 > bytes.remaining()) {
            throw new BadRecordException("text that reaches past the end");
        }
        return new String(raw((int) (length - 1)), StandardCharsets.UTF_8);
    }

    String text() throws BadRecordException {
        return present(textOrNull());
    }

    byte[] raw(int length) throws BadRecordException {
        need(length);
        byte[] some = new byte[length];
        bytes.get(some);
        return some;
    }

    boolean hasMore() {
        return bytes.hasRemaining();
    }

    void end() throws BadRecordException {
        if (bytes.hasRemaining()) {
            throw new BadRecordException(bytes.remaining() + " bytes too many");
        }
    }

    private void need(int length) throws BadRecordException {
        if (bytes.remaining() < length) {
            throw new BadRecordException("ends too early");
        }
    }

    private static <T> T present(T value) throws BadRecordException {
        if (value == null) {
            throw new BadRecordException("a field that must be there is not");
        }
        return value;
    }
}
