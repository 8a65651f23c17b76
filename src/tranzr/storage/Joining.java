package tranzr.storage;

import java.io.IOException;
import java.util.List;
import java.util.UUID;

/** What a {@link Storage} may be able to do beside: make an object of the bytes of others, one after the other, without moving them. */
public interface Joining {

    /** The most pieces that an object may consist of: each joined object among the parts counts with all of its own. */
    int MOST = 1000;

    /**
     * The beginning of an object.
     *
     * @param id of the object
     * @param length how many bytes of it, from its first one on; at least 1
     */
    record Part(UUID id, long length) {
        public Part {
            if (length < 1) {
                throw new IllegalArgumentException("a part of " + length + " bytes");
            }
        }
    }

    /**
     * Makes a new object of these bytes, which must be durable or written since the store was opened, and none of which may be written again. The same object may be a part several times. All live and go independently. The bytes
     * are durable when this returns, also where those of the parts were not yet, and so is the name of {@code to}. It takes no more writes; its sums are to be
     * noted, and it is to be sealed.
     *
     * @param parts at least one
     * @return false when it cannot be done: nothing is left of it then
     * @throws java.nio.file.NoSuchFileException when a part is missing, or shorter
     * @throws java.nio.file.FileAlreadyExistsException when there is an object {@code to}
     */
    boolean join(List<Part> parts, UUID to) throws IOException;
}
