package tranzr.model;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * What the server signs addresses and the tags of parts with, for a while. It has to be known to sign, so that it is kept in the clear; it is in no answer, log or dump.
 *
 * @param id made of the key's number by {@link #idOf}, so that of all who need one at the same time one makes it
 * @param key 32 random bytes as base64url
 */
public record SigningKey(UUID id, String key, Instant created) implements Entity {

    public SigningKey {
        Objects.requireNonNull(id);
        Objects.requireNonNull(key);
        Objects.requireNonNull(created);
    }

    /** The id of the key of this number. */
    public static UUID idOf(long number) {
        return new UUID(0, number);
    }

    public long number() {
        return id.getLeastSignificantBits();
    }

    @Override
    public String toString() {
        return "SigningKey[" + number() + "]";
    }
}
