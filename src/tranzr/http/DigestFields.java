package tranzr.http;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tranzr.model.Digest;

/** {@code Content-Digest} and {@code Repr-Digest} (RFC 9530): dictionaries (RFC 9651, section 3.2) of byte sequences by algorithm. */
public final class DigestFields {

    private static final int SHA256_BYTES = 32;
    private static final int CRC_BYTES = 4;

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

    /** The last member of this key (RFC 9651, section 4.2.2), decoded. @param length how many bytes it has */
    private static Optional<byte[]> member(String field, List<String> lines, String key, int length) {
        Optional<byte[]> digest = Optional.empty();
        if (lines.isEmpty()) {
            return digest;
        }
        for (String member : String.join(",", lines).split(",", -1)) {
            // No comma stands in a byte sequence or in a key; parameters with one are not known for these fields.
            String stripped = member.strip();
            int equals = stripped.indexOf('=');
            int end = stripped.lastIndexOf(':');
            if (equals < 1 || !isKey(stripped.substring(0, equals)) || equals + 2 > end || stripped.charAt(equals + 1) != ':'
                    || !(end == stripped.length() - 1 || stripped.charAt(end + 1) == ';')) {
                throw invalid(field);
            }
            if (stripped.substring(0, equals).equals(key)) {
                digest = Optional.of(decode(field, stripped.substring(equals + 2, end), length));
            }
        }
        return digest;
    }

    private static boolean isKey(String key) {
        return key.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "_-.*".indexOf(c) >= 0);
    }

    private static byte[] decode(String field, String base64, int length) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            if (bytes.length != length || base64.length() != (length + 2) / 3 * 4) {
                throw invalid(field);
            }
            return bytes;
        } catch (IllegalArgumentException e) {
            throw invalid(field);
        }
    }

    private static BadRequestException invalid(String field) {
        return new BadRequestException(400, "invalid_digest", field, field + " is not like sha-256=:base64 of 32 bytes: or crc32c=:base64 of 4 bytes: (RFC 9530).");
    }
}
