package tranzr.journal;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * One record as it lies in a segment, all numbers big-endian:
 * <pre>
 *   length    u32  bytes after this field, 17 + payload; 0 means that nothing was written here yet
 *   sequence  u64
 *   back      u32  records before this one that were written together with it and made durable together
 *   type      u8   255 is the footer of a sealed segment
 *   payload
 *   crc       u32  CRC-32C of the store's UUID and of all the fields above
 * </pre>
 * The UUID in the checksum keeps a frame that a client hides in its payload from ever passing for a frame of this log.
 *
 * @param offset in bytes from the segment's start
 * @param payload a view that holds until the next frame is read
 */
record Frame(long offset, long sequence, int back, byte type, ByteBuffer payload) {

    /** Bytes before the payload. */
    static final int HEAD = 17;

    /** Bytes beside the payload. */
    static final int OVERHEAD = HEAD + Integer.BYTES;

    /** The least a length field can say. */
    static final int LEAST_LENGTH = OVERHEAD - Integer.BYTES;

    static final byte FOOTER = (byte) 0xFF;

    /** A footer's payload is the number of records before it in its segment. */
    static final int FOOTER_BYTES = OVERHEAD + Long.BYTES;

    static byte[] bytesOf(UUID store) {
        return ByteBuffer.allocate(16).putLong(store.getMostSignificantBits()).putLong(store.getLeastSignificantBits())
                .array();
    }

    /** Appends one frame at the buffer's position; the payload's position is left alone. */
    static void put(ByteBuffer out, byte[] store, long sequence, int back, byte type, ByteBuffer payload) {
        int start = out.position();
        out.putInt(LEAST_LENGTH + payload.remaining()).putLong(sequence).putInt(back).put(type).put(payload.duplicate());
        out.putInt(checksum(store, out, start, out.position()));
    }

    static int checksum(byte[] store, ByteBuffer bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(store);
        crc.update(bytes.duplicate().limit(to).position(from));
        return (int) crc.getValue();
    }

    /** The number of the first record that was written together with this one: all before that was durable then. */
    long groupFirst() {
        return sequence - back;
    }

    int bytes() {
        return OVERHEAD + payload.limit();
    }
}
