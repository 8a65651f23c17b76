package tranzr.transfer;

import java.util.List;
import tranzr.catalog.Change;

/** Adds to a commit what others are to hear of it, so that no crash lies between the two. Called by any thread, before every commit; must be quick. */
@FunctionalInterface
public interface Outbox {

    /** @return the changes, and behind them what is to be committed with them; the very same list when there is nothing */
    List<Change> with(List<Change> changes);
}
