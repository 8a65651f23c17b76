package tranzr.transfer;

import java.util.List;
import tranzr.catalog.Change;

/**
 * Adds to a commit what others are to hear of it, so that no crash lies between the two. Called by any thread, for every commit; must be quick, and must
 * not throw.
 */
@FunctionalInterface
public interface Outbox {

    /** @return the changes, and behind them what is to be committed with them; the very same list when there is nothing */
    List<Change> with(List<Change> changes);

    /** These changes, with what was added, are durable now. */
    default void committed(List<Change> changes) {
    }

    /** There was no room for what had been added, so that the commit was made without it. */
    default void lost(List<Change> added) {
    }
}
