package tranzr.model;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;

/**
 * A place whose files belong to its members; who they are is written at the tokens.
 *
 * @param name for people; no other room has it, whatever its case
 */
public record Room(UUID id, String name, Instant created, Quota quota) implements Entity {
    public Room {
        Objects.requireNonNull(id);
        Objects.requireNonNull(name);
        Objects.requireNonNull(created);
        Objects.requireNonNull(quota);
    }

    /**
     * The {@link #secret} of the room with this name. It is none, and opens nothing; but a catalog keeps those unique, so that names are, however many
     * rooms are made at once.
     */
    public static Digest key(String name) {
        String folded = Normalizer.normalize(name, Normalizer.Form.NFC).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return Digest.sha256(("room\0" + folded).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Digest secret() {
        return key(name);
    }
}
