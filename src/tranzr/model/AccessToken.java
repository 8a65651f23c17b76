package tranzr.model;

import java.time.Instant;
import java.util.Objects;

/**
 * A token that opens the API. Only its hash is known.
 *
 * @param hash the SHA-256 of the token
 * @param name for people, such as {@code admin}; never empty
 */
public record AccessToken(Digest hash, String name, Instant created) {
    public AccessToken {
        Objects.requireNonNull(hash);
        Objects.requireNonNull(name);
        Objects.requireNonNull(created);
    }
}
