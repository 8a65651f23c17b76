package tranzr.model;

import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A URL that is told of events.
 *
 * @param owner the token that made it: it hears only of what that token may see
 * @param key signs what is sent; it has to be known to sign, so that it is kept in the clear
 * @param events the names of the events; empty for all
 */
public record Webhook(UUID id, UUID owner, String url, String key, Set<String> events, Instant created, boolean active) implements Entity {
    public Webhook {
        Objects.requireNonNull(id);
        Objects.requireNonNull(owner);
        Objects.requireNonNull(url);
        Objects.requireNonNull(key);
        Objects.requireNonNull(created);
        events = Collections.unmodifiableSet(new TreeSet<>(events));
    }

    @Override
    public String toString() {
        return "Webhook[" + id + ", " + url + "]";
    }
}
