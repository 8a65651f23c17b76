package tranzr.transfer;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.Upload;
import tranzr.storage.CorruptObjectException;
import tranzr.storage.Storage;
import tranzr.storage.StoredObject;

/** Reads stored bytes to compare them with what was noted of them; one block in memory at a time. Used by one thread. */
final class FileCheck {

    /**
     * What a completed file's bytes are.
     *
     * @param badBlocks how many blocks do not have the sum that was noted for them, or have none
     * @param firstBad the index of the first of them; -1 for none
     */
    record Result(Digest sha256, int crc, long badBlocks, long firstBad) {
    }

    private final Storage storage;
    private final LongConsumer progress;
    private final ByteBuffer block = ByteBuffer.allocate(StoredObject.BLOCK);

    /** @param progress told after each block how many bytes it had */
    FileCheck(Storage storage, LongConsumer progress) {
        this.storage = storage;
        this.progress = progress;
    }

    /** Reads a completed file to its end, whatever its blocks' sums say. @throws IOException when that is not possible */
    Result file(Upload file) throws IOException {
        MessageDigest sha256 = Digest.newSha256();
        CRC32C crc = new CRC32C();
        long badBlocks = 0;
        long firstBad = -1;
        try (StoredObject object = storage.openToRead(file.object())) {
            for (long at = 0; at < file.length(); at += block.limit()) {
                long index = at / StoredObject.BLOCK;
                try {
                    object.readBlock(index, file.length(), file.ranges().crc(0), block);
                } catch (CorruptObjectException _) {
                    firstBad = badBlocks++ == 0 ? index : firstBad;
                    readFully(object, at, file.length());
                }
                crc.update(block.array(), 0, block.limit());
                Digest.update(sha256, block.array(), 0, block.limit());
                progress.accept(block.limit());
            }
        }
        return new Result(Digest.of(sha256.digest()), (int) crc.getValue(), badBlocks, firstBad);
    }

    /** The CRC-32C of a range of an object. */
    int crc(UUID object, ByteRange range) throws IOException {
        CRC32C crc = new CRC32C();
        try (StoredObject open = storage.openToRead(object)) {
            for (long at = range.start(); at < range.end(); at += block.limit()) {
                readFully(open, at, range.end());
                crc.update(block.array(), 0, block.limit());
                progress.accept(block.limit());
            }
        }
        return (int) crc.getValue();
    }

    /**
     * Notes the block sums of a completed file anew, from its bytes.
     *
     * @return false when the bytes are, on this reading, not those of the file's SHA-256; its sums are not sealed then
     */
    boolean writeSums(Upload file) throws IOException {
        try (StoredObject object = storage.open(file.object())) {
            HashState state = HashState.atStart();
            while (state.offset() < file.length()) {
                readFully(object, state.offset(), file.length());
                state.update(block.array(), 0, block.limit(), object);
            }
            if (!state.sha256().equals(file.sha256())) {
                return false;
            }
            state.finishSums(object);
            object.seal(file.length());
            return true;
        }
    }

    /** Fills the block from {@code offset}, with no byte from {@code end} on. */
    private void readFully(StoredObject object, long offset, long end) throws IOException {
        block.clear().limit((int) Math.min(StoredObject.BLOCK, end - offset));
        object.read(offset, block);
        if (block.hasRemaining()) {
            throw new EOFException("the bytes end at " + (offset + block.position()) + ", before " + end);
        }
        block.flip();
    }
}
