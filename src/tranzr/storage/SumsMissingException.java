package tranzr.storage;

import java.io.IOException;
import java.util.UUID;

/** An object cannot be sealed because block sums are missing. Its bytes are as they were; all sums are to be noted again. */
public final class SumsMissingException extends IOException {
    private static final long serialVersionUID = 1L;

    public SumsMissingException(UUID id, String what) {
        super(id + ": block sums are missing: " + what);
    }
}
