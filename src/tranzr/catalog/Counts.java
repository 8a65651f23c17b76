package tranzr.catalog;

import java.util.Map;
import tranzr.model.UploadState;

/**
 * How many there are of what, at some moment.
 *
 * @param uploads by state, all states
 * @param shares links that are not cleared away, expired ones included
 */
public record Counts(Map<UploadState, Long> uploads, long shares) {
}
