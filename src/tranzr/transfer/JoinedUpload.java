package tranzr.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.disk.NoSpaceException;
import tranzr.model.ByteRange;
import tranzr.model.Crc32c;
import tranzr.model.Digest;
import tranzr.model.FileAccess;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.storage.CorruptObjectException;
import tranzr.storage.Joining;

/**
 * Makes an upload of the bytes of others, which stay as they are, without moving a byte. It is whole at once; what it takes to complete it is to hash it, in the background.
 */
final class JoinedUpload {

    /** A try more than one is needed when somebody asks for the same at the same time, or when one before has expired. */
    private static final int TRIES = 100;

    private final Core core;
    private final Permit permit;
    private final UploadSessions sessions;
    private final Uploads uploads;

    JoinedUpload(Core core, Permit permit, UploadSessions sessions, Uploads uploads) {
        this.core = core;
        this.permit = permit;
        this.sessions = sessions;
        this.uploads = uploads;
    }

    Uploads.Joined of(NewUpload spec, List<UUID> parts) {
        core.requireAvailable();
        if (parts.isEmpty() || parts.size() > Joining.MOST) {
            throw new FailureException(new Failure.InvalidValue("parts", "must be 1 to " + Joining.MOST));
        }
        FileAccess access = permit.bring(spec.room(), spec.filename());
        int expired = 0;
        for (int attempt = 0; attempt < TRIES; attempt++) {
            UUID id = id(spec, parts, access, expired);
            Upload there = core.catalog.upload(id).orElse(null);
            if (there == null) {
                Upload made = make(spec, id, parts, access);
                if (made != null) {
                    return new Uploads.Joined(made, false);
                }
            } else if (there.state() != UploadState.EXPIRED) {
                core.settle();
                return new Uploads.Joined(there, true);
            } else {
                expired++;
            }
        }
        throw new FailureException(new Failure.IdTaken());
    }

    /**
     * The same for all who ask for the same on behalf of the same owner, so that a request that is repeated finds what it has made (UUID version 8, RFC 9562 section 5.8). Ids of parts are drawn at
     * random, so that nobody else can guess it.
     *
     * @param expired how many of the same have expired and are not forgotten yet
     */
    private static UUID id(NewUpload spec, List<UUID> parts, FileAccess access, int expired) {
        MessageDigest sha256 = Digest.newSha256();
        add(sha256, "joined " + expired + " " + access.owner() + " " + access.room() + " " + access.request() + " " + spec.chunkSize() + " " + parts.size());
        parts.forEach(part -> add(sha256, part.toString()));
        add(sha256, spec.filename());
        add(sha256, spec.notes().door());
        spec.notes().values().forEach((key, value) -> {
            add(sha256, key);
            add(sha256, value);
        });
        ByteBuffer digest = ByteBuffer.wrap(sha256.digest());
        long high = digest.getLong() & 0xffff_ffff_ffff_0fffL | 0x8000L;
        long low = digest.getLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /** With its length, so that no two lists of texts look the same. */
    private static void add(MessageDigest sha256, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sha256.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        sha256.update(bytes);
    }

    /** @return null when there is one of this id already */
    private Upload make(NewUpload spec, UUID id, List<UUID> ids, FileAccess access) {
        if (!(core.storage instanceof Joining joining)) {
            throw new FailureException(new Failure.CannotJoin("the storage does not do it"));
        }
        List<Upload> parts = ids.stream().map(part -> whole(part, access)).toList();
        long length = 0;
        int crc = 0;
        List<Joining.Part> pieces = new ArrayList<>();
        for (Upload part : parts) {
            if (part.length() > Long.MAX_VALUE - length) {
                throw new FailureException(new Failure.TooLarge(core.maxFileSize()));
            }
            if (part.length() > 0) {
                length += part.length();
                crc = Crc32c.combine(crc, part.ranges().crc(0), part.length());
                pieces.add(new Joining.Part(part.object(), part.length()));
            }
        }
        if (spec.length() != Upload.UNKNOWN_LENGTH && spec.length() != length) {
            throw new FailureException(new Failure.LengthMismatch(spec.length(), length));
        }
        long chunkSize = spec.chunkSize() > 0 ? spec.chunkSize() : Math.max(core.settings.chunkSize(), Lengths.chunksOf(length, Uploads.MAX_CHUNKS));
        Upload described;
        try {
            described = uploads.describe(new NewUpload(id, spec.filename(), length, length, chunkSize, -1, spec.expected(), spec.deleteKey(), spec.room(), spec.priority(), spec.notes()));
        } catch (FailureException e) {
            if (e.failure() instanceof Failure.IdTaken) {
                return null;
            }
            throw e;
        }
        core.settle();
        if (!pieces.isEmpty()) {
            join(joining, pieces, parts, described);
        }
        return commit(described, crc);
    }

    /** A part, when it has all its bytes and the caller may have them in a file of its own. */
    private Upload whole(UUID id, FileAccess access) {
        Upload part = permit.visible(id);
        if (part.state() == UploadState.EXPIRED) {
            throw new FailureException(new Failure.UploadExpired(id));
        }
        boolean own = part.access().owner().equals(access.owner()) && Objects.equals(part.access().request(), access.request());
        boolean mine = part.state() != UploadState.COMPLETED && own && permit.allows(Right.UPLOAD, part);
        if (!mine && !permit.allows(Right.DOWNLOAD, part)) {
            throw new FailureException(new Failure.Forbidden(Right.DOWNLOAD));
        }
        Assembler.requireWhole(part);
        return part;
    }

    private void join(Joining joining, List<Joining.Part> pieces, List<Upload> parts, Upload described) {
        try {
            if (!joining.join(pieces, described.object())) {
                throw new FailureException(new Failure.CannotJoin("the file system has no hard links, or they come to more than " + Joining.MOST + " pieces"));
            }
        } catch (NoSuchFileException | CorruptObjectException e) {
            for (Upload part : parts) {
                if (core.catalog.upload(part.id()).filter(now -> now.object().equals(part.object()) && now.state() != UploadState.EXPIRED).isEmpty()) {
                    throw new FailureException(new Failure.UnknownFile(part.id()));
                }
            }
            throw Assembler.corrupt(parts.getFirst().id(), "joining: " + e.getMessage());
        } catch (NoSpaceException e) {
            throw core.noSpace(0);
        } catch (IOException e) {
            throw core.broken(e);
        }
    }

    /** @return null when there is one of this id already */
    private Upload commit(Upload described, int crc) {
        List<Change> changes = new ArrayList<>(permit.within(described.access()));
        changes.addAll(permit.stillOpen());
        changes.add(new Change.UploadCreated(described));
        if (described.length() > 0) {
            changes.add(new Change.RangeStored(described.id(), new ByteRange(0, described.length()), crc, null, described.created(), described.expires()));
        }
        changes.add(new Change.StateChanged(described.id(), described.length() > 0 ? UploadState.UPLOADING : UploadState.INITIALIZED, UploadState.PENDING_ASSEMBLY,
                described.created(), described.expires()));
        boolean committed = false;
        try {
            sessions.create(described, () -> core.commit(changes));
            committed = true;
        } catch (ConflictException e) {
            if (e.reason() != ConflictException.Reason.EXISTS) {
                throw permit.notCreated(e);
            }
            return null;
        } finally {
            if (!committed && core.unavailable() == null) {
                discard(described);
            }
        }
        sessions.hasher().catchUp(described.id());
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
