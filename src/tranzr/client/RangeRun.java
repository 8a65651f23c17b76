package tranzr.client;

import java.util.List;
import tranzr.model.ByteRange;

/**
 * Has the missing ranges of one transfer moved by several workers, until none is missing: chunk size, concurrency, retries, rests and pace are decided here. In ascending order, as
 * far as failures allow, so that the receiving side can hash as it goes.
 */
interface RangeRun {

    /** Moves all of these, ascending and disjoint. Returns when each was moved. */
    void run(Mover mover, List<ByteRange> missing) throws TransferException;

    /**
     * The same for bytes that come one after the other and cannot be asked for again.
     *
     * @param next gives the end of what can be moved next, at most {@code atMost} bytes, starting at 0 and then where the last ended; it blocks; a range of no bytes is the end of all. What it
     *        gave stays readable until it was moved, which may happen in parts. While it waits it looks at {@link #checkStopped} several times a second, since {@link Transfer#pause} waits for it.
     */
    void run(Mover mover, Ranges next) throws TransferException;

    /** One call that is no range: a start, a merge, a HEAD; retried, waited for and stopped like a range. */
    <T> T once(Call<T> call) throws TransferException;

    /** For a request within {@link #once} that moves so many bytes, a small file in one PUT say: paced, counted and stopped like a range. A new one for each try. */
    Attempt attempt(long bytes);

    /** For {@link Progress}: what is known before the first range moves, and whenever it changes. */
    void total(long total, long alreadyDone);

    void state(Progress.State state, String note);

    /**
     * Whether to stop, for work between ranges: hashing, say.
     *
     * @throws TransferException {@link TransferException.Kind#PAUSED} if so, which {@link Transfer#run} lets pass; {@link Transfer} knows what was meant by it
     */
    void checkStopped() throws TransferException;

    /** Gives ranges as bytes come. */
    @FunctionalInterface
    interface Ranges {
        ByteRange next(long atMost) throws TransferException;
    }

    /** Something that is tried until it is done. */
    @FunctionalInterface
    interface Call<T> {
        T call() throws java.io.IOException, RefusedException, TransferException;
    }
}
