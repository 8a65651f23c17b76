package tranzr.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import tranzr.disk.DiskFile;

/** Reads a file piece by piece, from either end, in memory of fixed size. Not safe for several threads. */
final class Pieces {

    private static final int BLOCK = 64 * 1024;

    private final DiskFile file;
    private final long size;
    private final byte[] block = new byte[BLOCK];
    private long blockStart;
    private int blockLength;
    private long position;
    private long read;

    private Pieces(DiskFile file, long size, long position) {
        this.file = file;
        this.size = size;
        this.position = position;
    }

    /** For {@link #next}. @param size how much of the file counts, in bytes */
    static Pieces forward(DiskFile file, long start, long size) {
        return new Pieces(file, size, start);
    }

    /** For {@link #previous}. @param end where to begin; what follows does not count */
    static Pieces backward(DiskFile file, long end) {
        return new Pieces(file, end, end);
    }

    /** Bytes read from the file so far. */
    long read() {
        return read;
    }

    /** The piece that begins here; null at the end. */
    Piece next() throws IOException {
        if (position >= size) {
            return null;
        }
        long start = position;
        long end = start;
        while (end < size && at(end, end) != '\n') {
            end++;
        }
        boolean terminated = end < size;
        position = terminated ? end + 1 : end;
        return new Piece(start, position, copy(start, end), terminated);
    }

    /** The piece that ends here; null at the beginning. */
    Piece previous() throws IOException {
        if (position <= 0) {
            return null;
        }
        long end = position;
        boolean terminated = at(end - 1, Math.max(0, end - BLOCK)) == '\n';
        long content = terminated ? end - 1 : end;
        long start = content;
        while (start > 0 && at(start - 1, Math.max(0, start - BLOCK)) != '\n') {
            start--;
        }
        position = start;
        return new Piece(start, end, copy(start, content), terminated);
    }

    private byte[] copy(long start, long end) throws IOException {
        if (end - start >= LineText.MAX_LINE) {
            return null;
        }
        byte[] bytes = new byte[(int) (end - start)];
        if (start >= blockStart && end <= blockStart + blockLength) {
            System.arraycopy(block, (int) (start - blockStart), bytes, 0, bytes.length);
        } else if (bytes.length > 0) {
            fill(ByteBuffer.wrap(bytes), start);
        }
        return bytes;
    }

    /** @param load where the block begins that is to be read when the byte is in none */
    private byte at(long offset, long load) throws IOException {
        if (offset < blockStart || offset >= blockStart + blockLength) {
            blockStart = load;
            blockLength = 0;
            int length = (int) Math.min(BLOCK, size - load);
            fill(ByteBuffer.wrap(block, 0, length), load);
            blockLength = length;
        }
        return block[(int) (offset - blockStart)];
    }

    private void fill(ByteBuffer target, long offset) throws IOException {
        int wanted = target.remaining();
        read += wanted;
        if (file.read(target, offset) < wanted) {
            throw new IOException("the file became shorter while it was read");
        }
    }
}
