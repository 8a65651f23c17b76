package tranzr.http;

import java.io.IOException;

/**
 * Says how fast the bytes of one body may pass. {@link #take} is called by the thread that moves the bytes, {@link #abort} by any other. Time that is
 * spent here is the server's own: it does not count as a stall of the client, nor against its rate.
 */
public interface Pace {

    /**
     * Waits until some bytes may pass. For a body that is read it is called after the bytes came, until all of them have passed; for one that is sent
     * before they go, and what is allowed goes at once.
     *
     * @param wanted how many bytes are to pass, from 1 to 65,536
     * @return how many may, from 1 to {@code wanted}
     * @throws IOException when it was aborted: the exchange then ends
     */
    int take(int wanted) throws IOException;

    /** The exchange was ended: a {@link #take} that waits fails soon, and each one after it. May come more than once, also after the body's end. */
    void abort();
}
