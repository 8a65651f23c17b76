package tranzr.client;

import java.io.IOException;
import java.time.Duration;

/** A connection has stood still for longer than one waits. */
final class StalledException extends IOException {

    private static final long serialVersionUID = 1L;

    StalledException(String message) {
        super(message);
    }

    /** A length of time for a person. */
    static String text(Duration time) {
        return time.toMillis() < 10_000 ? time.toMillis() + " ms" : time.toSeconds() + " s";
    }
}
