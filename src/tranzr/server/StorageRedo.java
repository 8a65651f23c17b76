package tranzr.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import tranzr.catalog.Catalog;
import tranzr.catalog.Redo;
import tranzr.model.Upload;
import tranzr.model.UploadState;
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
    public void write(UUID id, long offset, ByteBuffer bytes) throws IOException {
        if (!id.equals(openId)) {
            close();
            open = openOrCreate(id);
            openId = id;
            touched.add(id);
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

    /** Removes again what was written for uploads that a later record removed. */
    void dropRemoved(Catalog catalog) throws IOException {
        close();
        for (UUID id : touched) {
            Upload upload = catalog.upload(id).orElse(null);
            if (upload == null || upload.state() == UploadState.EXPIRED) {
                storage.delete(id);
            }
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
