package tranzr.client;

import java.util.function.Consumer;

/**
 * Tells a listener how a transfer does: a few times a second while something changes, and at each change of state; on one virtual thread, so that a slow listener holds up nothing
 * but itself and may call the transfer. What the listener throws is dropped. Safe for several threads.
 */
final class Teller {

    private static final long PERIOD_MILLIS = 250;

    private final Consumer<Progress> listener;
    private final java.util.function.Supplier<Progress> progress;
    private boolean started;
    private boolean changed;
    private Runnable last;

    Teller(Consumer<Progress> listener, java.util.function.Supplier<Progress> progress) {
        this.listener = listener;
        this.progress = progress;
    }

    /** No effect the second time. */
    synchronized void start() {
        if (!started) {
            started = true;
            Thread.ofVirtual().name("tranzr-listener").start(this::work);
        }
    }

    /** That the state has changed; it is told soon. */
    synchronized void changed() {
        changed = true;
        notifyAll();
    }

    /** Tells once more, and does this after that. */
    synchronized void end(Runnable then) {
        start();
        last = then;
        notifyAll();
    }

    private void work() {
        Progress told = null;
        while (true) {
            boolean news = await(told != null && told.state() == Progress.State.PAUSED);
            Runnable then = ending();
            Progress now = progress.get();
            // A state that was left and came back, a pause within the listener say, is a change although all is as it was.
            if (news || !now.equals(told)) {
                told = now;
                tell(now);
            }
            if (then != null) {
                then.run();
                return;
            }
        }
    }

    /** Returns at the next change, or after a while; in a pause nothing changes by itself. @return whether the state has changed */
    private synchronized boolean await(boolean resting) {
        long until = System.nanoTime() + PERIOD_MILLIS * 1_000_000;
        while (!changed && last == null) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (!resting && left <= 0) {
                break;
            }
            try {
                wait(resting ? 0 : left);
            } catch (InterruptedException e) {
                // A listener may have interrupted this thread, which is nobody else's.
                continue;
            }
        }
        boolean news = changed;
        changed = false;
        return news;
    }

    /** What to do at the end; null before it. */
    private synchronized Runnable ending() {
        return last;
    }

    private void tell(Progress now) {
        try {
            listener.accept(now);
        } catch (RuntimeException | Error e) {
            Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
            if (handler != null) {
                handler.uncaughtException(Thread.currentThread(), e);
            }
        }
    }
}
