package tranzr.client;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One file on its way, or the question what there is. Made by a builder of {@link TranzrClient}; does nothing before {@link #start}. Safe for several threads: each method may be called at any time, also
 * by the listener and while the process shuts down. What is asked for last holds, but for {@link #cancel} and {@link #leave}, after which nothing brings it back.
 *
 * @param <R> what it results in
 */
public abstract sealed class Transfer<R> permits Upload, Download, Listing {

    final TranzrClient client;
    final Tuning tuning;
    private final Course<R> course;

    Transfer(TranzrClient client, Tuning tuning, Consumer<Progress> listener) {
        this.client = client;
        this.tuning = tuning;
        this.course = new Course<>(tuning, client.random, listener, this::run, this::discard);
    }

    /** Begins, on a virtual thread of its own. No effect the second time. */
    public final void start() {
        course.start();
    }

    /** Stops moving bytes, and keeps what there is; the session stays. No effect on one that is over. Returns when nothing moves any more; one that is not started yet will wait for {@link #resume}. */
    public final void pause() {
        course.pause();
    }

    /** Goes on after {@link #pause}. */
    public final void resume() {
        course.resume();
    }

    /**
     * Ends it for good: an upload is given up at the server, a partial file is removed, and so is the session. Returns at once; when all that is done, the result is
     * {@link TransferException.Kind#CANCELLED}. One that comes through before this takes effect is done all the same.
     */
    public final void cancel() {
        course.cancel();
    }

    /**
     * Ends it for now, as the end of the process would: {@link TransferException.Kind#PAUSED}. The same transfer, begun again in this process or another, goes on from there. Returns when nothing moves any more and the session is saved.
     */
    public final void leave() {
        course.leave();
    }

    /** How it is doing now. */
    public final Progress progress() {
        return course.progress();
    }

    /**
     * Done with what came of it, or failed with a {@link TransferException}; after the listener was told the end. Cancelling the future has no effect on the transfer.
     */
    public final CompletableFuture<R> result() {
        return course.result();
    }

    /** The work itself, from the beginning or from where it was left; called once for each start or resume. */
    abstract R run(RangeRun engine) throws TransferException;

    /** What {@link #cancel} clears away, after {@link #run} has ended, or without that it was ever called. */
    abstract void discard();
}
