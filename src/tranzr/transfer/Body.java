package tranzr.transfer;

import java.io.IOException;

/**
 * The bytes a client is sending, as the engine sees them: no protocol, only a stream that may break and that another
 * thread may end.
 */
public interface Body {

    /** {@link #length} when the client did not announce one. */
    long UNKNOWN = -1;

    /** How many bytes will come, or {@link #UNKNOWN}. */
    long length();

    /**
     * Reads at least one byte, as many as are at hand, into {@code target}. @return the count, or -1 at the announced or
     * marked end
     * @throws IOException when the body breaks before its end; what was read before counts as received
     */
    int read(byte[] target, int offset, int length) throws IOException;

    /**
     * When its request came, as {@link System#nanoTime} tells it: of two requests for the same bytes the one that came later is meant, in whatever order they get to work. Now, for a body that
     * stands for itself.
     */
    default long came() {
        return System.nanoTime();
    }

    /** Ends a stuck {@link #read} from another thread, at once; harmless when there is none. */
    void abort();
}
