package tranzr.transfer;

import java.util.function.Supplier;
import tranzr.model.Digest;

/**
 * What a client says of the bytes of one request; checked at their end, before any of them exists.
 *
 * @param possible whether a SHA-256 was sent or may yet come, so that the body has to be hashed by itself
 * @param value asked once, after the body's end; null when none came after all
 * @param crc the CRC-32C, which is computed of each body anyway, so that checking it costs nothing; null for none
 */
public record DigestClaim(boolean possible, Supplier<Digest> value, Integer crc) {

    public static final DigestClaim NONE = new DigestClaim(false, () -> null, null);

    public static DigestClaim of(Digest digest) {
        return of(digest, null);
    }

    /** Either or both; null for what was not sent. */
    public static DigestClaim of(Digest digest, Integer crc) {
        return digest == null && crc == null ? NONE : new DigestClaim(digest != null, () -> digest, crc);
    }

    /** For a form whose digest field may follow the file. */
    public static DigestClaim later(Supplier<Digest> value, Integer crc) {
        return new DigestClaim(true, value, crc);
    }

    /** Whether anything was claimed, or may be yet. */
    public boolean isAny() {
        return possible || crc != null;
    }

    /**
     * Compares what was claimed with what came.
     *
     * @param sha256 asked once, and only when one was claimed
     * @throws FailureException ChecksumMismatch
     */
    void verify(Supplier<Digest> sha256, int actualCrc) {
        Digest expected = possible ? value.get() : null;
        if (crc != null && crc != actualCrc) {
            throw new FailureException(new Failure.ChecksumMismatch("CRC-32C", "%08x".formatted(crc), "%08x".formatted(actualCrc)));
        }
        Digest actual = expected == null ? null : sha256.get();
        if (expected != null && !expected.equals(actual)) {
            throw new FailureException(new Failure.ChecksumMismatch("SHA-256", expected.hex(), actual.hex()));
        }
    }
}
