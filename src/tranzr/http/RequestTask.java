package tranzr.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** One request from its first byte on, on its own thread: first the server reads its head, then its handler runs. */
final class RequestTask implements Runnable {

    /** The task whose request this thread serves. */
    static final ScopedValue<RequestTask> CURRENT = ScopedValue.newInstance();

    /** How long the refusal of a slow head may take, and how long its client then has to read it. */
    private static final long FAREWELL_NANOS = 1_000_000_000L;

    private enum State { HEAD, HANDLED, EXPIRED }

    private final Runnable server;
    private final Wire wire;
    private final HttpListener.Options options;
    private final RequestAccount account;
    private final AtomicReference<State> state = new AtomicReference<>(State.HEAD);
    private volatile Thread thread;
    private volatile Exchange exchange;

    /**
     * @param server reads the head and calls the handler
     * @param wire null when the streams are the JDK's
     */
    RequestTask(Runnable server, Wire wire, HttpListener.Options options) {
        this.server = server;
        this.wire = wire;
        this.options = options;
        this.account = new RequestAccount(options.ids().getAsLong());
        if (wire != null) {
            wire.beginHead(account);
        }
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        InetAddress peer = wire == null ? null : peer();
        try {
            ScopedValue.where(CURRENT, this).run(server);
        } finally {
            if (exchange == null && account.status() != 0 && peer != null) {
                account.whenEnded(ended -> options.observer().ended(
                        new Observer.Visit(account.id(), peer, "-", "-", "-", Optional.empty()), ended));
                account.end(0, true);
            }
        }
    }

    /** Null when the connection is closed already. */
    private InetAddress peer() {
        try {
            return wire.channel().getRemoteAddress() instanceof InetSocketAddress address ? address.getAddress() : null;
        } catch (IOException e) {
            return null;
        }
    }

    RequestAccount account() {
        return account;
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
    void check(long now) {
        Exchange handled = exchange;
        if (handled != null) {
            handled.check(now);
            return;
        }
        long late = now - account.began() - options.limits().headTime().toNanos();
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

    /** As {@link Exchange#goAway}. */
    void goAway() {
        Exchange handled = exchange;
        if (handled != null) {
            handled.goAway();
        }
    }

    private void expire() {
        try {
            if (wire != null) {
                account.status(408);
                wire.out().refuse(new BadRequestException(408, "request_timeout", null, "The request's head took too long."), account.id());
                wire.channel().shutdownOutput();
                LockSupport.parkNanos(FAREWELL_NANOS); // a reset would take the answer from a client that still sends
            }
        } catch (IOException e) {
            System.getLogger(RequestTask.class.getName()).log(System.Logger.Level.DEBUG, "a slow client has left: {0}", e.getMessage());
        } finally {
            // It can only be reading from the socket, in the server's own code, and never gets to a handler: interrupting closes the socket.
            thread.interrupt();
        }
    }
}
