package tranzr.transfer;

import java.util.UUID;

/** Is told of what clients had to do again: something that counts. Called by any thread; must be quick, and must not throw. */
public interface TransferWatch {

    /** Not interested. */
    TransferWatch NONE = new TransferWatch() { };

    /** A body brought only bytes that were there already. */
    default void repeated(UUID id) {
    }

    /**
     * A body came for an upload of which some is there, and of which the last body had broken off, or that nobody has worked on since the start or for so long that its session
     * was let go.
     */
    default void resumed(UUID id) {
    }
}
