package tranzr.transfer;

import java.io.IOException;

/** A body broke before its end: the client's connection, never our disk. */
final class BodyBrokenException extends IOException {
    private static final long serialVersionUID = 1L;

    BodyBrokenException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
