package tranzr.server;

import java.io.IOException;
import java.time.InstantSource;
import java.util.function.Consumer;
import tranzr.catalog.Catalog;
import tranzr.catalog.CatalogWatch;
import tranzr.catalog.journal.BadRecordException;
import tranzr.catalog.journal.JournalCatalog;
import tranzr.disk.Disk;
import tranzr.disk.NoSpaceException;
import tranzr.journal.CorruptJournalException;
import tranzr.journal.Journal;
import tranzr.server.StartException.Kind;
import tranzr.storage.local.LocalStorage;

/**
 * Catalog and storage of one data directory, opened in the order that recovery needs: the bytes first, then the records, which give back to the
 * storage what was acknowledged and may not have reached it. Closed in reverse.
 */
final class Store implements AutoCloseable {

    private static final int SEGMENT_BYTES = 16 << 20;
    /** Three segments are prepared ahead of need, which must not fill a small disk. */
    private static final int SMALL_SEGMENT_BYTES = 1 << 20;
    /** Below this much free space a disk counts as small. */
    static final long SMALL_DISK_BYTES = 1L << 30;
    /** A start reads at most about this much of the journal, and the journal stays about so long. */
    private static final long SNAPSHOT_AFTER_BYTES = 64 << 20;

    private final DataDirectory directory;
    private final LocalStorage storage;
    private final JournalCatalog catalog;

    private Store(DataDirectory directory, LocalStorage storage, JournalCatalog catalog) {
        this.directory = directory;
        this.storage = storage;
        this.catalog = catalog;
    }

    /** Watched by nobody. */
    static Store open(Disk disk, DataDirectory directory, InstantSource clock, Consumer<IOException> failed) throws StartException {
        return open(disk, directory, clock, failed, CatalogWatch.NONE, Journal.Batches.NONE);
    }

    /**
     * Opens what lies in a directory that is locked; on failure it is unlocked again.
     *
     * @param failed told once, by any thread, when nothing can be committed any more
     * @param watch told of what is committed
     * @param batches told of what the journal writes
     */
    static Store open(Disk disk, DataDirectory directory, InstantSource clock, Consumer<IOException> failed, CatalogWatch watch, Journal.Batches batches) throws StartException {
        try {
            return opened(disk, directory, clock, failed, watch, batches);
        } catch (CorruptJournalException | BadRecordException e) {
            throw closing(directory, new StartException(Kind.DAMAGED, "the journal is damaged, so the server does not start: " + e.getMessage()
                    + "; 'fsck' tells more", e));
        } catch (NoSpaceException e) {
            throw closing(directory, new StartException(Kind.REFUSED, "the disk is too full to start: " + e.getMessage(), e));
        } catch (IOException e) {
            throw closing(directory, new StartException(Kind.REFUSED, "cannot open the data in " + directory.root() + ": " + Settings.reason(e), e));
        }
    }

    private static Store opened(Disk disk, DataDirectory directory, InstantSource clock, Consumer<IOException> failed, CatalogWatch watch, Journal.Batches batches) throws IOException {
        boolean small = disk.usableSpace(directory.root()) < SMALL_DISK_BYTES;
        JournalCatalog.Options options = new JournalCatalog.Options(small ? SMALL_SEGMENT_BYTES : SEGMENT_BYTES,
                small ? 4 * SMALL_SEGMENT_BYTES : SNAPSHOT_AFTER_BYTES, failed).watchedBy(watch, batches);
        LocalStorage storage = LocalStorage.open(disk, directory.storage(), clock);
        boolean done = false;
        try (StorageRedo redo = new StorageRedo(storage)) {
            requireRecords(disk, directory, storage);
            JournalCatalog catalog = JournalCatalog.open(disk, directory.journal(), directory.store(), options, redo, storage::sync);
            done = true;
            return new Store(directory, storage, catalog);
        } finally {
            if (!done) {
                storage.close();
            }
        }
    }

    /** Without this, whoever lost the whole journal would get an empty store, and every object would be cleaned away as an orphan. */
    private static void requireRecords(Disk disk, DataDirectory directory, LocalStorage storage) throws IOException {
        if (!Journal.exists(disk, directory.journal())) {
            int objects = storage.list().size();
            if (objects > 0) {
                throw new CorruptJournalException(directory.journal(), 0, "no segments, but the storage holds " + objects + " objects");
            }
        }
    }

    private static StartException closing(DataDirectory directory, StartException failure) {
        try {
            directory.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    DataDirectory directory() {
        return directory;
    }

    LocalStorage storage() {
        return storage;
    }

    Catalog catalog() {
        return catalog;
    }

    /** Closes the records, then the bytes, and gives the directory free; each whatever became of the one before. */
    @Override
    public void close() throws IOException {
        try (directory; storage) {
            catalog.close();
        }
    }
}
