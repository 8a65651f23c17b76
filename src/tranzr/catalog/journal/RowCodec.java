package tranzr.catalog.journal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import tranzr.model.AccessToken;
import tranzr.model.Digest;
import tranzr.model.FileAccess;
import tranzr.model.Notes;
import tranzr.model.Priority;
import tranzr.model.RangeSet;
import tranzr.model.Share;
import tranzr.model.SharePromise;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/**
 * The form of uploads and shares in journal, snapshot and memory. Uploads and shares are a key (identity and
 * creation time, which never change) and a body (the rest); the body alone is what {@link UploadRow} and {@link ShareRow} keep.
 */
final class RowCodec {

    /** Stands for the file of a link of several, whose files are in its body; no file has this id. */
    static final UUID NO_FILE = new UUID(0, 0);
    /** Set in an upload's first byte when its body ends with whom it belongs to. */
    static final int WITH_ACCESS = 0x80;
    /** Set in an upload's first byte when its body ends, behind whom it belongs to, with a priority other than the usual. */
    static final int WITH_PRIORITY = 0x40;
    /** Set in an upload's first byte when its body ends, behind its priority, with notes. */
    static final int WITH_NOTES = 0x20;
    /** Set in an upload's first byte when its body ends, behind its notes, with the id of its object, which is another than its own. */
    static final int WITH_OBJECT = 0x10;
    /** What of the first byte is the state. */
    private static final int STATE = 0x0F;

    /** In the byte behind the values of notes. */
    private static final int PROMISE = 1;
    private static final int PART = 2;

    private RowCodec() {
    }

    static void putUpload(FieldWriter out, Upload upload) {
        out.uuid(upload.id());
        out.instant(upload.created());
        putUploadBody(out, upload);
    }

    static Upload upload(FieldReader in) throws BadRecordException {
        UUID id = in.uuid();
        return uploadBody(in, id, in.instant());
    }

    /** The state comes first, so that a reader can tell what an upload is without reading on. */
    static void putUploadBody(FieldWriter out, Upload upload) {
        boolean plain = upload.access().equals(FileAccess.OPERATOR);
        boolean usual = upload.priority() == Priority.NORMAL;
        out.u8(upload.state().ordinal() | (plain ? 0 : WITH_ACCESS) | (usual ? 0 : WITH_PRIORITY) | (upload.notes().isEmpty() ? 0 : WITH_NOTES)
                | (upload.object().equals(upload.id()) ? 0 : WITH_OBJECT));
        out.textOrNull(upload.filename());
        out.fromMinusOne(upload.length());
        out.fromMinusOne(upload.announced());
        out.varint(upload.chunkSize());
        out.fromMinusOne(upload.totalChunks());
        putRanges(out, upload.ranges());
        out.digestOrNull(upload.expected());
        out.digestOrNull(upload.sha256());
        out.digestOrNull(upload.deleteKey());
        out.instant(upload.updated());
        out.instantOrNull(upload.expires());
        if (!plain) {
            EntityCodec.putAccess(out, upload.access());
        }
        if (!usual) {
            out.u8(upload.priority().ordinal());
        }
        if (!upload.notes().isEmpty()) {
            putNotes(out, upload.notes());
        }
        if (!upload.object().equals(upload.id())) {
            out.uuid(upload.object());
        }
    }

    static Upload uploadBody(FieldReader in, UUID id, Instant created) throws BadRecordException {
        int first = in.u8();
        UploadState state = stateOf(first);
        try {
            String filename = in.text();
            long length = in.fromMinusOne();
            long announced = in.fromMinusOne();
            long chunkSize = in.varint();
            long totalChunks = in.fromMinusOne();
            RangeSet ranges = ranges(in);
            return new Upload(id, filename, length, announced, chunkSize, totalChunks, state, ranges, in.digestOrNull(),
                    in.digestOrNull(), in.digestOrNull(), created, in.instant(), in.instantOrNull(),
                    (first & WITH_ACCESS) == 0 ? FileAccess.OPERATOR : EntityCodec.access(in),
                    (first & WITH_PRIORITY) == 0 ? Priority.NORMAL : priority(in.u8()), (first & WITH_NOTES) == 0 ? Notes.NONE : notes(in),
                    (first & WITH_OBJECT) == 0 ? id : in.uuid());
        } catch (IllegalArgumentException e) {
            throw new BadRecordException("upload " + id + ": " + e.getMessage(), e);
        }
    }

    /** @param first the first byte of an upload's body */
    static UploadState stateOf(int first) throws BadRecordException {
        return state(first & STATE);
    }

    /** By the ordinal, which the format fixes. */
    private static Priority priority(int code) throws BadRecordException {
        Priority[] priorities = Priority.values();
        if (code >= priorities.length) {
            throw new BadRecordException("unknown priority " + code);
        }
        return priorities[code];
    }

    /** By the ordinal, which the format fixes. */
    static UploadState state(int code) throws BadRecordException {
        UploadState[] states = UploadState.values();
        if (code >= states.length) {
            throw new BadRecordException("unknown upload state " + code);
        }
        return states[code];
    }

    static void putNotes(FieldWriter out, Notes notes) {
        out.textOrNull(notes.door());
        out.varint(notes.values().size());
        notes.values().forEach((key, value) -> {
            out.textOrNull(key);
            out.textOrNull(value);
        });
        SharePromise promise = notes.promise();
        out.u8((promise == null ? 0 : PROMISE) | (notes.part() ? PART : 0));
        if (promise != null) {
            out.digest(promise.tokenHash());
            out.textOrNull(promise.password());
            out.varint(promise.lasts() == null ? 0 : promise.lasts().toMillis());
            out.varint(promise.maxDownloads());
            EntityCodec.putPolicy(out, promise.policy());
        }
    }

    static Notes notes(FieldReader in) throws BadRecordException {
        String door = in.text();
        int count = in.count(2);
        Map<String, String> values = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            values.put(in.text(), in.text());
        }
        try {
            int more = in.u8();
        if ((more & ~(PROMISE | PART)) != 0) {
            throw new BadRecordException("unknown notes " + more);
        }
        return new Notes(door, values, (more & PROMISE) == 0 ? null : promise(in), (more & PART) != 0);
        } catch (IllegalArgumentException e) {
            throw new BadRecordException("notes of " + door + ": " + e.getMessage(), e);
        }
    }

    private static SharePromise promise(FieldReader in) throws BadRecordException {
        Digest tokenHash = in.digest();
        String password = in.textOrNull();
        long lasts = in.varint();
        return new SharePromise(tokenHash, password, lasts == 0 ? null : Duration.ofMillis(lasts), in.varint(), EntityCodec.policy(in));
    }

    /** The number of ranges; for each the gap before it, its length and its CRC-32C. */
    private static void putRanges(FieldWriter out, RangeSet ranges) {
        out.varint(ranges.size());
        long at = 0;
        for (int i = 0; i < ranges.size(); i++) {
            out.varint(ranges.get(i).start() - at);
            out.varint(ranges.get(i).length());
            out.u32(ranges.crc(i));
            at = ranges.get(i).end();
        }
    }

    private static RangeSet ranges(FieldReader in) throws BadRecordException {
        int count = in.count(6);
        long[] starts = new long[count];
        long[] ends = new long[count];
        int[] crcs = new int[count];
        long at = 0;
        for (int i = 0; i < count; i++) {
            starts[i] = at + in.varint();
            ends[i] = starts[i] + in.varint();
            crcs[i] = in.u32();
            at = ends[i];
        }
        return RangeSet.ofSorted(starts, ends, crcs);
    }

    /** The file stands in the key of a link of one file; those of several are in the body. */
    static void putShare(FieldWriter out, Share share) {
        out.digest(share.tokenHash());
        if (!share.contents().areSeveral()) {
            out.uuid(share.fileId());
        }
        out.instant(share.created());
        putShareBody(out, share);
    }

    /** @param policy whether it has one */
    static Share share(FieldReader in, boolean policy) throws BadRecordException {
        Digest tokenHash = in.digest();
        UUID fileId = fileOf(in);
        Share share = shareTerms(in, tokenHash, fileId, in.instant());
        return policy ? share.withPolicy(EntityCodec.policy(in)) : share;
    }

    /** The file of a share of one. */
    static UUID fileOf(FieldReader in) throws BadRecordException {
        UUID fileId = in.uuid();
        if (fileId.equals(NO_FILE)) {
            throw new BadRecordException("a share of no file");
        }
        return fileId;
    }

    static Share shareOfSeveral(FieldReader in) throws BadRecordException {
        Digest tokenHash = in.digest();
        return withContents(in, shareTerms(in, tokenHash, NO_FILE, in.instant()));
    }

    static void putShareBody(FieldWriter out, Share share) {
        out.textOrNull(share.password());
        out.instantOrNull(share.expires());
        out.varint(share.maxDownloads());
        out.varint(share.used());
        out.varint(share.open().size());
        share.open().forEach(slot -> putSlot(out, slot));
        out.varint(share.failedPasswords());
        out.instantOrNull(share.lastFailure());
        EntityCodec.putPolicy(out, share.policy());
        if (share.contents().areSeveral()) {
            out.textOrNull(share.contents().title());
            out.varint(share.contents().members().size());
            for (Share.Member member : share.contents().members()) {
                out.varint(member.index());
                out.uuid(member.file());
            }
        }
    }

    /** A body that stands alone, up to its end; old ones have no policy. @param fileId {@link #NO_FILE} for a link of several */
    static Share shareBody(FieldReader in, Digest tokenHash, UUID fileId, Instant created) throws BadRecordException {
        Share share = shareTerms(in, tokenHash, fileId, created);
        if (fileId.equals(NO_FILE)) {
            return withContents(in, share);
        }
        return in.hasMore() ? share.withPolicy(EntityCodec.policy(in)) : share;
    }

    private static Share withContents(FieldReader in, Share terms) throws BadRecordException {
        Share share = terms.withPolicy(EntityCodec.policy(in));
        String title = in.text();
        int count = in.count(17);
        List<Share.Member> members = new ArrayList<>(count);
        try {
            for (int i = 0; i < count; i++) {
                members.add(new Share.Member((int) in.varint(), in.uuid()));
            }
            return share.withContents(new Share.Contents(members, title));
        } catch (IllegalArgumentException e) {
            throw new BadRecordException("a share: " + e.getMessage(), e);
        }
    }

    private static Share shareTerms(FieldReader in, Digest tokenHash, UUID fileId, Instant created) throws BadRecordException {
        String password = in.textOrNull();
        Instant expires = in.instantOrNull();
        long maxDownloads = in.varint();
        long used = in.varint();
        int count = in.count(Digest.LENGTH + 2);
        List<Share.Slot> open = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            open.add(slot(in));
        }
        return new Share(tokenHash, fileId, password, created, expires, maxDownloads, used, open, (int) in.varint(),
                in.instantOrNull());
    }

    static void putSlot(FieldWriter out, Share.Slot slot) {
        out.varint(slot.id());
        out.digest(slot.client());
        out.instant(slot.at());
    }

    static Share.Slot slot(FieldReader in) throws BadRecordException {
        return new Share.Slot(in.varint(), in.digest(), in.instant());
    }

    /** As it was when tokens had only a name. */
    static AccessToken token(FieldReader in) throws BadRecordException {
        Digest hash = in.digest();
        return AccessToken.of(AccessToken.idOf(hash), hash, in.text(), in.instant());
    }
}
