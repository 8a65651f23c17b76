package tranzr.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** The body of one answer on its way to the connection: counts, and tells the watchdog. */
final class BodyOutput extends FilterOutputStream {

    /** The JDK's stream returns only when all of a piece is gone: small enough that a slow client shows some progress. */
    private static final int SLICE = 64 * 1024;

    private final Progress progress;
    private final boolean sliced;
    private long written;
    private boolean clientFailed;

    BodyOutput(OutputStream out, Progress progress, boolean sliced) {
        super(out);
        this.progress = progress;
        this.sliced = sliced;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        progress.begin(false);
        try {
            int slice = sliced ? SLICE : Math.max(1, length);
            for (int done = 0; done < length; done += slice) {
                out.write(bytes, offset + done, Math.min(slice, length - done));
                progress.moved();
            }
        } catch (IOException e) {
            clientFailed = true;
            throw e;
        } finally {
            progress.end();
        }
        written += length;
    }

    @Override
    public void flush() throws IOException {
        progress.begin(false);
        try {
            out.flush();
        } finally {
            progress.end();
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
