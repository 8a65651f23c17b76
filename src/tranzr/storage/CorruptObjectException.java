package tranzr.storage;

import java.io.IOException;
import java.util.UUID;

/** Bytes on disk are not those that were stored. */
public final class CorruptObjectException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param block the index of the first bad block */
    public CorruptObjectException(UUID id, long block, String what) {
        super(id + ": block " + block + ": " + what);
    }
}
