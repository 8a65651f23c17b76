package tranzr.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tranzr.access.Caller;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.disk.NoSpaceException;
import tranzr.model.ByteRange;
import tranzr.model.Crc32c;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.storage.CorruptObjectException;
import tranzr.storage.ServerSideCopy;
import tranzr.storage.StoredObject;

/**
 * Makes a file out of one that is here already, without its bytes being sent again: one of the same digest that the caller may download. Its bytes are read and
 * compared with their sums before: whoever sends a file anew because the stored one has rotted must not get the rotten one again.
 */
final class InstantUpload {

    private static final System.Logger LOG = System.getLogger(InstantUpload.class.getName());
    /** How many files of a digest are looked at, and how many of them are read. */
    private static final int MOST = 100;
    private static final int MOST_READ = 3;
    /** A file that is not read by then is quicker sent than waited for. */
    private static final Duration READING = Duration.ofSeconds(20);
    /** Files up to this, in bytes, are read at once; longer ones by {@link Core#longReads}. */
    private static final long SHORT = 64L << 20;

    private final Core core;
    private final Permit permit;
    private final UploadSessions sessions;

    InstantUpload(Core core, Permit permit, UploadSessions sessions) {
        this.core = core;
        this.permit = permit;
        this.sessions = sessions;
    }

    /**
     * @param described the upload as it would begin, with its length and digest
     * @return empty when the bytes have to be sent
     */
    Optional<Uploads.Copied> of(Upload described) {
        if (!(core.storage instanceof ServerSideCopy copies) || permit.caller() instanceof Caller.Guest) {
            return Optional.empty();
        }
        core.requireAvailable();
        List<Upload> files = core.catalog.files(described.expected(), MOST,
                file -> file.length() == described.length() && permit.allows(Right.DOWNLOAD, file));
        core.settle();
        for (Upload file : files.subList(0, Math.min(MOST_READ, files.size()))) {
            if (isSound(file) && copied(copies, file, described)) {
                return Optional.of(new Uploads.Copied(commit(described, file), file.id()));
            }
        }
        return Optional.empty();
    }

    private boolean isSound(Upload file) {
        if (file.length() <= SHORT) {
            return isReadable(file);
        }
        if (!core.longReads.tryAcquire()) {
            return false;
        }
        try {
            return isReadable(file);
        } finally {
            core.longReads.release();
        }
    }

    private boolean isReadable(Upload file) {
        if (file.length() == 0) {
            return true;
        }
        ByteBuffer block = ByteBuffer.allocate(StoredObject.BLOCK);
        long begun = System.nanoTime();
        int crc = 0;
        try (StoredObject object = core.storage.openToRead(file.object())) {
            for (long index = 0; index * StoredObject.BLOCK < file.length(); index++) {
                if (System.nanoTime() - begun > READING.toNanos() || core.unavailable() != null) {
                    return false;
                }
                object.readBlock(index, file.length(), file.ranges().crc(0), block);
                crc = Crc32c.combine(crc, Crc32c.of(block), block.limit());
            }
        } catch (CorruptObjectException e) {
            LOG.log(System.Logger.Level.ERROR, "the stored bytes of " + file.id() + " are damaged: " + e.getMessage());
            return false;
        } catch (IOException e) {
            // Removed meanwhile, or the disk does not read it: then the client's own bytes are what is needed.
            LOG.log(System.Logger.Level.DEBUG, "not used again: {0}", e.getMessage());
            return false;
        }
        return crc == file.ranges().crc(0);
    }

    private boolean copied(ServerSideCopy copies, Upload from, Upload to) {
        try {
            return from.length() == 0 || copies.copy(from.object(), to.object(), from.length());
        } catch (NoSpaceException e) {
            return false; // An ordinary start tells it better.
        } catch (IOException e) {
            throw core.broken(e);
        }
    }

    private Upload commit(Upload described, Upload from) {
        List<Change> changes = new ArrayList<>(permit.within(described.access()));
        changes.add(new Change.UploadCreated(described));
        if (from.length() > 0) {
            changes.add(new Change.RangeStored(described.id(), new ByteRange(0, from.length()), from.ranges().crc(0), null, described.created(), described.expires()));
        }
        changes.addAll(Core.completed(described, from.sha256(), described.created(), null));
        boolean committed = false;
        try {
            sessions.create(described, () -> core.commit(changes));
            committed = true;
        } catch (ConflictException e) {
            throw permit.notCreated(e);
        } finally {
            if (!committed && core.unavailable() == null) {
                discard(described);
            }
        }
        return core.catalog.upload(described.id()).orElseThrow(() -> new FailureException(new Failure.UnknownFile(described.id())));
    }

    private void discard(Upload upload) {
        try {
            core.storage.delete(upload.object());
        } catch (IOException e) {
            throw core.broken(e);
        }
    }
}
