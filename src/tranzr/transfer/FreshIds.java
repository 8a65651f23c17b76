package tranzr.transfer;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Draws ids at random, and knows which of them no record was made with yet: an object of such an id was never there. Of any other id, which a client has chosen or
 * that was drawn long ago, nobody can tell. Keeps a bounded number. Safe for several threads.
 */
final class FreshIds {

    private static final int KEPT = 16_384;

    private final RandomGenerator random;
    private final Set<UUID> fresh = new LinkedHashSet<>();

    FreshIds(RandomGenerator random) {
        this.random = random;
    }

    /** A random id (UUID version 4, RFC 9562 section 5.4). */
    UUID draw() {
        long high = random.nextLong() & 0xffff_ffff_ffff_0fffL | 0x4000L;
        long low = random.nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        UUID id = new UUID(high, low);
        synchronized (this) {
            fresh.add(id);
            if (fresh.size() > KEPT) {
                fresh.remove(fresh.iterator().next());
            }
        }
        return id;
    }

    synchronized boolean isFresh(UUID id) {
        return fresh.contains(id);
    }

    /** A record was made with it. */
    synchronized void used(UUID id) {
        fresh.remove(id);
    }
}
