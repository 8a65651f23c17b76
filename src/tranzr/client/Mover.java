package tranzr.client;

import java.io.IOException;
import java.util.List;
import tranzr.model.ByteRange;

/** One direction of moving bytes. Its methods block, on the virtual threads of a {@link RangeRun}. */
interface Mover {

    /**
     * Moves these bytes, and returns when they are where they belong: acknowledged by the server, or in the file. Called by several threads at once, for ranges that
     * do not overlap. What has come when it fails may stay; {@link #missing} tells.
     *
     * @throws IOException when nobody knows what came of it, {@link StoppedException} when it was told to stop
     * @throws RefusedException when the server said no; {@link Retry} knows whether a retry helps
     * @throws TransferException when the transfer cannot go on
     */
    void move(ByteRange range, Attempt attempt) throws IOException, RefusedException, TransferException;

    /**
     * What is not there yet, ascending, asked of the side that knows. Called after something failed, never while a {@link #move} is under way for the ranges that it
     * will be used for. While the length is unknown (standard input) there is no call.
     */
    List<ByteRange> missing(ByteRange within) throws IOException, RefusedException, TransferException;

    /** One small request that shows whether the other side is there again. Any answer will do, but for those that say "not now". */
    void probe() throws IOException, RefusedException;
}
