package tranzr.catalog;

import tranzr.model.Upload;

/** Is told of commits as they happen: something that counts. Called by any thread; must be quick, and must not throw. */
public interface CatalogWatch {

    /** Not interested. */
    CatalogWatch NONE = new CatalogWatch() { };

    /**
     * An upload was begun, changed or removed by a commit, seen by all and about to be durable; one call a commit and upload. By the thread that commits, under the lock for it.
     *
     * @param before null when it is new
     * @param after null when it is gone
     */
    default void changed(Upload before, Upload after) {
    }

    /** A commit became durable. @param nanos from its beginning, in nanoseconds */
    default void committed(long nanos) {
    }
}
