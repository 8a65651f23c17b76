package tranzr.model;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A link by which guests without a token send files into a room.
 *
 * @param hash the SHA-256 of the link's token
 * @param creator the token that made it, and that the files belong to
 * @param title what guests are told; may be empty
 * @param expires null for never
 * @param maxFileSize of each file, in bytes; {@link Long#MAX_VALUE} for no limit
 * @param quota how much may come in all, also when it is removed again; {@code monthlyBytes} is not used
 * @param types the file name extensions that are taken, in lower case without the dot; empty for all
 * @param password the stored form of {@code tranzr.security.SharePassword}, or null when none is asked for
 * @param notice whether the creator wants to hear of each file
 * @param failedPasswords wrong passwords since the last right one
 * @param lastFailure when the last of them came, or null
 */
public record UploadRequest(UUID id, Digest hash, UUID room, UUID creator, String title, Instant created, Instant expires, long maxFileSize,
        Quota quota, List<String> types, String password, boolean notice, int failedPasswords, Instant lastFailure) implements Entity {
    public UploadRequest {
        Objects.requireNonNull(id);
        Objects.requireNonNull(hash);
        Objects.requireNonNull(room);
        Objects.requireNonNull(creator);
        Objects.requireNonNull(title);
        Objects.requireNonNull(created);
        Objects.requireNonNull(quota);
        types = List.copyOf(types);
    }

    /** One whose password nobody has tried. */
    public UploadRequest(UUID id, Digest hash, UUID room, UUID creator, String title, Instant created, Instant expires, long maxFileSize, Quota quota,
            List<String> types, String password, boolean notice) {
        this(id, hash, room, creator, title, created, expires, maxFileSize, quota, types, password, notice, 0, null);
    }

    @Override
    public Digest secret() {
        return hash;
    }

    public boolean isExpired(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    public UploadRequest withFailures(int failedPasswords, Instant lastFailure) {
        return new UploadRequest(id, hash, room, creator, title, created, expires, maxFileSize, quota, types, password, notice, failedPasswords,
                lastFailure);
    }

    public UploadRequest withPassword(String password) {
        return new UploadRequest(id, hash, room, creator, title, created, expires, maxFileSize, quota, types, password, notice, failedPasswords,
                lastFailure);
    }

    /** Whether guests may do the same by both; how often somebody guessed at the password does not matter. */
    public boolean isSameTo(UploadRequest other) {
        return withFailures(0, null).equals(other.withFailures(0, null));
    }
}
