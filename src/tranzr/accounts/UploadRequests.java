package tranzr.accounts;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import tranzr.access.Caller;
import tranzr.access.Permissions;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.AccessToken;
import tranzr.model.Digest;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.model.Room;
import tranzr.model.Scope;
import tranzr.model.UploadRequest;
import tranzr.model.Usage;
import tranzr.security.Tokens;
import tranzr.transfer.Core;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/**
 * Links by which guests without a token send files into a room. Members that may bring and share there make them; they and the room's owners see, change and revoke
 * them. What was done is durable, and what guests do by a revoked link ends before {@link #revoke} returns. Safe for several threads.
 */
public final class UploadRequests {

    /** The most that one token may have made and not revoked; somewhat more when they are made at the same moment. */
    static final int MAX_OF_TOKEN = 1000;
    private static final int MAX_TITLE = 200;
    private static final int MAX_TYPES = 100;
    /** Also {@code tar.gz}. No dot at either end, so that it is what follows the last or an earlier dot of a name. */
    private static final Pattern TYPE = Pattern.compile("[\\p{L}\\p{N}_+-]{1,32}(\\.[\\p{L}\\p{N}_+-]{1,32}){0,3}");

    /**
     * What is decided about a request.
     *
     * @param title what guests are told; may be empty
     * @param expires null for never; what is new lies in the future
     * @param maxFileSize of each file, in bytes; {@link Long#MAX_VALUE} for no limit
     * @param quota bytes and files in all, also when they are removed again
     * @param types the file name extensions that are taken, in lower case without the dot; empty for all
     */
    public record Terms(String title, Instant expires, long maxFileSize, Quota quota, List<String> types, boolean notice) {

        public Terms {
            types = List.copyOf(types);
        }

        static Terms of(UploadRequest request) {
            return new Terms(request.title(), request.expires(), request.maxFileSize(), request.quota(), request.types(), request.notice());
        }

        UploadRequest of(UUID id, Digest hash, UUID room, UUID creator, Instant created, String password) {
            return new UploadRequest(id, hash, room, creator, title, created, expires, maxFileSize, quota, types, password, notice);
        }
    }

    /** What guests are to be asked for from now on. @param text in the clear; null for nothing */
    public record Password(String text) {
        @Override
        public String toString() {
            return "Password";
        }
    }

    /** A request with the token of its link, which is known just once. */
    public record Made(UploadRequest request, String secret) {
        @Override
        public String toString() {
            return "Made[" + request.id() + "]";
        }
    }

    private final Core core;
    private final LiveCallers live;

    public UploadRequests(Core core, LiveCallers live) {
        this.core = core;
        this.live = live;
    }

    /** Fails with UnknownRoom, Forbidden, InvalidValue, TooMany, TooManyAttempts. @param password null for none */
    public Made create(Caller caller, UUID room, Terms terms, String password) {
        requireInvites(caller, room);
        Instant now = core.now();
        requireFuture(terms.expires(), now);
        Terms checked = checked(terms);
        UUID creator = caller.owner();
        if (core.catalog().entities(UploadRequest.class).stream().filter(request -> request.creator().equals(creator)).count() >= MAX_OF_TOKEN) {
            throw new FailureException(new Failure.TooMany("upload requests of this token", MAX_OF_TOKEN));
        }
        String stored = password == null ? null : core.passwords().hash(password);
        String secret = Tokens.create(Tokens.Kind.REQUEST, core.random());
        UploadRequest request = checked.of(AccessTokens.newId(core), Tokens.hash(secret), room, creator, now, stored);
        return Retry.on(() -> {
            core.catalog().entity(Room.class, room).orElseThrow(() -> new FailureException(new Failure.UnknownRoom()));
            List<Change> changes = new ArrayList<>(unchanged(caller));
            changes.add(new Change.Present(Room.class, room));
            changes.add(new Change.EntityAdded(request));
            core.commit(changes);
            return new Made(request, secret);
        });
    }

    /** A strong random password that people can type. */
    public String generatePassword() {
        return core.passwords().generate();
    }

    /** Those that the caller may change, newest first. @param room only those into it; null for all */
    public List<UploadRequest> list(Caller caller, UUID room) {
        List<UploadRequest> found = core.catalog().entities(UploadRequest.class).stream()
                .filter(request -> (room == null || request.room().equals(room)) && Permissions.manages(caller, request))
                .sorted(Comparator.comparing(UploadRequest::created).reversed().thenComparing(UploadRequest::id)).toList();
        core.settle();
        return found;
    }

    /** Fails with UnknownRequest when there is none that the caller may change. */
    public UploadRequest get(Caller caller, UUID id) {
        UploadRequest request = existing(caller, id);
        core.settle();
        return request;
    }

    /** What guests have brought and are bringing, also what was removed since it came whole. */
    public Usage usage(UploadRequest request) {
        return core.catalog().usage(Scope.request(request.id()));
    }

    /** What a link is for that still takes files. Needs no password. Fails with RequestClosed. @param secret the token of the link */
    public UploadRequest open(String secret) {
        UploadRequest request = core.catalog().bySecret(Tokens.hash(secret)).filter(UploadRequest.class::isInstance).map(UploadRequest.class::cast)
                .filter(found -> !found.isExpired(core.now())).orElseThrow(() -> new FailureException(new Failure.RequestClosed()));
        core.settle();
        return request;
    }

    /**
     * Sets what is decided about a request; its link stays. What is under way goes on, up to the new limits. Fails with UnknownRequest, InvalidValue,
     * TooManyAttempts.
     *
     * @param edit what it becomes, of what it is; called again when somebody else was faster
     * @param password null to leave it
     */
    public UploadRequest change(Caller caller, UUID id, UnaryOperator<Terms> edit, Password password) {
        existing(caller, id);
        String hashed = password == null || password.text() == null ? null : core.passwords().hash(password.text());
        return Retry.on(() -> {
            UploadRequest before = existing(caller, id);
            Terms terms = edit.apply(Terms.of(before));
            if (!Objects.equals(terms.expires(), before.expires())) {
                requireFuture(terms.expires(), core.now());
            }
            UploadRequest after = checked(terms).of(id, before.hash(), before.room(), before.creator(), before.created(),
                    password == null ? before.password() : hashed);
            if (password == null) {
                after = after.withFailures(before.failedPasswords(), before.lastFailure());
            }
            List<Change> changes = new ArrayList<>(unchanged(caller));
            changes.add(new Change.EntityReplaced(before, after));
            core.commit(changes);
            return after;
        });
    }

    /** Removes a request: its link opens nothing any more, what guests were sending ends. What came whole stays. Fails with UnknownRequest. */
    public void revoke(Caller caller, UUID id) {
        existing(caller, id);
        try {
            core.commit(List.of(new Change.EntityRemoved(UploadRequest.class, id)));
        } catch (ConflictException e) {
            throw unknown();
        }
        live.endRequest(id);
    }

    /** Removes those that are over for so long that no upload begun by them can be going on. */
    void sweep() {
        Instant latest = core.now().minus(core.uploadTtl());
        for (UploadRequest request : core.catalog().entities(UploadRequest.class)) {
            if (request.isExpired(latest)) {
                try {
                    // Only as it was seen: its maker may give it more time right now.
                    core.commit(List.of(new Change.EntityReplaced(request, request), new Change.EntityRemoved(UploadRequest.class, request.id())));
                } catch (ConflictException e) {
                    continue; // changed or removed meanwhile
                }
            }
        }
    }

    private UploadRequest existing(Caller caller, UUID id) {
        return core.catalog().entity(UploadRequest.class, id).filter(request -> Permissions.manages(caller, request)).orElseThrow(UploadRequests::unknown);
    }

    private void requireInvites(Caller caller, UUID room) {
        boolean known = core.catalog().entity(Room.class, room).isPresent() && (Permissions.seesRoom(caller, room) || Permissions.isAdmin(caller));
        if (!known) {
            throw new FailureException(new Failure.UnknownRoom());
        }
        if (!Permissions.mayInvite(caller, room)) {
            throw new FailureException(new Failure.Forbidden(Permissions.atAll(caller).contains(Right.UPLOAD) ? Right.SHARE : Right.UPLOAD));
        }
    }

    /** What has a commit fail when the caller's token is not what it was when it was looked at: revoked, rotated, or less. */
    private List<Change> unchanged(Caller caller) {
        if (!(caller instanceof Caller.Bearer bearer) || bearer.token().id().equals(AccessToken.OPERATOR_ID)) {
            return List.of();
        }
        AccessToken token = core.catalog().entity(AccessToken.class, bearer.token().id()).filter(now -> now.hash().equals(bearer.token().hash())
                && now.rights().equals(bearer.token().rights()) && now.rooms().equals(bearer.token().rooms()))
                .orElseThrow(() -> new FailureException(new Failure.WrongToken()));
        return List.of(new Change.EntityReplaced(token, token));
    }

    private static Terms checked(Terms terms) {
        if (terms.title().codePointCount(0, terms.title().length()) > MAX_TITLE || !terms.title().codePoints().allMatch(Labels::isPrintable)) {
            throw invalid("title", "must be at most " + MAX_TITLE + " printable characters");
        }
        if (terms.maxFileSize() < 1) {
            throw invalid("max_file_size", "must be at least 1 byte");
        }
        if (terms.quota().files() < 1) {
            throw invalid("max_files", "must be at least 1");
        }
        if (terms.quota().bytes() < 1) {
            throw invalid("max_bytes", "must be at least 1 byte");
        }
        if (terms.types().size() > MAX_TYPES || !terms.types().stream().allMatch(type -> TYPE.matcher(type).matches())) {
            throw invalid("types", "must be at most " + MAX_TYPES + " extensions of names, such as pdf or tar.gz");
        }
        return terms;
    }

    private static void requireFuture(Instant expires, Instant now) {
        if (expires != null && !expires.isAfter(now)) {
            throw invalid("expires_at", "is past; delete the request to end it");
        }
    }

    private static FailureException invalid(String field, String why) {
        return new FailureException(new Failure.InvalidValue(field, why));
    }

    private static FailureException unknown() {
        return new FailureException(new Failure.UnknownRequest());
    }
}
