package tranzr.api.smart;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import tranzr.api.ErrorCode;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.http.BadRequestException;
import tranzr.json.JsonException;
import tranzr.json.JsonReader;
import tranzr.model.Digest;
import tranzr.model.FileName;
import tranzr.model.Priority;
import tranzr.transfer.Uploads;

/**
 * What a client of Smart File Transfer System says of a file before it sends it, read as it comes: of the chunks, of which there may be a million, no more is kept than this. Checked:
 * their numbers are 0, 1, 2 and so on, all are of the size that is named but the last, together they are the file, and each checksum is a SHA-256.
 *
 * @param size of the file, in bytes
 * @param chunkSize of all chunks but the last, in bytes
 * @param count of the chunks
 * @param all the SHA-256 of all checksums in their order
 * @param last null when there are no chunks
 * @param twins which of the chunks that were asked after it names under the same numbers
 */
record Manifest(UUID id, String filename, long size, long chunkSize, long count, Priority priority, Digest all, Cuts.Last last, List<Cuts.Last> twins) {

    /** A million chunks take about 120 MB as its own client writes them. */
    static final long MAX_BYTES = 256L << 20;

    private static final Set<String> PLAIN = Set.of("file_id", "filename", "size", "chunk_size", "priority");
    private static final String CHUNKS = "chunks";

    /** The chunks as they pass. */
    private static final class Chunks {
        private final MessageDigest all = Digest.newSha256();
        private final List<Cuts.Last> asked;
        private final List<Cuts.Last> twins = new ArrayList<>();
        private long count;
        private long total;
        /** Of all but the last, in bytes; of no meaning before there are two. */
        private long each;
        private long lastSize;
        private Digest lastChecksum;

        Chunks(List<Cuts.Last> asked) {
            this.asked = asked;
        }

        void add(long id, long size, Digest checksum) {
            if (id != count) {
                throw Fields.invalid("chunk_id", "must count from 0 without a gap; " + count + " is expected, not " + id);
            }
            if (count >= Uploads.MAX_CHUNKS) {
                throw Fields.invalid(CHUNKS, "must be at most " + Uploads.MAX_CHUNKS + "; cut the file into larger ones");
            }
            if (size < 1 || size > Long.MAX_VALUE - total) {
                throw Fields.invalid("size", "of chunk " + id + " is no size");
            }
            if (count == 1) {
                each = lastSize;
            } else if (count > 1 && lastSize != each) {
                throw Fields.invalid("size", "of chunk " + (count - 1) + " is not that of the chunks before; only the last may differ");
            }
            count++;
            total += size;
            lastSize = size;
            lastChecksum = checksum;
            all.update(checksum.bytes());
            for (Cuts.Last one : asked) {
                if (one.id() == id && one.checksum().equals(checksum)) {
                    twins.add(one);
                }
            }
        }
    }

    /** Never longer than a manifest may be. */
    private static final class Bounded extends FilterInputStream {
        private long left = MAX_BYTES;

        Bounded(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int count) throws IOException {
            int read = in.read(target, offset, count);
            left -= Math.max(0, read);
            if (left < 0) {
                throw new BadRequestException(ErrorCode.BODY_TOO_LARGE.status(), ErrorCode.BODY_TOO_LARGE.wireName(), null, "A manifest has at most " + MAX_BYTES + " bytes.");
            }
            return read;
        }
    }

    /**
     * @param asked after which chunks to look for the upload that it is about; not asked when the chunks come before the id
     * @throws BadRequestException for what is wrong with it
     * @throws IOException when the body breaks off
     */
    static Manifest read(InputStream body, Function<UUID, List<Cuts.Last>> asked) throws IOException {
        Map<String, Object> plain = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        Chunks chunks = null;
        try (JsonReader json = new JsonReader(new Bounded(body))) {
            json.enterObject();
            for (String name = json.nextField(); name != null; name = json.nextField()) {
                boolean known = PLAIN.contains(name) || name.equals(CHUNKS);
                if (known && !seen.add(name)) {
                    throw Fields.invalid(name, "comes twice");
                }
                if (PLAIN.contains(name)) {
                    plain.put(name, json.value());
                } else if (known) {
                    chunks = chunks(json, plain.containsKey("file_id") ? asked.apply(id(Fields.of(plain))) : List.of());
                } else {
                    json.skip();
                }
            }
            json.end();
        } catch (JsonException e) {
            throw new BadRequestException(ErrorCode.INVALID_JSON.status(), ErrorCode.INVALID_JSON.wireName(), null, "The body is not the manifest that is expected here: " + e.getMessage());
        }
        if (chunks == null) {
            throw Fields.invalid(CHUNKS, "is missing");
        }
        return checked(Fields.of(plain), chunks);
    }

    private static Chunks chunks(JsonReader json, List<Cuts.Last> asked) throws IOException {
        Chunks chunks = new Chunks(asked);
        json.enterList();
        while (json.nextElement()) {
            json.enterObject();
            Map<String, Object> chunk = new LinkedHashMap<>(4);
            for (String name = json.nextField(); name != null; name = json.nextField()) {
                if (!name.equals("chunk_id") && !name.equals("size") && !name.equals("checksum")) {
                    json.skip();
                } else if (chunk.put(name, json.value()) != null) {
                    throw Fields.invalid(name, "comes twice in a chunk");
                }
            }
            Fields fields = Fields.of(chunk);
            chunks.add(whole(fields, "chunk_id", 0), whole(fields, "size", 1), fields.digest("checksum").orElseThrow(() -> Fields.invalid("checksum", "is missing in a chunk")));
        }
        return chunks;
    }

    private static Manifest checked(Fields fields, Chunks chunks) {
        UUID id = id(fields);
        String filename = fields.text("filename").orElseThrow(() -> Fields.invalid("filename", "is missing"));
        FileName.objection(filename).ifPresent(why -> {
            throw Fields.invalid("filename", "the file name " + why);
        });
        long size = whole(fields, "size", 0);
        long chunkSize = whole(fields, "chunk_size", 1);
        if (chunks.total != size) {
            throw Fields.invalid("size", "is " + size + ", but the chunks are " + chunks.total + " bytes together");
        }
        if (chunks.count > 1 && chunks.each != chunkSize || chunks.lastSize > chunkSize) {
            throw Fields.invalid("chunk_size", "is " + chunkSize + ", but the chunks are of another size");
        }
        Cuts.Last last = chunks.count == 0 ? null : new Cuts.Last(chunks.count - 1, chunks.lastSize, chunks.lastChecksum, false);
        return new Manifest(id, filename, size, chunkSize, chunks.count, fields.priority("priority"),
                Digest.of(chunks.all.digest()), last, List.copyOf(chunks.twins));
    }

    private static UUID id(Fields fields) {
        String text = fields.text("file_id").orElseThrow(() -> Fields.invalid("file_id", "is missing"));
        return Ids.parse(text).orElseThrow(() -> Fields.invalid("file_id", "must be a UUID, which its client makes up"));
    }

    private static long whole(Fields fields, String name, long least) {
        long value = fields.whole(name).orElseThrow(() -> Fields.invalid(name, "is missing"));
        if (value < least) {
            throw Fields.invalid(name, "must be at least " + least);
        }
        return value;
    }
}
