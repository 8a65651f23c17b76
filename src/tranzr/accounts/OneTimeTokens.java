package tranzr.accounts;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tranzr.access.Caller;
import tranzr.access.Permissions;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.AccessToken;
import tranzr.model.Digest;
import tranzr.model.OneTimeToken;
import tranzr.model.Right;
import tranzr.security.Tokens;
import tranzr.transfer.Core;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/** Tokens that let somebody do one thing once, in the name of the token that made them. {@link Identities} uses them up. Safe for several threads. */
public final class OneTimeTokens {

    public static final Duration USUAL_LIFE = Duration.ofMinutes(5);
    public static final Duration MAX_LIFE = Duration.ofDays(1);
    /** The most that one token may have made and not used; somewhat more when they are made at the same moment. */
    static final int MAX_OPEN = 1000;

    /** One with its secret, which is known just once. */
    public record Made(OneTimeToken token, String secret) {
        @Override
        public String toString() {
            return "Made[" + token.id() + "]";
        }
    }

    private final Core core;
    private final Engine engine;
    private final Identities identities;

    public OneTimeTokens(Engine engine, Identities identities) {
        this.core = engine.core();
        this.engine = engine;
        this.identities = identities;
    }

    /**
     * Fails with Forbidden when the caller has not the right itself, or is no token of its own (what was made for one use makes no other), UnknownFile,
     * InvalidValue, TooMany.
     *
     * @param file the only file it is for; null for any, and for what concerns none
     * @param life at least a second, at most {@link #MAX_LIFE}
     */
    public Made create(Caller caller, Right right, UUID file, Duration life) {
        if (!(caller instanceof Caller.Bearer bearer) || !Permissions.atAll(caller).contains(right)) {
            throw new FailureException(new Failure.Forbidden(right));
        }
        if (life.compareTo(Duration.ofSeconds(1)) < 0 || life.compareTo(MAX_LIFE) > 0) {
            throw new FailureException(new Failure.InvalidValue("expires_in", "must be 1s to 1d"));
        }
        if (file != null && right == Right.ADMIN) {
            throw new FailureException(new Failure.InvalidValue("file_id", "admin is no right on a file"));
        }
        if (file != null) {
            engine.uploads(caller).get(file, right);
        }
        UUID owner = bearer.token().id();
        List<OneTimeToken> open = core.catalog().entities(OneTimeToken.class).stream().filter(once -> once.token().equals(owner)).toList();
        Instant now = core.now();
        if (open.stream().filter(once -> now.isBefore(once.expires())).count() >= MAX_OPEN) {
            throw new FailureException(new Failure.TooMany("one-time tokens of this token", MAX_OPEN));
        }
        String secret = Tokens.create(Tokens.Kind.ONE_TIME, core.random());
        Digest hash = Tokens.hash(secret);
        Optional<UUID> id = owner.equals(AccessToken.OPERATOR_ID) ? identities.idOfOperators(hash) : Optional.empty();
        OneTimeToken once = new OneTimeToken(id.orElseGet(() -> AccessTokens.newId(core)), hash, owner, right, file, now, now.plus(life));
        return Retry.on(() -> {
            List<Change> changes = new ArrayList<>();
            if (!owner.equals(AccessToken.OPERATOR_ID)) {
                // Not after its maker was revoked, rotated, or has lost the right.
                AccessToken maker = core.catalog().entity(AccessToken.class, owner).filter(found -> found.hash().equals(bearer.token().hash())
                        && found.rights().equals(bearer.token().rights())).orElseThrow(() -> new FailureException(new Failure.WrongToken()));
                changes.add(new Change.EntityReplaced(maker, maker));
            }
            changes.add(new Change.EntityAdded(once));
            core.commit(changes);
            return new Made(once, secret);
        });
    }

    /** Whether there is one of this id that nobody has used and whose time is not over. */
    boolean isUnused(UUID id) {
        return core.catalog().entity(OneTimeToken.class, id).filter(once -> core.now().isBefore(once.expires())).isPresent();
    }

    /** Uses one up, for what its own secret is not asked; false when somebody was faster, or it is over. Durable on return. */
    boolean use(UUID id) {
        if (!isUnused(id)) {
            return false;
        }
        try {
            core.commit(List.of(new Change.EntityRemoved(OneTimeToken.class, id)));
            return true;
        } catch (ConflictException e) {
            return false;
        }
    }

    /** Removes those that have expired. */
    void sweep() {
        Instant now = core.now();
        for (OneTimeToken once : core.catalog().entities(OneTimeToken.class)) {
            if (!now.isBefore(once.expires())) {
                try {
                    core.commit(List.of(new Change.EntityRemoved(OneTimeToken.class, once.id())));
                } catch (ConflictException e) {
                    continue; // used or removed meanwhile
                }
            }
        }
    }
}
