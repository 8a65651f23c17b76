package tranzr.events;

import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import tranzr.transfer.Body;

/** A body of which a test says when how much comes. */
final class StepBody implements Body {

    private static final byte[] BREAKS = new byte[0];

    private final long length;
    private final LinkedBlockingQueue<byte[]> pieces = new LinkedBlockingQueue<>();
    private byte[] piece = new byte[0];
    private int at;

    StepBody(long length) {
        this.length = length;
    }

    StepBody give(int count) {
        byte[] bytes = new byte[count];
        java.util.Arrays.fill(bytes, (byte) 1);
        pieces.add(bytes);
        return this;
    }

    StepBody breakOff() {
        pieces.add(BREAKS);
        return this;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        if (at == piece.length) {
            try {
                piece = pieces.take();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            at = 0;
            if (piece == BREAKS) {
                throw new IOException("broken");
            }
        }
        int got = Math.min(count, piece.length - at);
        System.arraycopy(piece, at, target, offset, got);
        at += got;
        return got;
    }

    @Override
    public void abort() {
        breakOff();
    }
}
