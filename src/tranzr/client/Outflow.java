package tranzr.client;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tranzr.model.ByteRange;

/**
 * The body of one request, out of a {@link Source}. The thread that makes the request {@linkplain #pump pumps} the bytes itself, so that neither a read of the disk
 * nor the pace of an {@link Attempt} holds a thread of the {@code HttpClient}. Only as much is read as the connection takes.
 */
final class Outflow implements HttpRequest.BodyPublisher, Flow.Subscription {

    private static final int BUFFER_BYTES = 128 << 10;

    private final Source source;
    private final ByteRange range;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Flow.Subscriber<? super ByteBuffer> subscriber;
    private long demand;
    private boolean over;

    Outflow(Source source, ByteRange range) {
        this.source = source;
        this.range = range;
    }

    @Override
    public long contentLength() {
        return range.length();
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> taker) {
        taker.onSubscribe(this);
        lock.lock();
        try {
            subscriber = taker;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void request(long n) {
        lock.lock();
        try {
            demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody wants more: the answer is there already, or the connection is not any more. */
    @Override
    public void cancel() {
        lock.lock();
        try {
            over = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Hands the bytes out, as they are wanted.
     *
     * @param connecting how long it may take until the first is wanted
     * @return whether all were handed out; otherwise somebody has {@linkplain #cancel cancelled}
     * @throws StalledException when nothing was wanted for too long
     * @throws IOException what the source throws; the request has failed by that
     */
    boolean pump(Attempt attempt, Duration connecting) throws IOException {
        try {
            Duration patience = connecting;
            for (long position = range.start(); position < range.end();) {
                if (!wanted(patience)) {
                    return false;
                }
                patience = attempt.patience();
                int length = (int) Math.min(BUFFER_BYTES, range.end() - position);
                ByteBuffer bytes = ByteBuffer.allocate(length);
                source.read(position, bytes);
                attempt.passed(length);
                position += length;
                subscriber.onNext(bytes.flip());
            }
            if (!wanted(patience)) { // the last buffer is on its way when there is demand for another
                return false;
            }
            subscriber.onComplete();
            return true;
        } catch (IOException | RuntimeException e) {
            Flow.Subscriber<? super ByteBuffer> taker = subscriber;
            if (taker != null) {
                taker.onError(e);
            }
            throw e;
        }
    }

    /** Waits for demand, and takes one of it. @return false when there will be none */
    private boolean wanted(Duration patience) throws StalledException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (!over && (demand == 0 || subscriber == null)) {
                if (left <= 0) {
                    throw new StalledException("nothing could be sent for " + StalledException.text(patience));
                }
                left = changed.awaitNanos(left);
            }
            demand--;
            return !over;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StalledException("interrupted");
        } finally {
            lock.unlock();
        }
    }
}
