package tranzr.transfer;

import java.util.function.Supplier;
import tranzr.model.Digest;

/**
 * The SHA-256 that a client says the body of one request has.
 *
 * @param possible whether one was sent or may yet come, so that the body has to be hashed by itself
 * @param value asked once, after the body's end; null when none came after all
 */
public record DigestClaim(boolean possible, Supplier<Digest> value) {

    public static final DigestClaim NONE = new DigestClaim(false, () -> null);

    public static DigestClaim of(Digest digest) {
        return digest == null ? NONE : new DigestClaim(true, () -> digest);
    }

    /** For a form whose digest field may follow the file. */
    public static DigestClaim later(Supplier<Digest> value) {
        return new DigestClaim(true, value);
    }
}
