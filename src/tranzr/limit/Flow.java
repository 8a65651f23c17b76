package tranzr.limit;

import java.io.IOException;

/**
 * The bytes of one transfer on their way through a {@link Bandwidth}. Used by one thread, except for {@link #abort} and {@link #close}, which any thread may call.
 * <p>A download asks {@link #next} how many bytes may go and sends these. An upload reads at most {@link #piece} bytes and then calls {@link #take}: what a slow
 * client has not sent yet takes no room from others.
 */
public interface Flow extends AutoCloseable {

    /**
     * Waits until some bytes may pass, and counts them.
     *
     * @param wanted how many there are to pass, at least 1
     * @return how many may pass now, from 1 to {@code wanted}; less than that when more would come in jerks
     * @throws IOException when the transfer was aborted or closed, or the thread interrupted; nothing was counted then
     */
    int next(int wanted) throws IOException;

    /**
     * Waits until all these bytes have been let through.
     *
     * @param bytes at least 0
     * @throws IOException as {@link #next}; some may have been counted
     */
    default void take(int bytes) throws IOException {
        for (int left = bytes; left > 0;) {
            left -= next(left);
        }
    }

    /** How many bytes to read at a time so that the transfer moves several times a second where the rate is low, from 1 to {@code most}. */
    int piece(int most);

    /** Ends a wait at once, and every later one, with an {@link IOException}. */
    void abort();

    /** Ends it. Closing again does nothing. */
    @Override
    void close();
}
