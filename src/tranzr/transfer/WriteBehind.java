package tranzr.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import tranzr.model.Crc32c;
import tranzr.storage.StoredObject;

/**
 * Writes what a body has brought while more of it comes: one block is filled while the one before it is hashed, and is on its way to the storage, past the page cache
 * where that can be. Used by one thread, from which {@link Written} is called too.
 */
final class WriteBehind implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(WriteBehind.class.getName());

    /** A body that takes longer for a block gains nothing by this, and leaves the buffers to others. */
    private static final long SLOW_NANOS = 100_000_000;

    /** Told of bytes that the storage has taken, in order. */
    @FunctionalInterface
    interface Written {
        void took(long position, int length, int crc);
    }

    private final StoredObject object;
    private final HashState hash;
    private final WriteBuffers.Pair buffers;
    private final Written written;
    private int filling;
    private int crc;
    /** Where the first byte of the block that is being filled lies; of no meaning while it is empty. */
    private long start;
    private long since;
    private boolean failed;

    /** The block on its way; null when there is none. */
    private Aside sent;
    private Aside hashed;
    private long sentStart;
    private int sentLength;
    private int sentCrc;

    /** @param hash of all before the first byte; goes along, and is for nobody else to touch but after {@link #finish} or {@link #close} */
    WriteBehind(StoredObject object, WriteBuffers.Pair buffers, HashState hash, Written written) {
        this.object = object;
        this.buffers = buffers;
        this.hash = hash;
        this.written = written;
        buffers.block(0).clear();
    }

    /** The most that {@link #put} takes at this position, in bytes: up to the next multiple of the size of a block. */
    static int room(long position) {
        return WriteBuffers.BLOCK - (int) (position % WriteBuffers.BLOCK);
    }

    /**
     * Takes the next bytes, which follow the ones before unless {@link #finish} came between.
     *
     * @param crc of these bytes
     * @throws IOException when bytes taken before could not be written; from then on nothing is taken
     */
    void put(long position, byte[] bytes, int from, int length, int crcOfThem) throws IOException {
        if (failed) {
            throw new IllegalStateException("it has failed, or was closed");
        }
        ByteBuffer block = buffers.block(filling);
        if (block.position() == 0) {
            start = position;
            crc = 0;
            since = System.nanoTime();
        }
        block.put(bytes, from, length);
        crc = Crc32c.combine(crc, crcOfThem, length);
        if (length == room(position)) {
            send();
        }
    }

    /** Whether the bytes come so slowly that writing them at once would do as well. */
    boolean isSlow() {
        return buffers.block(filling).position() > 0 && System.nanoTime() - since > SLOW_NANOS;
    }

    /** Returns when all that was taken is written. Does nothing after a failure. @throws IOException when it could not be */
    void finish() throws IOException {
        if (!failed && buffers.block(filling).position() > 0) {
            send();
        }
        awaitSent();
    }

    private void send() throws IOException {
        awaitSent();
        ByteBuffer block = buffers.block(filling).flip();
        ByteBuffer same = block.duplicate();
        sentStart = start;
        sentLength = block.remaining();
        sentCrc = crc;
        long at = start;
        sent = Aside.start("tranzr-write", () -> object.writePast(at, block));
        hashed = Aside.start("tranzr-hash", () -> hash.update(same, object));
        filling = 1 - filling;
        buffers.block(filling).clear();
    }

    private void awaitSent() throws IOException {
        if (sent == null) {
            return;
        }
        Aside ended = sent;
        sent = null;
        failed = true;
        hashed.await();
        ended.finish();
        hashed.finish();
        failed = false;
        written.took(sentStart, sentLength, sentCrc);
    }

    /** Returns when nothing is on its way any more; the buffers may go to another body then. What was not written is dropped. */
    @Override
    public void close() {
        if (sent != null) {
            sent.await();
            hashed.await();
            sent = null;
        }
        failed = true;
        try {
            object.endWritingPast();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "what was written is written: {0}", e.getMessage());
        }
    }
}
