package tranzr.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import tranzr.fault.Network.End;

/**
 * A bad network in front of a server on this machine, over TCP in user space: latency, windows, limited speed, connections that break, stand still or cannot be made, and, by a {@link Middle},
 * faults of single HTTP requests. What it does follows from its seed and from what passes. Its address stays the same while the server comes and goes. Safe for several threads.
 */
public final class CuttingProxy implements AutoCloseable {

    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final int BACKLOG = 200;
    /** So that what was sent and is lost with a connection is no more than on a real network; less than a few of the loopback's packets would slow it down. */
    private static final int RECEIVE_BUFFER = 256 << 10;

    private final IntSupplier target;
    private final Random random;
    /** Keeps the port ours while nobody listens on it. */
    private final Socket keeper = new Socket();
    private final int port;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Passage> passages = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger broken = new AtomicInteger();
    private final Passage.Way up;
    private final Passage.Way down;
    private volatile Network network;
    private volatile Middle middle = Middle.NONE;
    private ServerSocket listener;
    private Thread acceptor;
    private boolean closed;

    private CuttingProxy(IntSupplier target, Network network, long seed) throws IOException {
        this.target = target;
        this.network = network;
        this.random = new Random(seed);
        this.up = new Passage.Way(new Pace(network.bytesPerSecond()), new LongAdder());
        this.down = new Passage.Way(new Pace(network.bytesPerSecond()), new LongAdder());
        keeper.setReuseAddress(true);
        keeper.bind(new InetSocketAddress(HERE, 0));
        port = keeper.getLocalPort();
    }

    /**
     * Starts one on a free port.
     *
     * @param target port of the server at that moment, asked for each connection
     */
    public static CuttingProxy before(IntSupplier target, Network network, long seed) {
        try {
            CuttingProxy proxy = new CuttingProxy(target, network, seed);
            proxy.back();
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** Such as {@code http://127.0.0.1:41234}, without a slash at the end. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Changes what connections from now on get; the speed in all stays what it was at the start. */
    public void network(Network other) {
        network = other;
    }

    /** Changes what happens to requests on connections from now on. */
    public void middle(Middle other) {
        middle = other;
    }

    /** The network is gone: all connections break, and new ones are refused. */
    public synchronized void away() {
        if (listener != null) {
            closeQuietly(listener);
            listener = null;
            join(acceptor);
        }
        cutAll(End.RESET);
    }

    /** The network is there again, at the same port. */
    public synchronized void back() {
        if (closed || listener != null) {
            return;
        }
        try {
            ServerSocket opened = new ServerSocket();
            opened.setReuseAddress(true);
            opened.bind(new InetSocketAddress(HERE, port), BACKLOG);
            listener = opened;
            acceptor = Thread.ofVirtual().start(() -> accept(opened));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends all connections that there are now. */
    public void cutAll(End how) {
        passages.forEach(passage -> passage.end(how));
    }

    /** Bytes that were taken from clients so far. */
    public long bytesUp() {
        return up.bytes().sum();
    }

    /** Bytes that were taken from the server so far. */
    public long bytesDown() {
        return down.bytes().sum();
    }

    /** Connections that were accepted so far. */
    public int connections() {
        return connections.get();
    }

    /** How many of them did not end by themselves. */
    public int broken() {
        return broken.get();
    }

    private void accept(ServerSocket from) {
        while (true) {
            Socket client;
            try {
                client = from.accept();
            } catch (IOException e) {
                return;
            }
            // In order of arrival, so that the seed decides.
            int number = connections.getAndIncrement();
            Network now = network;
            Network.Cut cut = now.cuts().next(number, random);
            threads.execute(() -> open(client, now, cut));
        }
    }

    private void open(Socket client, Network now, Network.Cut cut) {
        Socket server = null;
        try {
            client.setTcpNoDelay(true);
            client.setReceiveBufferSize(RECEIVE_BUFFER);
            server = connect();
            Passage passage = new Passage(this, client, server, now, cut, middle, requests);
            passages.add(passage);
            passage.start(threads);
            if (isAway()) {
                passage.end(End.RESET);
            }
        } catch (IOException | RejectedExecutionException e) {
            closeQuietly(client);
            if (server != null) {
                closeQuietly(server);
            }
        }
    }

    private synchronized boolean isAway() {
        return listener == null;
    }

    Socket connect() throws IOException {
        Socket server = new Socket();
        server.setTcpNoDelay(true);
        server.setReceiveBufferSize(RECEIVE_BUFFER);
        try {
            server.connect(new InetSocketAddress(HERE, target.getAsInt()));
            return server;
        } catch (IOException e) {
            closeQuietly(server);
            throw e;
        }
    }

    Passage.Way up() {
        return up;
    }

    Passage.Way down() {
        return down;
    }

    void countBroken() {
        broken.incrementAndGet();
    }

    void forget(Passage passage) {
        passages.remove(passage);
    }

    /** The socket is not closed before the thread that accepts has noticed. */
    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception alreadyGone) {
            // Nothing is left to be done about it.
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            away();
        }
        up.pace().end();
        down.pace().end();
        threads.shutdownNow();
        threads.close();
        closeQuietly(keeper);
    }
}
