package tranzr.model;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * Lets its bearer do one thing once, in the name of the token that made it.
 *
 * @param hash the SHA-256 of the secret
 * @param token whose rights it borrows
 * @param right the only one it gives
 * @param file the only file it is for; null for any, or for none
 */
public record OneTimeToken(UUID id, Digest hash, UUID token, Right right, UUID file, Instant created, Instant expires) implements Entity {
    public OneTimeToken {
        Objects.requireNonNull(id);
        Objects.requireNonNull(hash);
        Objects.requireNonNull(token);
        Objects.requireNonNull(right);
        Objects.requireNonNull(created);
        Objects.requireNonNull(expires);
    }

    @Override
    public Digest secret() {
        return hash;
    }
}
