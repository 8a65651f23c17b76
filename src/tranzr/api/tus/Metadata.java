package tranzr.api.tus;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tranzr.api.Fields;

/**
 * What a client tells of an upload in {@code Upload-Metadata} (tus 1.0.0, "Creation"): keys in clear text, values in base64. Values may be any bytes; what is used here has
 * to be text. Immutable.
 */
final class Metadata {

    static final String FIELD = "Upload-Metadata";

    /** Of the whole field, in bytes; it is kept with the upload, where each may take two ({@link tranzr.model.Notes#MAX_BYTES}). */
    static final int MAX_LENGTH = 8000;

    private final String raw;
    private final Map<String, byte[]> values;

    private Metadata(String raw, Map<String, byte[]> values) {
        this.raw = raw;
        this.values = values;
    }

    /**
     * Reads all lines of the field as one list (RFC 9110, section 5.3).
     *
     * @throws tranzr.http.BadRequestException {@code invalid_value} for what is no list of pairs, a key that comes twice, or a field that is too long
     */
    static Metadata parse(List<String> lines) {
        String raw = String.join(",", lines).strip();
        if (raw.length() > MAX_LENGTH) {
            throw Fields.invalid(FIELD, "is longer than " + MAX_LENGTH + " bytes");
        }
        Map<String, byte[]> values = new LinkedHashMap<>();
        for (String pair : raw.isEmpty() ? new String[0] : raw.split(",", -1)) {
            String text = pair.strip();
            int space = text.indexOf(' ');
            String key = space < 0 ? text : text.substring(0, space);
            if (key.isEmpty()) {
                throw Fields.invalid(FIELD, "has a pair without a key");
            }
            // "All keys MUST be unique."
            if (values.put(key, space < 0 ? new byte[0] : decode(key, text.substring(space + 1))) != null) {
                throw Fields.invalid(FIELD, "has the key " + key + " twice");
            }
        }
        return new Metadata(raw, values);
    }

    private static byte[] decode(String key, String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw Fields.invalid(FIELD, "the value of " + key + " is not base64");
        }
    }

    /** As it came, for the answers to HEAD; empty when there was none. */
    String raw() {
        return raw;
    }

    /** In the order in which they came. */
    Set<String> keys() {
        return values.keySet();
    }

    /** The value of a key as text; empty when the key is absent or has no value. @throws tranzr.http.BadRequestException when it is not UTF-8 */
    Optional<String> text(String key) {
        byte[] value = values.get(key);
        if (value == null || value.length == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
        } catch (CharacterCodingException e) {
            throw Fields.invalid(key, "is not UTF-8");
        }
    }

    /** The texts of these keys, as far as they have any. */
    Fields fields(List<String> keys) {
        Map<String, String> texts = new LinkedHashMap<>();
        keys.forEach(key -> text(key).ifPresent(text -> texts.put(key, text)));
        return Fields.written(texts);
    }
}
