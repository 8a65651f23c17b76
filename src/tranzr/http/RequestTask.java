package tranzr.http;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;

/** One request from its first byte on, on its own thread: first the server reads its head, then its handler runs. */
final class RequestTask implements Runnable {

    /** The task whose request this thread serves. */
    static final ScopedValue<RequestTask> CURRENT = ScopedValue.newInstance();

    /** A head has to be whole by then, however the client drips its bytes. */
    private static final long MAX_HEAD_NANOS = 30_000_000_000L;

    /** How long the refusal of a slow head may take. */
    private static final long FAREWELL_NANOS = 2_000_000_000L;

    private enum State { HEAD, HANDLED, EXPIRED }

    private final Runnable server;
    private final Wire wire;
    private final long began = System.nanoTime();
    private final AtomicReference<State> state = new AtomicReference<>(State.HEAD);
    private volatile Thread thread;
    private volatile Exchange exchange;

    /**
     * @param server reads the head and calls the handler
     * @param wire null when the streams are the JDK's
     */
    RequestTask(Runnable server, Wire wire) {
        this.server = server;
        this.wire = wire;
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        ScopedValue.where(CURRENT, this).run(server);
    }

    Wire wire() {
        return wire;
    }

    /** The head is whole. @throws IOException when it took too long, and the connection is being ended */
    void headIsRead(Exchange handled) throws IOException {
        if (!state.compareAndSet(State.HEAD, State.HANDLED)) {
            throw new IOException("the head took too long");
        }
        exchange = handled;
    }

    /** Ends what waits for too long. */
    void check(long now, long stallNanos) {
        Exchange handled = exchange;
        if (handled != null) {
            handled.check(now, stallNanos);
            return;
        }
        long late = now - began - Math.min(stallNanos, MAX_HEAD_NANOS);
        if (thread != null && late >= 0 && state.compareAndSet(State.HEAD, State.EXPIRED)) {
            Thread.startVirtualThread(this::expire);
        } else if (late >= FAREWELL_NANOS && state.get() == State.EXPIRED) {
            thread.interrupt(); // the client does not even take the refusal
        }
    }

    /** Ends the connection, if a handler has got this request. */
    void abort() {
        Exchange handled = exchange;
        if (handled != null) {
            handled.abort();
        }
    }

    private void expire() {
        try {
            if (wire != null) {
                wire.out().refuse(new BadRequestException(408, "request_timeout", null, "The request's head took too long."));
            }
        } catch (IOException e) {
            System.getLogger(RequestTask.class.getName()).log(System.Logger.Level.DEBUG, "a slow client has left: {0}", e.getMessage());
        } finally {
            // It can only be reading from the socket, in the server's own code, and never gets to a handler: interrupting closes the socket.
            thread.interrupt();
        }
    }
}
