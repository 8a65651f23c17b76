package tranzr.storage;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Where the bytes of uploads lie. One object an upload, named by its id; no order of calls between different objects
 * matters. Knows nothing of uploads' states: the catalog decides, this follows. Safe for several threads.
 * <p>A full store throws {@link tranzr.disk.NoSpaceException}.
 */
public interface Storage extends AutoCloseable {

    /** Makes a new, empty object open for writing. @throws java.nio.file.FileAlreadyExistsException when there is one */
    StoredObject create(UUID id) throws IOException;

    /** Opens an object for reading and writing. @throws java.nio.file.NoSuchFileException when missing */
    StoredObject open(UUID id) throws IOException;

    /** Opens an object for reading only, as downloads do. @throws java.nio.file.NoSuchFileException when missing */
    StoredObject openToRead(UUID id) throws IOException;

    /** An unnamed object for a body that cannot be placed yet; its bytes go when it is closed, or at the next start. */
    StoredObject scratch() throws IOException;

    /**
     * Removes an object; readers that have it open read on to the end. @return false when there was none
     */
    boolean delete(UUID id) throws IOException;

    /**
     * Makes durable whatever was written to any object before this call, also to objects closed without
     * {@link StoredObject#force}. The catalog calls it before it drops the journal records that hold such bytes.
     */
    void sync() throws IOException;

    /** How many bytes an object holds now; empty when there is none. */
    OptionalLong size(UUID id) throws IOException;

    /**
     * The ids of all objects, in no order, and of any of which a broken-off deletion has left something (they then have no
     * {@link #size}, but can be deleted or set aside).
     */
    List<UUID> list() throws IOException;

    /**
     * Sets an object aside that nothing refers to, so that a mistake can be undone for some time; no error when there is
     * none.
     */
    void quarantine(UUID id) throws IOException;

    /** Deletes what was set aside before {@code before}. @return how many objects */
    int purgeQuarantine(Instant before) throws IOException;

    /** Bytes that can still be written. */
    long freeSpace() throws IOException;

    /** Refuses all calls from then on; makes nothing durable by itself. */
    @Override
    void close() throws IOException;
}
