package tranzr.model;

import java.time.Instant;
import java.util.UUID;

/**
 * One of the things beside files and their shares that a catalog keeps: few, small, each replaced as a whole. All are immutable and compare by
 * value.
 */
public sealed interface Entity permits AccessToken, Room, UploadRequest, Session, OneTimeToken, Webhook, Delivery, SigningKey {

    /** Unique among all entities of its kind. */
    UUID id();

    /** The hash of the secret that finds it, unique among all entities; null when it has none. */
    default Digest secret() {
        return null;
    }

    Instant created();
}
