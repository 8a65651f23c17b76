package tranzr.catalog.journal;

import java.io.IOException;

/** Bytes whose checksum is right but which this version cannot read as what they should be. */
public final class BadRecordException extends IOException {
    private static final long serialVersionUID = 1L;

    BadRecordException(String message) {
        super(message);
    }

    BadRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
