package tranzr.journal;

import java.io.IOException;
import java.nio.file.Path;

/** A record or segment that cannot be what was written, elsewhere than in a torn tail. */
public final class CorruptJournalException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final long offset;

    /** @param offset in bytes from the file's start */
    public CorruptJournalException(Path file, long offset, String what) {
        super(file + " at offset " + offset + ": " + what);
        this.file = file;
        this.offset = offset;
    }

    public Path file() {
        return file;
    }

    public long offset() {
        return offset;
    }
}
