package tranzr.storage.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import tranzr.disk.Disk;

/**
 * Which objects' names are not durable yet. One directory force serves all objects whose creation came before it
 * started. Safe for several threads.
 */
final class Names {

    private final SharedForce force;
    /** The number of its creation for each new name, ascending; guarded by itself. */
    private final Map<UUID, Long> pending = new LinkedHashMap<>();
    private long created;

    Names(Disk disk, Path directory) {
        force = new SharedForce(() -> disk.forceDirectory(directory));
    }

    /** Notes that a file was just created. */
    void created(UUID id) {
        synchronized (pending) {
            pending.put(id, ++created);
        }
    }

    /** Notes that it was unlinked or moved away: its name is nobody's concern any more. */
    void gone(UUID id) {
        synchronized (pending) {
            pending.remove(id);
        }
    }

    boolean isPending(UUID id) {
        synchronized (pending) {
            return pending.containsKey(id);
        }
    }

    /** Makes one name durable, with all others that are new; costs nothing when it is. */
    void force(UUID id) throws IOException {
        if (isPending(id)) {
            forceAll();
        }
    }

    /** Forces the directory, or shares in a force that begins after this call. */
    void forceAll() throws IOException {
        long upTo;
        synchronized (pending) {
            upTo = created;
        }
        force.force();
        synchronized (pending) {
            Iterator<Long> eldest = pending.values().iterator();
            while (eldest.hasNext() && eldest.next() <= upTo) {
                eldest.remove();
            }
        }
    }
}
