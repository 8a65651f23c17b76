package tranzr.transfer;

import java.time.Instant;
import tranzr.model.Digest;

/** What a password stands before: a share link or an upload request, as it was found. {@link PasswordCheck} treats all of them alike. */
public interface Guarded {

    /**
     * Wrong passwords since the last right one.
     *
     * @param last when the last of them came; null when there was none
     */
    record Misses(int count, Instant last) {

        public static final Misses NONE = new Misses(0, null);
    }

    /** The hash of the link's token: no two links have the same, whatever they are for. */
    Digest key();

    /** The stored form of {@link tranzr.security.SharePassword}. */
    String password();

    /** As they are now, which may be more than when this was found; {@link Misses#NONE} when it is gone. */
    Misses misses();

    /** Sets them durably, so that they survive a restart. Fails as the link does when it is gone. */
    void note(Misses misses);

    /** Keeps a stronger form of the same password, unless it was changed meanwhile. Fails as the link does when it is gone. */
    void strengthen(String stored);
}
