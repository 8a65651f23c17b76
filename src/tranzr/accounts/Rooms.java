package tranzr.accounts;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import tranzr.access.Caller;
import tranzr.access.Permissions;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.catalog.ConflictException.Reason;
import tranzr.model.AccessToken;
import tranzr.model.Quota;
import tranzr.model.Role;
import tranzr.model.Room;
import tranzr.model.Scope;
import tranzr.model.UploadRequest;
import tranzr.model.Usage;
import tranzr.transfer.Core;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/**
 * Rooms and who their members are. Administrators make and remove rooms and set quotas; they and a room's owners name it and decide about its members. A member
 * that may do less from now on has its requests under way ended before a method returns: all of them, since none tells which room it is about. Safe for several
 * threads.
 */
public final class Rooms {

    private final Core core;
    private final LiveCallers live;

    public Rooms(Core core, LiveCallers live) {
        this.core = core;
        this.live = live;
    }

    /** Fails with Forbidden, InvalidValue, NameTaken. */
    public Room create(Caller caller, String name, Quota quota) {
        AccessTokens.requireAdmin(caller);
        Room room = new Room(AccessTokens.newId(core), Labels.checked("name", name), core.now(), quota);
        try {
            core.commit(List.of(new Change.EntityAdded(room)));
            return room;
        } catch (ConflictException e) {
            throw new FailureException(new Failure.NameTaken(room.name()));
        }
    }

    /** Those that the caller may know of, by name. */
    public List<Room> list(Caller caller) {
        List<Room> rooms = core.catalog().entities(Room.class).stream().filter(room -> Permissions.seesRoom(caller, room.id()))
                .sorted(Comparator.comparing(Room::name, String.CASE_INSENSITIVE_ORDER).thenComparing(Room::id)).toList();
        core.settle();
        return rooms;
    }

    /** By id or, in whatever case, by name. Fails with UnknownRoom when there is none that the caller may know of. */
    public Room find(Caller caller, String idOrName) {
        Room room = core.room(idOrName).filter(found -> Permissions.seesRoom(caller, found.id()) || Permissions.isAdmin(caller)).orElseThrow(Rooms::unknown);
        core.settle();
        return room;
    }

    /** Of the caller itself; null for an administrator that is no member. */
    public Role roleOf(Caller caller, UUID room) {
        return caller instanceof Caller.Bearer bearer ? bearer.token().rooms().get(room) : null;
    }

    public Usage usage(UUID room) {
        return core.catalog().usage(Scope.room(room));
    }

    /** Whether the caller may decide about the room. */
    public boolean manages(Caller caller, UUID room) {
        return Permissions.ownsRoom(caller, room) || Permissions.isAdmin(caller);
    }

    /** Everybody in the room, by the name of the token. Fails with UnknownRoom, Forbidden. */
    public List<AccessToken> members(Caller caller, UUID room) {
        requireManages(caller, room);
        return core.catalog().entities(AccessToken.class).stream().filter(token -> token.rooms().containsKey(room))
                .sorted(Comparator.comparing(AccessToken::name).thenComparing(AccessToken::id)).toList();
    }

    /**
     * Fails with UnknownRoom, Forbidden (only administrators set the quota), InvalidValue, NameTaken. A quota below what is used keeps what is there.
     *
     * @param name null to leave it
     * @param quota null to leave it
     */
    public Room change(Caller caller, UUID id, String name, Quota quota) {
        requireManages(caller, id);
        if (quota != null) {
            AccessTokens.requireAdmin(caller);
        }
        String checked = name == null ? null : Labels.checked("name", name);
        return Retry.on(() -> {
            Room before = existing(id);
            Room after = new Room(id, checked == null ? before.name() : checked, before.created(), quota == null ? before.quota() : quota);
            try {
                core.commit(List.of(new Change.EntityReplaced(before, after)));
                return after;
            } catch (ConflictException e) {
                if (e.reason() == Reason.EXISTS) {
                    throw new FailureException(new Failure.NameTaken(after.name()));
                }
                throw e;
            }
        });
    }

    /** Removes a room without files, with its upload requests; nobody is a member any more. Fails with UnknownRoom, Forbidden, RoomNotEmpty. */
    public void delete(Caller caller, UUID id) {
        AccessTokens.requireAdmin(caller);
        List<UploadRequest> requests = Retry.on(() -> {
            existing(id);
            List<UploadRequest> dropped = core.catalog().entities(UploadRequest.class).stream().filter(request -> request.room().equals(id)).toList();
            List<Change> changes = new ArrayList<>(List.of(new Change.Within(Scope.room(id), Quota.EMPTY), new Change.EntityRemoved(Room.class, id)));
            dropped.forEach(request -> changes.add(new Change.EntityRemoved(UploadRequest.class, request.id())));
            try {
                core.commit(changes);
            } catch (FailureException e) {
                throw e.failure() instanceof Failure.QuotaExceeded ? new FailureException(new Failure.RoomNotEmpty()) : e;
            }
            return dropped;
        });
        // Its members are not disturbed: no request of theirs can be about a file in it.
        requests.forEach(request -> live.endRequest(request.id()));
        core.catalog().entities(AccessToken.class).stream().filter(token -> token.rooms().containsKey(id)).map(AccessToken::id)
                .forEach(token -> forget(token, id));
    }

    /** One token at a time, since all of them may not fit into a commit; what a crash leaves over names a room that nothing has, and opens nothing. */
    private void forget(UUID token, UUID room) {
        Retry.on(() -> {
            AccessToken before = core.catalog().entity(AccessToken.class, token).orElse(null);
            if (before != null) {
                core.commit(List.of(new Change.EntityReplaced(before, AccessTokens.withRole(before, room, null))));
            }
            return null;
        });
    }

    /**
     * Makes a token a member, or gives it another role. Fails with UnknownRoom, Forbidden, UnknownToken, LastOwner when the only owner would make itself less,
     * TooMany.
     */
    public AccessToken setMember(Caller caller, UUID room, UUID token, Role role) {
        return setRole(caller, room, token, role);
    }

    /** Fails as {@link #setMember}; UnknownToken also for one that is no member. */
    public void removeMember(Caller caller, UUID room, UUID token) {
        setRole(caller, room, token, null);
    }

    private AccessToken setRole(Caller caller, UUID room, UUID id, Role role) {
        requireManages(caller, room);
        List<AccessToken> both = Retry.on(() -> {
            existing(room);
            AccessToken before = core.catalog().entity(AccessToken.class, id).filter(token -> role != null || token.rooms().containsKey(room))
                    .orElseThrow(() -> new FailureException(new Failure.UnknownToken()));
            AccessToken after = AccessTokens.withRole(before, room, role);
            if (after.rooms().size() > AccessTokens.MAX_ROOMS) {
                throw new FailureException(new Failure.TooMany("rooms of this token", AccessTokens.MAX_ROOMS));
            }
            List<Change> changes = new ArrayList<>(keepOwner(caller, room, before, role));
            changes.add(new Change.Present(Room.class, room));
            changes.add(new Change.EntityReplaced(before, after));
            core.commit(changes);
            return List.of(before, after);
        });
        if (AccessTokens.isLess(both.getFirst(), both.getLast())) {
            live.endToken(id);
        }
        return both.getLast();
    }

    /** An owner goes only while another stays; administrators, who can always name another, need not care. */
    private List<Change> keepOwner(Caller caller, UUID room, AccessToken before, Role role) {
        if (Permissions.isAdmin(caller) || before.rooms().get(room) != Role.OWNER || role == Role.OWNER) {
            return List.of();
        }
        AccessToken other = core.catalog().entities(AccessToken.class).stream()
                .filter(token -> !token.id().equals(before.id()) && token.rooms().get(room) == Role.OWNER && !token.isExpired(core.now())).findAny()
                .orElseThrow(() -> new FailureException(new Failure.LastOwner()));
        return List.of(new Change.EntityReplaced(other, other));
    }

    private void requireManages(Caller caller, UUID room) {
        existing(room);
        if (manages(caller, room)) {
            return;
        }
        if (!Permissions.seesRoom(caller, room)) {
            throw unknown();
        }
        throw new FailureException(new Failure.Forbidden(tranzr.model.Right.ADMIN));
    }

    private Room existing(UUID id) {
        return core.catalog().entity(Room.class, id).orElseThrow(Rooms::unknown);
    }

    private static FailureException unknown() {
        return new FailureException(new Failure.UnknownRoom());
    }
}
