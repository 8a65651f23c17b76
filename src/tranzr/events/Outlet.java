package tranzr.events;

import java.util.List;
import tranzr.catalog.Change;

/** Keeps events for others, in the very commits that they tell of. Called by any thread; must be quick, and must not throw. */
public interface Outlet {

    /** What is to be committed with the changes that the events, at least one, tell of. */
    List<Change> with(List<Event> events);

    /** These changes, with what was added, are durable now. Told of every commit. */
    void committed(List<Change> changes);

    /** There was no room for what had been added, so that the commit was made without it. */
    void lost(List<Change> added);
}
