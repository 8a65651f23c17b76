package tranzr.transfer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import tranzr.catalog.Change;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.Upload;

/**
 * The engine of uploads: one structure, a byte space with the ranges that are durable, for every protocol. Safe for
 * several threads. Every method throws {@link FailureException} for what a client can do wrong, and for a failed store.
 */
public final class Uploads {

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

    Uploads() {
    }

    /** A random id (UUID version 4). */
    public UUID newId() {
        throw new UnsupportedOperationException();
    }

    /** Begins an upload. Fails with InvalidValue, TooLarge, NoSpace. */
    public Upload start(NewUpload spec) {
        throw new UnsupportedOperationException();
    }

    /**
     * Takes one chunk, in any order; ends an older request for the same bytes. The answer means durable.
     * Fails with UnknownFile, UploadExpired, AlreadyCompleted, ChunkIndexOutOfRange, WrongLength, ChecksumMismatch, ChunkConflict,
     * Superseded, BodyBroken, NoSpace, TooFragmented, Unavailable.
     */
    public Written writeChunk(UUID id, long index, Body body, DigestClaim claim) {
        throw new UnsupportedOperationException();
    }

    /**
     * Takes bytes from {@code start} on, up to the body's end. Fails as {@link #writeChunk}, and with RangeOutOfBounds.
     *
     * @param end where the client says the body ends (exclusive), or -1 when it does not
     * @param total the whole length the client names, which fixes an unknown one; -1 when it does not
     */
    public Written writeRange(UUID id, long start, long end, long total, Body body, DigestClaim claim) {
        throw new UnsupportedOperationException();
    }

    /**
     * Begins, takes whole and completes an upload in one go; for a small one all of it is a single commit.
     *
     * @param with committed together with the completion, such as a share of the file
     * @param expires when the file is cleaned away; null for never
     */
    public Upload receive(NewUpload spec, Body body, DigestClaim claim, Instant expires, List<Change> with) {
        throw new UnsupportedOperationException();
    }

    /** The upload or file as it durably is. Fails with UnknownFile, UploadExpired. */
    public Upload get(UUID id) {
        throw new UnsupportedOperationException();
    }

    /** Uploads and files, newest first, as {@link tranzr.catalog.Catalog#uploads}. Expired ones are left out unless the filter is asked for them by state. */
    public List<Upload> list(UUID after, int limit, Predicate<Upload> filter) {
        throw new UnsupportedOperationException();
    }

    /**
     * Verifies and completes an upload that is whole; waits up to {@code wait} for the hashing that is left, which goes on in the background. Repeating it
     * is harmless. Fails with UnknownFile, UploadExpired, MissingChunks, HashMismatch.
     *
     * @param expected SHA-256 of the whole, or null; beside the one announced at the start
     */
    public Assembly complete(UUID id, Digest expected, Duration wait) {
        throw new UnsupportedOperationException();
    }

    /** Ends an upload that is not completed; its bytes and records go. Fails with UnknownFile, AlreadyCompleted. */
    public void abort(UUID id) {
        throw new UnsupportedOperationException();
    }

    /** Removes an upload or file, whatever its state: bytes, records, shares. Downloads under way end whole. Fails with UnknownFile. */
    public void delete(UUID id) {
        throw new UnsupportedOperationException();
    }

    /** Removes the file whose delete key has this hash. Fails with UnknownFile. */
    public void deleteByKey(UUID id, Digest deleteKey) {
        throw new UnsupportedOperationException();
    }

    /** Copies a body that cannot be placed yet into scratch space; at most {@code limit} bytes (TooLarge). Close it to free the space. */
    public SpooledBody spool(Body body, long limit) {
        throw new UnsupportedOperationException();
    }
}
