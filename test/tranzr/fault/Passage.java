package tranzr.fault;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import tranzr.fault.Network.Cut;
import tranzr.fault.Network.End;

/** One connection through a {@link CuttingProxy}. */
final class Passage implements Meddler.Place {

    private static final int BUFFER = 64 << 10;

    /** Does something with bytes on their way. */
    @FunctionalInterface
    private interface Filter {
        void pass(byte[] bytes, int length) throws IOException;
    }

    private final CuttingProxy proxy;
    private final Socket client;
    private final Socket server;
    private final Network network;
    private final Cut cut;
    private final Lane up;
    private final Lane down;
    private final Meddler meddler;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger ends = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean stalled;

    Passage(CuttingProxy proxy, Socket client, Socket server, Network network, Cut cut, Middle middle, AtomicInteger requests) throws IOException {
        this.proxy = proxy;
        this.client = client;
        this.server = server;
        this.network = network;
        this.cut = cut;
        this.up = new Lane(server.getOutputStream(), network);
        this.down = new Lane(client.getOutputStream(), network);
        this.meddler = middle == Middle.NONE ? null : new Meddler(middle, requests, this, up, down);
    }

    void start(ExecutorService threads) {
        Filter upwards = meddler == null ? (bytes, length) -> up.send(bytes, 0, length) : meddler::up;
        Filter downwards = meddler == null ? (bytes, length) -> down.send(bytes, 0, length) : meddler::down;
        threads.execute(() -> guarded(() -> {
            // What the three packets of a new connection cost.
            closed.await(network.roundTrip().toNanos(), TimeUnit.NANOSECONDS);
            pump(client.getInputStream(), up, server, cut.up(), upwards, proxy.up());
        }));
        threads.execute(() -> guarded(() -> pump(server.getInputStream(), down, client, cut.down(), downwards, proxy.down())));
        if (up.isSlow()) {
            threads.execute(() -> guarded(up::deliver));
            threads.execute(() -> guarded(down::deliver));
        }
    }

    /** The two directions of a proxy. */
    record Way(Pace pace, LongAdder bytes) {
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void guarded(Work work) {
        try {
            work.run();
        } catch (IOException e) {
            // One side has gone: the other side hears of it in the same way.
            if (!stalled) {
                sever(End.RESET);
            }
        } catch (InterruptedException e) {
            sever(End.RESET);
        }
    }

    private void pump(InputStream in, Lane lane, Socket target, long limit, Filter filter, Way way) throws IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER];
        long left = limit;
        while (left > 0) {
            int room = lane.room();
            if (room == 0) {
                return;
            }
            int read = in.read(buffer, 0, (int) Math.min(Math.min(room, way.pace().piece()), left));
            if (stalled) {
                return;
            }
            if (read < 0) {
                lane.afterwards(() -> finish(target));
                return;
            }
            way.pace().pass(read);
            way.bytes().add(read);
            left -= read;
            filter.pass(buffer, read);
        }
        lane.afterwards(() -> end(cut.how()));
    }

    /** One side sends no more. */
    private void finish(Socket target) {
        try {
            target.shutdownOutput();
        } catch (IOException e) {
            sever(End.RESET);
            return;
        }
        if (ends.incrementAndGet() == 2) {
            dispose();
        }
    }

    @Override
    public Socket connect() throws IOException {
        return proxy.connect();
    }

    /** Ends it that way; nothing passes from now on. No effect on one that has ended, but that one which only stands still can still be ended for good. */
    @Override
    public void end(End how) {
        if (over.get() || stalled && how == End.STALL) {
            return;
        }
        if (!stalled) {
            proxy.countBroken();
        }
        if (how == End.STALL) {
            stalled = true;
            up.end();
            down.end();
        } else {
            sever(how);
        }
    }

    private void sever(End how) {
        try {
            if (how == End.RESET) {
                client.setSoLinger(true, 0);
                server.setSoLinger(true, 0);
            } else {
                client.shutdownOutput();
                server.shutdownOutput();
            }
        } catch (IOException alreadyClosed) {
            // Then there is nobody to tell.
        }
        dispose();
    }

    private void dispose() {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        up.end();
        down.end();
        closed.countDown();
        CuttingProxy.closeQuietly(client);
        CuttingProxy.closeQuietly(server);
        proxy.forget(this);
    }
}
