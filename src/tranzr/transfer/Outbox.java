package tranzr.transfer;

import java.util.List;
import tranzr.catalog.Change;

/**
 * Adds to a commit what others are to hear of it, so that no crash lies between the two. Called by any thread, for every commit; must be quick, and must
 * not throw.
 */
@FunctionalInterface
public interface Outbox {

    /** Has nothing to say. */
    Outbox NONE = _ -> new Note() {
    };

    /** What one commit means to others. Used by the thread that commits. */
    interface Note {

        /** What is to be committed with the changes, behind them. */
        default List<Change> added() {
            return List.of();
        }

        /** The changes, with what was added, are durable now. */
        default void committed() {
        }

        /** The changes are durable now; for what was added there was no room. */
        default void committedAlone() {
        }
    }

    /** Asked before the changes are committed, which may still fail: then nothing is told of the note. */
    Note of(List<Change> changes);
}
