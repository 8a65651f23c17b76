package tranzr.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import tranzr.access.Caller;
import tranzr.access.Permissions;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.AccessToken;
import tranzr.model.FileAccess;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.model.Room;
import tranzr.model.Scope;
import tranzr.model.Upload;
import tranzr.model.UploadRequest;

/**
 * What one caller may do, asked at the records. A file that the caller may not know of is answered like one that is not there.
 */
final class Permit {

    private final Core core;
    private final Caller caller;
    private final Peer peer;

    Permit(Core core, Caller caller, Peer peer) {
        this.core = core;
        this.caller = caller;
        this.peer = peer;
    }

    Caller caller() {
        return caller;
    }

    /** From where the caller asks; nothing is decided by it. */
    Peer peer() {
        return peer;
    }

    Set<Right> on(Upload file) {
        return Permissions.on(caller, file.id(), file.access());
    }

    boolean allows(Right right, Upload file) {
        return on(file).contains(right);
    }

    /** The upload or file, whatever its state. Fails with UnknownFile. */
    Upload visible(UUID id) {
        return core.catalog.upload(id).filter(file -> !on(file).isEmpty()).orElseThrow(() -> new FailureException(new Failure.UnknownFile(id)));
    }

    /** The upload or file, whatever its state. Fails with UnknownFile, Forbidden. */
    Upload require(UUID id, Right right) {
        Upload file = visible(id);
        if (!allows(right, file)) {
            throw new FailureException(new Failure.Forbidden(right));
        }
        return file;
    }

    /** Fails with Forbidden when the caller may not do it with any file. */
    void requireAtAll(Right right) {
        if (!Permissions.atAll(caller).contains(right)) {
            throw new FailureException(new Failure.Forbidden(right));
        }
    }

    /**
     * Whom a new upload is going to belong to. Fails with Forbidden, UnknownRoom, RequestClosed, InvalidValue.
     *
     * @param room null for none
     */
    FileAccess bring(UUID room, String filename) {
        if (caller instanceof Caller.Guest guest) {
            return bring(guest.request(), room, filename);
        }
        if (room != null && (!Permissions.seesRoom(caller, room) || core.catalog.entity(Room.class, room).isEmpty())) {
            throw new FailureException(new Failure.UnknownRoom());
        }
        if (!Permissions.mayBring(caller, room)) {
            throw new FailureException(new Failure.Forbidden(Right.UPLOAD));
        }
        return FileAccess.of(caller.owner(), room);
    }

    private FileAccess bring(UploadRequest seen, UUID room, String filename) {
        UploadRequest request = core.catalog.entity(UploadRequest.class, seen.id()).filter(now -> !now.isExpired(core.now()))
                .orElseThrow(() -> new FailureException(new Failure.RequestClosed()));
        if (room != null && !room.equals(request.room())) {
            throw new FailureException(new Failure.UnknownRoom());
        }
        if (!request.types().isEmpty() && request.types().stream().noneMatch(type -> filename.toLowerCase(Locale.ROOT).endsWith("." + type))) {
            throw new FailureException(new Failure.InvalidValue("filename", "must end with one of ." + String.join(", .", request.types())));
        }
        return new FileAccess(request.creator(), request.room(), request.id(), java.util.Map.of());
    }

    /** Precondition by which a commit that begins an upload fails (MISSING) when the caller's upload request was revoked meanwhile. */
    List<Change> stillOpen() {
        return caller instanceof Caller.Guest guest ? List.of(new Change.Present(UploadRequest.class, guest.request().id())) : List.of();
    }

    /** What to throw when a commit that begins an upload has failed. */
    FailureException notCreated(ConflictException e) {
        if (e.reason() != ConflictException.Reason.MISSING) {
            return new FailureException(new Failure.IdTaken());
        }
        return new FailureException(caller instanceof Caller.Guest ? new Failure.RequestClosed() : new Failure.UnknownRoom());
    }

    /** Fails with UnknownRoom. */
    UUID room(String idOrName) {
        return core.room(idOrName).map(Room::id).filter(this::knowsRoom).orElseThrow(() -> new FailureException(new Failure.UnknownRoom()));
    }

    private boolean knowsRoom(UUID room) {
        return caller instanceof Caller.Guest guest ? guest.request().room().equals(room) : Permissions.seesRoom(caller, room);
    }

    /** In bytes, by the server's settings and by what the caller was given. */
    long largestFile() {
        long largest = core.settings.maxFileSize();
        return (caller instanceof Caller.Signed signed ? signed.signer() : caller) instanceof Caller.Guest guest ? Math.min(largest, guest.request().maxFileSize()) : largest;
    }

    /** Preconditions by which a commit fails when it would take more than what belongs to {@code access} may use, or when its room is gone (MISSING). */
    List<Change> within(FileAccess access) {
        List<Change> limits = new ArrayList<>();
        limit(limits, Scope.TOTAL, core.settings.quota());
        core.catalog.entity(AccessToken.class, access.owner()).ifPresent(token -> limit(limits, Scope.token(token.id()), token.quota()));
        if (access.room() != null) {
            limits.add(new Change.Present(Room.class, access.room()));
            core.catalog.entity(Room.class, access.room()).ifPresent(room -> limit(limits, Scope.room(room.id()), room.quota()));
        }
        if (access.request() != null) {
            core.catalog.entity(UploadRequest.class, access.request())
                    .ifPresent(request -> limit(limits, Scope.request(request.id()), request.quota()));
        }
        return limits;
    }

    private static void limit(List<Change> limits, Scope scope, Quota quota) {
        if (!quota.isNone()) {
            limits.add(new Change.Within(scope, quota));
        }
    }
}
