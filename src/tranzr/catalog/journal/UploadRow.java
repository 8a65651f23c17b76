package tranzr.catalog.journal;

import java.time.Instant;
import java.util.Comparator;
import java.util.UUID;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/**
 * An upload in memory, equal to every row of the same id. The identity and the creation time never change and order
 * the rows; the rest is replaced as a whole. A completed or expired upload, of which there may be very many, is kept as the bytes
 * {@link RowCodec} makes of it, a fifth of the objects' size; one that still changes is kept as it is.
 */
final class UploadRow {

    /** Newest first, then by the id's text. */
    static final Comparator<UploadRow> NEWEST_FIRST = UploadRow::compareNewestFirst;

    private final long idHigh;
    private final long idLow;
    private final long createdSeconds;
    private final int createdNanos;
    /** An {@link Upload} or a {@code byte[]}; null in a probe. */
    private volatile Object content;

    private UploadRow(UUID id, Instant created, Object content) {
        this.idHigh = id.getMostSignificantBits();
        this.idLow = id.getLeastSignificantBits();
        this.createdSeconds = created.getEpochSecond();
        this.createdNanos = created.getNano();
        this.content = content;
    }

    /** Something to find a row with. */
    static UploadRow probe(UUID id) {
        return new UploadRow(id, Instant.EPOCH, null);
    }

    static UploadRow of(Upload upload) {
        return new UploadRow(upload.id(), upload.created(), contentOf(upload));
    }

    /** From a snapshot. @param body as {@link RowCodec#putUploadBody} made it */
    static UploadRow packed(UUID id, Instant created, byte[] body) throws BadRecordException {
        boolean settled = body.length > 0 && isSettled(RowCodec.stateOf(body[0]));
        UploadRow row = new UploadRow(id, created, body);
        if (!settled) {
            row.content = row.unpack(body);
        }
        return row;
    }

    private static boolean isSettled(UploadState state) {
        return state == UploadState.COMPLETED || state == UploadState.EXPIRED;
    }

    private static Object contentOf(Upload upload) {
        return isSettled(upload.state()) ? pack(upload) : upload;
    }

    private static byte[] pack(Upload upload) {
        FieldWriter out = new FieldWriter(192);
        RowCodec.putUploadBody(out, upload);
        return out.toByteArray();
    }

    private Upload unpack(byte[] body) throws BadRecordException {
        FieldReader in = new FieldReader(body);
        Upload upload = RowCodec.uploadBody(in, id(), created());
        in.end();
        return upload;
    }

    /** @param upload of the same identity and creation time */
    void set(Upload upload) {
        content = contentOf(upload);
    }

    UUID id() {
        return new UUID(idHigh, idLow);
    }

    Instant created() {
        return Instant.ofEpochSecond(createdSeconds, createdNanos);
    }

    UploadState state() {
        Object now = content;
        try {
            return now instanceof Upload upload ? upload.state() : RowCodec.stateOf(((byte[]) now)[0]);
        } catch (BadRecordException e) {
            throw new IllegalStateException("upload " + id() + " in memory is damaged", e);
        }
    }

    Upload upload() {
        return uploadOf(content);
    }

    /** What this row holds now, immutable, for {@link #bodyOf}. */
    Object content() {
        return content;
    }

    /** The body that a snapshot keeps. @param content from {@link #content} */
    static byte[] bodyOf(Object content) {
        return content instanceof Upload upload ? pack(upload) : (byte[]) content;
    }

    private Upload uploadOf(Object content) {
        if (content instanceof Upload upload) {
            return upload;
        }
        try {
            return unpack((byte[]) content);
        } catch (BadRecordException e) {
            throw new IllegalStateException("upload " + id() + " in memory is damaged", e);
        }
    }

    private int compareNewestFirst(UploadRow other) {
        int order = Long.compare(other.createdSeconds, createdSeconds);
        if (order == 0) {
            order = Integer.compare(other.createdNanos, createdNanos);
        }
        if (order == 0) {
            order = Long.compareUnsigned(idHigh, other.idHigh);
        }
        return order != 0 ? order : Long.compareUnsigned(idLow, other.idLow);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UploadRow row && idHigh == row.idHigh && idLow == row.idLow;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(idHigh ^ idLow);
    }
}
