package tranzr.client;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * Has what came to a partial file made durable and then remembered, every so many bytes or seconds: the records never speak of bytes that a power cut could take. On a thread of its own, so that
 * nothing waits for the disk.
 */
final class Checkpoint implements AutoCloseable {

    private static final long BYTES = 128 << 20;
    private static final long NANOS = 3_000_000_000L;
    private static final long LOOK_NANOS = 100_000_000L;

    /** Remembers what is durable. */
    @FunctionalInterface
    interface Record {
        void save(Pieces durable);
    }

    private final PartFile part;
    private final Record record;
    private final Thread thread;
    private volatile boolean ended;
    private volatile IOException failure;

    private Checkpoint(PartFile part, Record record) {
        this.part = part;
        this.record = record;
        this.thread = Thread.ofVirtual().name("tranzr-checkpoint").unstarted(this::run);
    }

    static Checkpoint start(PartFile part, Record record) {
        Checkpoint checkpoint = new Checkpoint(part, record);
        checkpoint.thread.start();
        return checkpoint;
    }

    private void run() {
        long bytes = part.arrived();
        long since = System.nanoTime();
        while (!ended && failure == null) {
            LockSupport.parkNanos(LOOK_NANOS);
            long arrived = part.arrived();
            long now = System.nanoTime();
            if (!ended && (arrived - bytes >= BYTES || arrived > bytes && now - since >= NANOS)) {
                take();
                bytes = arrived;
                since = System.nanoTime();
            }
        }
    }

    private void take() {
        Pieces before = part.snapshot();
        try {
            part.force();
        } catch (IOException e) {
            failure = e;
            return;
        }
        record.save(before);
    }

    /** @throws LocalException when what came could not be made durable */
    void check() throws LocalException {
        if (failure != null) {
            throw new LocalException(failure);
        }
    }

    /** One last time; after {@link #close} only. */
    void last() {
        if (failure == null) {
            take();
        }
    }

    /** Ends it; returns when it does not touch the file any more. */
    @Override
    public void close() {
        ended = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
