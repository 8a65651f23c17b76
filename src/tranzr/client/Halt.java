package tranzr.client;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Tells whoever is at work that it should end. Nobody is interrupted, since an interrupt closes the file that a thread reads. Safe for several threads. */
final class Halt {

    private final Set<Runnable> actions = new LinkedHashSet<>();
    private boolean halted;

    synchronized boolean isHalted() {
        return halted;
    }

    /** Runs every action, once; no effect the second time. */
    void halt() {
        List<Runnable> due;
        synchronized (this) {
            if (halted) {
                return;
            }
            halted = true;
            notifyAll();
            due = new ArrayList<>(actions);
            actions.clear();
        }
        due.forEach(Halt::run);
    }

    /** Has it run by {@link #halt}, or right away if it is too late already. */
    void on(Runnable action) {
        synchronized (this) {
            if (!halted) {
                actions.add(action);
                return;
            }
        }
        run(action);
    }

    synchronized void off(Runnable action) {
        actions.remove(action);
    }

    /** Waits for so many nanoseconds, or until it is told to end. @return whether it is */
    synchronized boolean await(long nanos) {
        long until = System.nanoTime() + nanos;
        boolean interrupted = false;
        for (long left = nanos; left > 0 && !halted; left = until - System.nanoTime()) {
            try {
                wait(left / 1_000_000, (int) (left % 1_000_000));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return halted;
    }

    /** One action that fails must not keep the others from being run. */
    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
            if (handler != null) {
                handler.uncaughtException(Thread.currentThread(), e);
            }
        }
    }
}
