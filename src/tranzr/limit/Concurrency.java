package tranzr.limit;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Limits how many things of one class happen at the same time, in all and for each key. Nothing waits: there is room or there is none. Memory goes with what is
 * going on, since a key without permits is forgotten. Safe for several threads, and exact among them.
 */
public final class Concurrency {

    /** As many as anybody likes. */
    public static final int NONE = Integer.MAX_VALUE;

    private final int total;
    private final int perKey;
    /** Permits of each key that has any. Guarded by this. */
    private final Map<Object, Integer> held = new HashMap<>();
    private int inUse;

    /** Room for one, until it is closed. Closing again does nothing. Safe for several threads. */
    public final class Permit implements AutoCloseable {

        private final Object key;
        private final AtomicBoolean closed = new AtomicBoolean();

        private Permit(Object key) {
            this.key = key;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                release(key);
            }
        }
    }

    /**
     * @param total most at a time, at least 1, or {@link #NONE}
     * @param perKey most at a time of one key, at least 1, or {@link #NONE}
     */
    public Concurrency(int total, int perKey) {
        if (total < 1 || perKey < 1) {
            throw new IllegalArgumentException("a limit is at least 1");
        }
        this.total = total;
        this.perKey = perKey;
    }

    /**
     * Takes a permit when there is room.
     *
     * @param key whose it is; null counts in the total only
     */
    public synchronized Optional<Permit> tryAcquire(Object key) {
        int own = key == null ? 0 : held.getOrDefault(key, 0);
        if (inUse >= total || own >= perKey) {
            return Optional.empty();
        }
        if (key != null) {
            held.put(key, own + 1);
        }
        inUse++;
        return Optional.of(new Permit(key));
    }

    /** How many permits are out. */
    public synchronized int inUse() {
        return inUse;
    }

    /** How many keys have permits. */
    synchronized int keys() {
        return held.size();
    }

    private synchronized void release(Object key) {
        inUse--;
        if (key != null) {
            held.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
        }
    }
}
