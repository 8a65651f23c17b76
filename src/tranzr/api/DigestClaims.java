package tranzr.api;

import java.util.List;
import java.util.Optional;
import tranzr.http.DigestFields;
import tranzr.http.Request;
import tranzr.model.Digest;
import tranzr.model.HashAlgorithm;
import tranzr.transfer.DigestClaim;

/** The digests that a request's header fields state of the bytes it brings. */
public final class DigestClaims {

    private DigestClaims() {
    }

    /**
     * From {@code Content-Digest} (RFC 9530, section 2) with {@code sha-256} or {@code sha-512}, {@code crc32c} or both, or {@code X-Chunk-SHA256} in hexadecimal; in a form they speak of
     * the file in it.
     *
     * @throws tranzr.http.BadRequestException when one is malformed, or they differ
     */
    public static DigestClaim of(Request request) {
        List<String> lines = request.headers("Content-Digest");
        Optional<Digest> standard = DigestFields.sha256("Content-Digest", lines);
        Optional<Digest> own = request.header("X-Chunk-SHA256").map(DigestClaims::hex);
        if (standard.isPresent() && own.isPresent() && !standard.equals(own)) {
            throw Fields.invalid("X-Chunk-SHA256", "is not the digest in Content-Digest");
        }
        Integer crc = DigestFields.crc32c("Content-Digest", lines).orElse(null);
        Optional<byte[]> longer = DigestFields.sha512("Content-Digest", lines);
        if (standard.isEmpty() && own.isEmpty() && longer.isPresent()) {
            return new DigestClaim(HashAlgorithm.SHA_512, longer::get, crc);
        }
        return DigestClaim.of(standard.or(() -> own).orElse(null), crc);
    }

    private static Digest hex(String text) {
        try {
            return Digest.ofHex(text.strip());
        } catch (IllegalArgumentException e) {
            throw Fields.invalid("X-Chunk-SHA256", "must be a SHA-256 of 64 hexadecimal digits");
        }
    }
}
