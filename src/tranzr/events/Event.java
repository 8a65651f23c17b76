package tranzr.events;

import java.util.UUID;
import tranzr.model.Upload;

/**
 * Something that happened to a file.
 *
 * @param type its name, one of {@link Events#LIVE_TYPES}
 * @param body what everybody is told, JSON on one line; the same for all
 * @param file as it was before it went, or is afterwards: who may see it hears of the event
 * @param lasting whether webhooks hear of it too, and not only who is watching
 */
public record Event(UUID id, String type, String body, Upload file, boolean lasting) {
}
