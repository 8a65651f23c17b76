package tranzr.model;

import java.util.Objects;
import java.util.UUID;

/**
 * Whose usage is counted.
 *
 * @param id of the token, room or upload request; of {@code TOTAL} always {@link #NOBODY}
 */
public record Scope(Kind kind, UUID id) {

    /** The ordinals are part of the format on the disk: new ones come last. */
    public enum Kind { TOTAL, TOKEN, ROOM, REQUEST }

    private static final UUID NOBODY = new UUID(0, 0);

    /** All there is. */
    public static final Scope TOTAL = new Scope(Kind.TOTAL, NOBODY);

    public Scope {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(id);
    }

    public static Scope token(UUID id) {
        return new Scope(Kind.TOKEN, id);
    }

    public static Scope room(UUID id) {
        return new Scope(Kind.ROOM, id);
    }

    public static Scope request(UUID id) {
        return new Scope(Kind.REQUEST, id);
    }
}
