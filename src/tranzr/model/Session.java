package tranzr.model;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * A browser that has logged in with a token.
 *
 * @param hash the SHA-256 of the cookie's value
 * @param token the id of the token
 * @param address from where, as text
 * @param agent the browser as it named itself, shortened; may be empty
 * @param provenUntil until when a second factor given before is enough; null for none
 */
public record Session(UUID id, Digest hash, UUID token, Instant created, Instant expires, String address, String agent,
        Instant provenUntil) implements Entity {
    public Session {
        Objects.requireNonNull(id);
        Objects.requireNonNull(hash);
        Objects.requireNonNull(token);
        Objects.requireNonNull(created);
        Objects.requireNonNull(expires);
        Objects.requireNonNull(address);
        Objects.requireNonNull(agent);
    }

    @Override
    public Digest secret() {
        return hash;
    }

    /** @param provenUntil null for none */
    public Session proven(Instant provenUntil) {
        return new Session(id, hash, token, created, expires, address, agent, provenUntil);
    }
}
