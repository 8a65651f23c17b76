package tranzr.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.Notes;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/** How long an open upload becomes, and by which chunks it is counted. */
final class Lengths {

    private final Core core;
    private final Permit permit;

    Lengths(Core core, Permit permit) {
        this.core = core;
        this.permit = permit;
    }

    static long chunksOf(long length, long chunkSize) {
        return length / chunkSize + (length % chunkSize == 0 ? 0 : 1);
    }

    /** How many chunks there will be of what is announced; fails with InvalidValue when they are too many to tell of. @param length may be unknown */
    static long count(long length, long chunkSize, long otherwise) {
        if (chunkSize < 1) {
            throw new FailureException(new Failure.InvalidValue("chunk_size", "must be at least 1 byte"));
        }
        boolean known = length != Upload.UNKNOWN_LENGTH;
        long chunks = known ? chunksOf(length, chunkSize) : otherwise;
        if (chunks > Uploads.MAX_CHUNKS) {
            throw new FailureException(new Failure.InvalidValue("chunk_size", "makes more than " + Uploads.MAX_CHUNKS + " chunks"
                    + (known ? "; use at least " + chunksOf(length, Uploads.MAX_CHUNKS) + " bytes" : "")));
        }
        return chunks;
    }

    /** Fails with TooLarge. */
    void requireNotTooLarge(long length) {
        if (length > permit.largestFile()) {
            throw new FailureException(new Failure.TooLarge(permit.largestFile()));
        }
    }

    /** What an upload of unknown length may grow to: a status must not have to tell of more chunks than it can. */
    long largest(Upload upload) {
        return Math.min(permit.largestFile(),
                upload.chunkSize() > Long.MAX_VALUE / Uploads.MAX_CHUNKS ? Long.MAX_VALUE : upload.chunkSize() * Uploads.MAX_CHUNKS);
    }

    /** Fails with TooLarge. */
    void requireNotTooLarge(Upload upload, long length) {
        if (length > largest(upload)) {
            throw new FailureException(new Failure.TooLarge(largest(upload)));
        }
    }

    /** As {@link Uploads#fixLength(UUID, long)}. @param upload as it is */
    void fix(Upload upload, long length) {
        Upload now = upload;
        if (!now.lengthKnown() && length >= now.ranges().end()) {
            requireNotTooLarge(now, length);
            try {
                fixKnownToFit(now, length);
                return;
            } catch (FailureException e) {
                now = permit.require(now.id(), Right.UPLOAD); // Another request may have said it, or brought more, at the same time.
                if (!(e.failure() instanceof Failure.RangeOutOfBounds) || !now.lengthKnown() && now.ranges().end() <= length) {
                    throw e;
                }
            }
        }
        if (!now.lengthKnown() || now.length() != length) {
            throw new FailureException(new Failure.LengthMismatch(length, now.lengthKnown() ? now.length() : now.ranges().end()));
        }
    }

    /** Fails with UnknownFile, RangeOutOfBounds, NoSpace, QuotaExceeded. */
    void fixKnownToFit(Upload upload, long length) {
        try (Space.Hold hold = core.hold(Math.max(0, length - upload.charged()))) {
            List<Change> changes = new ArrayList<>(permit.within(upload.access()));
            changes.add(new Change.LengthFixed(upload.id(), length, chunksOf(length, upload.chunkSize())));
            core.commit(changes, hold::close);
        } catch (ConflictException e) {
            throw new FailureException(e.reason() == ConflictException.Reason.MISSING
                    ? new Failure.UnknownFile(upload.id())
                    : new Failure.RangeOutOfBounds(0, length, upload.ranges().end()));
        }
    }

    /** As {@link Uploads#recut}. @param upload as it is */
    Upload recut(Upload upload, long chunkSize, Notes notes) {
        long chunks = count(upload.length(), chunkSize, -1);
        if (upload.state() == UploadState.COMPLETED) {
            throw new FailureException(new Failure.AlreadyCompleted(upload.id()));
        }
        if (chunkSize == upload.chunkSize() && chunks == upload.totalChunks() && notes == null) {
            return upload;
        }
        try {
            core.commit(List.of(new Change.ChunksRecut(upload.id(), chunkSize, chunks, notes)));
        } catch (ConflictException e) {
            throw new FailureException(e.reason() == ConflictException.Reason.MISSING ? new Failure.UnknownFile(upload.id())
                    : new Failure.AlreadyCompleted(upload.id()));
        }
        return upload.recut(chunkSize, chunks, notes);
    }
}
