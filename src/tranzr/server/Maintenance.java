package tranzr.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import tranzr.disk.Disk;
import tranzr.disk.RealDisk;
import tranzr.server.StartException.Kind;
import tranzr.transfer.Fsck;

/** Work on a data directory while no server uses it; each takes the directory's lock for as long as it lasts. */
public final class Maintenance {

    private Maintenance() {
    }

    /**
     * Recovers the store as a start would, then compares every record with the bytes.
     *
     * @param repair whether to mend what can be mended without losing anything
     * @throws StartException when the directory cannot be had, or the journal is damaged, naming file and offset
     * @throws IOException when the check itself could not go on
     */
    public static Fsck.Summary check(Path data, boolean repair, Fsck.Listener listener) throws StartException, IOException {
        Disk disk = new RealDisk();
        DataDirectory.requirePrivate(data);
        IOException[] failure = new IOException[1];
        try (Store store = Store.open(disk, DataDirectory.openExisting(disk, data), InstantSource.system(), failed -> failure[0] = failed)) {
            return Fsck.run(store.catalog(), store.storage(), repair, listener);
        } finally {
            if (failure[0] != null) {
                throw new StartException(Kind.REFUSED, "the disk failed: " + failure[0].getMessage(), failure[0]);
            }
        }
    }
}
