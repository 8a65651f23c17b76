package tranzr.model;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A link to a completed file.
 *
 * @param tokenHash the SHA-256 of the token; the token itself is kept nowhere
 * @param password the stored form of {@code tranzr.security.SharePassword}, or null when none is asked for
 * @param expires null for never
 * @param maxDownloads 0 for no limit
 * @param used how many downloads are counted, those in {@code open} included
 * @param open downloads that are counted but not known to have ended; at most a few
 * @param failedPasswords wrong passwords since the last right one
 * @param lastFailure when the last of them came, or null
 * @param policy by whom it was made, and what else holds for it
 */
public record Share(Digest tokenHash, UUID fileId, String password, Instant created, Instant expires,
        long maxDownloads, long used, List<Slot> open, int failedPasswords, Instant lastFailure, Policy policy) {

    /**
     * @param creator the token that made it; {@link AccessToken#OPERATOR_ID} for the operator
     * @param addresses from where it may be used; empty for anywhere
     * @param oneTime whether it is for one download, for good: its limit cannot be raised
     * @param notice whether its maker wants to hear of each use
     */
    public record Policy(UUID creator, List<IpRange> addresses, boolean oneTime, boolean notice) {

        public static final Policy OPERATOR = new Policy(AccessToken.OPERATOR_ID, List.of(), false, false);

        public Policy {
            Objects.requireNonNull(creator);
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * One counted download.
     *
     * @param id unique within the share
     * @param client the hash of what identifies the client, so that it can continue its own download
     * @param at when it was counted
     */
    public record Slot(long id, Digest client, Instant at) {
        public Slot {
            Objects.requireNonNull(client);
            Objects.requireNonNull(at);
        }
    }

    public Share {
        Objects.requireNonNull(tokenHash);
        Objects.requireNonNull(fileId);
        Objects.requireNonNull(created);
        Objects.requireNonNull(policy);
        open = List.copyOf(open);
    }

    /** One that the operator made, with nothing special about it. */
    public Share(Digest tokenHash, UUID fileId, String password, Instant created, Instant expires, long maxDownloads, long used, List<Slot> open,
            int failedPasswords, Instant lastFailure) {
        this(tokenHash, fileId, password, created, expires, maxDownloads, used, open, failedPasswords, lastFailure, Policy.OPERATOR);
    }

    public boolean isExpired(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    /** Whether no further download may start. */
    public boolean isUsedUp() {
        return maxDownloads > 0 && used >= maxDownloads;
    }

    public Share withSlots(long used, List<Slot> open) {
        return new Share(tokenHash, fileId, password, created, expires, maxDownloads, used, open, failedPasswords,
                lastFailure, policy);
    }

    public Share withTerms(Instant expires, long maxDownloads, String password) {
        return new Share(tokenHash, fileId, password, created, expires, maxDownloads, used, open, failedPasswords,
                lastFailure, policy);
    }

    public Share withFailures(int failedPasswords, Instant lastFailure) {
        return new Share(tokenHash, fileId, password, created, expires, maxDownloads, used, open, failedPasswords,
                lastFailure, policy);
    }

    public Share withPolicy(Policy policy) {
        return new Share(tokenHash, fileId, password, created, expires, maxDownloads, used, open, failedPasswords,
                lastFailure, policy);
    }
}
