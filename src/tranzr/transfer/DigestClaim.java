package tranzr.transfer;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.Supplier;
import tranzr.model.Digest;
import tranzr.model.HashAlgorithm;

/**
 * What a client says of the bytes of one request; checked at their end, before any of them exists.
 *
 * @param algorithm of a digest that was sent or may yet come, so that the body has to be hashed by itself; null for none
 * @param value asked once, after the body's end; null when none came after all
 * @param crc the CRC-32C, which is computed of each body anyway, so that checking it costs nothing; null for none
 * @param onlyWhole whether what came of a body that breaks off is given up: for clients of whom it is not certain, before the digest of the whole has shown it, that the bytes belong there
 */
public record DigestClaim(HashAlgorithm algorithm, Supplier<byte[]> value, Integer crc, boolean onlyWhole) {

    public static final DigestClaim NONE = new DigestClaim(null, () -> null, null);

    /** What came of a body that breaks off is kept. */
    public DigestClaim(HashAlgorithm algorithm, Supplier<byte[]> value, Integer crc) {
        this(algorithm, value, crc, false);
    }

    public static DigestClaim of(Digest digest) {
        return of(digest, null);
    }

    /** Either or both; null for what was not sent. */
    public static DigestClaim of(Digest digest, Integer crc) {
        return digest == null ? crc == null ? NONE : new DigestClaim(null, () -> null, crc) : new DigestClaim(HashAlgorithm.SHA_256, digest::bytes, crc);
    }

    /** @param digest of the algorithm's length */
    public static DigestClaim of(HashAlgorithm algorithm, byte[] digest) {
        byte[] expected = digest.clone();
        return new DigestClaim(algorithm, () -> expected, null);
    }

    /** For a form whose SHA-256 may follow the file. */
    public static DigestClaim later(Supplier<Digest> value, Integer crc) {
        return new DigestClaim(HashAlgorithm.SHA_256, () -> {
            Digest digest = value.get();
            return digest == null ? null : digest.bytes();
        }, crc);
    }

    /** The same, and nothing is kept of a body that breaks off. */
    public DigestClaim onlyOfTheWhole() {
        return new DigestClaim(algorithm, value, crc, true);
    }

    /** Whether anything was claimed, or may be yet. */
    public boolean isAny() {
        return possible() || crc != null;
    }

    /** Whether a digest was sent, or may yet come. */
    public boolean possible() {
        return algorithm != null;
    }

    /**
     * Compares what was claimed with what came.
     *
     * @param digest of the body by {@link #algorithm}; asked once, and only when one was claimed
     * @throws FailureException ChecksumMismatch
     */
    void verify(Supplier<byte[]> digest, int actualCrc) {
        byte[] expected = possible() ? value.get() : null;
        if (crc != null && crc != actualCrc) {
            throw new FailureException(new Failure.ChecksumMismatch("CRC-32C", "%08x".formatted(crc), "%08x".formatted(actualCrc)));
        }
        byte[] actual = expected == null ? null : digest.get();
        if (expected != null && !MessageDigest.isEqual(expected, actual)) {
            throw new FailureException(new Failure.ChecksumMismatch(algorithm.displayName(), HexFormat.of().formatHex(expected), HexFormat.of().formatHex(actual)));
        }
    }
}
