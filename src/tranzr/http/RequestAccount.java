package tranzr.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What is counted of one request, and who wants to hear of its end. Its thread counts; {@link #status} and {@link #whenEnded} may come from others.
 */
final class RequestAccount {

    private static final System.Logger LOG = System.getLogger(RequestAccount.class.getName());

    private final long began = System.nanoTime();
    private volatile String id;
    private volatile int status;
    private volatile long sent;
    /** When the head was about to go out, and when the first byte of the body had; 0 while none has. */
    private volatile long headAt;
    private volatile long bodyAt;
    /** Both guarded by this; listeners: null once they are told. */
    private List<Consumer<Ended>> listeners = new ArrayList<>(2);
    private Ended ended;

    RequestAccount(long random) {
        id = "%016x".formatted(random);
    }

    String id() {
        return id;
    }

    /** Goes by the name that a trusted proxy gave it. */
    void rename(String name) {
        id = name;
    }

    /** When its first byte came, a {@link System#nanoTime}. */
    long began() {
        return began;
    }

    /** An answer with this status is being sent. */
    void status(int number) {
        status = number;
        headAt = nonZero(System.nanoTime());
    }

    /** 0 when no answer was begun. */
    int status() {
        return status;
    }

    /** So many more bytes of the answer's body went out; on the request's thread only. */
    void sent(int bytes) {
        if (bodyAt == 0) {
            bodyAt = nonZero(System.nanoTime());
        }
        sent = sent + bytes;
    }

    /** Told at once when it has ended already. */
    void whenEnded(Consumer<Ended> listener) {
        synchronized (this) {
            if (listeners != null) {
                listeners.add(listener);
                return;
            }
        }
        tell(listener, ended);
    }

    private static long nonZero(long nanos) {
        return nanos == 0 ? 1 : nanos;
    }

    /** Null when nothing of the answer went out. */
    private Duration firstByte() {
        long at = bodyAt != 0 ? bodyAt : headAt;
        return at == 0 ? null : Duration.ofNanos(at - began);
    }

    /** Tells all listeners in their order, the first time. */
    void end(long received, boolean whole) {
        List<Consumer<Ended>> told;
        synchronized (this) {
            if (listeners == null) {
                return;
            }
            told = listeners;
            listeners = null;
            ended = new Ended(status, received, sent, whole, firstByte(), Duration.ofNanos(System.nanoTime() - began));
        }
        for (Consumer<Ended> listener : told) {
            tell(listener, ended);
        }
    }

    private static void tell(Consumer<Ended> listener, Ended ended) {
        try {
            listener.accept(ended);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.WARNING, "who waits for the end of a request failed", e);
        }
    }
}
