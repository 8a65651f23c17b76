package tranzr.transfer;

import java.util.UUID;
import tranzr.model.ByteRange;
import tranzr.model.Upload;

/**
 * Hears of the bytes that pass through the engine, for those who watch. Called by the threads that move them, so every method must be quick and must not
 * throw.
 */
public interface Traffic {

    /** Nobody watches. */
    Traffic NONE = new Traffic() {
    };

    /** One body on its way. Told by one thread. */
    interface Passage {

        /** Nobody watches it. */
        Passage UNSEEN = new Passage() {
        };

        /** So many bytes more have come that were not there before, or were handed out. They are not durable yet. */
        default void moved(int bytes) {
        }

        /**
         * It is over.
         *
         * @param unkept how many of the bytes that came did not become durable
         * @param failure why it broke; null when it came to its end
         */
        default void end(long unkept, Failure failure) {
        }
    }

    /** A body begins to bring bytes of an upload. What of them becomes durable is told by commits. */
    default Passage upload(Upload upload, Peer peer) {
        return Passage.UNSEEN;
    }

    /** A part of a file begins to be handed out. */
    default Passage download(Upload file, ByteRange range, Peer peer) {
        return Passage.UNSEEN;
    }

    /** The hash of an upload has come so far, in bytes. */
    default void hashed(UUID id, long bytes) {
    }

    /** An upload that was whole is not what it should be, and was not completed. */
    default void refused(Upload upload, Failure failure) {
    }

    /** The store has failed: nothing is taken any more. */
    default void broken(Failure failure) {
    }
}
