package tranzr.catalog.journal;

import java.io.IOException;

/**
 * Makes durable what was written to the storage; called before bytes that {@link tranzr.catalog.Change.RangeStored} carried are
 * forgotten, that is before a snapshot takes the place of the records that hold them. So whoever commits such a change has
 * written the bytes to the storage before, forced or not.
 */
@FunctionalInterface
public interface BeforeDrop {

    /** Returns when all that was written before the call is durable. */
    void sync() throws IOException;
}
