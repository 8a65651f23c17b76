package tranzr.journal;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A file of the journal that is sealed or skipped at replay: what is needed to drop it.
 *
 * @param first number of its first record
 * @param last number of its last record
 * @param bytes of the frames in it
 */
record Segment(Path file, long first, long last, long bytes) {

    private static final String SUFFIX = ".seg";
    private static final int DIGITS = 19; // of Long.MAX_VALUE

    static Path file(Path directory, long first) {
        return directory.resolve(("%0" + DIGITS + "d" + SUFFIX).formatted(first));
    }

    /** The first sequence number that a file's name carries; empty when it does not name a segment. */
    static OptionalLong firstOf(String name) {
        if (name.length() != DIGITS + SUFFIX.length() || !name.endsWith(SUFFIX)
                || !name.chars().limit(DIGITS).allMatch(c -> c >= '0' && c <= '9')) {
            return OptionalLong.empty();
        }
        try {
            long first = Long.parseLong(name, 0, DIGITS, 10);
            return first > 0 ? OptionalLong.of(first) : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty(); // more than a long holds
        }
    }

    /**
     * What a segment begins with, big-endian. Every later version keeps these {@link #BYTES} bytes as they are, so that an
     * older program can tell a newer format from damage.
     * <pre>
     *   magic      8 bytes  "TRZRJRNL"
     *   version    u32      1, or 2 for a file that was a segment before: what follows its last frame may be older frames, not only zeros
     *   size       u32      of the whole file, in bytes
     *   store      16 bytes its UUID
     *   first      u64      sequence number of the first record
     *   crc        u32      CRC-32C of the fields above
     * </pre>
     */
    record Header(int version, int size, UUID store, long first) {

        static final int BYTES = 44;
        /** All after the last frame is zeros. */
        static final int BLANK = 1;
        /** After the last frame come a length of zero and what an earlier segment in the same file has left. */
        static final int REUSED = 2;
        private static final long MAGIC = 0x54525A524A524E4CL;

        ByteBuffer encode() {
            ByteBuffer out = ByteBuffer.allocate(BYTES);
            out.putLong(MAGIC).putInt(version).putInt(size);
            out.putLong(store.getMostSignificantBits()).putLong(store.getLeastSignificantBits()).putLong(first);
            return out.putInt(checksum(out)).flip();
        }

        /** @return null when the bytes are not a header as it was written */
        static Header decode(ByteBuffer in) {
            if (in.remaining() < BYTES || in.getLong(0) != MAGIC || in.getInt(BYTES - 4) != checksum(in)) {
                return null;
            }
            return new Header(in.getInt(8), in.getInt(12), new UUID(in.getLong(16), in.getLong(24)), in.getLong(32));
        }

        private static int checksum(ByteBuffer header) {
            CRC32C crc = new CRC32C();
            crc.update(header.duplicate().limit(BYTES - 4).position(0));
            return (int) crc.getValue();
        }
    }
}
