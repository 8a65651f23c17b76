package tranzr.storage.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.model.Crc32c;
import tranzr.storage.CorruptObjectException;
import tranzr.storage.Joining;

/**
 * Of what a joined object consists: a file of a header, then how many bytes each piece has, in order. All numbers are big-endian.
 * <pre>
 *  0  4  magic "TZJN"
 *  4  4  format version, 1
 *  8  4  how many pieces
 * 12 16  id of the object
 * 28     the lengths, eight bytes each
 *     4  CRC-32C of all bytes before
 * </pre>
 *
 * @param ends where each piece ends in the whole (exclusive), ascending; not to be changed
 */
record Pieces(UUID id, long[] ends) {

    private static final int MAGIC = 0x545A4A4E;
    private static final int VERSION = 1;
    private static final int HEADER = 28;
    private static final int MOST_BYTES = HEADER + Joining.MOST * Long.BYTES + Integer.BYTES;

    /** @param lengths in bytes, each at least 1, together at most {@link Long#MAX_VALUE} */
    static Pieces of(UUID id, long[] lengths) {
        long[] ends = new long[lengths.length];
        long end = 0;
        for (int i = 0; i < lengths.length; i++) {
            end = Math.addExact(end, lengths[i]);
            ends[i] = end;
        }
        return new Pieces(id, ends);
    }

    int count() {
        return ends.length;
    }

    /** Of the whole, in bytes. */
    long length() {
        return ends[ends.length - 1];
    }

    long start(int piece) {
        return piece == 0 ? 0 : ends[piece - 1];
    }

    long length(int piece) {
        return ends[piece] - start(piece);
    }

    /** Which piece has this byte; {@link #count} when it lies behind the last one. */
    int at(long position) {
        int found = Arrays.binarySearch(ends, position);
        return found >= 0 ? found + 1 : -found - 1;
    }

    /** Writes them to a new file, durable but for its name. */
    void write(Disk disk, Path path) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + count() * Long.BYTES + Integer.BYTES);
        bytes.putInt(MAGIC).putInt(VERSION).putInt(count());
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        for (int i = 0; i < count(); i++) {
            bytes.putLong(length(i));
        }
        bytes.putInt(Crc32c.of(bytes.array(), 0, bytes.position()));
        try (DiskFile file = disk.open(path, Disk.Mode.CREATE)) {
            file.write(bytes.flip(), 0);
            file.force(true);
        }
    }

    /**
     * Reads what {@link #write} has written.
     *
     * @throws java.nio.file.NoSuchFileException when there is no such file
     * @throws CorruptObjectException when it is not what was written for this object
     */
    static Pieces read(Disk disk, Path path, UUID id) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES + 1);
        try (DiskFile file = disk.open(path, Disk.Mode.READ)) {
            file.read(bytes, 0);
        }
        return parse(bytes.flip(), path, id);
    }

    private static Pieces parse(ByteBuffer bytes, Path path, UUID id) throws IOException {
        int sum = bytes.limit() - Integer.BYTES;
        if (sum < HEADER || bytes.getInt(0) != MAGIC || Crc32c.of(bytes.array(), 0, sum) != bytes.getInt(sum)) {
            throw damaged(id);
        }
        int version = bytes.getInt(4);
        if (version > VERSION) {
            throw new IOException(path + ": a joined object of format version " + version + ", which is newer than this program's " + VERSION);
        }
        int count = bytes.getInt(8);
        boolean ours = new UUID(bytes.getLong(12), bytes.getLong(20)).equals(id);
        if (version < 1 || count < 1 || count > Joining.MOST || sum != HEADER + count * Long.BYTES || !ours) {
            throw damaged(id);
        }
        long[] ends = new long[count];
        long end = 0;
        for (int i = 0; i < count; i++) {
            long length = bytes.getLong(HEADER + i * Long.BYTES);
            if (length < 1 || length > Long.MAX_VALUE - end) {
                throw damaged(id);
            }
            end += length;
            ends[i] = end;
        }
        return new Pieces(id, ends);
    }

    private static CorruptObjectException damaged(UUID id) {
        return new CorruptObjectException(id, 0, "the list of its pieces is damaged");
    }
}
