package tranzr.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A link that comes into being in the very commit that completes its upload. Its token is known to whoever began the upload, and kept nowhere.
 *
 * @param tokenHash the SHA-256 of the token
 * @param password the stored form of {@code tranzr.security.SharePassword}, or null when none is asked for
 * @param lasts how long, from completion on; null for ever
 * @param maxDownloads 0 for no limit
 * @param policy by whom it was made, and what else holds for it
 */
public record SharePromise(Digest tokenHash, String password, Duration lasts, long maxDownloads, Share.Policy policy) {

    public SharePromise {
        Objects.requireNonNull(tokenHash);
        Objects.requireNonNull(policy);
        if (maxDownloads < 0 || lasts != null && (lasts.isNegative() || lasts.isZero())) {
            throw new IllegalArgumentException("a link for " + maxDownloads + " downloads within " + lasts);
        }
    }

    /** The link, as soon as there is something to link to. */
    public Share kept(UUID file, Instant at) {
        return new Share(tokenHash, Share.Contents.of(file), password, at, lasts == null ? null : at.plus(lasts), maxDownloads, 0, List.of(), 0, null, policy);
    }
}
