package tranzr.api.chunky;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import tranzr.api.ErrorCode;
import tranzr.api.Fields;
import tranzr.api.RequestBody;
import tranzr.http.BadRequestException;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.json.JsonException;
import tranzr.json.JsonMessage;
import tranzr.model.ByteRange;
import tranzr.transfer.Body;
import tranzr.transfer.SpooledBody;
import tranzr.transfer.Uploads;

/**
 * The JSON that brings one chunk, its fields in any order. Where all that places it comes before the chunk, its bytes stream into their place; where the chunk comes first, as in what chunky's own client
 * writes, they are put aside until it is known where they belong.
 */
final class ChunkMessage implements AutoCloseable {

    /** The most that is put aside. A chunk behind its fields may be of any size. */
    private static final long MAX_SPOOLED_BYTES = 1L << 30;

    /** Takes the chunk once it is known where it belongs. */
    @FunctionalInterface
    interface Writer {
        Response write(SessionKey key, ByteRange place, Body body);
    }

    private final Request request;
    private final Uploads uploads;
    private final Consumer<SessionKey> check;
    private final Map<String, Object> values = new HashMap<>();
    private SpooledBody spooled;

    /** @param check throws when no chunk is taken for this pair; asked before bytes are put aside, where it is known by then */
    ChunkMessage(Request request, Uploads uploads, Consumer<SessionKey> check) {
        this.request = request;
        this.uploads = uploads;
        this.check = check;
    }

    /** @throws BadRequestException {@code invalid_json}, {@code invalid_value}, and what {@link SessionKey} throws */
    Response receive(Writer writer) throws IOException {
        try {
            return read(writer);
        } catch (JsonException e) {
            throw ErrorCode.INVALID_JSON.refusal(null, "The body is not the JSON object that is expected here: " + e.getMessage());
        }
    }

    private Response read(Writer writer) throws IOException {
        JsonMessage json = new JsonMessage(request.body());
        Response answer = null;
        boolean brought = false;
        for (String name = json.next(); name != null; name = json.next()) {
            String field = SessionKey.canonical(name);
            if (values.containsKey(field) || brought && field.equals("chunk")) {
                throw Fields.invalid(field, "is given twice");
            }
            if (field.equals("chunk")) {
                brought = true;
                answer = take(json.bytes(), writer);
            } else if (SessionKey.PLACING.contains(field)) { // What is no field of ours may be of any kind.
                values.put(field, json.value());
            }
        }
        if (!brought) {
            throw Fields.invalid("chunk", "is missing");
        }
        return answer != null ? answer : writer.write(key(), place(), spooled);
    }

    /** @return null when the bytes wait for what places them */
    private Response take(InputStream bytes, Writer writer) {
        if (values.keySet().containsAll(SessionKey.PLACING)) {
            ByteRange place = place();
            return writer.write(key(), place, RequestBody.of(request, new Exactly(bytes, place.length()), place.length()));
        }
        if (values.containsKey("sessionId") && values.containsKey("fileHash")) {
            check.accept(key());
        }
        spooled = uploads.spool(RequestBody.of(request, bytes, Body.UNKNOWN), MAX_SPOOLED_BYTES);
        return null;
    }

    /** Fails before its last byte when what follows contradicts the place, so that a chunk of another length is told from a broken connection, and what has not been made durable by then is not kept. */
    private static final class Exactly extends InputStream {
        private final InputStream in;
        private long left;

        Exactly(InputStream in, long length) {
            this.in = in;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int count) throws IOException {
            if (left == 0) {
                return -1;
            }
            int got = in.read(target, offset, (int) Math.min(count, left));
            left -= Math.max(0, got);
            if (got < 0 || left == 0 && in.read() >= 0) {
                throw Fields.invalid("endByte", "the chunk has " + (got < 0 ? "fewer" : "more") + " bytes than from startByte to endByte");
            }
            return got;
        }
    }

    private SessionKey key() {
        return SessionKey.of(Fields.of(values));
    }

    /** {@code endByte} is the last byte, as in a Range of HTTP. */
    private ByteRange place() {
        Fields fields = Fields.of(values);
        long start = fields.whole("startByte").orElseThrow(() -> Fields.invalid("startByte", "is missing"));
        long end = fields.whole("endByte").orElseThrow(() -> Fields.invalid("endByte", "is missing"));
        if (start < 0) {
            throw Fields.invalid("startByte", "must be at least 0");
        }
        if (end < start || end == Long.MAX_VALUE) {
            throw Fields.invalid("endByte", "must be startByte at least: it is the last byte of the chunk, not the one behind it");
        }
        return new ByteRange(start, end + 1);
    }

    @Override
    public void close() throws IOException {
        if (spooled != null) {
            spooled.close();
        }
    }
}
