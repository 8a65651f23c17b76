package tranzr.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tranzr.access.Permissions;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.AccessToken;
import tranzr.model.FileAccess;
import tranzr.model.Right;
import tranzr.model.Room;
import tranzr.model.Scope;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/** Whom files belong to and who may do what with them, seen and changed by one caller. Safe for several threads. */
public final class Assignments {

    /** A change of it, which is durable. */
    public record Changed(Upload before, Upload after) {
    }

    private final Core core;
    private final Permit permit;
    private final Uploads uploads;

    Assignments(Core core, Permit permit, Uploads uploads) {
        this.core = core;
        this.permit = permit;
        this.uploads = uploads;
    }

    /** The upload or file, when the caller may decide about it. Fails with UnknownFile, UploadExpired, Forbidden. */
    public Upload get(UUID id) {
        Upload file = uploads.get(id);
        requireMayAssign(file);
        return file;
    }

    /**
     * Moves a file and sets its grants. Two changes of one file follow each other, and the second is decided by what the first made of it. Fails with UnknownFile,
     * UploadExpired, Forbidden, UnknownRoom, QuotaExceeded (of the new room), InvalidValue (a right or token that cannot be granted).
     *
     * @param room null for the owner alone
     * @param grants by token what it may do instead of what its role in the room gives
     */
    public Changed change(UUID id, UUID room, Map<UUID, Set<Right>> grants) {
        return uploads.withSession(id, session -> {
            session.completing.lock();
            try {
                return assign(get(id), room, grants);
            } finally {
                session.completing.unlock();
            }
        });
    }

    private Changed assign(Upload file, UUID room, Map<UUID, Set<Right>> grants) {
        FileAccess now = file.access();
        requireGrantable(now, grants);
        FileAccess wanted = new FileAccess(now.owner(), room, now.request(), grants);
        List<Change> changes = new ArrayList<>();
        if (room != null && !room.equals(now.room())) {
            Room into = core.catalog.entity(Room.class, room).filter(found -> Permissions.seesRoom(permit.caller(), found.id()))
                    .orElseThrow(() -> new FailureException(new Failure.UnknownRoom()));
            if (!Permissions.mayBring(permit.caller(), room)) {
                throw new FailureException(new Failure.Forbidden(Right.UPLOAD));
            }
            changes.add(new Change.Present(Room.class, room));
            if (!into.quota().isNone()) {
                changes.add(new Change.Within(Scope.room(room), into.quota()));
            }
        }
        changes.add(new Change.AccessChanged(file.id(), wanted));
        try {
            core.commit(changes);
        } catch (ConflictException e) {
            boolean gone = core.catalog.upload(file.id()).isEmpty();
            throw new FailureException(gone ? new Failure.UnknownFile(file.id()) : new Failure.UnknownRoom());
        }
        return new Changed(file, file.withAccess(wanted));
    }

    /** A token that is granted something already may stay, though it was revoked meanwhile. */
    private void requireGrantable(FileAccess now, Map<UUID, Set<Right>> grants) {
        if (grants.size() > FileAccess.MAX_GRANTS) {
            throw new FailureException(new Failure.InvalidValue("grants", "names more than " + FileAccess.MAX_GRANTS + " tokens"));
        }
        grants.forEach((token, rights) -> {
            if (!Right.ON_FILES.containsAll(rights)) {
                throw new FailureException(new Failure.InvalidValue("grants", "admin is no right on a file"));
            }
            if (!now.grants().containsKey(token) && core.catalog.entity(AccessToken.class, token).isEmpty()) {
                throw new FailureException(new Failure.InvalidValue("grants", "names the token " + token + ", which is not there"));
            }
        });
    }

    private void requireMayAssign(Upload file) {
        if (file.state() == UploadState.EXPIRED || !Permissions.mayAssign(permit.caller(), file.access())) {
            // Whoever may not decide has no right that could be named but that of administrators.
            throw new FailureException(new Failure.Forbidden(Right.ADMIN));
        }
    }
}
