package tranzr.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.zip.CRC32C;
import tranzr.model.Crc32c;
import tranzr.model.Digest;
import tranzr.storage.StoredObject;

/**
 * How far the bytes of an upload have been hashed in order: SHA-256, the CRC-32C of the whole, and the sum of the block
 * under way. A value that is copied to hash ahead and adopted, or thrown away. Not safe for several threads.
 */
final class HashState {

    private static final int PIECE = 16 << 10;

    private final MessageDigest sha256;
    private long offset;
    /** The checksum of all complete blocks. */
    private int blocksCrc;
    /** The checksum of the part of the current block that is complete, up to {@link #offset}. */
    private int blockCrc;

    private HashState(MessageDigest sha256, long offset, int blocksCrc, int blockCrc) {
        this.sha256 = sha256;
        this.offset = offset;
        this.blocksCrc = blocksCrc;
        this.blockCrc = blockCrc;
    }

    static HashState atStart() {
        return new HashState(Digest.newSha256(), 0, 0, 0);
    }

    HashState copy() {
        return new HashState(copyOf(sha256), offset, blocksCrc, blockCrc);
    }

    private static MessageDigest copyOf(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("the JDK's own SHA-256 can be cloned", e);
        }
    }

    /** Bytes hashed so far. */
    long offset() {
        return offset;
    }

    /** Takes in the next bytes; notes the sum of each block that ends within them. */
    void update(byte[] bytes, int from, int length, StoredObject sums) throws IOException {
        int at = from;
        int end = from + length;
        while (at < end) {
            int inBlock = (int) (offset % StoredObject.BLOCK);
            int piece = Math.min(end - at, StoredObject.BLOCK - inBlock);
            CRC32C crc = new CRC32C();
            crc.update(bytes, at, piece);
            Digest.update(sha256, bytes, at, piece);
            blockCrc = Crc32c.combine(blockCrc, (int) crc.getValue(), piece);
            offset += piece;
            at += piece;
            if (inBlock + piece == StoredObject.BLOCK) {
                sums.putSum(offset / StoredObject.BLOCK - 1, blockCrc);
                blocksCrc = Crc32c.combine(blocksCrc, blockCrc, StoredObject.BLOCK);
                blockCrc = 0;
            }
        }
    }

    /** The same with all that is left of a buffer. */
    void update(ByteBuffer bytes, StoredObject sums) throws IOException {
        byte[] piece = new byte[Math.min(PIECE, bytes.remaining())];
        while (bytes.hasRemaining()) {
            int length = Math.min(piece.length, bytes.remaining());
            bytes.get(piece, 0, length);
            update(piece, 0, length, sums);
        }
    }

    /** Notes the sum of the last block when it is a short one. */
    void finishSums(StoredObject sums) throws IOException {
        if (offset % StoredObject.BLOCK != 0 && offset > StoredObject.BLOCK) {
            sums.putSum(offset / StoredObject.BLOCK, blockCrc);
        }
    }

    /** The CRC-32C of everything so far. */
    int crc() {
        return Crc32c.combine(blocksCrc, blockCrc, offset % StoredObject.BLOCK);
    }

    /** The SHA-256 of everything so far; the state stays usable. */
    Digest sha256() {
        return Digest.of(copyOf(sha256).digest());
    }
}
