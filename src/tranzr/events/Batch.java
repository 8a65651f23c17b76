package tranzr.events;

import java.util.List;

/**
 * What a subscriber has not been told yet.
 *
 * @param entries in their order
 * @param position where the subscriber stands when it has taken all of them: by this number it can go on later
 */
public record Batch(List<Entry> entries, long position) {

    /**
     * One event.
     *
     * @param number where the subscriber stands after it; -1 when that cannot be said before the end of the batch
     * @param type its name
     * @param text JSON on one line
     */
    public record Entry(long number, String type, String text) {
    }

    public Batch {
        entries = List.copyOf(entries);
    }
}
