package tranzr.catalog.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tranzr.catalog.Change;
import tranzr.journal.Journal;
import tranzr.model.AccessToken;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.UploadState;

/**
 * A commit as one record of the journal: format version, number of changes, then each change as a tag and its fields.
 * {@code docs/storage.md} has the fields of every tag. The tags are fixed; a change of fields needs a new tag, or a new version. Tags 7, 14 and 15 are
 * read only: they are from when shares had no policy and tokens only a name.
 */
final class RecordCodec {

    /** The type of the journal's records that hold a commit. */
    static final byte COMMIT = 1;

    static final int VERSION = 1;

    static final int UPLOAD_CREATED = 1;
    static final int RANGE_STORED = 2;
    static final int LENGTH_FIXED = 3;
    static final int STATE_CHANGED = 4;
    static final int UPLOAD_COMPLETED = 5;
    static final int UPLOAD_REMOVED = 6;
    static final int SHARE_CREATED = 7;
    static final int SHARE_TERMS_CHANGED = 8;
    static final int SHARE_REMOVED = 9;
    static final int DOWNLOAD_STARTED = 10;
    static final int DOWNLOAD_FINISHED = 11;
    static final int DOWNLOAD_RELEASED = 12;
    static final int PASSWORD_FAILURES_SET = 13;
    static final int TOKEN_ADDED = 14;
    static final int TOKEN_REMOVED = 15;
    static final int DIGEST_EXPECTED = 16;
    static final int SHARE_ADDED = 17;
    static final int SHARE_POLICY_CHANGED = 18;
    static final int ACCESS_CHANGED = 19;
    static final int ENTITY_ADDED = 20;
    static final int ENTITY_REPLACED = 21;
    static final int ENTITY_REMOVED = 22;
    static final int SHARE_OF_SEVERAL_ADDED = 23;
    static final int FILE_DETAILS_CHANGED = 24;
    static final int CHUNKS_RECUT = 25;

    /** More than any change takes without the bytes it carries, an upload with many ranges or a long text excepted. */
    private static final int USUAL_CHANGE_BYTES = 256;

    private RecordCodec() {
    }

    /** @throws IllegalArgumentException when the commit does not fit into one record, or a range is not as long as its bytes */
    static ByteBuffer encode(List<Change> changes) {
        FieldWriter out = new FieldWriter(capacity(changes));
        out.u8(VERSION);
        out.varint(changes.size());
        for (Change change : changes) {
            put(out, change);
            if (out.size() > Journal.MAX_PAYLOAD) {
                throw new IllegalArgumentException("a commit of " + changes.size() + " changes takes more than "
                        + Journal.MAX_PAYLOAD + " bytes");
            }
        }
        return out.view();
    }

    /** Enough that the bytes of ranges are copied just once. */
    private static int capacity(List<Change> changes) {
        long sum = 2;
        for (Change change : changes) {
            sum += USUAL_CHANGE_BYTES
                    + (change instanceof Change.RangeStored stored && stored.bytes() != null ? stored.bytes().length : 0);
        }
        return (int) Math.min(sum, Journal.MAX_PAYLOAD + USUAL_CHANGE_BYTES);
    }

    /** @param record of type {@link #COMMIT}; read to its end */
    static List<Change> decode(ByteBuffer record) throws BadRecordException {
        FieldReader in = new FieldReader(record);
        int version = in.u8();
        if (version != VERSION) {
            throw new BadRecordException("record format " + version + "; this version of Tranzr reads format " + VERSION);
        }
        int count = in.count(2);
        List<Change> changes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            changes.add(change(in));
        }
        in.end();
        return changes;
    }

    private static void put(FieldWriter out, Change change) {
        switch (change) {
            case Change.UploadCreated c -> RowCodec.putUpload(tag(out, UPLOAD_CREATED), c.upload());
            case Change.RangeStored c -> putRangeStored(tag(out, RANGE_STORED), c);
            case Change.LengthFixed c -> putLengthFixed(tag(out, LENGTH_FIXED), c);
            case Change.ChunksRecut c -> putRecut(tag(out, CHUNKS_RECUT), c);
            case Change.StateChanged c -> putStateChanged(tag(out, STATE_CHANGED), c);
            case Change.DigestExpected c -> {
                tag(out, DIGEST_EXPECTED).uuid(c.id());
                out.digest(c.expected());
            }
            case Change.UploadCompleted c -> putUploadCompleted(tag(out, UPLOAD_COMPLETED), c);
            case Change.UploadRemoved c -> tag(out, UPLOAD_REMOVED).uuid(c.id());
            case Change.ShareCreated c -> RowCodec.putShare(tag(out, c.share().contents().areSeveral() ? SHARE_OF_SEVERAL_ADDED : SHARE_ADDED), c.share());
            case Change.ShareTermsChanged c -> putShareTerms(tag(out, SHARE_TERMS_CHANGED), c);
            case Change.ShareRemoved c -> tag(out, SHARE_REMOVED).digest(c.tokenHash());
            case Change.DownloadStarted c -> {
                tag(out, DOWNLOAD_STARTED).digest(c.tokenHash());
                RowCodec.putSlot(out, c.slot());
            }
            case Change.DownloadFinished c -> {
                tag(out, DOWNLOAD_FINISHED).digest(c.tokenHash());
                out.varint(c.slot());
            }
            case Change.DownloadReleased c -> {
                tag(out, DOWNLOAD_RELEASED).digest(c.tokenHash());
                out.varint(c.slot());
            }
            case Change.PasswordFailuresSet c -> {
                tag(out, PASSWORD_FAILURES_SET).digest(c.tokenHash());
                out.varint(c.failures());
                out.instantOrNull(c.at());
            }
            case Change.SharePolicyChanged c -> {
                tag(out, SHARE_POLICY_CHANGED).digest(c.tokenHash());
                EntityCodec.putPolicy(out, c.policy());
            }
            case Change.AccessChanged c -> {
                tag(out, ACCESS_CHANGED).uuid(c.id());
                EntityCodec.putAccess(out, c.access());
            }
            case Change.FileDetailsChanged c -> putDetails(tag(out, FILE_DETAILS_CHANGED), c);
            case Change.EntityAdded c -> EntityCodec.put(tag(out, ENTITY_ADDED), c.entity());
            case Change.EntityReplaced c -> {
                EntityCodec.put(tag(out, ENTITY_REPLACED), c.before());
                EntityCodec.put(out, c.after());
            }
            case Change.EntityRemoved c -> {
                tag(out, ENTITY_REMOVED).u8(EntityCodec.numberOf(c.kind()));
                out.uuid(c.id());
            }
            case Change.Within _, Change.Present _ -> throw new IllegalArgumentException("a precondition leaves no record");
        }
    }

    private static FieldWriter tag(FieldWriter out, int tag) {
        out.u8(tag);
        return out;
    }

    private static void putRangeStored(FieldWriter out, Change.RangeStored c) {
        if (c.bytes() != null && c.bytes().length != c.range().length()) {
            throw new IllegalArgumentException(c.bytes().length + " bytes for " + c.range());
        }
        out.uuid(c.id());
        out.varint(c.range().start());
        out.varint(c.range().length());
        out.u32(c.crc());
        out.instant(c.at());
        out.instantOrNull(c.expires());
        out.u8(c.bytes() == null ? 0 : 1);
        if (c.bytes() != null) {
            if (out.size() + c.bytes().length > Journal.MAX_PAYLOAD) {
                throw new IllegalArgumentException("a range of " + c.bytes().length + " bytes does not fit into a record");
            }
            out.raw(c.bytes());
        }
    }

    private static void putLengthFixed(FieldWriter out, Change.LengthFixed c) {
        out.uuid(c.id());
        out.fromMinusOne(c.length());
        out.fromMinusOne(c.totalChunks());
    }

    private static void putRecut(FieldWriter out, Change.ChunksRecut c) {
        out.uuid(c.id());
        out.varint(c.chunkSize());
        out.fromMinusOne(c.totalChunks());
        out.u8(c.notes() == null ? 0 : 1);
        if (c.notes() != null) {
            RowCodec.putNotes(out, c.notes());
        }
    }

    private static void putStateChanged(FieldWriter out, Change.StateChanged c) {
        out.uuid(c.id());
        out.u8(c.from().ordinal());
        out.u8(c.to().ordinal());
        out.instant(c.at());
        out.instantOrNull(c.expires());
    }

    private static void putUploadCompleted(FieldWriter out, Change.UploadCompleted c) {
        out.uuid(c.id());
        out.digest(c.sha256());
        out.instant(c.at());
        out.instantOrNull(c.expires());
    }

    private static void putShareTerms(FieldWriter out, Change.ShareTermsChanged c) {
        out.digest(c.tokenHash());
        out.instantOrNull(c.expires());
        out.varint(c.maxDownloads());
        out.textOrNull(c.password());
    }

    private static void putDetails(FieldWriter out, Change.FileDetailsChanged c) {
        out.uuid(c.id());
        out.textOrNull(c.filename());
        out.instant(c.at());
        out.instantOrNull(c.expires());
    }

    private static Change change(FieldReader in) throws BadRecordException {
        int tag = in.u8();
        return switch (tag) {
            case UPLOAD_CREATED -> new Change.UploadCreated(RowCodec.upload(in));
            case RANGE_STORED -> rangeStored(in);
            case LENGTH_FIXED -> new Change.LengthFixed(in.uuid(), in.fromMinusOne(), in.fromMinusOne());
            case CHUNKS_RECUT -> new Change.ChunksRecut(in.uuid(), chunkSize(in), in.fromMinusOne(), in.flag() ? RowCodec.notes(in) : null);
            case STATE_CHANGED -> stateChanged(in);
            case UPLOAD_COMPLETED -> new Change.UploadCompleted(in.uuid(), in.digest(), in.instant(), in.instantOrNull());
            case UPLOAD_REMOVED -> new Change.UploadRemoved(in.uuid());
            case SHARE_CREATED -> new Change.ShareCreated(RowCodec.share(in, false));
            case SHARE_ADDED -> new Change.ShareCreated(RowCodec.share(in, true));
            case SHARE_OF_SEVERAL_ADDED -> new Change.ShareCreated(RowCodec.shareOfSeveral(in));
            case SHARE_TERMS_CHANGED -> new Change.ShareTermsChanged(in.digest(), in.instantOrNull(), in.varint(),
                    in.textOrNull());
            case SHARE_REMOVED -> new Change.ShareRemoved(in.digest());
            case DOWNLOAD_STARTED -> new Change.DownloadStarted(in.digest(), RowCodec.slot(in));
            case DOWNLOAD_FINISHED -> new Change.DownloadFinished(in.digest(), in.varint());
            case DOWNLOAD_RELEASED -> new Change.DownloadReleased(in.digest(), in.varint());
            case PASSWORD_FAILURES_SET -> new Change.PasswordFailuresSet(in.digest(), (int) in.varint(), in.instantOrNull());
            case TOKEN_ADDED -> new Change.EntityAdded(RowCodec.token(in));
            case TOKEN_REMOVED -> new Change.EntityRemoved(AccessToken.class, AccessToken.idOf(in.digest()));
            case SHARE_POLICY_CHANGED -> new Change.SharePolicyChanged(in.digest(), EntityCodec.policy(in));
            case ACCESS_CHANGED -> new Change.AccessChanged(in.uuid(), EntityCodec.access(in));
            case FILE_DETAILS_CHANGED -> new Change.FileDetailsChanged(in.uuid(), in.text(), in.instant(), in.instantOrNull());
            case ENTITY_ADDED -> new Change.EntityAdded(EntityCodec.entity(in));
            case ENTITY_REPLACED -> new Change.EntityReplaced(EntityCodec.entity(in), EntityCodec.entity(in));
            case ENTITY_REMOVED -> new Change.EntityRemoved(EntityCodec.kindOf(in.u8()), in.uuid());
            case DIGEST_EXPECTED -> new Change.DigestExpected(in.uuid(), in.digest());
            default -> throw new BadRecordException("unknown change " + tag + "; written by a newer version of Tranzr?");
        };
    }

    private static Change rangeStored(FieldReader in) throws BadRecordException {
        UUID id = in.uuid();
        long start = in.varint();
        long length = in.varint();
        if (start < 0 || length < 0 || start + length < 0) {
            throw new BadRecordException("upload " + id + ": a range beyond 2^63 bytes");
        }
        int crc = in.u32();
        var at = in.instant();
        var expires = in.instantOrNull();
        byte[] bytes = null;
        if (in.flag()) {
            if (length > Journal.MAX_PAYLOAD) {
                throw new BadRecordException("upload " + id + ": " + length + " bytes announced in one record");
            }
            bytes = in.raw((int) length);
        }
        return new Change.RangeStored(id, new ByteRange(start, start + length), crc, bytes, at, expires);
    }

    private static long chunkSize(FieldReader in) throws BadRecordException {
        long size = in.varint();
        if (size < 1) {
            throw new BadRecordException("chunks of " + size + " bytes");
        }
        return size;
    }

    private static Change stateChanged(FieldReader in) throws BadRecordException {
        UUID id = in.uuid();
        UploadState from = RowCodec.state(in.u8());
        UploadState to = RowCodec.state(in.u8());
        return new Change.StateChanged(id, from, to, in.instant(), in.instantOrNull());
    }
}
