package tranzr.client;

import java.io.IOException;

/** A request was ended from this side: its transfer is paused or cancelled. */
final class StoppedException extends IOException {

    private static final long serialVersionUID = 1L;

    StoppedException() {
        super("stopped");
    }
}
