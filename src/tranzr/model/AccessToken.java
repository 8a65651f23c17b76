package tranzr.model;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A token that opens the API. Only its hash is known.
 *
 * @param id what it goes by; stays when the secret is changed
 * @param hash the SHA-256 of the secret
 * @param name for people, such as {@code admin}; never empty
 * @param rights at all, whatever file; not empty
 * @param rooms its role in each room it is a member of
 * @param expires from when it opens nothing any more; null for never
 * @param addresses from where it may be used; empty for anywhere
 * @param totp the second factor for sensitive operations; null for none
 */
public record AccessToken(UUID id, Digest hash, String name, Instant created, Set<Right> rights, Map<UUID, Role> rooms, Quota quota,
        Instant expires, List<IpRange> addresses, Totp totp) implements Entity {

    /** The id of whoever runs the server: of the token given at the start, and of a server that asks for none. */
    public static final UUID OPERATOR_ID = new UUID(0, 0);

    /** The operator's own, which is in no catalog. */
    public static final AccessToken OPERATOR = of(OPERATOR_ID, Digest.of(new byte[Digest.LENGTH]), "operator", Instant.EPOCH);

    /**
     * A second factor (RFC 6238). The secret has to be known to be checked, so that this is the one secret that is kept in the clear.
     *
     * @param secret base32, without padding
     * @param lastStep the time step of the last code that was accepted, so that none is accepted twice; 0 for none
     * @param confirmed whether a code has shown that its user has the secret; before, it guards nothing
     */
    public record Totp(String secret, long lastStep, boolean confirmed) {
        public Totp {
            Objects.requireNonNull(secret);
        }

        @Override
        public String toString() {
            return "Totp[" + (confirmed ? "confirmed" : "not confirmed") + "]";
        }
    }

    public AccessToken {
        Objects.requireNonNull(id);
        Objects.requireNonNull(hash);
        Objects.requireNonNull(name);
        Objects.requireNonNull(created);
        Objects.requireNonNull(quota);
        rights = Collections.unmodifiableSet(rights.isEmpty() ? EnumSet.noneOf(Right.class) : EnumSet.copyOf(rights));
        rooms = Collections.unmodifiableMap(new TreeMap<>(rooms));
        addresses = List.copyOf(addresses);
    }

    /** One that may do everything, everywhere, for ever. */
    public static AccessToken of(UUID id, Digest hash, String name, Instant created) {
        return new AccessToken(id, hash, name, created, Right.ALL, Map.of(), Quota.NONE, null, List.of(), null);
    }

    /** The id of a token from when tokens had none of their own. */
    public static UUID idOf(Digest hash) {
        ByteBuffer bytes = ByteBuffer.wrap(hash.bytes());
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    @Override
    public Digest secret() {
        return hash;
    }

    public boolean isExpired(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    public AccessToken withHash(Digest hash) {
        return new AccessToken(id, hash, name, created, rights, rooms, quota, expires, addresses, totp);
    }

    public AccessToken withRooms(Map<UUID, Role> rooms) {
        return new AccessToken(id, hash, name, created, rights, rooms, quota, expires, addresses, totp);
    }

    /** @param totp null for none */
    public AccessToken withTotp(Totp totp) {
        return new AccessToken(id, hash, name, created, rights, rooms, quota, expires, addresses, totp);
    }
}
