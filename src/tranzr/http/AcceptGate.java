package tranzr.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * The listening socket as the server below sees it: hands on only as many connections as may be open. To some of those that are too many it says so,
 * the others, and all that come for HTTPS, are just closed. Used by the server's dispatcher; closed by any thread.
 */
final class AcceptGate extends ServerSocketChannel {

    private static final System.Logger LOG = System.getLogger(AcceptGate.class.getName());
    /** As many refused clients at most are given the time to read why. */
    private static final int MAX_LINGERING = 64;
    private static final int LINGER_MILLIS = 1000;
    private static final int LINGER_BYTES = 64 * 1024;
    /** The dispatcher would otherwise try again at once, for ever: the waiting connection stays ready to be accepted. */
    private static final long PAUSE_NANOS = 20_000_000L;
    private static final long QUIET_NANOS = 60_000_000_000L;

    private final ServerSocketChannel listening;
    private final ConnectionCaps caps;
    private final Refusal refusal;
    private final Semaphore lingering = new Semaphore(MAX_LINGERING);
    private long complained = System.nanoTime() - QUIET_NANOS;

    /** Makes the answer for a refused client; null where none can be given. */
    @FunctionalInterface
    interface Refusal {
        byte[] answer() throws IOException;
    }

    AcceptGate(ServerSocketChannel listening, ConnectionCaps caps, Refusal refusal) {
        super(listening.provider());
        this.listening = listening;
        this.caps = caps;
        this.refusal = refusal;
    }

    /** @return null when there is none, or none that may come in */
    @Override
    public SocketChannel accept() throws IOException {
        SocketChannel channel;
        try {
            channel = listening.accept();
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            // Most likely no file descriptor is left.
            complain("cannot take a connection: " + e.getMessage());
            LockSupport.parkNanos(PAUSE_NANOS);
            return null;
        }
        if (channel == null) {
            return null;
        }
        try {
            if (caps.admit(((InetSocketAddress) channel.getRemoteAddress()).getAddress(), channel::isOpen)) {
                return channel;
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a connection was gone at once: {0}", e.getMessage());
        }
        complain("there are too many connections, in all or from one address: new ones are refused");
        refuse(channel);
        return null;
    }

    private void complain(String what) {
        long now = System.nanoTime();
        if (now - complained >= QUIET_NANOS) {
            complained = now;
            LOG.log(System.Logger.Level.WARNING, what);
        }
    }

    private void refuse(SocketChannel channel) {
        if (!lingering.tryAcquire()) {
            close(channel);
            return;
        }
        Thread.ofVirtual().name("tranzr-http-refusal").start(() -> {
            try {
                tell(channel);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "a refused client has left: {0}", e.getMessage());
            } finally {
                close(channel);
                lingering.release();
            }
        });
    }

    /** Closing on unread bytes would reset the connection, and the client could not read the answer. */
    private void tell(SocketChannel channel) throws IOException {
        byte[] answer = refusal.answer();
        if (answer == null) {
            return;
        }
        channel.socket().setSoTimeout(LINGER_MILLIS);
        channel.write(ByteBuffer.wrap(answer)); // it fits into the empty send buffer
        channel.shutdownOutput();
        long begin = System.nanoTime();
        byte[] buffer = new byte[4096];
        int total = 0;
        for (int count = 0; count >= 0 && total < LINGER_BYTES && System.nanoTime() - begin < LINGER_MILLIS * 1_000_000L; total += count) {
            count = channel.socket().getInputStream().read(buffer);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing a refused connection: {0}", e.getMessage());
        }
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
        listening.close();
    }

    @Override
    protected void implConfigureBlocking(boolean block) throws IOException {
        listening.configureBlocking(block);
    }

    @Override
    public ServerSocketChannel bind(SocketAddress local, int backlog) throws IOException {
        listening.bind(local, backlog);
        return this;
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
        listening.setOption(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        return listening.getOption(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return listening.supportedOptions();
    }

    @Override
    public ServerSocket socket() {
        return listening.socket();
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException {
        return listening.getLocalAddress();
    }
}
