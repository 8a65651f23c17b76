package tranzr.limit;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;

/** Time for a {@link Bandwidth} that a test moves on by hand, while transfers wait in threads of their own. */
public final class HandClock implements Parking {

    private static final long LOOK_AGAIN_MILLIS = 1;

    /** When each thread that waits wants to go on. */
    private final Map<Thread, Long> waiting = new HashMap<>();
    /** Threads that were called before they waited, or while they do. */
    private final Set<Thread> called = new HashSet<>();
    private long now;

    /** Limits that go by this clock, each as {@link Schedule#parse} reads it. */
    public Bandwidth bandwidth(String total, String perKey, String perTransfer) {
        return new Bandwidth(Schedule.parse(total), Schedule.parse(perKey), Schedule.parse(perTransfer), ZoneOffset.UTC,
                InstantSource.fixed(Instant.parse("2026-01-05T12:00:00Z")), this);
    }

    @Override
    public synchronized long nanos() {
        return now;
    }

    @Override
    public synchronized void park(long nanos) {
        Thread thread = Thread.currentThread();
        long until = nanos == Long.MAX_VALUE ? Long.MAX_VALUE : now + nanos;
        waiting.put(thread, until);
        notifyAll();
        try {
            while (!called.remove(thread) && now < until) {
                wait();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
        } finally {
            waiting.remove(thread);
        }
    }

    @Override
    public synchronized void unpark(Thread thread) {
        called.add(thread);
        notifyAll();
    }

    /** Returns when so many transfers wait. */
    public synchronized void awaitWaiting(int transfers) throws InterruptedException {
        while (waiting.size() < transfers) {
            wait();
        }
    }

    /** How many transfers wait. */
    public synchronized int waiting() {
        return waiting.size();
    }

    /** Moves time on, each time that all transfers which are not done wait, until all are done. @return at which time each was, in nanoseconds */
    public long[] passUntilDone(List<? extends Future<?>> transfers) throws InterruptedException {
        long[] doneAt = new long[transfers.size()];
        int left = transfers.size();
        synchronized (this) {
            while (left > 0) {
                left = 0;
                for (int i = 0; i < doneAt.length; i++) {
                    if (!transfers.get(i).isDone()) {
                        left++;
                        doneAt[i] = now;
                    }
                }
                if (left > 0 && waiting.size() >= left && waiting.keySet().stream().noneMatch(called::contains)) {
                    pass();
                } else {
                    wait(LOOK_AGAIN_MILLIS);
                }
            }
        }
        return doneAt;
    }

    private void pass() {
        long first = waiting.values().stream().mapToLong(Long::longValue).min().orElseThrow();
        if (first == Long.MAX_VALUE) {
            throw new IllegalStateException("everybody waits, and for nothing");
        }
        now = Math.max(now, first);
        waiting.values().removeIf(until -> until <= now);
        notifyAll();
    }
}
