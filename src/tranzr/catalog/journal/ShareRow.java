package tranzr.catalog.journal;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Comparator;
import java.util.UUID;
import tranzr.model.Digest;
import tranzr.model.Share;

/**
 * A share in memory, equal to every row of the same token hash. The hash, the file of a link of one, and the creation time never change;
 * the rest is replaced as a whole and is kept as the bytes {@link RowCodec} makes of it.
 */
final class ShareRow {

    /** Newest first, then by the token hash's text. */
    static final Comparator<ShareRow> NEWEST_FIRST = ShareRow::compareNewestFirst;

    /** The shares of one file side by side, newest first; a probe of a file comes before them. */
    static final Comparator<ShareRow> BY_FILE = ShareRow::compareByFile;

    private final long hash0;
    private final long hash1;
    private final long hash2;
    private final long hash3;
    private final long fileHigh;
    private final long fileLow;
    private final long createdSeconds;
    private final int createdNanos;
    /** As {@link RowCodec#putShareBody} made it, never changed; null in a probe. */
    private volatile byte[] body;

    private ShareRow(Digest tokenHash, UUID fileId, Instant created, byte[] body) {
        ByteBuffer hash = ByteBuffer.wrap(tokenHash.bytes());
        this.hash0 = hash.getLong();
        this.hash1 = hash.getLong();
        this.hash2 = hash.getLong();
        this.hash3 = hash.getLong();
        this.fileHigh = fileId.getMostSignificantBits();
        this.fileLow = fileId.getLeastSignificantBits();
        this.createdSeconds = created.getEpochSecond();
        this.createdNanos = created.getNano();
        this.body = body;
    }

    /** Something to find a row with by its token hash. */
    static ShareRow probe(Digest tokenHash) {
        return new ShareRow(tokenHash, new UUID(0, 0), Instant.EPOCH, null);
    }

    /** Something to find the rows of a file with by {@link #BY_FILE}. */
    static ShareRow probe(UUID fileId) {
        return new ShareRow(Digest.of(new byte[Digest.LENGTH]), fileId, Instant.EPOCH, null);
    }

    static ShareRow of(Share share) {
        return new ShareRow(share.tokenHash(), keyOf(share), share.created(), pack(share));
    }

    private static UUID keyOf(Share share) {
        return share.contents().areSeveral() ? RowCodec.NO_FILE : share.fileId();
    }

    /** From a snapshot. @param fileId {@link RowCodec#NO_FILE} for one of several files; @param body as {@link RowCodec#putShareBody} made it; kept */
    static ShareRow packed(Digest tokenHash, UUID fileId, Instant created, byte[] body) {
        return new ShareRow(tokenHash, fileId, created, body);
    }

    private static byte[] pack(Share share) {
        FieldWriter out = new FieldWriter(160);
        RowCodec.putShareBody(out, share);
        return out.toByteArray();
    }

    /** Whether this can be the row of that share: what never changes is the same. */
    boolean isOf(Share share) {
        return keyOf(share).equals(fileId()) && share.created().equals(created()) && share.tokenHash().equals(tokenHash());
    }

    /** @param share that {@link #isOf} is true for */
    void set(Share share) {
        body = pack(share);
    }

    Digest tokenHash() {
        return Digest.of(ByteBuffer.allocate(Digest.LENGTH).putLong(hash0).putLong(hash1).putLong(hash2).putLong(hash3)
                .array());
    }

    /** {@link RowCodec#NO_FILE} for a share of several. */
    UUID fileId() {
        return new UUID(fileHigh, fileLow);
    }

    boolean isOfSeveral() {
        return fileHigh == 0 && fileLow == 0;
    }

    Instant created() {
        return Instant.ofEpochSecond(createdSeconds, createdNanos);
    }

    Share share() {
        try {
            FieldReader in = new FieldReader(body);
            Share share = RowCodec.shareBody(in, tokenHash(), fileId(), created());
            in.end();
            return share;
        } catch (BadRecordException e) {
            throw new IllegalStateException("a share of " + fileId() + " in memory is damaged", e);
        }
    }

    /** What this row holds now: nobody may change it. */
    byte[] body() {
        return body;
    }

    private int compareNewestFirst(ShareRow other) {
        int order = Long.compare(other.createdSeconds, createdSeconds);
        if (order == 0) {
            order = Integer.compare(other.createdNanos, createdNanos);
        }
        return order != 0 ? order : compareHash(other);
    }

    private int compareByFile(ShareRow other) {
        int order = Long.compare(fileHigh, other.fileHigh);
        if (order == 0) {
            order = Long.compare(fileLow, other.fileLow);
        }
        if (order == 0) {
            order = Boolean.compare(body != null, other.body != null);
        }
        return order != 0 ? order : compareNewestFirst(other);
    }

    private int compareHash(ShareRow other) {
        int order = Long.compareUnsigned(hash0, other.hash0);
        if (order == 0) {
            order = Long.compareUnsigned(hash1, other.hash1);
        }
        if (order == 0) {
            order = Long.compareUnsigned(hash2, other.hash2);
        }
        return order != 0 ? order : Long.compareUnsigned(hash3, other.hash3);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ShareRow row && hash0 == row.hash0 && hash1 == row.hash1 && hash2 == row.hash2
                && hash3 == row.hash3;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(hash0);
    }
}
