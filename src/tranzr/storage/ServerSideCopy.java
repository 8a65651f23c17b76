package tranzr.storage;

import java.io.IOException;
import java.util.UUID;

/** What a {@link Storage} may be able to do beside: make an object of the bytes of another without moving them. */
public interface ServerSideCopy {

    /**
     * Makes a new object with the bytes and sums of one that is sealed and will not be written again. Both live and go independently. The bytes are durable when this
     * returns, also where those of {@code from} were not yet, and so are name and sums of {@code to}, which is sealed.
     *
     * @param length of {@code from} as it was sealed
     * @return false when it cannot be done: nothing is left of it then
     * @throws java.nio.file.FileAlreadyExistsException when there is an object {@code to}
     */
    boolean copy(UUID from, UUID to, long length) throws IOException;
}
