package tranzr.catalog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Receives, while a catalog opens, bytes that were acknowledged but may not have reached the storage. */
@FunctionalInterface
public interface Redo {

    /**
     * Writes the bytes again; called in the order of their commits, once or more often for the same bytes. That of an upload that is removed
     * later in the journal may still be named.
     *
     * @param object under which id the storage has the bytes of the upload
     */
    void write(UUID object, long offset, ByteBuffer bytes) throws IOException;

    /** The upload whose bytes these were is removed; none will be written there again. */
    default void removed(UUID object) throws IOException {
    }
}
