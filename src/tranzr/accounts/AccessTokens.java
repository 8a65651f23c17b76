package tranzr.accounts;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import tranzr.access.Caller;
import tranzr.access.Permissions;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.AccessToken;
import tranzr.model.Digest;
import tranzr.model.Entity;
import tranzr.model.IpRange;
import tranzr.model.OneTimeToken;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.model.Role;
import tranzr.model.Room;
import tranzr.model.Session;
import tranzr.model.UploadRequest;
import tranzr.security.Tokens;
import tranzr.transfer.Core;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Shares;

/**
 * The tokens that open the API. Administrators see and change all of them; any other token sees itself, and may get itself a new secret. Each method takes the
 * caller and checks it. What was done is durable, and holds for requests under way too: those of a token that may do less from now on are ended before a method
 * returns. Safe for several threads.
 */
public final class AccessTokens {

    /** The most rooms that a token is a member of. */
    public static final int MAX_ROOMS = 1000;
    private static final int MAX_ADDRESSES = 100;
    /** Of one commit; it has to fit into a record. */
    private static final int MAX_REMOVALS = 10_000;

    /**
     * What is decided about a token.
     *
     * @param name as {@code Labels} take it
     * @param rights at least one
     * @param expires null for never; what is new lies in the future
     * @param addresses from where it may be used; empty for anywhere
     */
    public record Terms(String name, Set<Right> rights, Map<UUID, Role> rooms, Quota quota, Instant expires, List<IpRange> addresses) {

        static Terms of(AccessToken token) {
            return new Terms(token.name(), token.rights(), token.rooms(), token.quota(), token.expires(), token.addresses());
        }

        AccessToken of(UUID id, Digest hash, Instant created, AccessToken.Totp totp) {
            return new AccessToken(id, hash, name, created, rights, rooms, quota, expires, addresses, totp);
        }
    }

    /** A token with its secret, which is known just once. */
    public record Made(AccessToken token, String secret) {
        @Override
        public String toString() {
            return "Made[" + token.id() + "]";
        }
    }

    private final Core core;
    private final Shares shares;
    private final LiveCallers live;
    private final Identities identities;

    public AccessTokens(Engine engine, LiveCallers live, Identities identities) {
        this.core = engine.core();
        this.shares = engine.shares(Caller.SYSTEM);
        this.live = live;
        this.identities = identities;
    }

    /** Fails with Forbidden, InvalidValue, UnknownRoom. */
    public Made create(Caller caller, Terms terms) {
        requireAdmin(caller);
        return Retry.on(() -> {
            Instant now = core.now();
            requireFuture(terms.expires(), now);
            Terms checked = checked(terms);
            String secret = Tokens.create(Tokens.Kind.ACCESS, core.random());
            AccessToken token = checked.of(newId(core), Tokens.hash(secret), now, null);
            List<Change> changes = new ArrayList<>(present(token.rooms().keySet()));
            changes.add(new Change.EntityAdded(token));
            core.commit(changes);
            return new Made(token, secret);
        });
    }

    /** Newest first. Fails with Forbidden. */
    public List<AccessToken> list(Caller caller) {
        requireAdmin(caller);
        List<AccessToken> tokens = core.catalog().entities(AccessToken.class).stream()
                .sorted(Comparator.comparing(AccessToken::created).reversed().thenComparing(AccessToken::id)).toList();
        core.settle();
        return tokens;
    }

    /** Fails with UnknownToken when there is none that the caller may know of. */
    public AccessToken get(Caller caller, UUID id) {
        if (isSelf(caller, id) && id.equals(AccessToken.OPERATOR_ID)) {
            return AccessToken.OPERATOR;
        }
        if (!isSelf(caller, id) && !Permissions.isAdmin(caller)) {
            throw unknown();
        }
        AccessToken token = existing(id);
        core.settle();
        return token;
    }

    /**
     * Sets what is decided about a token; its secret stays. Fails with Forbidden, UnknownToken, InvalidValue, UnknownRoom, LastAdmin.
     *
     * @param edit what it becomes, of what it is; called again when somebody else was faster
     */
    public AccessToken change(Caller caller, UUID id, UnaryOperator<Terms> edit) {
        requireAdmin(caller);
        List<AccessToken> both = Retry.on(() -> {
            AccessToken before = existing(id);
            Terms terms = edit.apply(Terms.of(before));
            if (terms.expires() != null && !terms.expires().equals(before.expires())) {
                requireFuture(terms.expires(), core.now());
            }
            AccessToken after = checked(terms).of(id, before.hash(), before.created(), before.totp());
            List<Change> changes = new ArrayList<>(keepAdmin(caller, before, after));
            changes.addAll(present(after.rooms().keySet()));
            changes.add(new Change.EntityReplaced(before, after));
            core.commit(changes);
            return List.of(before, after);
        });
        if (isLess(both.getFirst(), both.getLast())) {
            live.endToken(id);
        }
        return both.getLast();
    }

    /** What is a member of a room in a new role. @param role null for none any more */
    static AccessToken withRole(AccessToken token, UUID room, Role role) {
        Map<UUID, Role> rooms = new HashMap<>(token.rooms());
        if (role == null) {
            rooms.remove(room);
        } else {
            rooms.put(room, role);
        }
        return token.withRooms(rooms);
    }

    /**
     * Gives a token a new secret under the same id; the old one opens nothing any more, nor do its one-time tokens, nor browsers that have logged in with it, but
     * the one that asks. Fails with UnknownToken, InvalidValue for the operator's own token, which is changed where it is set.
     */
    public Made rotate(Caller caller, UUID id) {
        if (!(caller instanceof Caller.Bearer bearer && bearer.token().id().equals(id)) && !Permissions.isAdmin(caller)) {
            throw unknown();
        }
        if (id.equals(AccessToken.OPERATOR_ID)) {
            throw new FailureException(new Failure.InvalidValue("token_id", "is the token given at the server's start, where it is changed"));
        }
        UUID asking = caller instanceof Caller.Bearer bearer ? bearer.session() : null;
        Made made = Retry.on(() -> {
            AccessToken before = existing(id);
            if (isSelf(caller, id) && caller instanceof Caller.Bearer bearer && !bearer.token().hash().equals(before.hash())) {
                throw new FailureException(new Failure.WrongToken()); // rotated meanwhile: the caller's secret is an old one
            }
            String secret = Tokens.create(Tokens.Kind.ACCESS, core.random());
            AccessToken after = before.withHash(Tokens.hash(secret));
            List<Change> changes = new ArrayList<>(List.of(new Change.EntityReplaced(before, after)));
            changes.addAll(belongings(id, asking));
            core.commit(changes);
            return new Made(after, secret);
        });
        dropBelongings(id, asking);
        live.endToken(id);
        return made;
    }

    /**
     * Removes a token with its sessions and one-time tokens. Files stay, and belong to a token that is no more; what it was granted opens nothing. Fails with
     * Forbidden, UnknownToken, LastAdmin.
     *
     * @param madeToo whether share links and upload requests that it has made go too, with the transfers by them
     */
    public void revoke(Caller caller, UUID id, boolean madeToo) {
        requireAdmin(caller);
        remove(madeToo, id, () -> {
            AccessToken before = existing(id);
            List<Change> changes = new ArrayList<>(keepAdmin(caller, before, null));
            // Only if it is still what the line above looked at.
            changes.add(new Change.EntityReplaced(before, before));
            changes.add(new Change.EntityRemoved(AccessToken.class, id));
            changes.addAll(belongings(id, null));
            return changes;
        });
        dropBelongings(id, null);
        live.endToken(id);
        if (madeToo) {
            // What a request that was just under way has made.
            while (!shares.madeBy(id, 1).isEmpty() || !requestsOf(id).isEmpty()) {
                remove(true, id, List::of);
            }
        }
    }

    /** Commits the changes and, if wanted, the removal of what the token has made. */
    private void remove(boolean madeToo, UUID id, Retry.Attempt<List<Change>> others) {
        record Gone(List<Digest> shares, List<UploadRequest> requests) {
        }
        Gone gone = Retry.on(() -> {
            Gone going = madeToo ? new Gone(shares.madeBy(id, MAX_REMOVALS), requestsOf(id)) : new Gone(List.of(), List.of());
            List<Change> changes = new ArrayList<>(others.run());
            going.shares().forEach(share -> changes.add(new Change.ShareRemoved(share)));
            going.requests().forEach(request -> changes.add(new Change.EntityRemoved(UploadRequest.class, request.id())));
            core.commit(changes);
            return going;
        });
        shares.cut(gone.shares());
        gone.requests().forEach(request -> live.endRequest(request.id()));
    }

    private List<UploadRequest> requestsOf(UUID token) {
        return core.catalog().entities(UploadRequest.class).stream().filter(request -> request.creator().equals(token)).limit(MAX_REMOVALS).toList();
    }

    /** Drops what was added between the look and the commit. From that commit on nothing is added, since whoever adds needs the token as it was. */
    private void dropBelongings(UUID token, UUID asking) {
        while (!belongings(token, asking).isEmpty()) {
            Retry.on(() -> {
                core.commit(belongings(token, asking));
                return null;
            });
        }
    }

    /** Sessions and one-time tokens that go with a token. @param asking the session that stays; null for none */
    private List<Change> belongings(UUID token, UUID asking) {
        List<Change> removals = new ArrayList<>(removals(Session.class, session -> session.token().equals(token) && !session.id().equals(asking)));
        removals.addAll(removals(OneTimeToken.class, once -> once.token().equals(token)));
        return removals;
    }

    private <E extends Entity> List<Change> removals(Class<E> kind, Predicate<E> which) {
        return core.catalog().entities(kind).stream().filter(which).limit(MAX_REMOVALS).<Change>map(entity -> new Change.EntityRemoved(kind, entity.id())).toList();
    }

    /**
     * What has to hold so that somebody can administer the server after a change: another token that can, and that nobody changes at the same moment. Whoever
     * runs the server, and any server that was given a token at its start, needs none.
     *
     * @param after null when it is going to be removed
     */
    private List<Change> keepAdmin(Caller caller, AccessToken before, AccessToken after) {
        boolean harmless = !isLastingAdmin(before) || after != null && isLastingAdmin(after);
        if (harmless || identities.hasOperatorToken() || caller.owner().equals(AccessToken.OPERATOR_ID)) {
            return List.of();
        }
        List<AccessToken> tokens = core.catalog().entities(AccessToken.class);
        if (after == null && tokens.size() == 1 && !identities.isTokenAlwaysRequired()) {
            return List.of(); // without any token the server is open to its own machine again
        }
        AccessToken other = tokens.stream().filter(token -> !token.id().equals(before.id()) && isLastingAdmin(token)).findAny()
                .orElseThrow(() -> new FailureException(new Failure.LastAdmin()));
        return List.of(new Change.EntityReplaced(other, other));
    }

    private static boolean isLastingAdmin(AccessToken token) {
        return token.rights().contains(Right.ADMIN) && token.expires() == null;
    }

    /** Whether a token may do less than before, so that what it does now may be too much. */
    static boolean isLess(AccessToken before, AccessToken after) {
        boolean lower = before.rooms().entrySet().stream().anyMatch(entry -> {
            Role role = after.rooms().get(entry.getKey());
            return role == null || !role.rights().containsAll(entry.getValue().rights());
        });
        boolean elsewhere = !after.addresses().isEmpty() && !after.addresses().equals(before.addresses());
        return lower || elsewhere || !after.rights().containsAll(before.rights());
    }

    private Terms checked(Terms terms) {
        if (terms.rights().isEmpty()) {
            throw invalid("rights", "must name at least one right");
        }
        if (terms.rooms().size() > MAX_ROOMS) {
            throw invalid("rooms", "must be " + MAX_ROOMS + " at most");
        }
        if (terms.addresses().size() > MAX_ADDRESSES) {
            throw invalid("addresses", "must be " + MAX_ADDRESSES + " ranges at most");
        }
        for (UUID room : terms.rooms().keySet()) {
            core.catalog().entity(Room.class, room).orElseThrow(() -> new FailureException(new Failure.UnknownRoom()));
        }
        return new Terms(Labels.checked("name", terms.name()), terms.rights(), terms.rooms(), terms.quota(), terms.expires(), terms.addresses());
    }

    private static void requireFuture(Instant expires, Instant now) {
        if (expires != null && !expires.isAfter(now)) {
            throw invalid("expires_at", "is past");
        }
    }

    private static List<Change> present(Set<UUID> rooms) {
        return rooms.stream().<Change>map(room -> new Change.Present(Room.class, room)).toList();
    }

    private AccessToken existing(UUID id) {
        return core.catalog().entity(AccessToken.class, id).orElseThrow(AccessTokens::unknown);
    }

    private static boolean isSelf(Caller caller, UUID id) {
        return caller instanceof Caller.Bearer bearer && bearer.token().id().equals(id);
    }

    static void requireAdmin(Caller caller) {
        if (!Permissions.isAdmin(caller)) {
            throw new FailureException(new Failure.Forbidden(Right.ADMIN));
        }
    }

    /** A random id (UUID version 4). */
    static UUID newId(Core core) {
        long high = core.random().nextLong() & 0xffff_ffff_ffff_0fffL | 0x4000L;
        long low = core.random().nextLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    private static FailureException unknown() {
        return new FailureException(new Failure.UnknownToken());
    }

    private static FailureException invalid(String field, String why) {
        return new FailureException(new Failure.InvalidValue(field, why));
    }
}
