package tranzr.journal;

import java.io.IOException;
import java.nio.file.Path;

/** A record or segment that cannot be what was written, elsewhere than in a torn tail. */
public final class CorruptJournalException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final long offset;
    private final String what;

    /** @param offset in bytes from the file's start */
    public CorruptJournalException(Path file, long offset, String what) {
        super(file + " at offset " + offset + ": " + what);
        this.file = file;
        this.offset = offset;
        this.what = what;
    }

    public Path file() {
        return file;
    }

    public long offset() {
        return offset;
    }

    /** What is wrong, without the place. */
    public String what() {
        return what;
    }
}
