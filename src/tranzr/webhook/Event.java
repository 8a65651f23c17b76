package tranzr.webhook;

import java.util.UUID;
import tranzr.model.Upload;

/**
 * Something that happened to a file.
 *
 * @param type its name, one of {@link Events#TYPES}
 * @param body what receivers are sent, JSON; the same for all of them
 * @param file as it was before it went, or is afterwards: who may see it hears of the event
 */
record Event(UUID id, String type, String body, Upload file) {
}
