package tranzr.storage.local;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import tranzr.storage.SumsMissingException;

/**
 * Which objects have bytes that no force has covered yet, open or closed, and which ones a failure has spoilt. Holds ids and
 * failures only. Safe for several threads.
 * <p>A write is noted after it and before its call returns; who forces takes the object's mark before, and clears it after
 * only if there was no write in between. So an object never counts as settled while a returned write is not durable.
 */
final class Unsettled {

    private final AtomicLong clock = new AtomicLong();
    private final Map<UUID, Long> marks = new ConcurrentHashMap<>();
    private final Map<UUID, IOException> spoilt = new ConcurrentHashMap<>();
    private final Set<UUID> sumsLost = ConcurrentHashMap.newKeySet();
    /** Held for reading from the begin of a force until its failure, if any, is noted. */
    private final ReadWriteLock forces = new ReentrantReadWriteLock();

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
        sumsLost.remove(id);
    }

    /** Sums that were noted for the object could not be kept. */
    void sumsLost(UUID id) {
        sumsLost.add(id);
    }

    /** The object's sums are being noted from the first on. */
    void sumsBegun(UUID id) {
        sumsLost.remove(id);
    }

    void requireSums(UUID id) throws SumsMissingException {
        if (sumsLost.contains(id)) {
            throw new SumsMissingException(id, "those noted before were lost to a full disk");
        }
    }

    /**
     * Runs a force of the object and notes its failure.
     * <p>The operating system tells of lost bytes only once: another force of the same object may succeed because this one
     * was told. So nobody relies on a success before {@link #requireSound} says that no earlier force has failed.
     */
    void force(UUID id, SharedForce.Action action) throws IOException {
        forces.readLock().lock();
        try {
            action.run();
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            spoil(id, e);
            throw e;
        } finally {
            forces.readLock().unlock();
        }
    }

    /** Returns when all forces that are on their way now have ended and their failures are noted. */
    void awaitForces() {
        forces.writeLock().lock();
        forces.writeLock().unlock();
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
