package tranzr.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** The body of one answer on its way to the connection: counts, keeps the pace that was set, and tells the watchdog. */
final class BodyOutput extends FilterOutputStream {

    /** The JDK's stream returns only when all of a piece is gone: small enough that a slow client shows some progress. */
    private static final int SLICE = 64 * 1024;

    private final Exchange exchange;
    private final Progress progress;
    private final boolean sliced;
    private long written;
    private boolean clientFailed;

    BodyOutput(OutputStream out, Exchange exchange) {
        super(out);
        this.exchange = exchange;
        this.progress = exchange.progress();
        this.sliced = exchange.wire() == null;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        try {
            for (int done = 0; done < length;) {
                Pace pace = exchange.paceOut();
                int slice = pace == null ? sliced ? Math.min(SLICE, length - done) : length - done
                        : pace.take(Math.min(RequestBody.MAX_PACED, length - done));
                pass(bytes, offset + done, slice, pace != null);
                done += slice;
            }
        } catch (IOException e) {
            clientFailed = true;
            throw e;
        }
    }

    /** @param flushed whether it shall not wait for the next piece, which may be long in coming */
    private void pass(byte[] bytes, int offset, int length, boolean flushed) throws IOException {
        progress.begin(false);
        try {
            out.write(bytes, offset, length);
            if (flushed) {
                out.flush();
            }
        } finally {
            progress.end(sliced ? length : 0); // our own stream tells of each byte itself
        }
        written += length;
        exchange.account().sent(length);
        exchange.options().observer().sent(length);
    }

    @Override
    public void flush() throws IOException {
        progress.begin(false);
        try {
            out.flush();
        } catch (IOException e) {
            clientFailed = true;
            throw e;
        } finally {
            progress.end(0);
        }
    }

    /** The listener closes, when it knows how it ended. */
    @Override
    public void close() throws IOException {
        flush();
    }

    long written() {
        return written;
    }

    /** Whether a write failed because of the connection, or of too many bytes; otherwise it is the body's own fault when it breaks. */
    boolean hasFailed() {
        return clientFailed;
    }
}
