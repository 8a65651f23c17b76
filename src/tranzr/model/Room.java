package tranzr.model;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/** A place whose files belong to its members; who they are is written at the tokens. @param name for people, unique by the care of its maker */
public record Room(UUID id, String name, Instant created, Quota quota) implements Entity {
    public Room {
        Objects.requireNonNull(id);
        Objects.requireNonNull(name);
        Objects.requireNonNull(created);
        Objects.requireNonNull(quota);
    }
}
