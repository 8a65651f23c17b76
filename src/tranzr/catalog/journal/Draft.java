package tranzr.catalog.journal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tranzr.catalog.CatalogWatch;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.catalog.ConflictException.Reason;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.RangeSet;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/**
 * The effect of one commit, worked out beside the state: every change sees those before it, and nobody sees any until
 * {@link #publish}. Thrown away when a precondition fails. The writers' lock is held from its making to its end.
 */
final class Draft {

    private final State state;
    /** What the commit makes of uploads and shares; a null value is a removal. */
    private final Map<UUID, Upload> uploads = new HashMap<>();
    private final Map<Digest, Share> shares = new HashMap<>();
    private final EntityDraft entities;
    private final UsageDraft usages;
    private final List<Change.Within> limits = new ArrayList<>();

    Draft(State state) {
        this.state = state;
        this.entities = new EntityDraft(state);
        this.usages = new UsageDraft(state::usage);
    }

    /** @throws ConflictException when the change's precondition does not hold; this draft is then of no use */
    void apply(Change change) throws ConflictException {
        switch (change) {
            case Change.UploadCreated c -> create(c.upload());
            case Change.RangeStored c -> store(c);
            case Change.LengthFixed c -> fixLength(c);
            case Change.ChunksRecut c -> put(openUpload(c.id()).recut(c.chunkSize(), c.totalChunks(), c.notes()));
            case Change.StateChanged c -> changeState(c);
            case Change.DigestExpected c -> expect(c);
            case Change.UploadCompleted c -> complete(c);
            case Change.UploadRemoved c -> remove(c.id());
            case Change.ShareCreated c -> share(c.share());
            case Change.ShareTermsChanged c -> put(existingShare(c.tokenHash())
                    .withTerms(c.expires(), c.maxDownloads(), c.password()));
            case Change.ShareRemoved c -> shares.put(existingShare(c.tokenHash()).tokenHash(), null);
            case Change.DownloadStarted c -> startDownload(c);
            case Change.DownloadFinished c -> closeSlot(c.tokenHash(), c.slot(), 0);
            case Change.DownloadReleased c -> closeSlot(c.tokenHash(), c.slot(), 1);
            case Change.PasswordFailuresSet c -> put(existingShare(c.tokenHash()).withFailures(c.failures(), c.at()));
            case Change.SharePolicyChanged c -> put(existingShare(c.tokenHash()).withPolicy(c.policy()));
            case Change.AccessChanged c -> put(existing(c.id()).withAccess(c.access()));
            case Change.FileDetailsChanged c -> put(completedFile(c.id()).withDetails(c.filename(), c.at(), c.expires()));
            case Change.EntityAdded c -> entities.add(c.entity());
            case Change.EntityReplaced c -> entities.replace(c.before(), c.after());
            case Change.EntityRemoved c -> entities.remove(c.kind(), c.id());
            case Change.Within c -> limits.add(c);
            case Change.Present c -> entities.require(c.kind(), c.id());
        }
    }

    /** @throws ConflictException when a {@link Change.Within} does not hold after all changes */
    void checkLimits() throws ConflictException {
        for (Change.Within limit : limits) {
            if (!limit.quota().allows(usages.of(limit.scope()))) {
                throw new ConflictException(limit.scope());
            }
        }
    }

    /** Shows the effect to everybody; what is new first, so that no share appears before its file. */
    void publish() {
        publish(CatalogWatch.NONE);
    }

    /** @param watch told of what becomes of each upload */
    void publish(CatalogWatch watch) {
        Map<UUID, Upload> before = new HashMap<>();
        if (watch != CatalogWatch.NONE) {
            uploads.keySet().forEach(id -> before.put(id, state.upload(id)));
        }
        uploads.values().stream().filter(upload -> upload != null).forEach(state::put);
        shares.forEach((hash, share) -> {
            if (share == null) {
                state.removeShare(hash);
            } else {
                state.put(share);
            }
        });
        uploads.forEach((id, upload) -> {
            if (upload == null) {
                state.removeUpload(id);
            }
        });
        entities.publish();
        usages.forEach(state::put);
        before.forEach((id, old) -> {
            if (old != null || uploads.get(id) != null) {
                watch.changed(old, uploads.get(id));
            }
        });
    }

    private void create(Upload upload) throws ConflictException {
        if (find(upload.id()) != null) {
            throw new ConflictException(Reason.EXISTS, "upload " + upload.id() + " exists");
        }
        put(upload);
    }

    private void store(Change.RangeStored change) throws ConflictException {
        Upload upload = openUpload(change.id());
        ByteRange range = change.range();
        RangeSet ranges = upload.ranges();
        if (ranges.overlaps(range)) {
            throw new ConflictException(Reason.OVERLAP, range + " of upload " + change.id() + " is there in part");
        }
        if (upload.lengthKnown() && range.end() > upload.length()) {
            throw new ConflictException(Reason.OVERLAP,
                    range + " reaches past the " + upload.length() + " bytes of upload " + change.id());
        }
        if (ranges.size() == RangeSet.MAX_RANGES && !range.isEmpty() && !touches(ranges, range)) {
            throw new ConflictException(Reason.FRAGMENTED, "upload " + change.id() + " has too many gaps");
        }
        put(upload.withRanges(ranges.plus(range, change.crc()), UploadState.UPLOADING, change.at(), change.expires()));
    }

    /** Whether the range is adjacent to one of the set, so that it makes no new one. */
    private static boolean touches(RangeSet ranges, ByteRange range) {
        return range.start() > 0 && ranges.contains(new ByteRange(range.start() - 1, range.start()))
                || range.end() < Long.MAX_VALUE && ranges.nextStart(range.end()) == range.end();
    }

    private void fixLength(Change.LengthFixed change) throws ConflictException {
        Upload upload = openUpload(change.id());
        if (upload.lengthKnown() || change.length() < upload.ranges().end()) {
            throw new ConflictException(Reason.LENGTH, "upload " + change.id() + " has "
                    + (upload.lengthKnown() ? upload.length() + " bytes already" : upload.ranges().end() + " bytes or more")
                    + ", not " + change.length());
        }
        put(upload.withLength(change.length(), change.totalChunks()));
    }

    private void changeState(Change.StateChanged change) throws ConflictException {
        Upload upload = existing(change.id());
        if (upload.state() != change.from() || !allowed(change.from(), change.to())) {
            throw new ConflictException(Reason.STATE, "upload " + change.id() + " is " + upload.state().wireName() + ": not from "
                    + change.from().wireName() + " to " + change.to().wireName());
        }
        if (change.to() == UploadState.PENDING_ASSEMBLY) {
            requireWhole(upload);
        }
        RangeSet ranges = change.to() == UploadState.EXPIRED ? RangeSet.EMPTY : upload.ranges();
        put(upload.withRanges(ranges, change.to(), change.at(), change.expires()));
    }

    /** The arrows of {@link UploadState}; only {@link Change.UploadCompleted} leads to {@code COMPLETED}. */
    private static boolean allowed(UploadState from, UploadState to) {
        return from != UploadState.COMPLETED && from != UploadState.EXPIRED
                && (to == UploadState.UPLOADING || to == UploadState.PENDING_ASSEMBLY || to == UploadState.EXPIRED);
    }

    private void expect(Change.DigestExpected change) throws ConflictException {
        Upload upload = existing(change.id());
        if (upload.state() == UploadState.COMPLETED || upload.state() == UploadState.EXPIRED) {
            throw new ConflictException(Reason.STATE, "upload " + change.id() + " is " + upload.state().wireName());
        }
        if (upload.expected() != null) {
            throw new ConflictException(Reason.EXISTS, "a digest of upload " + change.id() + " is announced");
        }
        put(upload.expecting(change.expected()));
    }

    private void complete(Change.UploadCompleted change) throws ConflictException {
        Upload upload = existing(change.id());
        if (upload.state() == UploadState.COMPLETED || upload.state() == UploadState.EXPIRED) {
            throw new ConflictException(Reason.STATE, "upload " + change.id() + " is " + upload.state().wireName());
        }
        requireWhole(upload);
        put(upload.completed(change.sha256(), change.at(), change.expires()));
    }

    private void remove(UUID id) throws ConflictException {
        usages.moved(existing(id), null);
        uploads.put(id, null);
        for (ShareRow row : state.sharesOf(id)) {
            if (!shares.containsKey(row.tokenHash())) {
                shares.put(row.tokenHash(), row.share());
            }
        }
        shares.replaceAll((hash, share) -> share == null ? null : share.without(id).orElse(null));
    }

    private void share(Share share) throws ConflictException {
        if (find(share.tokenHash()) != null) {
            throw new ConflictException(Reason.EXISTS, "share of " + share.fileId() + " exists");
        }
        for (Share.Member member : share.contents().members()) {
            completedFile(member.file());
        }
        put(share);
    }

    private Upload completedFile(UUID id) throws ConflictException {
        Upload file = existing(id);
        if (file.state() != UploadState.COMPLETED) {
            throw new ConflictException(Reason.STATE, "upload " + id + " is " + file.state().wireName());
        }
        return file;
    }

    private void startDownload(Change.DownloadStarted change) throws ConflictException {
        Share share = existingShare(change.tokenHash());
        if (share.isUsedUp()) {
            throw new ConflictException(Reason.LIMIT, "all " + share.maxDownloads() + " downloads are used");
        }
        if (share.open().stream().anyMatch(slot -> slot.id() == change.slot().id())) {
            throw new ConflictException(Reason.EXISTS, "download " + change.slot().id() + " is open");
        }
        List<Share.Slot> open = new ArrayList<>(share.open());
        open.add(change.slot());
        put(share.withSlots(share.used() + 1, open));
    }

    private void closeSlot(Digest tokenHash, long id, int givenBack) throws ConflictException {
        Share share = existingShare(tokenHash);
        List<Share.Slot> open = share.open().stream().filter(slot -> slot.id() != id).toList();
        if (open.size() == share.open().size()) {
            throw new ConflictException(Reason.MISSING, "download " + id + " is not open");
        }
        put(share.withSlots(share.used() - givenBack, open));
    }

    private Upload openUpload(UUID id) throws ConflictException {
        Upload upload = existing(id);
        if (!upload.state().isOpen()) {
            throw new ConflictException(Reason.STATE, "upload " + id + " is " + upload.state().wireName());
        }
        return upload;
    }

    private static void requireWhole(Upload upload) throws ConflictException {
        if (!upload.isWhole()) {
            throw new ConflictException(Reason.LENGTH, "upload " + upload.id() + " is not whole");
        }
    }

    private Upload existing(UUID id) throws ConflictException {
        Upload upload = find(id);
        if (upload == null) {
            throw new ConflictException(Reason.MISSING, "no upload " + id);
        }
        return upload;
    }

    private Share existingShare(Digest tokenHash) throws ConflictException {
        Share share = find(tokenHash);
        if (share == null) {
            throw new ConflictException(Reason.MISSING, "no such share");
        }
        return share;
    }

    /** Under which id the storage has the bytes of an upload as it is after the changes so far; null when there is none. */
    UUID objectOf(UUID id) {
        Upload upload = find(id);
        return upload == null ? null : upload.object();
    }

    private Upload find(UUID id) {
        return uploads.containsKey(id) ? uploads.get(id) : state.upload(id);
    }

    private Share find(Digest tokenHash) {
        return shares.containsKey(tokenHash) ? shares.get(tokenHash) : state.share(tokenHash);
    }

    private void put(Upload upload) {
        usages.moved(find(upload.id()), upload);
        uploads.put(upload.id(), upload);
    }

    private void put(Share share) {
        shares.put(share.tokenHash(), share);
    }
}
