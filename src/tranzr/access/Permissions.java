package tranzr.access;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import tranzr.model.AccessToken;
import tranzr.model.FileAccess;
import tranzr.model.Right;
import tranzr.model.Role;
import tranzr.model.Upload;
import tranzr.model.UploadRequest;
import tranzr.model.Webhook;

/**
 * Who may do what: the one decision, for every route, list, link and event. {@code docs/security.md} has it in words. Pure functions of the caller and of
 * what the file's record says, for any thread.
 */
public final class Permissions {

    private Permissions() {
    }

    /** What the caller may do at all, on the right file. */
    public static Set<Right> atAll(Caller caller) {
        return switch (caller) {
            case Caller.Server _ -> Right.ALL;
            case Caller.Bearer bearer -> withAdmin(bearer.token().rights());
            case Caller.Once once -> withAdmin(once.token().rights()).contains(once.right()) ? Set.of(once.right()) : Set.of();
            case Caller.Guest _ -> Set.of(Right.UPLOAD);
            case Caller.Signed signed -> only(signed.right(), atAll(signed.signer()));
            case Caller.Nobody _ -> Set.of();
        };
    }

    /** What the caller may do with a file; empty when it may not even know of it. */
    public static Set<Right> on(Caller caller, UUID id, FileAccess file) {
        return switch (caller) {
            case Caller.Server _ -> Right.ALL;
            case Caller.Bearer bearer -> ofToken(bearer.token(), file);
            case Caller.Once once -> (once.file() == null || once.file().equals(id))
                    && ofToken(once.token(), file).contains(once.right()) ? Set.of(once.right()) : Set.of();
            // Whoever knows the random id has got it from the answer to its own start.
            case Caller.Guest guest -> guest.request().id().equals(file.request()) ? Set.of(Right.UPLOAD) : Set.of();
            case Caller.Signed signed -> signed.file().equals(id) ? only(signed.right(), on(signed.signer(), id, file)) : Set.of();
            case Caller.Nobody _ -> Set.of();
        };
    }

    public static boolean allows(Caller caller, Right right, Upload file) {
        return on(caller, file.id(), file.access()).contains(right);
    }

    /** Whether the caller may bring files into a room, or with null for itself. */
    public static boolean mayBring(Caller caller, UUID room) {
        return switch (caller) {
            case Caller.Server _ -> true;
            case Caller.Bearer bearer -> mayBring(bearer.token(), room);
            case Caller.Once once -> once.right() == Right.UPLOAD && mayBring(once.token(), room);
            case Caller.Guest guest -> guest.request().room().equals(room);
            case Caller.Signed _, Caller.Nobody _ -> false;
        };
    }

    private static boolean mayBring(AccessToken token, UUID room) {
        if (token.rights().contains(Right.ADMIN)) {
            return true;
        }
        Role role = room == null ? Role.OWNER : token.rooms().get(room);
        return token.rights().contains(Right.UPLOAD) && role != null && role.rights().contains(Right.UPLOAD);
    }

    /** Whether the caller may decide who the members of a room are, and who may do what with its files. */
    public static boolean ownsRoom(Caller caller, UUID room) {
        return switch (caller) {
            case Caller.Server _ -> true;
            case Caller.Bearer bearer -> bearer.token().rights().contains(Right.ADMIN) || bearer.token().rooms().get(room) == Role.OWNER;
            case Caller.Once _, Caller.Guest _, Caller.Signed _, Caller.Nobody _ -> false;
        };
    }

    /** Whether the caller may let guests bring files into a room: as a member that may bring and share there itself. */
    public static boolean mayInvite(Caller caller, UUID room) {
        return switch (caller) {
            case Caller.Server _ -> true;
            case Caller.Bearer bearer -> mayInvite(bearer.token(), room);
            case Caller.Once _, Caller.Guest _, Caller.Signed _, Caller.Nobody _ -> false;
        };
    }

    private static boolean mayInvite(AccessToken token, UUID room) {
        Set<Right> needed = Set.of(Right.UPLOAD, Right.SHARE);
        Role role = token.rooms().get(room);
        return token.rights().contains(Right.ADMIN) || role != null && role.rights().containsAll(needed) && token.rights().containsAll(needed);
    }

    /** Whether the caller may see, change and revoke an upload request: its maker as long as it could make it again, and whoever owns the room. */
    public static boolean manages(Caller caller, UploadRequest request) {
        return mayInvite(caller, request.room()) && (ownsRoom(caller, request.room()) || caller.owner().equals(request.creator()));
    }

    /** Whether the caller may know that there is such a room. */
    public static boolean seesRoom(Caller caller, UUID room) {
        return switch (caller) {
            case Caller.Server _ -> true;
            case Caller.Bearer bearer -> bearer.token().rights().contains(Right.ADMIN) || bearer.token().rooms().containsKey(room);
            case Caller.Once _, Caller.Guest _, Caller.Signed _, Caller.Nobody _ -> false;
        };
    }

    /** Whether the caller may decide whom a file belongs to, and who may do what with it. */
    public static boolean mayAssign(Caller caller, FileAccess file) {
        if (isAdmin(caller) || file.room() != null) {
            return isAdmin(caller) || ownsRoom(caller, file.room());
        }
        return caller instanceof Caller.Bearer bearer && bearer.token().id().equals(file.owner());
    }

    /** Whether the caller may see, change and remove a webhook. */
    public static boolean mayManage(Caller caller, Webhook hook) {
        return isAdmin(caller) || caller instanceof Caller.Bearer bearer && bearer.token().id().equals(hook.owner())
                && bearer.token().rights().contains(Right.LIST);
    }

    /** Whether the caller may have webhooks of its own: they stay when it has gone, so that nothing borrowed will do. */
    public static boolean mayHaveWebhooks(Caller caller) {
        return caller instanceof Caller.Bearer && atAll(caller).contains(Right.LIST);
    }

    public static boolean isAdmin(Caller caller) {
        return atAll(caller).contains(Right.ADMIN);
    }

    private static Set<Right> only(Right right, Set<Right> of) {
        return of.contains(right) ? Set.of(right) : Set.of();
    }

    private static Set<Right> withAdmin(Set<Right> rights) {
        return rights.contains(Right.ADMIN) ? Right.ALL : rights;
    }

    private static Set<Right> ofToken(AccessToken token, FileAccess file) {
        if (token.rights().contains(Right.ADMIN)) {
            return Right.ALL;
        }
        Set<Right> granted = file.grants().get(token.id());
        if (granted == null) {
            boolean own = file.owner().equals(token.id());
            Role role = file.room() == null ? own ? Role.OWNER : null : token.rooms().get(file.room());
            granted = role == null ? Set.of() : ofRole(role, own);
        }
        // A token never does more than it was made for, whatever it is granted.
        Set<Right> both = EnumSet.noneOf(Right.class);
        both.addAll(granted);
        both.retainAll(token.rights());
        return Collections.unmodifiableSet(both);
    }

    /** A writer continues and deletes only what it has brought itself. */
    private static Set<Right> ofRole(Role role, boolean own) {
        if (role != Role.WRITER) {
            return role.rights();
        }
        if (own) {
            return Right.ON_FILES;
        }
        Set<Right> rights = EnumSet.copyOf(role.rights());
        rights.remove(Right.UPLOAD);
        return rights;
    }
}
