package tranzr.fault;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** One direction of one connection: bytes go in on one side and come out later, in order. Latency costs no throughput, but for what the window holds back. */
final class Lane {

    /** Most bytes under way where no window bounds them. */
    private static final int MOST = 16 << 20;

    private record Parcel(long due, byte[] bytes, Runnable last) {
    }

    private record Receipt(long at, int bytes) {
    }

    private final OutputStream out;
    private final long oneWay;
    private final int window;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Parcel> parcels = new ArrayDeque<>();
    private final Deque<Receipt> receipts = new ArrayDeque<>();
    private int underWay;
    private boolean over;

    Lane(OutputStream out, Network network) {
        this.out = out;
        this.oneWay = network.roundTrip().toNanos() / 2;
        this.window = network.window() > 0 ? network.window() : MOST;
    }

    /** Whether bytes need {@link #deliver} to come out. */
    boolean isSlow() {
        return oneWay > 0;
    }

    /** Waits until at least one byte may go in. @return how many; 0 when it is over */
    int room() throws InterruptedException {
        lock.lock();
        try {
            while (!over) {
                long now = System.nanoTime();
                while (!receipts.isEmpty() && receipts.peek().at - now <= 0) {
                    underWay -= receipts.poll().bytes;
                }
                if (underWay < window) {
                    return window - underWay;
                }
                pause(receipts.isEmpty() ? Long.MAX_VALUE : receipts.peek().at - now);
            }
            return 0;
        } finally {
            lock.unlock();
        }
    }

    private void pause(long nanos) throws InterruptedException {
        if (nanos == Long.MAX_VALUE) {
            changed.await();
        } else {
            changed.awaitNanos(nanos);
        }
    }

    /** Puts bytes in. */
    void send(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return;
        }
        lock.lock();
        try {
            if (over) {
                return;
            }
            if (isSlow()) {
                parcels.add(new Parcel(System.nanoTime() + oneWay, java.util.Arrays.copyOfRange(bytes, offset, offset + length), null));
                underWay += length;
                changed.signalAll();
                return;
            }
        } finally {
            lock.unlock();
        }
        synchronized (out) {
            out.write(bytes, offset, length);
        }
    }

    /** Has something done once all that went in before has come out. */
    void afterwards(Runnable last) {
        if (!isSlow()) {
            last.run();
            return;
        }
        lock.lock();
        try {
            parcels.add(new Parcel(System.nanoTime() + oneWay, new byte[0], last));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets out what is due, until it is over. Runs on a thread of its own. */
    void deliver() throws IOException, InterruptedException {
        for (Parcel parcel = next(); parcel != null; parcel = next()) {
            if (parcel.last != null) {
                parcel.last.run();
                continue;
            }
            synchronized (out) {
                out.write(parcel.bytes);
            }
            lock.lock();
            try {
                receipts.add(new Receipt(System.nanoTime() + oneWay, parcel.bytes.length));
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private Parcel next() throws InterruptedException {
        lock.lock();
        try {
            while (!over) {
                if (parcels.isEmpty()) {
                    changed.await();
                    continue;
                }
                long wait = parcels.peek().due - System.nanoTime();
                if (wait <= 0) {
                    return parcels.poll();
                }
                changed.await(wait, TimeUnit.NANOSECONDS);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what is under way, and takes nothing more. */
    void end() {
        lock.lock();
        try {
            over = true;
            parcels.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
