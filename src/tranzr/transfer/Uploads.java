package tranzr.transfer;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.disk.NoSpaceException;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.FileName;
import tranzr.model.Notes;
import tranzr.model.Priority;
import tranzr.model.RangeSet;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/**
 * The engine of uploads: one structure, a byte space with the ranges that are durable, for every protocol. Safe for
 * several threads. What it does, it does for one caller, and checks what that caller may. Every method throws {@link FailureException} for what a client can do wrong, and for a failed store.
 */
public final class Uploads {

    /** The most chunks one upload may have, so that a status answer stays bounded. */
    public static final long MAX_CHUNKS = 1_000_000;

    /** The chunk size of an upload that says neither how long it will be nor how it is cut: large, since it bounds the length together with the above. In bytes. */
    private static final long ENDLESS_CHUNK = 1L << 30;

    /**
     * What a request brought.
     *
     * @param upload as it is after it, durable
     * @param range where the body lay
     * @param duplicate whether every byte of it was there before
     */
    public record Written(Upload upload, ByteRange range, boolean duplicate) {
    }

    /**
     * Where the completion of an upload stands.
     *
     * @param upload completed, or pending
     * @param hashed how many bytes of it have been hashed so far
     */
    public record Assembly(Upload upload, long hashed) {
    }

    /**
     * A file that was made without its bytes being sent.
     *
     * @param source the file that had them
     */
    public record Copied(Upload file, UUID source) {
    }

    private final Core core;
    private final Permit permit;
    private final UploadSessions sessions;
    private final Assembler assembler;
    private final Lengths lengths;
    private final OneShot oneShot;

    Uploads(Core core, Permit permit, UploadSessions sessions, Assembler assembler) {
        this.core = core;
        this.permit = permit;
        this.sessions = sessions;
        this.assembler = assembler;
        this.lengths = new Lengths(core, permit);
        this.oneShot = new OneShot(core, permit, lengths, this, sessions);
    }

    /** A random id (UUID version 4). */
    public UUID newId() {
        return core.ids.draw();
    }

    /** The room of this id, or the one of this name. Fails with UnknownRoom when there is none that the caller may know of. */
    public UUID room(String idOrName) {
        return permit.room(idOrName);
    }

    /** Begins an upload. Fails with InvalidValue, TooLarge, NoSpace, Forbidden, UnknownRoom, QuotaExceeded, RequestClosed. */
    public Upload start(NewUpload spec) {
        Upload upload = describe(spec);
        try (Space.Hold hold = core.hold(upload.charged())) {
            List<Change> changes = new ArrayList<>(permit.within(upload.access()));
            changes.addAll(permit.stillOpen());
            changes.add(new Change.UploadCreated(upload));
            sessions.create(upload, () -> core.commit(changes, hold::close));
        } catch (ConflictException e) {
            throw permit.notCreated(e);
        }
        return upload;
    }

    /**
     * Makes the file at once when its length and digest are announced and a file of these, which the caller may download, is here and undamaged; never for guests of upload requests.
     * Empty when its bytes have to be sent. Fails as {@link #start}. May read that file whole.
     */
    public Optional<Copied> instant(NewUpload spec) {
        return spec.expected() == null || spec.length() == Upload.UNKNOWN_LENGTH ? Optional.empty() : new InstantUpload(core, permit, sessions).of(describe(spec));
    }

    /**
     * Makes an upload of the bytes of others, one after the other, without moving them: of open ones of the same owner that are whole, and of files that the caller may download. They stay as they are, and
     * may go before it. It is pending, and completes by itself as soon as it is hashed; {@link #complete(UUID, Digest, Duration)} waits for that. To ask for the same again leads to the same.
     * Fails as {@link #start}, and with UnknownFile, UploadExpired, MissingChunks, LengthUnknown, LengthMismatch, CannotJoin, Corrupt.
     *
     * @param spec whose id is not used: it follows from the owner, the parts, and the name, room, chunk size and notes in this; its length is that of all parts, or unknown
     * @param parts the ids of 1 to {@link tranzr.storage.Joining#MOST} uploads or files, each as often as one likes
     */
    public Joined join(NewUpload spec, List<UUID> parts) {
        return new JoinedUpload(core, permit, sessions, this).of(spec, parts);
    }

    /** The record of a new upload, checked, not committed. Fails with IdTaken, and so may the commit. */
    Upload describe(NewUpload spec) {
        if (core.catalog.upload(spec.id()).isPresent()) {
            throw new FailureException(new Failure.IdTaken());
        }
        FileName.objection(spec.filename()).ifPresent(why -> {
            throw new FailureException(new Failure.InvalidValue("filename", why));
        });
        boolean known = spec.length() != Upload.UNKNOWN_LENGTH;
        long announced = known ? spec.length() : spec.announced();
        lengths.requireNotTooLarge(announced);
        long unnamed = known || spec.totalChunks() >= 0 ? core.settings.chunkSize() : ENDLESS_CHUNK;
        long chunkSize = spec.chunkSize() == 0 ? unnamed : spec.chunkSize();
        long totalChunks = Lengths.count(known ? spec.length() : Upload.UNKNOWN_LENGTH, chunkSize, spec.totalChunks());
        Instant now = core.now();
        return new Upload(spec.id(), spec.filename(), spec.length(), announced, chunkSize, totalChunks,
                UploadState.INITIALIZED, RangeSet.EMPTY, spec.expected(), null, spec.deleteKey(), now, now,
                now.plus(core.settings.uploadTtl()), permit.bring(spec.room(), spec.filename()), spec.priority(), spec.notes(),
                core.ids.isFresh(spec.id()) ? spec.id() : core.ids.draw());
    }

    /**
     * Waits until no request brings bytes of this range, and ends those that go on for longer than {@code patience}: whoever sent them says that they are dead. What came of them is
     * then durable and known. Fails with UnknownFile, Unavailable.
     *
     * @param came when the request came that says so, as {@link Body#came}: none that came before it begins to bring any either
     */
    public void settle(UUID id, ByteRange range, Duration patience, long came) {
        permit.require(id, Right.UPLOAD);
        withSession(id, session -> {
            session.settle(range, patience, came);
            return null;
        });
    }

    /**
     * Counts the chunks of an open upload by another size, in bytes; what is there stays. Fails with UnknownFile, UploadExpired, AlreadyCompleted, InvalidValue.
     *
     * @param notes what its door remembers from the same commit on; null to leave that
     */
    public Upload recut(UUID id, long chunkSize, Notes notes) {
        return lengths.recut(settled(permit.require(id, Right.UPLOAD)), chunkSize, notes);
    }

    /**
     * Takes one chunk, in any order; ends an older request for the same bytes. The answer means durable.
     * Fails with UnknownFile, UploadExpired, AlreadyCompleted, ChunkIndexOutOfRange, WrongLength, ChecksumMismatch, ChunkConflict,
     * Superseded, BodyBroken, NoSpace, TooFragmented, Unavailable.
     */
    public Written writeChunk(UUID id, long index, Body body, DigestClaim claim) {
        return withSession(id, session -> {
            Upload upload = openOrRepeated(id);
            if (upload.state() == UploadState.COMPLETED) {
                long end = index < 0 || index >= upload.totalChunks() ? Long.MAX_VALUE : upload.chunk(index).end();
                return Repetition.of(core, upload, end == Long.MAX_VALUE ? 0 : upload.chunk(index).start(), end, body, claim);
            }
            if (index < 0 || index >= (upload.totalChunks() < 0 ? MAX_CHUNKS : upload.totalChunks())) {
                throw new FailureException(new Failure.ChunkIndexOutOfRange(index, upload.totalChunks()));
            }
            boolean fixes = !upload.lengthKnown() && index == upload.totalChunks() - 1;
            ByteRange place = upload.chunk(index);
            requireLength(body.length(), place.length(), fixes);
            if (fixes) {
                // Nothing may lie beyond the last chunk, and it must not be empty: the count would be wrong.
                lengths.requireNotTooLarge(place.start() + Math.max(1, body.length()));
            } else {
                lengths.requireNotTooLarge(place.end());
            }
            return new Placement(core, permit, session, id, place, fixes ? Placement.End.FIXES_LENGTH : Placement.End.EXACT)
                    .take(body, claim);
        });
    }

    private static void requireLength(long actual, long expected, boolean atMost) {
        boolean wrong = atMost ? actual > expected || actual == 0 : actual != expected;
        if (actual != Body.UNKNOWN && wrong) {
            throw new FailureException(new Failure.WrongLength(expected, actual, atMost));
        }
    }

    /**
     * Takes bytes from {@code start} on, up to the body's end. Fails as {@link #writeChunk}, and with RangeOutOfBounds.
     *
     * @param end where the client says the body ends (exclusive), or -1 when it does not
     * @param total the whole length the client names, which fixes an unknown one; -1 when it does not
     */
    public Written writeRange(UUID id, long start, long end, long total, Body body, DigestClaim claim) {
        return withSession(id, session -> {
            Upload upload = openOrRepeated(id);
            if (upload.state() == UploadState.COMPLETED) {
                return Repetition.of(core, upload, start, total >= 0 && total != upload.length() ? Long.MAX_VALUE : end, body, claim);
            }
            if (total >= 0 && upload.lengthKnown() && total != upload.length()) {
                throw new FailureException(new Failure.RangeOutOfBounds(start, end, upload.length()));
            }
            long announcedEnd = end >= 0 ? end : body.length() == Body.UNKNOWN ? -1 : start + body.length();
            if (end >= 0 && body.length() != Body.UNKNOWN && end - start != body.length()) {
                throw new FailureException(new Failure.WrongLength(end - start, body.length(), false));
            }
            long most = upload.lengthKnown() ? upload.length() : total >= 0 ? total : lengths.largest(upload);
            if (start > most || announcedEnd > most) {
                if (!upload.lengthKnown() && total < 0) {
                    throw new FailureException(new Failure.TooLarge(most));
                }
                throw new FailureException(new Failure.RangeOutOfBounds(start, Math.max(start, announcedEnd), most));
            }
            if (total >= 0 && !upload.lengthKnown()) {
                lengths.requireNotTooLarge(upload, total);
                lengths.fixKnownToFit(upload, total);
            }
            ByteRange place = new ByteRange(start, announcedEnd >= 0 ? announcedEnd : most);
            return new Placement(core, permit, session, id, place,
                    announcedEnd >= 0 ? Placement.End.EXACT : Placement.End.AT_MOST).take(body, claim);
        });
    }

    /**
     * Says how long an upload is, for one that began without it; saying the same again is harmless. Fails with UnknownFile, UploadExpired, LengthMismatch, TooLarge, NoSpace,
     * QuotaExceeded.
     */
    public void fixLength(UUID id, long length) {
        lengths.fix(settled(permit.require(id, Right.UPLOAD)), length);
    }

    /**
     * Begins, takes whole and completes an upload in one go; for a small one all of it is a single commit. When a long body
     * breaks, what came of it stays, and BodyBroken names the upload to resume.
     *
     * @param with committed together with the completion, such as a share of the file
     * @param expires when the file is cleaned away; null for never
     */
    public Upload receive(NewUpload spec, Body body, DigestClaim claim, Instant expires, List<Change> with) {
        return oneShot.receive(spec, body, claim, expires, with);
    }

    Assembly complete(UUID id, Digest expected, Duration wait, Instant expires, List<Change> with) {
        permit.require(id, Right.UPLOAD);
        return withSession(id, session -> assembler.complete(session, expected, wait, expires, with));
    }

    /** The upload or file as it durably is, when the caller may do anything with it. Fails with UnknownFile, UploadExpired. */
    public Upload get(UUID id) {
        return settled(permit.visible(id));
    }

    /** As {@link #get(UUID)}, and fails with Forbidden. */
    public Upload get(UUID id, Right right) {
        return settled(permit.require(id, right));
    }

    /** What the caller may do with it. */
    public Set<Right> rights(Upload upload) {
        return permit.on(upload);
    }

    private Upload settled(Upload upload) {
        if (upload.state() == UploadState.EXPIRED) {
            throw new FailureException(new Failure.UploadExpired(upload.id()));
        }
        core.settle();
        return upload;
    }

    /** What the bytes of an upload are worth beside others; the usual when there is none that the caller may know of. */
    public Priority priority(UUID id) {
        return core.catalog.upload(id).filter(upload -> !permit.on(upload).isEmpty()).map(Upload::priority).orElse(Priority.NORMAL);
    }

    /** What its door keeps with it; nothing when there is none that the caller may know of. */
    public Notes notes(UUID id) {
        return core.catalog.upload(id).filter(upload -> !permit.on(upload).isEmpty()).map(Upload::notes).orElse(Notes.NONE);
    }

    /** Whether there is a record of this id that the caller may know of, be it of an upload that has expired. */
    public boolean isKnown(UUID id) {
        return core.catalog.upload(id).filter(upload -> !permit.on(upload).isEmpty()).isPresent();
    }

    /**
     * Verifies and completes an upload that is whole; waits up to {@code wait} for the hashing that is left, which goes on in the background. Repeating it
     * is harmless. Fails with UnknownFile, UploadExpired, MissingChunks, HashMismatch.
     *
     * @param expected SHA-256 of the whole, or null; beside the one announced at the start
     */
    public Assembly complete(UUID id, Digest expected, Duration wait) {
        return complete(id, expected, wait, null);
    }

    /** The same. @param expires when the file is to be cleaned away; null for never */
    public Assembly complete(UUID id, Digest expected, Duration wait, Instant expires) {
        return complete(id, expected, wait, expires, List.of());
    }

    /** The most bytes that a file of the caller may have; {@link Long#MAX_VALUE} for no limit. */
    public long largestFile() {
        return permit.largestFile();
    }

    /** How many bytes of an upload are hashed; for the progress of a pending one. */
    public long hashed(UUID id) {
        permit.visible(id);
        return withSession(id, session -> session.frontier.offset());
    }

    /** Ends an upload that is not completed; its bytes and records go. Fails with UnknownFile, AlreadyCompleted. */
    public void abort(UUID id) {
        permit.require(id, Right.UPLOAD);
        remove(id, upload -> {
            if (upload.state() == UploadState.COMPLETED) {
                throw new FailureException(new Failure.AlreadyCompleted(id));
            }
            return true;
        });
    }

    /** Removes an upload or file, whatever its state: bytes, records, shares. Downloads under way end whole. Fails with UnknownFile, Forbidden. */
    public void delete(UUID id) {
        permit.require(id, Right.DELETE);
        remove(id, _ -> true);
    }

    /** Removes a file, or what is left of an upload, whose time is over; false when it was given more time meanwhile. Fails with UnknownFile. */
    boolean removeDue(UUID id, Instant now) {
        return remove(id, upload -> upload.expires() != null && !now.isBefore(upload.expires()));
    }

    /** Removes the file whose delete key has this hash, whoever asks. Fails with UnknownFile. */
    public void deleteByKey(UUID id, Digest deleteKey) {
        Upload upload = core.catalog.upload(id).orElse(null);
        if (upload == null || !deleteKey.equals(upload.deleteKey())) {
            throw new FailureException(new Failure.UnknownFile(id));
        }
        remove(id, _ -> true);
    }

    /** @param when asked while nothing else can change it; false leaves it */
    private boolean remove(UUID id, Predicate<Upload> when) {
        return withSession(id, session -> {
            find(id);
            session.completing.lock();
            boolean removed = false;
            try {
                Upload upload = find(id);
                if (!when.test(upload)) {
                    return false;
                }
                session.shutOut();
                core.commit(List.of(new Change.UploadRemoved(id)));
                removed = true;
                sessions.forget(session);
                core.storage.delete(upload.object());
                return true;
            } catch (ConflictException e) {
                throw new FailureException(new Failure.UnknownFile(id));
            } catch (IOException e) {
                throw core.broken(e);
            } finally {
                if (!removed) {
                    session.letIn();
                }
                session.completing.unlock();
            }
        });
    }

    private Upload find(UUID id) {
        return core.catalog.upload(id).orElseThrow(() -> new FailureException(new Failure.UnknownFile(id)));
    }

    /** Copies a body that cannot be placed yet into scratch space; at most {@code limit} bytes (TooLarge). Close it to free the space. */
    public SpooledBody spool(Body body, long limit) {
        core.requireAvailable();
        try {
            return Spool.of(core, body, limit);
        } catch (NoSpaceException e) {
            throw core.noSpace(0);
        } catch (IOException e) {
            throw core.broken(e);
        }
    }

    /**
     * The upload, when bytes may be added to it; or a file that is complete, for whoever may read it: its bytes are compared with what comes, and to others that would tell
     * them what they are.
     */
    private Upload openOrRepeated(UUID id) {
        core.requireAvailable();
        Upload upload = permit.require(id, Right.UPLOAD);
        if (upload.state() == UploadState.COMPLETED && permit.allows(Right.DOWNLOAD, upload)) {
            core.settle();
            return upload;
        }
        return Placement.requireOpen(core, id);
    }

    /** Something done with an upload's session. */
    interface Work<T> {
        T with(UploadSession session);
    }

    <T> T withSession(UUID id, Work<T> work) {
        UploadSession session = sessions.acquire(id);
        try {
            return work.with(session);
        } finally {
            sessions.release(session);
        }
    }
}
