package tranzr.transfer;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.disk.NoSpaceException;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.storage.StoredObject;
import tranzr.storage.SumsMissingException;

/**
 * Completes uploads. Nothing is copied or moved: completing is a verification and one record. What the frontier has not
 * hashed yet is hashed in the background, and the upload is {@code pending_assembly} meanwhile.
 */
final class Assembler {

    private static final System.Logger LOG = System.getLogger(Assembler.class.getName());

    private final Core core;
    private final UploadSessions sessions;

    Assembler(Core core, UploadSessions sessions) {
        this.core = core;
        this.sessions = sessions;
        sessions.hasher().onHashed(this::finishPending);
    }

    /**
     * @param expected SHA-256 of the whole, or null
     * @param expires when the file is to go; null for never
     * @param with committed together with the completion
     */
    Uploads.Assembly complete(UploadSession session, Digest expected, Duration wait, Instant expires,
            List<Change> with) {
        Upload upload = find(session.id);
        long refusals = session.frontier.refusals();
        if (upload.state() != UploadState.COMPLETED) {
            requireWhole(upload);
            session.catchUpSoon();
            awaitHash(session, upload, wait, refusals);
        }
        session.completing.lock();
        try {
            upload = find(session.id);
            if (upload.state() == UploadState.COMPLETED) {
                requireSame(expected, upload.sha256());
                core.settle();
                return new Uploads.Assembly(upload, upload.length());
            }
            requireWhole(upload);
            HashState hashed = awaitHash(session, upload, Duration.ZERO, refusals);
            if (hashed == null) {
                return new Uploads.Assembly(markPending(upload, expected), session.frontier.offset());
            }
            return new Uploads.Assembly(finish(session, upload, hashed, expected, expires, with), upload.length());
        } finally {
            session.completing.unlock();
        }
    }

    private Upload find(UUID id) {
        Upload upload = core.catalog.upload(id).orElseThrow(() -> new FailureException(new Failure.UnknownFile(id)));
        if (upload.state() == UploadState.EXPIRED) {
            throw new FailureException(new Failure.UploadExpired(id));
        }
        return upload;
    }

    /** Fails with LengthUnknown, MissingChunks. */
    static void requireWhole(Upload upload) {
        if (upload.isWhole()) {
            return;
        }
        if (!upload.lengthKnown() && upload.totalChunks() < 0) {
            throw new FailureException(new Failure.LengthUnknown(upload.id()));
        }
        long end = upload.lengthKnown() ? upload.length() : Math.multiplyExact(upload.totalChunks(), upload.chunkSize());
        List<ByteRange> missing = upload.ranges().missing(new ByteRange(0, end));
        throw new FailureException(new Failure.MissingChunks(upload.id(), missing));
    }

    private static void requireSame(Digest expected, Digest actual) {
        if (expected != null && !expected.equals(actual)) {
            throw new FailureException(new Failure.HashMismatch(expected, actual));
        }
    }

    /** @param refusals as they were when the caller began */
    private HashState awaitHash(UploadSession session, Upload upload, Duration wait, long refusals) {
        try {
            return session.frontier.await(upload.length(), wait, refusals);
        } catch (NoSpaceException e) {
            session.frontier.reset();
            throw core.noSpace(0);
        } catch (IOException e) {
            session.frontier.reset();
            throw corrupt(session.id, e.getMessage());
        }
    }

    static FailureException corrupt(UUID id, String what) {
        LOG.log(System.Logger.Level.ERROR, "the stored bytes of " + id + " are damaged: " + what);
        return new FailureException(new Failure.Corrupt(id));
    }

    private Upload markPending(Upload upload, Digest expected) {
        List<Change> changes = new ArrayList<>();
        if (expected != null && upload.expected() == null) {
            changes.add(new Change.DigestExpected(upload.id(), expected));
        } else {
            requireSame(expected, upload.expected() == null ? expected : upload.expected());
        }
        if (upload.state() != UploadState.PENDING_ASSEMBLY) {
            changes.add(new Change.StateChanged(upload.id(), upload.state(), UploadState.PENDING_ASSEMBLY, core.now(),
                    upload.expires()));
        }
        commit(upload.id(), changes);
        sessions.hasher().catchUp(upload.id());
        return core.catalog.upload(upload.id()).orElse(upload);
    }

    /** Called by the hasher, for a merge that was answered as pending. */
    private void finishPending(UploadSession session) {
        session.completing.lock();
        try {
            Upload upload = core.catalog.upload(session.id).orElse(null);
            if (upload == null || upload.state() != UploadState.PENDING_ASSEMBLY || session.isShutOut()) {
                return;
            }
            HashState hashed = awaitHash(session, upload, Duration.ZERO, session.frontier.refusals());
            if (hashed != null) {
                finish(session, upload, hashed, null, null, List.of());
            }
        } finally {
            session.completing.unlock();
        }
    }

    private Upload finish(UploadSession session, Upload upload, HashState hashed, Digest expected, Instant expires,
            List<Change> with) {
        Digest actual = hashed.sha256();
        if (upload.length() > 0 && upload.ranges().crc(0) != hashed.crc()) {
            String what = "they are not the bytes that were acknowledged";
            session.frontier.refuse(new IOException(what));
            FailureException corrupt = corrupt(upload.id(), what);
            core.traffic().refused(upload, corrupt.failure());
            throw corrupt;
        }
        try {
            requireSame(expected, actual);
            requireSame(upload.expected(), actual);
        } catch (FailureException e) {
            core.traffic().refused(upload, e.failure());
            if (upload.state() == UploadState.PENDING_ASSEMBLY) {
                commit(upload.id(), List.of(new Change.StateChanged(upload.id(), UploadState.PENDING_ASSEMBLY,
                        UploadState.UPLOADING, core.now(), core.now().plus(core.settings.uploadTtl()))));
            }
            throw e;
        }
        if (upload.length() > 0) {
            seal(session, upload, hashed);
        }
        List<Change> changes = new ArrayList<>();
        changes.addAll(Core.completed(upload, actual, core.now(), expires));
        changes.addAll(with);
        commit(upload.id(), changes);
        sessions.forget(session);
        return core.catalog.upload(upload.id())
                .orElseThrow(() -> new FailureException(new Failure.UnknownFile(upload.id())));
    }

    private void seal(UploadSession session, Upload upload, HashState hashed) {
        try {
            StoredObject object = session.object(core, upload);
            hashed.finishSums(object);
            object.seal(upload.length());
        } catch (NoSpaceException e) {
            throw core.noSpace(0);
        } catch (SumsMissingException e) {
            // They were noted, but found no room on a full disk.
            session.frontier.reset();
            session.catchUpSoon();
            throw new FailureException(new Failure.Unavailable("the file is hashed again: repeat the merge"));
        } catch (IOException e) {
            throw core.broken(e);
        }
    }

    private void commit(UUID id, List<Change> changes) {
        if (changes.isEmpty()) {
            return;
        }
        try {
            core.commit(changes);
        } catch (ConflictException e) {
            throw new FailureException(new Failure.UnknownFile(id));
        }
    }
}
