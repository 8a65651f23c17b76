package tranzr.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.disk.NoSpaceException;
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

    /** From so many bytes on a body is written behind, when its hash goes along; other bodies are read back for theirs, from the page cache. */
    private static final long WORTH_WRITING_BEHIND = 2L << 20;
    /** A body that takes longer for a stride gains nothing by being written behind. */
    private static final long SLOW_NANOS = 400_000_000;

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
    private final Runs runs;
    private final BackgroundForce background;

    private long position;
    /** Of the whole body so far, when the client has told its checksum. */
    private int bodyCrc;
    private long sinceForce;
    private long newBytes;
    /** New bytes that are in the catalog. */
    private long committed;
    private HashState hash;
    private byte[] inline;
    /** Null while each piece is written at once. */
    private WriteBehind behind;
    private WriteBuffers.Pair buffers;
    private long strideBegan = System.nanoTime();
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
        this.runs = new Runs(start);
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
        boolean large = body.length() >= WORTH_WRITING_BEHIND;
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
            if (large) {
                large = false;
                hash = session.frontier.takeAt(position);
                writeBehind();
            }
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
            if (behind != null && behind.isSlow()) {
                endWritingBehind();
            }
            if (sinceForce >= STRIDE) {
                stride(early);
                paceWriting();
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
            int piece = (int) Math.min(Math.min(count - at, until - position), behind == null ? Integer.MAX_VALUE : WriteBehind.room(position));
            boolean missing = conflict < 0 && have <= position;
            int crc = missing || claim.crc() != null ? Crc32c.of(buffer, at, piece) : 0;
            if (claim.crc() != null) {
                bodyCrc = Crc32c.combine(bodyCrc, crc, piece);
            }
            if (conflict >= 0) {
                runs.goOnAt(position + piece);
            } else if (have > position) {
                flush();
                runs.cut();
                compare(buffer, at, piece);
                runs.goOnAt(position + piece);
            } else {
                write(buffer, at, piece, crc);
            }
            position += piece;
            at += piece;
        }
    }

    private void write(byte[] buffer, int from, int length, int crc) throws IOException {
        writing.before(runs.end(), (int) (position + length - runs.end()));
        if (behind == null) {
            storing(() -> object.write(position, ByteBuffer.wrap(buffer, from, length)));
            written(position, length, crc);
            if (hash == null) {
                hash = session.frontier.takeAt(position);
            }
            hashOn(buffer, from, length);
        } else {
            storing(() -> behind.put(position, buffer, from, length, crc));
        }
        newBytes += length;
        passage.moved(length);
    }

    private void written(long start, int length, int crc) {
        writing.written(start, length);
        runs.written(length, crc);
        sinceForce += length;
    }

    private void storing(Aside.Action action) throws NoSpaceException {
        boolean done = false;
        try {
            action.run();
            done = true;
        } catch (NoSpaceException e) {
            throw e;
        } catch (IOException e) {
            throw core.broken(e);
        } finally {
            if (!done && behind != null) {
                dropHash(); // It has gone on beyond what is written.
            }
        }
    }

    /** Returns when all that came is written. Does nothing after a write has failed. */
    private void flush() throws NoSpaceException {
        if (behind != null) {
            storing(behind::finish);
        }
    }

    /** Begins to, when the hash goes along and there is memory. */
    private void writeBehind() {
        if (hash != null && hash.offset() == position && behind == null) {
            buffers = core.writeBuffers.take();
            behind = buffers == null ? null : new WriteBehind(object, buffers, hash, this::written);
        }
    }

    private void endWritingBehind() throws NoSpaceException {
        flush();
        letGoOfBuffers();
    }

    private void letGoOfBuffers() {
        if (behind != null) {
            behind.close();
            behind = null;
            core.writeBuffers.giveBack(buffers);
            buffers = null;
        }
    }

    /** A body that has become slow has let go of the memory; one that has become fast takes it. */
    private void paceWriting() {
        long now = System.nanoTime();
        if (now - strideBegan < SLOW_NANOS) {
            writeBehind();
        }
        strideBegan = now;
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
                dropHash(); // Half an update is no state to go on from.
            }
        }
    }

    /** The frontier stays where it was; what came is read back for it. */
    private void dropHash() {
        if (hash != null) {
            session.frontier.giveBack(null);
            hash = null;
        }
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
        if (commit) {
            runs.cut();
        }
        background.start(commit ? runs.take() : List.of());
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

    private void commitRuns(List<Runs.Run> durable) {
        if (!durable.isEmpty()) {
            commit(durable, null, List.of());
        }
    }

    private void commit(List<Runs.Run> durable, byte[] bytes, List<Change> after) {
        var at = core.now();
        List<Change> changes = new ArrayList<>(limits);
        for (Runs.Run run : durable) {
            changes.add(new Change.RangeStored(session.id, run.range(), run.crc(), bytes, at,
                    at.plus(core.settings.uploadTtl())));
        }
        changes.addAll(after);
        try {
            core.commit(changes, () -> durable.forEach(run -> writing.committed(run.range())));
        } catch (ConflictException e) {
            throw new FailureException(switch (e.reason()) {
                case MISSING -> new Failure.UnknownFile(session.id);
                case FRAGMENTED -> new Failure.TooFragmented(session.id);
                case STATE -> new Failure.AlreadyCompleted(session.id);
                default -> new Failure.Superseded(session.id);
            });
        }
        for (Runs.Run run : durable) {
            committed += run.range().length();
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
        List<Runs.Run> last = lastRuns();
        boolean travels = inline != null && last.size() == 1 && last.getFirst().range().length() == inline.length;
        commitRuns(background.finish());
        if (!travels && !last.isEmpty()) {
            force();
        }
        if (!last.isEmpty() || !after.isEmpty()) {
            commit(last, travels ? inline : null, after);
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
        List<Runs.Run> last = lastRuns();
        commitRuns(background.finish());
        if (!last.isEmpty()) {
            force();
            commit(last, null, List.of());
        }
        adoptHash();
        return committed;
    }

    /** What is not under way to the catalog yet. */
    private List<Runs.Run> lastRuns() throws NoSpaceException {
        flush();
        runs.cut();
        return runs.take();
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
        letGoOfBuffers();
        dropHash();
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
