package tranzr.transfer;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** A body from memory that can break, or hang until it is aborted. */
public final class TestBody implements Body {

    private final byte[] bytes;
    private final long length;
    private final int breaksAt;
    private final boolean hangs;
    /** Opens when all bytes before the break have been read. */
    final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch aborted = new CountDownLatch(1);
    private int at;

    public TestBody(byte[] bytes) {
        this(bytes, bytes.length, Integer.MAX_VALUE, false);
    }

    private TestBody(byte[] bytes, long length, int breaksAt, boolean hangs) {
        this.bytes = bytes;
        this.length = length;
        this.breaksAt = breaksAt;
        this.hangs = hangs;
    }

    static TestBody ofUnknownLength(byte[] bytes) {
        return new TestBody(bytes, UNKNOWN, Integer.MAX_VALUE, false);
    }

    static TestBody breakingAt(byte[] bytes, int count) {
        return new TestBody(bytes, bytes.length, count, false);
    }

    static TestBody hangingAt(byte[] bytes, int count) {
        return new TestBody(bytes, bytes.length, count, true);
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        if (at >= breaksAt) {
            reached.countDown();
            if (hangs) {
                await();
            }
            throw new IOException("broken");
        }
        if (at == bytes.length) {
            return -1;
        }
        int got = Math.min(Math.min(count, 8192), Math.min(bytes.length, breaksAt) - at);
        System.arraycopy(bytes, at, target, offset, got);
        at += got;
        return got;
    }

    private void await() throws IOException {
        try {
            aborted.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void abort() {
        aborted.countDown();
    }
}
