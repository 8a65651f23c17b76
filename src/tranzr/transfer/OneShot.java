package tranzr.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.disk.NoSpaceException;
import tranzr.model.ByteRange;
import tranzr.model.Crc32c;
import tranzr.model.Digest;
import tranzr.model.HashAlgorithm;
import tranzr.model.Upload;
import tranzr.storage.StoredObject;

/** Uploads that come whole in one body. A small one costs one commit and no force of its own. */
final class OneShot {

    /** A single body in order is hashed while it comes, so that this is never waited for. */
    private static final Duration HASHED_ALREADY = Duration.ofHours(1);

    private final Core core;
    private final Permit permit;
    private final Lengths lengths;
    private final Uploads uploads;
    private final UploadSessions sessions;

    OneShot(Core core, Permit permit, Lengths lengths, Uploads uploads, UploadSessions sessions) {
        this.core = core;
        this.permit = permit;
        this.lengths = lengths;
        this.uploads = uploads;
        this.sessions = sessions;
    }

    Upload receive(NewUpload spec, Body body, DigestClaim claim, Instant expires, List<Change> with) {
        core.requireAvailable();
        lengths.requireNotTooLarge(body.length());
        Upload upload = uploads.describe(spec);
        if (spec.length() != Upload.UNKNOWN_LENGTH && body.length() != Body.UNKNOWN && spec.length() != body.length()) {
            throw new FailureException(new Failure.WrongLength(spec.length(), body.length(), false));
        }
        if (body.length() > BodyReceiver.INLINE) {
            return large(spec, body, claim, expires, with);
        }
        long most = body.length() == Body.UNKNOWN ? BodyReceiver.INLINE + 1 : body.length();
        byte[] first = readUpTo(upload, body, (int) most);
        if (first.length > BodyReceiver.INLINE) {
            return large(spec, new Resumed(first, body), claim, expires, with);
        }
        lengths.requireNotTooLarge(first.length);
        return small(upload, first, claim, expires, with);
    }

    private byte[] readUpTo(Upload upload, Body body, int most) {
        byte[] bytes = new byte[most];
        int count = 0;
        try {
            while (count < most) {
                int got = body.read(bytes, count, most - count);
                if (got < 0) {
                    break;
                }
                count += got;
            }
        } catch (IOException e) {
            throw new FailureException(new Failure.BodyBroken(upload.id(), 0));
        }
        return count == most ? bytes : Arrays.copyOf(bytes, count);
    }

    private Upload small(Upload described, byte[] bytes, DigestClaim claim, Instant expires, List<Change> with) {
        if (described.lengthKnown() && described.length() != bytes.length) {
            throw new FailureException(new Failure.WrongLength(described.length(), bytes.length, false));
        }
        Digest actual = Digest.sha256(bytes);
        int crc = Crc32c.of(bytes, 0, bytes.length);
        claim.verify(() -> claim.algorithm() == HashAlgorithm.SHA_256 ? actual.bytes() : claim.algorithm().engine().digest(bytes), crc);
        if (described.expected() != null && !described.expected().equals(actual)) {
            throw new FailureException(new Failure.HashMismatch(described.expected(), actual));
        }
        Upload upload = described.withLength(bytes.length, bytes.length == 0 ? 0
                : (bytes.length - 1) / described.chunkSize() + 1);
        List<Change> changes = new ArrayList<>(permit.within(upload.access()));
        changes.addAll(permit.stillOpen());
        changes.add(new Change.UploadCreated(upload));
        if (bytes.length > 0) {
            changes.add(new Change.RangeStored(upload.id(), new ByteRange(0, bytes.length), crc, bytes, upload.created(), upload.expires()));
        }
        changes.addAll(Core.completed(upload, actual, upload.created(), expires));
        changes.addAll(with);
        store(upload, bytes, changes);
        return upload.withRanges(tranzr.model.RangeSet.whole(bytes.length, crc),
                upload.state(), upload.created(), expires).completed(actual, upload.created(), expires);
    }

    private void store(Upload upload, byte[] bytes, List<Change> changes) {
        Traffic.Passage passage = core.traffic().upload(upload, permit.peer());
        Failure failure = new Failure.Unavailable("it failed");
        // Twice, since the bytes travel in the record too.
        try (Space.Hold room = core.hold(2L * bytes.length)) {
            if (bytes.length > 0) {
                place(upload, bytes);
                room.used(bytes.length);
                passage.moved(bytes.length);
            }
            commit(upload, changes);
            failure = null;
        } catch (FailureException e) {
            failure = e.failure();
            throw e;
        } finally {
            passage.end(failure == null ? 0 : bytes.length, failure);
        }
    }

    private void commit(Upload upload, List<Change> changes) {
        boolean committed = false;
        try {
            sessions.create(upload, () -> core.commit(changes));
            committed = true;
        } catch (ConflictException e) {
            throw permit.notCreated(e);
        } finally {
            if (!committed && core.unavailable() == null) {
                discard(upload);
            }
        }
    }

    /** Writes without forcing: the record of the commit holds the bytes until the storage has been synced. */
    private void place(Upload upload, byte[] bytes) {
        try (StoredObject object = core.storage.create(upload.object())) {
            object.write(0, ByteBuffer.wrap(bytes));
        } catch (NoSpaceException e) {
            discard(upload);
            throw core.noSpace(bytes.length);
        } catch (IOException e) {
            throw core.broken(e);
        }
    }

    private void discard(Upload upload) {
        try {
            core.storage.delete(upload.object());
        } catch (IOException e) {
            throw core.broken(e);
        }
    }

    private Upload large(NewUpload spec, Body body, DigestClaim claim, Instant expires, List<Change> with) {
        core.requireAvailableSpace(Math.max(0, body.length()));
        Upload upload = uploads.start(spec);
        boolean keep = false;
        try {
            Uploads.Written written = uploads.writeRange(upload.id(), 0, -1, -1, body, claim);
            if (!written.upload().lengthKnown()) {
                lengths.fixKnownToFit(written.upload(), written.range().end());
            }
            Upload done = uploads.complete(upload.id(), null, HASHED_ALREADY, expires, with).upload();
            keep = true;
            return done;
        } catch (FailureException e) {
            // What a broken connection brought is there to be resumed; what is wrong is not.
            keep = switch (e.failure()) {
                case Failure.BodyBroken broken -> broken.kept() > 0;
                case Failure.Superseded superseded -> true;
                case Failure.Unavailable unavailable -> true;
                case Failure.UnknownFile removedMeanwhile -> true;
                default -> false;
            };
            throw e;
        } finally {
            if (!keep) {
                uploads.abort(upload.id());
            }
        }
    }

    /** A body of which the first bytes were read already. */
    private static final class Resumed extends BodyFilter {
        private final byte[] first;
        private int at;

        private Resumed(byte[] first, Body rest) {
            super(rest);
            this.first = first;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (at == first.length) {
                return super.read(target, offset, length);
            }
            int count = Math.min(length, first.length - at);
            System.arraycopy(first, at, target, offset, count);
            at += count;
            return count;
        }
    }
}
