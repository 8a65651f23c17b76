package tranzr.events;

import java.util.UUID;
import tranzr.model.FileAccess;

/**
 * An event as it is handed to whoever may hear of it.
 *
 * @param number by which a later event is told from an earlier one
 * @param place among the events that are kept; -1 for one that a newer one takes the place of
 * @param text JSON on one line
 * @param file which it is about; null for the server itself, of which only administrators hear
 * @param access as it was then
 */
record Told(long number, long place, String type, String text, UUID file, FileAccess access) {
}
