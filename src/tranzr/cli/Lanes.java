package tranzr.cli;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import tranzr.client.Tuning;

/**
 * Has many files moved, a few at the same time: a large one uses all connections by itself, of tiny ones, where the time goes into waiting for answers, several share one. What was found of
 * each is printed in the order in which they came, and one that fails does not stop the others. Files are given by one thread.
 */
final class Lanes implements AutoCloseable {

    /** The size of what comes from a stream. */
    static final long UNKNOWN = Long.MAX_VALUE;
    /** A file of no more than this takes a share of a connection only, as it is over before it would matter. */
    private static final long TINY_BYTES = 256 << 10;
    private static final int SHARES = 4;
    /** A file has a connection for itself for so many bytes, as long as there are any. */
    private static final long CONNECTION_BYTES = 1 << 20;
    /** Most files that are done and wait for an earlier one to be printed. */
    private static final int MOST_AHEAD = 10_000;

    private final Transfers transfers;
    private final int room;
    private final Semaphore shares;
    private final Semaphore ahead = new Semaphore(MOST_AHEAD);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    /** What is to be printed of files whose turn has not come; empty for nothing. */
    private final Map<Long, String> waiting = new TreeMap<>();
    private long printed;
    private long found;

    Lanes(Transfers transfers) {
        this.transfers = transfers;
        this.room = transfers.tuning().parallel() * SHARES;
        this.shares = new Semaphore(room, true);
    }

    /** How many files have come. */
    long count() {
        return found;
    }

    /**
     * Takes the next file, when there is room for it. Nothing is begun any more after a signal.
     *
     * @param size in bytes
     * @param move gets how the file is to be moved, and returns what is printed of it, empty for nothing
     */
    void add(long size, Function<Tuning, String> move) {
        long number = found++;
        int wanted = wanted(size);
        ahead.acquireUninterruptibly();
        shares.acquireUninterruptibly(wanted);
        if (transfers.isStopping()) {
            shares.release(wanted);
            done(number, "");
            return;
        }
        threads.execute(() -> {
            String line = "";
            try {
                line = move.apply(tuning(Math.max(1, wanted / SHARES)));
            } finally {
                shares.release(wanted);
                done(number, line);
            }
        });
    }

    private int wanted(long size) {
        Tuning tuning = transfers.tuning();
        if (tuning.bytesPerSecond() > 0) {
            return room; // each transfer keeps the rate by itself, so only one at a time keeps it for all
        }
        if (size <= TINY_BYTES) {
            return 1;
        }
        // Chunks that follow the network may become much smaller than the first size that was asked for, and then each connection has work.
        long each = tuning.adaptive() ? Math.min(tuning.chunkSize(), CONNECTION_BYTES) : tuning.chunkSize();
        return (int) Math.min(room, SHARES * (1 + (size - 1) / each));
    }

    private Tuning tuning(int connections) {
        Tuning all = transfers.tuning();
        return new Tuning(all.chunkSize(), all.adaptive(), connections, connections < all.parallel() ? connections : all.most(), all.priority(), all.maxRetries(), all.timeout(),
                all.patience(), all.bytesPerSecond());
    }

    /** Prints it, and all that have waited for it, when everything before it is printed. */
    private synchronized void done(long number, String line) {
        waiting.put(number, line);
        for (String next = waiting.remove(printed); next != null; next = waiting.remove(printed)) {
            printed++;
            ahead.release();
            if (!next.isEmpty()) {
                transfers.out(next);
            }
        }
    }

    /** Waits until all are moved. */
    @Override
    public void close() {
        threads.close();
    }
}
