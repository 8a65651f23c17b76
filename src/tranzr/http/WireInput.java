package tranzr.http;

import java.io.IOException;
import java.io.InputStream;

/**
 * What comes from one connection, in place of the JDK's own stream: it guards the head, and hands a body's bytes straight from the
 * socket to who reads them, where the JDK's makes a system call and two copies for each 8 KiB. Used by one thread at a time.
 */
final class WireInput extends InputStream {

    private static final int BUFFER_BYTES = 8 * 1024;

    private final Wire wire;
    private final Link link;
    /** Null while nothing is in it. */
    private byte[] buffer;
    private int position;
    private int limit;
    /** Null while no head is being read. */
    private HeadGuard guard;
    private BadRequestException violation;
    private byte[] rest = {};
    private int restPosition;

    WireInput(Wire wire, Link link) {
        this.wire = wire;
        this.link = link;
    }

    Wire wire() {
        return wire;
    }

    /** What follows is a request's head. */
    void beginHead() {
        guard = new HeadGuard();
        violation = null;
        rest = new byte[0];
        restPosition = 0;
    }

    /** What was wrong with the latest head; null when nothing was. */
    BadRequestException violation() {
        return violation;
    }

    @Override
    public int read() throws IOException {
        if (restPosition < rest.length) {
            return rest[restPosition++] & 0xff;
        }
        if (position == limit && !fill()) {
            return -1;
        }
        int b = buffer[position++] & 0xff;
        return guard == null ? b : guarded(b);
    }

    private int guarded(int b) {
        if (guard.accept(b)) {
            if (guard.isDone()) {
                guard = null;
            }
            return b;
        }
        violation = guard.violation();
        rest = guard.rest();
        guard = null;
        return rest[restPosition++] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (position == limit) {
            if (length >= BUFFER_BYTES) {
                return link.read(target, offset, length);
            }
            if (!fill()) {
                return -1;
            }
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, target, offset, count);
        position += count;
        return count;
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = 0;
        if (buffer == null) {
            buffer = new byte[BUFFER_BYTES];
        }
        int count = link.read(buffer, 0, buffer.length);
        limit = Math.max(0, count);
        return count > 0;
    }

    /** Until more is read. */
    void releaseBuffer() {
        if (position == limit) {
            buffer = null;
        }
    }

    /** What is here already; the server asks this to find a next request that came along. */
    @Override
    public int available() {
        return limit - position + link.available();
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
