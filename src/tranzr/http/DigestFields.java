package tranzr.http;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tranzr.model.Digest;

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
     * Whether {@code Want-Repr-Digest} or {@code Want-Content-Digest} asks for this algorithm (RFC 9530, section 4): with a preference of 1 to 10. A field that is malformed asks for nothing.
     *
     * @param algorithm such as {@code sha-256}
     */
    public static boolean wants(List<String> lines, String algorithm) {
        return preference(lines, algorithm) instanceof Long weight && weight > 0 && weight <= MAX_PREFERENCE;
    }

    /** Whether {@code Want-Repr-Digest} or {@code Want-Content-Digest} says that this algorithm is not acceptable: with a preference of 0. */
    public static boolean declines(List<String> lines, String algorithm) {
        return preference(lines, algorithm) instanceof Long weight && weight == 0;
    }

    private static Object preference(List<String> lines, String algorithm) {
        return StructuredFields.dictionary(lines).map(members -> members.get(algorithm)).orElse(null);
    }

    /** The field's value for the SHA-256 of something. */
    public static String of(Digest digest) {
        return "sha-256=:" + digest.base64() + ":";
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
