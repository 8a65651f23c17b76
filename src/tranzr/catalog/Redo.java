package tranzr.catalog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Receives, while a catalog opens, bytes that were acknowledged but may not have reached the storage. */
@FunctionalInterface
public interface Redo {

    /**
     * Writes the bytes again; called in the order of their commits, once or more often for the same bytes. An upload that is removed
     * later in the journal may still be named.
     */
    void write(UUID id, long offset, ByteBuffer bytes) throws IOException;
}
