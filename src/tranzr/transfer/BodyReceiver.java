package tranzr.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.disk.NoSpaceException;
import tranzr.model.ByteRange;
import tranzr.model.Crc32c;
import tranzr.model.Digest;
import tranzr.model.Upload;
import tranzr.storage.StoredObject;

/**
 * Takes one body into its place in an upload: writes what is missing, compares what is there already, hashes on the way,
 * and makes it durable before it is acknowledged. Used by one thread; one background task at a time makes a long body
 * durable while the rest of it comes.
 */
final class BodyReceiver {

    /** Up to so many bytes travel inside the catalog's record, which saves forcing the object. */
    static final int INLINE = 64 * 1024;
    private static final int BUFFER = 64 * 1024;
    /** How many bytes are made durable at a time while a body is still coming. */
    private static final long STRIDE = 8L << 20;

    /**
     * From this length on a body is hashed by another processor that trails behind it, when one is free: reading back from the
     * page cache costs less than hashing between two reads of the connection.
     */
    private static final long TRAILING = 4L << 20;
    /** A body that becomes durable only at its end is hashed on the way when it is longer, or its completion would take long. */
    private static final long TRAILING_UNCOMMITTED = 64L << 20;
    /** How far a trailing hash may stay behind before the body waits for it, so that completion never takes long. */
    private static final long LAG = 64L << 20;
    private static final Duration ONE_LAG = Duration.ofSeconds(1);

    /** A run of new bytes that is written but not yet in the catalog. */
    record Run(ByteRange range, int crc) {
    }

    private final Core core;
    private final UploadSession session;
    private final Upload upload;
    private final StoredObject object;
    private final Body body;
    private final DigestClaim claim;
    private final List<Change> limits;
    private final Space.Writing writing;
    private final Traffic.Passage passage;
    private final MessageDigest claimed;
    private final List<Run> runs = new ArrayList<>();
    private final BackgroundForce background;

    private long position;
    private long runStart;
    private int runCrc;
    /** Of the whole body so far, when the client has told its checksum. */
    private int bodyCrc;
    private long sinceForce;
    private long newBytes;
    /** New bytes that are in the catalog. */
    private long committed;
    private HashState hash;
    private byte[] inline;
    /** Whether the hash is left to the background. */
    private boolean trailing;
    /** Where the body first differed from what is stored, or -1. From there on it is only read for its digest. */
    private long conflict = -1;

    /**
     * @param start where the body's first byte lies
     * @param limits what must still hold after each commit
     * @param writing told what becomes of the space
     * @param passage told of new bytes as they come
     */
    BodyReceiver(Core core, UploadSession session, Upload upload, long start, Body body, DigestClaim claim, List<Change> limits,
            Space.Writing writing, Traffic.Passage passage) throws IOException {
        this.core = core;
        this.session = session;
        this.upload = upload;
        this.object = session.object(core, upload);
        this.body = body;
        this.claim = claim;
        this.limits = limits;
        this.writing = writing;
        this.passage = passage;
        this.claimed = claim.possible() ? claim.algorithm().engine() : null;
        this.position = start;
        this.runStart = start;
        this.background = new BackgroundForce(core, object);
    }

    /**
     * Receives up to {@code limit} (exclusive) and one byte more, to see that there is none.
     *
     * @param mayCommitEarly whether bytes may become durable before the body's end is known to be right
     * @return whether the body went on past the limit
     * @throws BodyBrokenException when the body broke; what came before it is written and can be {@link #keep kept}
     */
    boolean receive(long limit, boolean mayCommitEarly) throws IOException {
        boolean early = mayCommitEarly && !claim.isAny(); // What is committed cannot be taken back when the claim turns out wrong.
        trailing = body.length() >= TRAILING && (early || body.length() <= TRAILING_UNCOMMITTED) && session.mayTrail();
        long expected = body.length() == Body.UNKNOWN ? limit - position : body.length();
        byte[] buffer = new byte[(int) Math.max(1, Math.min(BUFFER, expected))];
        boolean single = true;
        while (true) {
            int room = (int) Math.min(buffer.length, limit - position);
            int count = 0;
            IOException broke = null;
            while (count < room) {
                try {
                    int got = body.read(buffer, count, room - count);
                    if (got < 0) {
                        break;
                    }
                    count += got;
                } catch (IOException e) {
                    broke = e;
                    break;
                }
            }
            boolean ended = count < room || body.length() != Body.UNKNOWN && position + count == limit;
            if (single && ended && broke == null && count <= INLINE) {
                inline = count == buffer.length ? buffer : java.util.Arrays.copyOf(buffer, count);
            }
            single = false;
            take(buffer, count);
            if (broke != null) {
                throw new BodyBrokenException(broke);
            }
            if (ended) {
                return false;
            }
            if (position == limit) {
                return goesOn();
            }
            if (sinceForce >= STRIDE) {
                stride(early);
            }
        }
    }

    private boolean goesOn() throws BodyBrokenException {
        try {
            return body.read(new byte[1], 0, 1) >= 0;
        } catch (IOException e) {
            throw new BodyBrokenException(e);
        }
    }

    /** Splits a buffer into what is missing and what is there already. */
    private void take(byte[] buffer, int count) throws IOException {
        int at = 0;
        if (claimed != null) {
            Digest.update(claimed, buffer, 0, count);
        }
        while (at < count) {
            long have = upload.ranges().contiguousEnd(position);
            long until = have > position ? have : upload.ranges().nextStart(position);
            int piece = (int) Math.min(count - at, until - position);
            boolean missing = conflict < 0 && have <= position;
            int crc = missing || claim.crc() != null ? Crc32c.of(buffer, at, piece) : 0;
            if (claim.crc() != null) {
                bodyCrc = Crc32c.combine(bodyCrc, crc, piece);
            }
            if (conflict >= 0) {
                runStart = position + piece;
            } else if (have > position) {
                endRun();
                compare(buffer, at, piece);
                runStart = position + piece;
            } else {
                write(buffer, at, piece, crc);
            }
            position += piece;
            at += piece;
        }
    }

    private void write(byte[] buffer, int from, int length, int crc) throws IOException {
        writing.before(position, length);
        try {
            object.write(position, ByteBuffer.wrap(buffer, from, length));
            writing.written(position, length);
        } catch (NoSpaceException e) {
            throw e;
        } catch (IOException e) {
            throw core.broken(e);
        }
        if (hash == null && !trailing) {
            hash = session.frontier.takeAt(position);
        }
        hashOn(buffer, from, length);
        runCrc = Crc32c.combine(runCrc, crc, length);
        newBytes += length;
        sinceForce += length;
        passage.moved(length);
    }

    /** A repeated byte must be the same byte; the first stays. */
    private void compare(byte[] buffer, int from, int length) throws IOException {
        byte[] stored = new byte[length];
        int got = object.read(position, ByteBuffer.wrap(stored));
        if (got < length) {
            throw new FailureException(new Failure.Corrupt(session.id));
        }
        int differs = java.util.Arrays.mismatch(stored, 0, length, buffer, from, from + length);
        if (differs >= 0) {
            conflict = position + differs;
            if (!claim.isAny()) {
                throw conflicting();
            }
            return; // Only the whole body's digest tells whether the client means other bytes, or these were spoilt on their way.
        }
        hashOn(buffer, from, length);
    }

    private FailureException conflicting() {
        return new FailureException(new Failure.ChunkConflict(conflict));
    }

    /** Hashes ahead, when nothing between the frontier and here was left out. */
    private void hashOn(byte[] buffer, int from, int length) throws IOException {
        if (hash == null || hash.offset() != position) {
            return;
        }
        boolean done = false;
        try {
            hash.update(buffer, from, length, object);
            done = true;
        } catch (NoSpaceException e) {
            throw e;
        } catch (IOException e) {
            throw core.broken(e);
        } finally {
            if (!done) {
                // Half an update is no state to go on from; the frontier stays where it was.
                session.frontier.giveBack(null);
                hash = null;
            }
        }
    }

    private void endRun() {
        if (position > runStart) {
            runs.add(new Run(new ByteRange(runStart, position), runCrc));
        }
        runStart = position;
        runCrc = 0;
    }

    /** Starts to make durable what has come so far, after what was started before is done. */
    private void stride(boolean commit) throws IOException {
        sinceForce = 0;
        core.requireAvailable();
        if (body.length() == Body.UNKNOWN && core.spaceForUploads() < 0) {
            throw new NoSpaceException("a body of unknown length reached the reserve", null);
        }
        requireWithinLimits();
        commitRuns(background.finish());
        if (trailing) {
            session.catchUpSoon();
            session.frontier.awaitOffset(core.catalog.upload(session.id).map(now -> now.ranges().contiguousEnd(session.frontier.offset()))
                    .orElse(0L) - LAG, ONE_LAG);
        }
        List<Run> pending = List.of();
        if (commit) {
            endRun();
            pending = List.copyOf(runs);
            runs.clear();
        }
        background.start(pending);
    }

    /** A body without an end is not committed before its end: what it takes meanwhile is compared here, though others may take some too. */
    private void requireWithinLimits() {
        for (Change change : limits) {
            if (change instanceof Change.Within limit
                    && core.catalog.usage(limit.scope()).bytes() + newBytes - committed > limit.quota().bytes()) {
                throw new FailureException(new Failure.QuotaExceeded(limit.scope().kind()));
            }
        }
    }

    private void commitRuns(List<Run> durable) {
        if (!durable.isEmpty()) {
            commit(durable, null, List.of());
        }
    }

    private void commit(List<Run> durable, byte[] bytes, List<Change> after) {
        var at = core.now();
        List<Change> changes = new ArrayList<>(limits);
        for (Run run : durable) {
            changes.add(new Change.RangeStored(session.id, run.range, run.crc, bytes, at,
                    at.plus(core.settings.uploadTtl())));
        }
        changes.addAll(after);
        try {
            core.commit(changes, () -> durable.forEach(run -> writing.committed(run.range)));
        } catch (ConflictException e) {
            throw new FailureException(switch (e.reason()) {
                case MISSING -> new Failure.UnknownFile(session.id);
                case FRAGMENTED -> new Failure.TooFragmented(session.id);
                case STATE -> new Failure.AlreadyCompleted(session.id);
                default -> new Failure.Superseded(session.id);
            });
        }
        for (Run run : durable) {
            committed += run.range.length();
        }
    }

    /**
     * Makes all that came durable and commits it, together with {@code after}.
     *
     * @throws FailureException ChecksumMismatch when it is not what was claimed; then nothing of it is kept
     */
    void finish(List<Change> after) throws IOException {
        claim.verify(() -> claimed.digest(), bodyCrc);
        if (conflict >= 0) {
            throw conflicting();
        }
        endRun();
        boolean travels = inline != null && runs.size() == 1 && runs.getFirst().range.length() == inline.length;
        commitRuns(background.finish());
        if (!travels && !runs.isEmpty()) {
            force();
        }
        if (!runs.isEmpty() || !after.isEmpty()) {
            commit(runs, travels ? inline : null, after);
            runs.clear();
        }
        adoptHash();
    }

    /** Keeps what came of a broken body. @return how many new bytes are durable */
    long keep() throws IOException {
        if (conflict >= 0) {
            throw conflicting();
        }
        if (claim.onlyWhole()) {
            return committed; // None of it: nothing is committed early where a digest is claimed.
        }
        endRun();
        commitRuns(background.finish());
        if (!runs.isEmpty()) {
            force();
            commit(runs, null, List.of());
            runs.clear();
        }
        adoptHash();
        return committed;
    }

    private void force() {
        try {
            object.force();
        } catch (IOException e) {
            throw core.broken(e);
        }
    }

    private void adoptHash() {
        if (hash != null) {
            session.frontier.giveBack(hash);
            hash = null;
        }
    }

    /** Lets go of everything that was not finished or kept; harmless after both. */
    void close() {
        background.abandon();
        if (trailing) {
            trailing = false;
            session.endTrail();
        }
        if (hash != null) {
            session.frontier.giveBack(null);
            hash = null;
        }
    }

    /** Where the body's last byte lay, exclusive. */
    long position() {
        return position;
    }

    /** How many new bytes came that are not in the catalog. */
    long unkept() {
        return newBytes - committed;
    }

    boolean isDuplicate() {
        return newBytes == 0;
    }
}
