package tranzr.storage.local;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which objects have bytes that no force has covered yet, open or closed, and which ones a failure has spoilt. Holds ids
 * only. Safe for several threads.
 * <p>A write is noted after it and before its call returns; who forces takes the object's mark before, and clears it after
 * only if there was no write in between. So an object never counts as settled while a returned write is not durable.
 */
final class Unsettled {

    private final AtomicLong clock = new AtomicLong();
    private final Map<UUID, Long> marks = new ConcurrentHashMap<>();
    private final Map<UUID, IOException> spoilt = new ConcurrentHashMap<>();

    /** An object and its last write when this was taken. */
    record Mark(UUID id, long write) {
    }

    void written(UUID id) {
        marks.put(id, clock.incrementAndGet());
    }

    /** Where the object stands now; to be given to {@link #settled} after a force that begins after this call. */
    Mark mark(UUID id) {
        return new Mark(id, marks.getOrDefault(id, 0L));
    }

    void settled(Mark mark) {
        marks.remove(mark.id(), mark.write());
    }

    /** All objects with unsettled writes that have returned before this call. */
    List<Mark> all() {
        return marks.entrySet().stream().map(entry -> new Mark(entry.getKey(), entry.getValue())).toList();
    }

    /** The object does not exist any more. */
    void gone(UUID id) {
        marks.remove(id);
        spoilt.remove(id);
    }

    /** A force or write of the object has failed: what the operating system held of it may be lost without a word. */
    void spoil(UUID id, IOException failure) {
        spoilt.putIfAbsent(id, failure);
    }

    boolean isSound(UUID id) {
        return !spoilt.containsKey(id);
    }

    /** @throws IOException when the object is spoilt */
    void requireSound(UUID id) throws IOException {
        IOException failure = spoilt.get(id);
        if (failure != null) {
            throw new IOException(id + ": not used again after a failure: " + failure.getMessage(), failure);
        }
    }

    /** @throws IOException when any object is spoilt */
    void requireAllSound() throws IOException {
        for (UUID id : spoilt.keySet()) {
            requireSound(id);
        }
    }
}
