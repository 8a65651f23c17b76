package tranzr.accounts;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import tranzr.access.Caller;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.AccessToken;
import tranzr.model.Digest;
import tranzr.model.Entity;
import tranzr.model.IpRange;
import tranzr.model.OneTimeToken;
import tranzr.model.Session;
import tranzr.model.UploadRequest;
import tranzr.security.GuessLimiter;
import tranzr.security.Tokens;
import tranzr.transfer.Core;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/**
 * Tells by a secret who asks. Safe for several threads.
 * <p>Whoever tries tokens that open nothing is slowed down by address ({@link GuessLimiter}). A right one is let in at once all the same, so that nobody can lock out
 * others who share the address.
 */
public final class Identities {

    private final Core core;
    private final Optional<Digest> operator;
    private final boolean alwaysRequired;
    private final GuessLimiter guesses = new GuessLimiter();

    /**
     * @param operator the hash of the token given at the start, which may do everything
     * @param alwaysRequired whether a token is needed even while there is none
     */
    public Identities(Core core, Optional<Digest> operator, boolean alwaysRequired) {
        this.core = core;
        this.operator = operator;
        this.alwaysRequired = alwaysRequired || operator.isPresent();
    }

    /** Whether one without a token is nobody; otherwise it is the operator. From the first token on it is so. */
    public boolean isTokenRequired() {
        return alwaysRequired || core.catalog().hasAny(AccessToken.class);
    }

    /** Whether one token was given at the start, which is in no catalog and cannot be lost there. */
    public boolean hasOperatorToken() {
        return operator.isPresent();
    }

    /** Whether a token is needed even while there is none. */
    public boolean isTokenAlwaysRequired() {
        return alwaysRequired;
    }

    /**
     * Whose secret it is; a one-time token is used up by this. Fails with WrongToken, TooManyAttempts, AddressNotAllowed, and as {@link #guest}.
     *
     * @param password of an upload request, or null
     */
    public Caller of(String secret, String password, InetAddress from) {
        return counted(from, () -> identify(secret, password, from));
    }

    private Caller identify(String secret, String password, InetAddress from) {
        Digest hash = Tokens.hash(secret);
        if (operator.isPresent() && operator.get().equals(hash)) {
            return Caller.operator();
        }
        if (secret.startsWith(Tokens.Kind.REQUEST.prefix())) {
            return guest(secret, password, from);
        }
        Entity entity = core.catalog().bySecret(hash).orElseThrow(Identities::wrong);
        core.settle();
        return switch (entity) {
            case AccessToken token -> Caller.of(usable(token, from));
            case OneTimeToken once -> use(once, from);
            default -> throw wrong();
        };
    }

    /**
     * Whose link of an upload request it is. One that has expired still lets guests finish what they began in time, as long as an upload that nobody goes on
     * with would be kept. Fails with RequestClosed, PasswordRequired, WrongPassword, TooManyAttempts.
     *
     * @param secret the token of the link
     * @param password as given, or null
     */
    public Caller guest(String secret, String password, InetAddress from) {
        UploadRequest request = linked(secret).filter(found -> !isClosed(found)).orElse(null);
        core.settle();
        if (request == null) {
            if (password != null) {
                // A link that does not exist must cost what a wrong password costs.
                core.passwords().spendAsMuch(from, password);
            }
            throw new FailureException(new Failure.RequestClosed());
        }
        if (request.password() != null) {
            core.passwords().require(new GuardedRequest(core, request), from, password);
        }
        return new Caller.Guest(request);
    }

    /** The id of the upload request that a link is of, whether it still takes anything or not. */
    public Optional<UUID> requestOf(String secret) {
        return linked(secret).map(UploadRequest::id);
    }

    private Optional<UploadRequest> linked(String secret) {
        return core.catalog().bySecret(Tokens.hash(secret)).filter(UploadRequest.class::isInstance).map(UploadRequest.class::cast);
    }

    private boolean isClosed(UploadRequest request) {
        return request.expires() != null && !core.now().isBefore(request.expires().plus(core.uploadTtl()));
    }

    /** The token itself, to log in with; the operator's as well, but nothing that is borrowed. Fails with WrongToken, TooManyAttempts, AddressNotAllowed. */
    AccessToken tokenBy(String secret, InetAddress from) {
        return counted(from, () -> {
            Digest hash = Tokens.hash(secret);
            if (operator.isPresent() && operator.get().equals(hash)) {
                return AccessToken.OPERATOR;
            }
            Optional<Entity> entity = core.catalog().bySecret(hash);
            core.settle();
            return entity.filter(AccessToken.class::isInstance).map(token -> usable((AccessToken) token, from)).orElseThrow(Identities::wrong);
        });
    }

    /** Whose browser it is. Fails with SessionExpired when the session is over, AddressNotAllowed. @param cookie the value of the session's cookie */
    public Caller ofSession(String cookie, InetAddress from) {
        Session session = session(cookie).orElseThrow(() -> new FailureException(new Failure.SessionExpired()));
        AccessToken token = session.token().equals(AccessToken.OPERATOR_ID) ? AccessToken.OPERATOR
                : core.catalog().entity(AccessToken.class, session.token()).orElseThrow(() -> new FailureException(new Failure.SessionExpired()));
        return new Caller.Bearer(usable(token, from), session.id());
    }

    /** The session that goes on and has this cookie. */
    Optional<Session> session(String cookie) {
        return core.catalog().bySecret(Tokens.hash(cookie)).filter(Session.class::isInstance).map(Session.class::cast).filter(this::isLive);
    }

    /** Whether a browser may go on with it: it has not expired, nor has its token, and the operator's token is still the one that opened it. */
    boolean isLive(Session session) {
        if (!core.now().isBefore(session.expires())) {
            return false;
        }
        return session.token().equals(AccessToken.OPERATOR_ID) ? idOfOperators(session.hash()).filter(session.id()::equals).isPresent()
                : core.catalog().entity(AccessToken.class, session.token()).filter(token -> !token.isExpired(core.now())).isPresent();
    }

    /**
     * The id of a session or one-time token of the operator. It is made of the token given at the start, which no record knows of: so one from before that was changed
     * is found out. Empty when none was given.
     *
     * @param secret the hash of its own secret, which is random
     */
    Optional<UUID> idOfOperators(Digest secret) {
        return operator.map(token -> AccessToken.idOf(both(secret, token)));
    }

    /** Whether the caller may still do what it was found to be able to do. */
    public boolean isCurrent(Caller caller) {
        return switch (caller) {
            case Caller.Bearer bearer -> isCurrent(bearer.token())
                    && (bearer.session() == null || core.catalog().entity(Session.class, bearer.session()).isPresent());
            case Caller.Once once -> isCurrent(once.token());
            case Caller.Signed signed -> isCurrent(signed.signer());
            case Caller.Guest guest -> core.catalog().entity(UploadRequest.class, guest.request().id()).filter(guest.request()::isSameTo).isPresent();
            case Caller.Server _, Caller.Nobody _ -> true;
        };
    }

    /** Whether what let the caller in has expired since, or is gone. */
    public boolean isOver(Caller caller) {
        return switch (caller) {
            case Caller.Bearer bearer -> isOver(bearer.token()) || bearer.session() != null
                    && core.catalog().entity(Session.class, bearer.session()).filter(this::isLive).isEmpty();
            case Caller.Once once -> isOver(once.token());
            case Caller.Signed signed -> isOver(signed.signer());
            case Caller.Guest guest -> core.catalog().entity(UploadRequest.class, guest.request().id()).filter(now -> !isClosed(now)).isEmpty();
            case Caller.Server _, Caller.Nobody _ -> false;
        };
    }

    private boolean isOver(AccessToken token) {
        return !token.id().equals(AccessToken.OPERATOR_ID)
                && core.catalog().entity(AccessToken.class, token.id()).filter(now -> !now.isExpired(core.now())).isEmpty();
    }

    private boolean isCurrent(AccessToken token) {
        return token.id().equals(AccessToken.OPERATOR_ID)
                || core.catalog().entity(AccessToken.class, token.id()).filter(now -> now.hash().equals(token.hash())
                        && now.rights().equals(token.rights()) && now.rooms().equals(token.rooms()) && now.addresses().equals(token.addresses())
                        && !now.isExpired(core.now())).isPresent();
    }

    /**
     * Under what a caller can be found again who signs something now.
     *
     * @param id a letter for what it is, and its id
     * @param secret of what let it in: what was signed ends when that is changed
     */
    record Signatory(String id, Digest secret) {
    }

    /** Empty for who cannot sign. */
    Optional<Signatory> signatory(Caller caller) {
        return switch (caller) {
            case Caller.Bearer bearer when bearer.session() != null -> core.catalog().entity(Session.class, bearer.session())
                    .map(session -> new Signatory("s" + session.id(), both(session.hash(), secretOf(bearer.token()))));
            case Caller.Bearer bearer -> Optional.of(new Signatory("t" + bearer.token().id(), secretOf(bearer.token())));
            case Caller.Guest guest -> Optional.of(new Signatory("g" + guest.request().id(), guest.request().hash()));
            case Caller.Once _, Caller.Signed _, Caller.Server _, Caller.Nobody _ -> Optional.empty();
        };
    }

    /** Who has signed, as it is now; empty when that one could not come in any more. @param id of a {@link Signatory} */
    Optional<Caller> signer(String id, InetAddress from) {
        UUID uuid = UUID.fromString(id.substring(1));
        try {
            return switch (id.charAt(0)) {
                case 't' -> Optional.of(Caller.of(usable(tokenOf(uuid), from)));
                case 's' -> core.catalog().entity(Session.class, uuid).filter(this::isLive)
                        .map(session -> new Caller.Bearer(usable(tokenOf(session.token()), from), session.id()));
                case 'g' -> core.catalog().entity(UploadRequest.class, uuid).filter(request -> !isClosed(request)).map(Caller.Guest::new);
                default -> Optional.empty();
            };
        } catch (FailureException e) {
            return Optional.empty();
        }
    }

    /** The operator's is in no record. While none is asked for, it is that of nobody, and ends when one is. */
    private Digest secretOf(AccessToken token) {
        return !token.id().equals(AccessToken.OPERATOR_ID) ? token.hash() : operator.orElseGet(() -> Tokens.hash(isTokenRequired() ? "none" : "open"));
    }

    private static Digest both(Digest a, Digest b) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(a.bytes());
        both.writeBytes(b.bytes());
        return Digest.sha256(both.toByteArray());
    }

    private AccessToken tokenOf(UUID id) {
        return id.equals(AccessToken.OPERATOR_ID) ? AccessToken.OPERATOR
                : core.catalog().entity(AccessToken.class, id).orElseThrow(Identities::wrong);
    }

    private AccessToken usable(AccessToken token, InetAddress from) {
        if (token.isExpired(core.now())) {
            throw wrong();
        }
        if (!IpRange.admit(token.addresses(), from)) {
            throw new FailureException(new Failure.AddressNotAllowed());
        }
        return token;
    }

    private Caller use(OneTimeToken once, InetAddress from) {
        boolean ofAnotherOperator = once.token().equals(AccessToken.OPERATOR_ID) && idOfOperators(once.hash()).filter(once.id()::equals).isEmpty();
        if (ofAnotherOperator || !core.now().isBefore(once.expires())) {
            throw wrong();
        }
        AccessToken token = usable(tokenOf(once.token()), from);
        try {
            core.commit(List.of(new Change.EntityRemoved(OneTimeToken.class, once.id())));
        } catch (ConflictException e) {
            throw wrong();
        }
        return new Caller.Once(token, once.right(), once.file(), once.id());
    }

    /** A token that opens nothing counts against its address, which then hears for a while only that it has to wait. */
    private <T> T counted(InetAddress from, Supplier<T> look) {
        try {
            return look.get();
        } catch (FailureException e) {
            if (e.failure() instanceof Failure.WrongToken) {
                Duration wait = guesses.addressWait(from, core.now());
                if (!wait.isZero()) {
                    throw new FailureException(new Failure.TooManyAttempts(wait));
                }
                guesses.failed(from, core.now());
            }
            throw e;
        }
    }

    private static FailureException wrong() {
        return new FailureException(new Failure.WrongToken());
    }
}
