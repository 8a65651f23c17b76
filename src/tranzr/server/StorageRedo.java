package tranzr.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import tranzr.catalog.Redo;
import tranzr.storage.Storage;
import tranzr.storage.StoredObject;

/**
 * Gives the storage back, at the start, the bytes that were acknowledged by the journal alone. They need not be forced here: the catalog keeps them
 * until {@link Storage#sync}. Used by one thread.
 */
final class StorageRedo implements Redo, AutoCloseable {

    private final Storage storage;
    private final Set<UUID> touched = new HashSet<>();
    /** The object of the last record: those of one upload often follow each other. */
    private StoredObject open;
    private UUID openId;

    StorageRedo(Storage storage) {
        this.storage = storage;
    }

    @Override
    public void write(UUID object, long offset, ByteBuffer bytes) throws IOException {
        if (!object.equals(openId)) {
            close();
            open = openOrCreate(object);
            openId = object;
            touched.add(object);
        }
        open.write(offset, bytes);
    }

    /** The power cut may have taken the name with the bytes. */
    private StoredObject openOrCreate(UUID id) throws IOException {
        try {
            return storage.open(id);
        } catch (NoSuchFileException e) {
            return storage.create(id);
        }
    }

    /** Removes again what was written for an upload that a later record removes. */
    @Override
    public void removed(UUID object) throws IOException {
        if (touched.remove(object)) {
            close();
            storage.delete(object);
        }
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.close();
            open = null;
            openId = null;
        }
    }
}
