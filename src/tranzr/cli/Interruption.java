package tranzr.cli;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import tranzr.client.Transfer;

/**
 * Ctrl-C, SIGTERM and SIGHUP: what runs is left in order, so that it can go on later, and the exit code says so. The virtual machine would report the signal (130, 143)
 * whatever happened; halting in its shutdown hook tells more. A second Ctrl-C ends the process at once.
 */
final class Interruption implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 10;

    private final Set<Transfer<?>> running = ConcurrentHashMap.newKeySet();
    private final CountDownLatch told = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean stopping;

    /** @param lastWords says what is to be said, once everything is left, and gives the exit code */
    Interruption(Supplier<ExitCode> lastWords) {
        hook = Thread.ofPlatform().name("tranzr-leave").unstarted(() -> stop(lastWords));
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether nothing new is to be begun. */
    boolean isStopping() {
        return stopping;
    }

    void watch(Transfer<?> transfer) {
        running.add(transfer);
        if (stopping) {
            transfer.leave();
        }
    }

    void forget(Transfer<?> transfer) {
        running.remove(transfer);
    }

    private void stop(Supplier<ExitCode> lastWords) {
        stopping = true;
        endAtTheNextSignal();
        ExitCode code = ExitCode.PAUSED;
        try {
            Thread[] leaving = running.stream().map(transfer -> Thread.ofVirtual().start(transfer::leave)).toArray(Thread[]::new);
            for (Thread each : leaving) {
                each.join();
            }
            // Whoever waits for the transfers still has to say how each ended.
            told.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            code = lastWords.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Runtime.getRuntime().halt(code.number());
        }
    }

    /** The hook runs while the machine shuts down, and then its own handler is deaf: the system's takes its place, by the JDK's {@code sun.misc.Signal} where that is there. */
    private static void endAtTheNextSignal() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            for (String name : new String[] { "INT", "TERM" }) {
                signal.getMethod("handle", signal, handler).invoke(null, signal.getConstructor(String.class).newInstance(name), handler.getField("SIG_DFL").get(null));
            }
        } catch (ReflectiveOperationException e) {
            // On another Java a second signal changes nothing, and the first ends everything soon enough.
            return;
        }
    }

    /** What runs has ended by itself, and everything is said; a signal from here on ends the process as the system has it, unless one came before. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            told.countDown(); // the hook runs already, and has the last word
        }
    }
}
