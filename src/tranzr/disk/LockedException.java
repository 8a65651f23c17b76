package tranzr.disk;

import java.io.IOException;

/** Another process, or another instance in this one, holds the lock. */
public final class LockedException extends IOException {
    private static final long serialVersionUID = 1L;

    public LockedException(String message) {
        super(message);
    }
}
