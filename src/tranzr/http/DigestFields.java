package tranzr.http;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tranzr.model.Digest;
import tranzr.model.HashAlgorithm;

/** {@code Content-Digest} and {@code Repr-Digest} (RFC 9530): dictionaries ({@link StructuredFields}) of byte sequences by algorithm. */
public final class DigestFields {

    private static final int SHA256_BYTES = 32;
    private static final int SHA512_BYTES = 64;
    private static final int CRC_BYTES = 4;
    private static final int MAX_PREFERENCE = 10;

    private DigestFields() {
    }

    /**
     * The {@code sha-256} digest that a field carries; empty when the field is absent or has other algorithms only.
     *
     * @param field its name, for the error
     * @throws BadRequestException {@code invalid_digest} when the field is malformed or the digest has not 32 bytes
     */
    public static Optional<Digest> sha256(String field, List<String> lines) {
        return member(field, lines, "sha-256", SHA256_BYTES).map(Digest::of);
    }

    /**
     * The {@code crc32c} checksum that a field carries, 4 bytes in network byte order (RFC 9530, section 7.2: good against accidents only); empty when there is none.
     *
     * @throws BadRequestException {@code invalid_digest} when the field is malformed or the checksum has not 4 bytes
     */
    public static Optional<Integer> crc32c(String field, List<String> lines) {
        return member(field, lines, "crc32c", CRC_BYTES).map(bytes -> ByteBuffer.wrap(bytes).getInt());
    }

    /**
     * The {@code sha-512} digest that a field carries; empty when there is none.
     *
     * @throws BadRequestException {@code invalid_digest} when the field is malformed or the digest has not 64 bytes
     */
    public static Optional<byte[]> sha512(String field, List<String> lines) {
        return member(field, lines, "sha-512", SHA512_BYTES);
    }

    /**
     * Which of SHA-256 and SHA-512 {@code Want-Repr-Digest} or {@code Want-Content-Digest} prefers (RFC 9530, section 4): the one of the higher weight of 1 to 10, SHA-256 of equal ones; empty when
     * it wants neither, and when the field is malformed.
     */
    public static Optional<HashAlgorithm> preferred(List<String> lines) {
        long shorter = weight(lines, "sha-256");
        long longer = weight(lines, "sha-512");
        return Math.max(shorter, longer) < 1 ? Optional.empty() : Optional.of(shorter >= longer ? HashAlgorithm.SHA_256 : HashAlgorithm.SHA_512);
    }

    /** Whether {@code Want-Repr-Digest} or {@code Want-Content-Digest} says that SHA-256 is not acceptable: by a weight of 0. */
    public static boolean declineSha256(List<String> lines) {
        return weight(lines, "sha-256") == 0;
    }

    /** -1 when it is not named, or by no weight. */
    private static long weight(List<String> lines, String algorithm) {
        Object weight = StructuredFields.dictionary(lines).map(members -> members.get(algorithm)).orElse(null);
        return weight instanceof Long number && number >= 0 && number <= MAX_PREFERENCE ? number : -1;
    }

    /** The field's value for the SHA-256 of something. */
    public static String of(Digest digest) {
        return "sha-256=:" + digest.base64() + ":";
    }

    /** The field's value. @param algorithm SHA-256 or SHA-512 */
    static String of(HashAlgorithm algorithm, byte[] digest) {
        return (algorithm == HashAlgorithm.SHA_512 ? "sha-512=:" : "sha-256=:") + Base64.getEncoder().encodeToString(digest) + ":";
    }

    /** The last member of this key. @param length how many bytes it has */
    private static Optional<byte[]> member(String field, List<String> lines, String key, int length) {
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Object> members = StructuredFields.dictionary(lines).orElseThrow(() -> invalid(field));
        if (members.isEmpty() || !members.values().stream().allMatch(byte[].class::isInstance)) {
            throw invalid(field);
        }
        Optional<byte[]> digest = Optional.ofNullable((byte[]) members.get(key));
        if (digest.isPresent() && digest.get().length != length) {
            throw invalid(field);
        }
        return digest;
    }

    private static BadRequestException invalid(String field) {
        return new BadRequestException(400, "invalid_digest", field, field + " is not like sha-256=:base64 of 32 bytes:, sha-512=:base64 of 64 bytes: or crc32c=:base64 of 4 bytes: (RFC 9530).");
    }
}
