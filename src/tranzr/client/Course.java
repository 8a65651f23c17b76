package tranzr.client;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The states of a transfer, and who may change them when. There is at most one thread at work; it runs {@link Work} again and again until nobody wants it any more. Safe for several
 * threads.
 *
 * @param <R> what it results in
 */
final class Course<R> {

    /** What a transfer does. */
    @FunctionalInterface
    interface Work<R> {
        R run(RangeRun engine) throws TransferException;
    }

    /** What is wanted of it; later ones cannot be taken back. */
    private enum Wish { RUN, PAUSE, LEAVE, CANCEL }

    private final Tuning tuning;
    private final RandomGenerator random;
    private final Work<R> work;
    private final Runnable discard;
    private final Meter meter;
    private final Teller teller;
    private final CompletableFuture<R> result = new CompletableFuture<>();
    private boolean started;
    private boolean over;
    private Wish wish = Wish.RUN;
    /** Null while nobody is at work. */
    private Thread worker;
    /** Of what is at work; null while nothing is. */
    private Halt halt;

    /** @param discard what clears away after {@link #cancel} */
    Course(Tuning tuning, RandomGenerator random, Consumer<Progress> listener, Work<R> work, Runnable discard) {
        this.tuning = tuning;
        this.random = random;
        this.work = work;
        this.discard = discard;
        this.teller = new Teller(listener, this::progress);
        this.meter = new Meter(tuning.chunkSize(), System::nanoTime, teller::changed);
    }

    synchronized void start() {
        if (started || over) {
            return;
        }
        started = true;
        teller.start();
        if (wish == Wish.RUN) {
            begin();
        }
    }

    void pause() {
        ask(Wish.PAUSE);
        awaitRest(Wish.PAUSE);
    }

    synchronized void resume() {
        if (over || wish != Wish.PAUSE) {
            return;
        }
        wish = Wish.RUN;
        notifyAll();
        if (worker != null) {
            return; // it finds, as soon as it has stopped, that it is to go on
        }
        meter.state(Progress.State.NEW, null);
        if (started) {
            begin();
        }
    }

    void cancel() {
        ask(Wish.CANCEL);
    }

    void leave() {
        ask(Wish.LEAVE);
        awaitRest(Wish.LEAVE);
    }

    Progress progress() {
        return meter.progress();
    }

    CompletableFuture<R> result() {
        return result.copy();
    }

    private void ask(Wish wanted) {
        Halt running;
        synchronized (this) {
            if (over || wish.compareTo(wanted) >= 0) {
                return;
            }
            wish = wanted;
            notifyAll();
            running = halt;
            if (worker == null && wanted == Wish.PAUSE) {
                meter.state(Progress.State.PAUSED, null);
            } else if (worker == null) {
                begin();
            }
        }
        // Outside of the lock: it runs what others gave.
        if (running != null) {
            running.halt();
        }
    }

    /** Returns when nobody is at work, or when it is to go on after all. */
    private synchronized void awaitRest(Wish wanted) {
        boolean interrupted = false;
        while (worker != null && worker != Thread.currentThread() && wish.compareTo(wanted) >= 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void begin() {
        worker = Thread.ofVirtual().name("tranzr-transfer").unstarted(this::work);
        worker.start();
    }

    private void work() {
        for (Halt mine = nextRound(); mine != null; mine = nextRound()) {
            R done;
            try {
                meter.state(Progress.State.PREPARING, null);
                done = work.run(new RangeEngine(tuning, random, meter, mine));
            } catch (TransferException e) {
                if (e.kind() == TransferException.Kind.PAUSED && mine.isHalted()) {
                    continue; // it did as it was told; the next round knows by whom and what for
                }
                fail(e);
                return;
            } catch (RuntimeException | Error e) {
                fail(new TransferException(TransferException.Kind.LOCAL, "it broke down: " + e, e));
                return;
            }
            end(Progress.State.DONE, null, () -> result.complete(done));
            return;
        }
    }

    /** Looks at what is wanted now. @return null when the work is over, or rests */
    private Halt nextRound() {
        synchronized (this) {
            if (wish == Wish.RUN) {
                halt = new Halt();
                return halt;
            }
            if (wish == Wish.PAUSE) {
                worker = null;
                halt = null;
                meter.state(Progress.State.PAUSED, null);
                notifyAll();
                return null;
            }
        }
        fail(new TransferException(TransferException.Kind.PAUSED, "left, and can go on from here"));
        return null;
    }

    private void fail(TransferException why) {
        boolean cancelled;
        synchronized (this) {
            cancelled = wish == Wish.CANCEL;
        }
        TransferException end = cancelled ? new TransferException(TransferException.Kind.CANCELLED, "cancelled", why) : why;
        if (cancelled) {
            try {
                discard.run();
            } catch (RuntimeException e) {
                end.addSuppressed(e);
            }
        }
        end(Progress.State.FAILED, end.getMessage(), () -> result.completeExceptionally(end));
    }

    private void end(Progress.State state, String note, Runnable then) {
        meter.state(state, note);
        synchronized (this) {
            over = true;
            worker = null;
            halt = null;
            notifyAll();
        }
        teller.end(then);
    }
}
