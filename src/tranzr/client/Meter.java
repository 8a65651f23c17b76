package tranzr.client;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Counts for {@link Progress}, over all runs of a transfer. Safe for several threads. */
final class Meter {

    private static final double LONGEST_ETA = Duration.ofDays(365).toSeconds();

    private final Runnable changed;
    private final LongSupplier nanos;
    private final Speed speed;
    private Progress.State state = Progress.State.NEW;
    private String note;
    private long total = -1;
    private long done;
    private long moved;
    private long chunks;
    private int retries;
    private int connections;
    private long chunkSize;

    /**
     * @param nanos the time, since any origin
     * @param changed told after each change of state; must not block
     */
    Meter(long chunkSize, LongSupplier nanos, Runnable changed) {
        this.chunkSize = chunkSize;
        this.nanos = nanos;
        this.speed = new Speed(nanos.getAsLong());
        this.changed = changed;
    }

    void state(Progress.State newState, String newNote) {
        synchronized (this) {
            if (newState != Progress.State.RUNNING) {
                connections = 0;
            }
            if (state != newState) {
                speed.restart(nanos.getAsLong());
            }
            state = newState;
            note = newNote;
        }
        changed.run();
    }

    synchronized Progress.State state() {
        return state;
    }

    synchronized String note() {
        return note;
    }

    synchronized void total(long bytes, long alreadyDone) {
        total = bytes;
        done = alreadyDone;
    }

    synchronized void moved(long bytes) {
        moved += bytes;
        speed.passed(bytes, nanos.getAsLong());
    }

    /** In all, by every run. */
    synchronized long moved() {
        return moved;
    }

    synchronized void done(long bytes) {
        done += bytes;
    }

    synchronized void chunk() {
        chunks++;
    }

    synchronized void retry() {
        retries++;
    }

    synchronized void work(int nowConnections, long nextChunkSize) {
        connections = nowConnections;
        chunkSize = nextChunkSize;
    }

    synchronized Progress progress() {
        double perSecond = speed.perSecond(nanos.getAsLong());
        double left = total < 0 || perSecond <= 0 ? Double.MAX_VALUE : (total - done) / perSecond;
        Duration eta = state == Progress.State.RUNNING && left >= 0 && left <= LONGEST_ETA ? Duration.ofSeconds((long) Math.ceil(left)) : null;
        return new Progress(state, total, done, moved, perSecond, eta, chunks, retries, connections, chunkSize, note);
    }
}
