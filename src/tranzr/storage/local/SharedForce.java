package tranzr.storage.local;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One force for many callers: each call returns when a run of the action has ended that began after the call. While one
 * run is on its way, all who come wait for the next one together.
 * <p>After a failed run every call fails, for the next run would report success although what the failed one should have
 * kept is gone. Safe for several threads; the action never runs twice at the same time.
 */
final class SharedForce {

    /** What makes something durable. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    private final Action action;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    /** Runs are numbered from 1: the last that began, and the last that ended well. */
    private long begun;
    private long done;
    private IOException failure;

    SharedForce(Action action) {
        this.action = action;
    }

    /**
     * @throws ClosedChannelException when what was to be forced has been closed
     * @throws IOException when this run or one before has failed
     */
    void force() throws IOException {
        long run;
        lock.lock();
        try {
            long needed = begun + 1;
            while (begun != done && done < needed && failure == null) {
                ended.awaitUninterruptibly();
            }
            if (failure instanceof ClosedChannelException) {
                throw new ClosedChannelException();
            }
            if (failure != null) {
                throw new IOException("an earlier force has failed: " + failure.getMessage(), failure);
            }
            if (done >= needed) {
                return;
            }
            run = ++begun;
        } finally {
            lock.unlock();
        }
        IOException failed = new IOException("the force was broken off");
        try {
            action.run();
            failed = null;
        } catch (IOException e) {
            failed = e;
            throw e;
        } finally {
            end(run, failed);
        }
    }

    private void end(long run, IOException failed) {
        lock.lock();
        try {
            done = run;
            failure = failed;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
