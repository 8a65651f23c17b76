package tranzr.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import tranzr.disk.DiskFile;
import tranzr.model.Crc32c;

/**
 * Tells of any place behind an offset whether a frame could lie there, by its checksum, without reading the whole of it each time. Payloads hold what clients
 * send, and a client can fill them with what looks like heads of frames, each a megabyte long: to read those would take hours. Here each costs two blocks.
 * Not for several threads.
 */
final class FrameSums {

    static final int BLOCK = 1024;

    private final DiskFile file;
    private final long start;
    private final int storeCrc;
    /** Of the bytes from the start to each block's end. */
    private final int[] sums;
    private final ByteBuffer block = ByteBuffer.allocate(BLOCK);
    private final ByteBuffer tail = ByteBuffer.allocate(Integer.BYTES);

    /** Reads the file once, from an offset to its end. @param store what each checksum begins with */
    FrameSums(DiskFile file, long start, long size, byte[] store) throws IOException {
        this.file = file;
        this.start = start;
        this.storeCrc = Crc32c.of(store, 0, store.length);
        sums = new int[Math.toIntExact((size - start) / BLOCK) + 1];
        CRC32C sum = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocate(64 * BLOCK);
        for (int i = 1; i < sums.length; ) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), (long) (sums.length - i) * BLOCK));
            int read = file.read(buffer, start + (i - 1L) * BLOCK);
            if (read < BLOCK) {
                throw new IOException("a segment became shorter while it was read");
            }
            for (int from = 0; from + BLOCK <= read; from += BLOCK) {
                sum.update(buffer.array(), from, BLOCK);
                sums[i++] = (int) sum.getValue();
            }
        }
    }

    /** Whether the checksum is right of a frame at an offset, not before the start, whose length field says {@code length}; it must end within the file. */
    boolean matches(long offset, int length) throws IOException {
        long end = offset + length;
        int payload = combinedAt(end) ^ Crc32c.combine(combinedAt(offset), 0, end - offset);
        tail.clear();
        file.read(tail, end);
        return tail.getInt(0) == Crc32c.combine(storeCrc, payload, end - offset);
    }

    /** Of the bytes from the start to an offset. */
    private int combinedAt(long offset) throws IOException {
        int number = (int) ((offset - start) / BLOCK);
        int rest = (int) ((offset - start) % BLOCK);
        if (rest == 0) {
            return sums[number];
        }
        block.clear().limit(rest);
        int read = file.read(block, start + (long) number * BLOCK);
        if (read < rest) {
            Arrays.fill(block.array(), Math.max(0, read), rest, (byte) 0);
        }
        return Crc32c.combine(sums[number], Crc32c.of(block.array(), 0, rest), rest);
    }
}
