package tranzr.client;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One file on its way. Made by a builder of {@link TranzrClient}; does nothing before {@link #start}. Safe for several threads.
 *
 * @param <R> what it results in
 */
public abstract sealed class Transfer<R> permits Upload, Download {

    final TranzrClient client;
    final Tuning tuning;
    private final Consumer<Progress> listener;
    private final CompletableFuture<R> result = new CompletableFuture<>();

    Transfer(TranzrClient client, Tuning tuning, Consumer<Progress> listener) {
        this.client = client;
        this.tuning = tuning;
        this.listener = listener;
    }

    /** Begins, on a virtual thread of its own. No effect the second time. */
    public final void start() {
        throw new IllegalStateException("not there yet");
    }

    /** Stops moving bytes, and keeps what there is; the session stays. No effect on one that is over. Returns when nothing moves any more. */
    public final void pause() {
        throw new IllegalStateException("not there yet");
    }

    /** Goes on after {@link #pause}. */
    public final void resume() {
        throw new IllegalStateException("not there yet");
    }

    /** Ends it for good: an upload is given up at the server, a partial file is removed, and so is the session. The result is {@link TransferException.Kind#CANCELLED}. */
    public final void cancel() {
        throw new IllegalStateException("not there yet");
    }

    /**
     * Ends it for now, as the end of the process would: {@link TransferException.Kind#PAUSED}. The same transfer, begun again in this process or another, goes on from there. Returns when nothing moves any more and the session is saved.
     */
    public final void leave() {
        throw new IllegalStateException("not there yet");
    }

    /** How it is doing now. */
    public final Progress progress() {
        throw new IllegalStateException("not there yet");
    }

    /** Done with what came of it, or failed with a {@link TransferException}. Cancelling the future has no effect on the transfer. */
    public final CompletableFuture<R> result() {
        return result.copy();
    }

    /** The work itself, from the beginning or from where it was left; called once for each start or resume. */
    abstract R run(RangeRun engine) throws TransferException;

    /** What {@link #cancel} clears away, after {@link #run} has ended. */
    abstract void discard();
}
