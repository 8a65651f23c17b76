package tranzr.model;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * One event on its way to one webhook; it stays until it has arrived, or was given up long ago.
 *
 * @param event the id under which the receiver knows the event, however often it is sent
 * @param type the event's name
 * @param body what is sent, JSON
 * @param attempts how often it was tried
 * @param next when it is tried again; null when it was given up
 * @param lastResult what came of the last attempt, in a few words; null before the first
 */
public record Delivery(UUID id, UUID webhook, UUID event, String type, String body, Instant created, int attempts, Instant next,
        String lastResult) implements Entity {
    public Delivery {
        Objects.requireNonNull(id);
        Objects.requireNonNull(webhook);
        Objects.requireNonNull(event);
        Objects.requireNonNull(type);
        Objects.requireNonNull(body);
        Objects.requireNonNull(created);
    }

    /** @param next null when it is given up */
    public Delivery tried(int attempts, Instant next, String result) {
        return new Delivery(id, webhook, event, type, body, created, attempts, next, result);
    }
}
