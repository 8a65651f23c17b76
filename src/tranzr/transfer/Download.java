package tranzr.transfer;

import java.io.IOException;
import java.io.OutputStream;
import tranzr.model.ByteRange;

/** What is to be handed out, opened for reading; a file by itself can be read to its end even if it is deleted meanwhile. Close it. */
public interface Download extends AutoCloseable {

    /**
     * Writes a range, every block verified before a byte of it goes out. Fails with Corrupt, as a {@link FailureException}, before the first byte when the first block is
     * bad; later with an {@link IOException}.
     */
    void writeTo(OutputStream out, ByteRange range) throws IOException;

    /** Reads and verifies the first block of the range, so that damage there is told before an answer begins. */
    void check(ByteRange range);

    /** Tells how it ended: {@code whole} when the last byte of the range was handed over. Frees what it holds. Idempotent. */
    void end(boolean whole);

    @Override
    default void close() {
        end(false);
    }
}
