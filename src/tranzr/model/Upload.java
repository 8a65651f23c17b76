package tranzr.model;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * One upload, and, once completed, one file. An immutable record; a change makes a new one.
 *
 * @param id random (version 4), or chosen by a client
 * @param filename as {@link FileName} accepts it
 * @param length in bytes, or {@link #UNKNOWN_LENGTH} while only the last chunk will fix it
 * @param announced the length that was announced, in bytes, when {@code length} is not yet known (rounded, for display);
 *        otherwise equal to {@code length}; {@link #UNKNOWN_LENGTH} when nothing was announced
 * @param chunkSize of all chunks but the last, in bytes, at least 1
 * @param totalChunks how many chunks there will be; -1 when neither a length nor a count is known yet
 * @param ranges what is durable
 * @param expected the SHA-256 announced at the start, or null
 * @param sha256 of the whole, once completed; null before
 * @param deleteKey the hash of the secret that may delete this file without a token, or null
 * @param expires when the upload (or, once completed, the file) is cleaned away; null for never
 * @param access whom it belongs to
 * @param priority what its transfers are worth beside others
 * @param notes what its door reads again, and what is promised
 * @param object under which id the storage has its bytes: the same as {@code id} where the server has drawn that at random, and else one that is used just once. Who chooses ids
 *        may remove a file and use its id again; of an object that would mix up the bytes of both, which the journal gives back after a crash, and those that other files share
 */
public record Upload(UUID id, String filename, long length, long announced, long chunkSize, long totalChunks,
        UploadState state, RangeSet ranges, Digest expected, Digest sha256, Digest deleteKey,
        Instant created, Instant updated, Instant expires, FileAccess access, Priority priority, Notes notes, UUID object) {

    public static final long UNKNOWN_LENGTH = -1;

    public Upload {
        Objects.requireNonNull(id);
        Objects.requireNonNull(filename);
        Objects.requireNonNull(state);
        Objects.requireNonNull(ranges);
        Objects.requireNonNull(created);
        Objects.requireNonNull(updated);
        Objects.requireNonNull(access);
        Objects.requireNonNull(priority);
        Objects.requireNonNull(notes);
        Objects.requireNonNull(object);
        if (length < UNKNOWN_LENGTH || chunkSize < 1) {
            throw new IllegalArgumentException("length " + length + ", chunk size " + chunkSize);
        }
    }

    /** What belongs to the operator. */
    public Upload(UUID id, String filename, long length, long announced, long chunkSize, long totalChunks, UploadState state, RangeSet ranges,
            Digest expected, Digest sha256, Digest deleteKey, Instant created, Instant updated, Instant expires) {
        this(id, filename, length, announced, chunkSize, totalChunks, state, ranges, expected, sha256, deleteKey, created, updated, expires,
                FileAccess.OPERATOR, Priority.NORMAL);
    }

    /** Of the usual priority. */
    public Upload(UUID id, String filename, long length, long announced, long chunkSize, long totalChunks, UploadState state, RangeSet ranges,
            Digest expected, Digest sha256, Digest deleteKey, Instant created, Instant updated, Instant expires, FileAccess access) {
        this(id, filename, length, announced, chunkSize, totalChunks, state, ranges, expected, sha256, deleteKey, created, updated, expires, access,
                Priority.NORMAL);
    }

    /** With nothing to read again. */
    public Upload(UUID id, String filename, long length, long announced, long chunkSize, long totalChunks, UploadState state, RangeSet ranges,
            Digest expected, Digest sha256, Digest deleteKey, Instant created, Instant updated, Instant expires, FileAccess access, Priority priority) {
        this(id, filename, length, announced, chunkSize, totalChunks, state, ranges, expected, sha256, deleteKey, created, updated, expires, access,
                priority, Notes.NONE);
    }

    /** Whose bytes lie under its own id. */
    public Upload(UUID id, String filename, long length, long announced, long chunkSize, long totalChunks, UploadState state, RangeSet ranges,
            Digest expected, Digest sha256, Digest deleteKey, Instant created, Instant updated, Instant expires, FileAccess access, Priority priority, Notes notes) {
        this(id, filename, length, announced, chunkSize, totalChunks, state, ranges, expected, sha256, deleteKey, created, updated, expires, access,
                priority, notes, id);
    }

    /** The same, whose bytes are to lie there. */
    public Upload at(UUID object) {
        return new Upload(id, filename, length, announced, chunkSize, totalChunks, state, ranges, expected, sha256,
                deleteKey, created, updated, expires, access, priority, notes, object);
    }

    public boolean lengthKnown() {
        return length != UNKNOWN_LENGTH;
    }

    /** Whether the length is known and every byte is durable. */
    public boolean isWhole() {
        return lengthKnown() && ranges.contains(new ByteRange(0, length));
    }

    /** The bytes of chunk {@code index}; its end is the most it may be while the length is unknown. */
    public ByteRange chunk(long index) {
        long start = Math.multiplyExact(index, chunkSize);
        long end = Math.addExact(start, chunkSize);
        return new ByteRange(start, lengthKnown() ? Math.max(start, Math.min(end, length)) : end);
    }

    public Upload withRanges(RangeSet ranges, UploadState state, Instant updated, Instant expires) {
        return new Upload(id, filename, length, announced, chunkSize, totalChunks, state, ranges, expected, sha256,
                deleteKey, created, updated, expires, access, priority, notes, object);
    }

    public Upload withLength(long length, long totalChunks) {
        return new Upload(id, filename, length, length, chunkSize, totalChunks, state, ranges, expected, sha256,
                deleteKey, created, updated, expires, access, priority, notes, object);
    }

    /** @param expected SHA-256 that the whole is to have */
    public Upload expecting(Digest expected) {
        return new Upload(id, filename, length, announced, chunkSize, totalChunks, state, ranges, expected, sha256,
                deleteKey, created, updated, expires, access, priority, notes, object);
    }

    /** What was promised is kept by then. */
    public Upload completed(Digest sha256, Instant updated, Instant expires) {
        return new Upload(id, filename, length, length, chunkSize, totalChunks, UploadState.COMPLETED, ranges, expected,
                sha256, deleteKey, created, updated, expires, access, priority, notes.with(null), object);
    }

    /** Counted in other chunks. @param other notes in the place of these, but for what is promised; null to leave them */
    public Upload recut(long chunkSize, long totalChunks, Notes other) {
        return new Upload(id, filename, length, announced, chunkSize, totalChunks, state, ranges, expected, sha256,
                deleteKey, created, updated, expires, access, priority, other == null ? notes : other.with(notes.promise()), object);
    }

    public Upload withAccess(FileAccess access) {
        return new Upload(id, filename, length, announced, chunkSize, totalChunks, state, ranges, expected, sha256,
                deleteKey, created, updated, expires, access, priority, notes, object);
    }

    /** Under another name, and to be cleaned away at another time. @param expires null for never */
    public Upload withDetails(String filename, Instant updated, Instant expires) {
        return new Upload(id, filename, length, announced, chunkSize, totalChunks, state, ranges, expected, sha256,
                deleteKey, created, updated, expires, access, priority, notes, object);
    }

    /** What counts against quotas: the whole length as soon as it is known or announced; 0 once expired. */
    public long charged() {
        return state == UploadState.EXPIRED ? 0 : lengthKnown() ? length : Math.max(Math.max(0, announced), ranges.end());
    }
}
