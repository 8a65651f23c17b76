package tranzr.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Frames that go to the disk together. Filled under the journal's lock; once taken, used only by the thread that
 * commits it. The two of a journal take turns, so that one fills while the other is written.
 */
final class Batch {

    /** Bytes a batch takes before appending waits; two of them are queued at most. Holds the longest frame and a footer. */
    static final int LIMIT = 2 << 20;

    /** Zeros after the last frame, a length of none: what follows in a file that is used again is not of this segment. */
    static final int END_BYTES = Integer.BYTES;

    private static final int FIRST_CAPACITY = 16 << 10;

    /**
     * From a place in the batch on, frames go to another segment.
     *
     * @param at bytes of the batch that still belong to the segment before
     * @param sealed what the segment before holds; null when there is none, or it was sealed in an earlier life
     * @param first number of the first record in the new one
     */
    record Switch(int at, Segment sealed, Spares.Spare to, long first) {
    }

    private final byte[] store;
    private final List<Switch> switches = new ArrayList<>();
    private ByteBuffer buffer = ByteBuffer.allocateDirect(FIRST_CAPACITY);
    private CountDownLatch done = new CountDownLatch(1);
    private long last;

    Batch(byte[] store) {
        this.store = store;
    }

    boolean isEmpty() {
        return buffer.position() == 0 && switches.isEmpty();
    }

    boolean fits(int bytes) {
        return buffer.position() + bytes <= LIMIT;
    }

    void put(long sequence, int back, byte type, ByteBuffer payload) {
        int needed = buffer.position() + Frame.OVERHEAD + payload.remaining() + END_BYTES;
        if (needed > buffer.capacity()) {
            int capacity = Math.min(LIMIT + END_BYTES, Math.max(needed, 2 * buffer.capacity()));
            buffer = ByteBuffer.allocateDirect(capacity).put(buffer.flip());
        }
        Frame.put(buffer, store, sequence, back, type, payload);
        last = type == Frame.FOOTER ? sequence - 1 : sequence;
    }

    void switchTo(Segment sealed, Spares.Spare to, long first) {
        switches.add(new Switch(buffer.position(), sealed, to, first));
        last = first - 1;
    }

    List<Switch> switches() {
        return switches;
    }

    /** The bytes from one place in the batch to another. */
    ByteBuffer bytes(int from, int to) {
        return buffer.duplicate().limit(to).position(from);
    }

    /** The bytes from a place in the batch on, and {@link #END_BYTES} that end them. */
    ByteBuffer rest(int from) {
        return buffer.putInt(end(), 0).duplicate().limit(end() + END_BYTES).position(from);
    }

    int end() {
        return buffer.position();
    }

    /** The number of the last record in it, or before it when there is none. */
    long last() {
        return last;
    }

    /** Opened when the batch is durable, or never will be. */
    CountDownLatch done() {
        return done;
    }

    /** Lets go of the spares of a batch that never reached the disk whole. */
    void closeSpares(IOException cause) {
        for (Switch change : switches) {
            try {
                change.to().file().close();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
        switches.clear();
    }

    void reset() {
        buffer.clear();
        switches.clear();
        done = new CountDownLatch(1);
    }
}
