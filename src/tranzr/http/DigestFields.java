package tranzr.http;

import java.util.List;
import java.util.Optional;
import tranzr.model.Digest;

/** {@code Content-Digest} and {@code Repr-Digest} (RFC 9530): dictionaries (RFC 9651, section 3.2) of byte sequences by algorithm. */
public final class DigestFields {

    private static final int SHA256_BASE64_CHARACTERS = 44;

    private DigestFields() {
    }

    /**
     * The {@code sha-256} digest that a field carries; empty when the field is absent or has other algorithms only.
     *
     * @param field its name, for the error
     * @throws BadRequestException {@code invalid_digest} when the field is malformed or the digest has not 32 bytes
     */
    public static Optional<Digest> sha256(String field, List<String> lines) {
        Optional<Digest> digest = Optional.empty();
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
            if (stripped.startsWith("sha-256=")) {
                digest = Optional.of(decode(field, stripped.substring(equals + 2, end)));
            }
        }
        return digest;
    }

    private static boolean isKey(String key) {
        return key.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "_-.*".indexOf(c) >= 0);
    }

    private static Digest decode(String field, String base64) {
        try {
            if (base64.length() != SHA256_BASE64_CHARACTERS) {
                throw invalid(field);
            }
            return Digest.ofBase64(base64);
        } catch (IllegalArgumentException e) {
            throw invalid(field);
        }
    }

    private static BadRequestException invalid(String field) {
        return new BadRequestException(400, "invalid_digest", field, field + " is not like sha-256=:base64 of 32 bytes: (RFC 9530).");
    }
}
