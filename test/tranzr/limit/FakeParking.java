package tranzr.limit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Time that passes only while every thread of a test is parked: then it jumps to the first moment at which one of them wants to go on. When nobody ever
 * would, the test fails instead of hanging.
 */
final class FakeParking implements Parking {

    private static final class Parked {
        final Thread thread;
        boolean permit;
        volatile boolean waiting;
        long until;

        Parked(Thread thread) {
            this.thread = thread;
        }
    }

    private final Map<Thread, Parked> threads = new HashMap<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger asked = new AtomicInteger();
    private long now;
    private int running;
    private boolean stuck;

    @Override
    public synchronized long nanos() {
        asked.incrementAndGet();
        return now;
    }

    /** How often somebody looked at the clock. */
    int asked() {
        return asked.get();
    }

    @Override
    public void park(long nanos) {
        Parked me;
        synchronized (this) {
            me = threads.get(Thread.currentThread());
            if (!me.permit) {
                me.until = nanos == Long.MAX_VALUE ? Long.MAX_VALUE : now + nanos;
                me.waiting = true;
                running--;
                advance();
            }
        }
        while (me.waiting) {
            LockSupport.park(this);
        }
        synchronized (this) {
            me.permit = false;
            if (stuck) {
                throw new IllegalStateException("everybody waits, and for nothing");
            }
        }
    }

    @Override
    public synchronized void unpark(Thread thread) {
        Parked parked = threads.get(thread);
        parked.permit = true;
        resume(parked);
    }

    /** Runs these at the same time, each in a virtual thread, until all have ended; fails when one of them does. */
    void run(List<Runnable> tasks) throws InterruptedException {
        List<Thread> started = new ArrayList<>();
        synchronized (this) {
            for (Runnable task : tasks) {
                Thread thread = Thread.ofVirtual().unstarted(() -> {
                    try {
                        task.run();
                    } catch (Throwable e) {
                        failures.add(e);
                    } finally {
                        ended();
                    }
                });
                threads.put(thread, new Parked(thread));
                started.add(thread);
            }
            running = started.size();
        }
        started.forEach(Thread::start);
        for (Thread thread : started) {
            thread.join();
        }
        synchronized (this) {
            threads.clear();
        }
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.size() + " threads failed", failures.element());
        }
    }

    private synchronized void ended() {
        threads.remove(Thread.currentThread());
        running--;
        advance();
    }

    private void resume(Parked parked) {
        if (parked.waiting) {
            parked.waiting = false;
            running++;
            LockSupport.unpark(parked.thread);
        }
    }

    private void advance() {
        if (running > 0 || threads.isEmpty()) {
            return;
        }
        long first = threads.values().stream().mapToLong(parked -> parked.until).min().orElseThrow();
        if (first == Long.MAX_VALUE) {
            stuck = true;
            threads.values().forEach(this::resume);
            return;
        }
        now = Math.max(now, first);
        threads.values().stream().filter(parked -> parked.until <= now).forEach(this::resume);
    }
}
