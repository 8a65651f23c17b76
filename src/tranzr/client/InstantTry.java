package tranzr.client;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Asks once, when the digest has become known while much is still to be sent, whether the server has that content already. Never in the way: whatever fails, the bytes go on. */
final class InstantTry {

    /** From here on asking costs less than sending. */
    private static final long MUCH = 4 << 20;
    private static final double LONG_SECONDS = 5;

    private final UploadCalls calls;
    private final FileUpload.Order order;
    private final long size;
    private final long leftAtFirst;
    private final double longSeconds;
    private final long began = System.nanoTime();
    private final AtomicBoolean asked = new AtomicBoolean();

    /** @param left bytes that are not at the server yet */
    InstantTry(UploadCalls calls, FileUpload.Order order, long size, long left) {
        this(calls, order, size, left, LONG_SECONDS);
    }

    /** @param longSeconds from when on what is left takes long */
    InstantTry(UploadCalls calls, FileUpload.Order order, long size, long left, double longSeconds) {
        this.longSeconds = longSeconds;
        this.calls = calls;
        this.order = order;
        this.size = size;
        this.leftAtFirst = left;
    }

    /**
     * Asks, if it is worth it.
     *
     * @param left bytes that are not at the server yet
     * @return the file as the server has made it of what it had; null when it has nothing of the kind
     */
    UploadCalls.Done run(String sha256, long left) {
        if (left < MUCH || !slow(left) || !asked.compareAndSet(false, true)) {
            return null;
        }
        try {
            if (!calls.has(sha256, size)) {
                return null;
            }
            UploadCalls.Begun begun = calls.start(order.name(), size, sha256, order.room(), order.tuning().priority());
            if (begun.done() == null) {
                calls.delete(begun.id());
            }
            return begun.done();
        } catch (IOException | RefusedException e) {
            return null;
        }
    }

    /** Whether what is left will take a while, at the speed so far. */
    private boolean slow(long left) {
        double seconds = (System.nanoTime() - began) / (double) TimeUnit.SECONDS.toNanos(1);
        long sent = leftAtFirst - left;
        return sent > 0 ? left / (sent / seconds) > longSeconds : seconds > 1;
    }
}
