package tranzr.audit;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tranzr.json.Json;
import tranzr.json.JsonException;
import tranzr.model.Digest;

/**
 * A line of the log as it was read.
 *
 * @param seq from 1 on
 * @param durable the last record that was known to be on the disk when this one was written
 * @param prev the hash of the line before, as this line says
 * @param hash its own, as it says
 * @param hashOfBytes its own, as it is; null when that was not asked for
 * @param fields all of them, in their order
 */
record Line(long seq, Instant time, long durable, String prev, String hash, String hashOfBytes, Map<String, Object> fields) {

    /** What the first line ever has instead of a hash of the line before. */
    static final String NO_HASH = "0".repeat(64);

    /** The name of a file has room for no more. */
    static final long MAX_SEQ = 999_999_999_999_999_999L;

    private static final byte[] BEFORE_HASH = ",\"hash\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] AFTER_HASH = "\"}".getBytes(StandardCharsets.US_ASCII);
    private static final int TAIL = BEFORE_HASH.length + 64 + AFTER_HASH.length;
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    /** The line with its hash and its line feed, from what is hashed. */
    static byte[] finished(byte[] hashed, String hash) {
        byte[] line = Arrays.copyOf(hashed, hashed.length + TAIL + 1);
        System.arraycopy(BEFORE_HASH, 0, line, hashed.length, BEFORE_HASH.length);
        for (int i = 0; i < 64; i++) {
            line[hashed.length + BEFORE_HASH.length + i] = (byte) hash.charAt(i);
        }
        line[line.length - 3] = '"';
        line[line.length - 2] = '}';
        line[line.length - 1] = '\n';
        return line;
    }

    static String hashOf(byte[] hashed, int length) {
        var engine = Digest.newSha256();
        Digest.update(engine, hashed, 0, length);
        return HexFormat.of().formatHex(engine.digest());
    }

    /** @param bytes without the line feed. @return empty when this is no line of this log, whatever its hash */
    static Optional<Line> parse(byte[] bytes, boolean withHash) {
        int hashed = bytes.length - TAIL;
        if (hashed < 0 || !Arrays.equals(bytes, hashed, hashed + BEFORE_HASH.length, BEFORE_HASH, 0, BEFORE_HASH.length)
                || !Arrays.equals(bytes, bytes.length - AFTER_HASH.length, bytes.length, AFTER_HASH, 0, AFTER_HASH.length)) {
            return Optional.empty();
        }
        try {
            Map<String, Object> fields = Json.readObject(bytes);
            if (!(fields.get("time") instanceof String time && fields.get("prev") instanceof String prev && fields.get("hash") instanceof String hash
                    && HASH.matcher(prev).matches() && HASH.matcher(hash).matches())) {
                return Optional.empty();
            }
            long seq = whole(fields.get("seq"));
            long durable = whole(fields.get("durable"));
            if (seq < 1 || seq > MAX_SEQ || durable < 0 || durable >= seq) {
                return Optional.empty();
            }
            return Optional.of(new Line(seq, Instant.parse(time), durable, prev, hash, withHash ? hashOf(bytes, hashed) : null, fields));
        } catch (JsonException | DateTimeException e) {
            return Optional.empty();
        }
    }

    /** A line whose own hash is right. */
    static Optional<Line> whole(byte[] bytes) {
        return parse(bytes, true).filter(Line::isWhole);
    }

    boolean isWhole() {
        return hash.equals(hashOfBytes);
    }

    private static long whole(Object value) {
        return value instanceof Integer || value instanceof Long ? ((Number) value).longValue() : -1;
    }
}
