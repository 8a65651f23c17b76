package tranzr.accounts;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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
import tranzr.security.Tokens;
import tranzr.transfer.Core;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/** Tells by a secret who asks. Safe for several threads. */
public final class Identities {

    private final Core core;
    private final Optional<Digest> operator;
    private final boolean alwaysRequired;

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
     * Whose secret it is; a one-time token is used up by this. Fails with WrongToken, AddressNotAllowed, and as {@link #guest}.
     *
     * @param password of an upload request, or null
     */
    public Caller of(String secret, String password, InetAddress from) {
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

    /** Whose browser it is. Fails with WrongToken when the session is over, AddressNotAllowed. @param cookie the value of the session's cookie */
    public Caller ofSession(String cookie, InetAddress from) {
        Entity entity = core.catalog().bySecret(Tokens.hash(cookie)).orElseThrow(Identities::wrong);
        if (!(entity instanceof Session session) || !core.now().isBefore(session.expires())) {
            throw wrong();
        }
        return new Caller.Bearer(usable(tokenOf(session.token()), from), session.id());
    }

    /** Whether the caller may still do what it was found to be able to do. */
    public boolean isCurrent(Caller caller) {
        return switch (caller) {
            case Caller.Bearer bearer -> isCurrent(bearer.token())
                    && (bearer.session() == null || core.catalog().entity(Session.class, bearer.session()).isPresent());
            case Caller.Once once -> isCurrent(once.token());
            case Caller.Guest guest -> core.catalog().entity(UploadRequest.class, guest.request().id()).filter(guest.request()::isSameTo).isPresent();
            case Caller.Server _, Caller.Nobody _ -> true;
        };
    }

    /** Whether what let the caller in has expired since, or is gone. */
    public boolean isOver(Caller caller) {
        return switch (caller) {
            case Caller.Bearer bearer -> isOver(bearer.token()) || bearer.session() != null
                    && core.catalog().entity(Session.class, bearer.session()).filter(session -> core.now().isBefore(session.expires())).isEmpty();
            case Caller.Once once -> isOver(once.token());
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

    private AccessToken tokenOf(UUID id) {
        return id.equals(AccessToken.OPERATOR_ID) ? AccessToken.OPERATOR
                : core.catalog().entity(AccessToken.class, id).orElseThrow(Identities::wrong);
    }

    private AccessToken usable(AccessToken token, InetAddress from) {
        if (token.isExpired(core.now())) {
            throw wrong();
        }
        List<IpRange> addresses = token.addresses();
        if (!addresses.isEmpty() && addresses.stream().noneMatch(range -> range.contains(from))) {
            throw new FailureException(new Failure.AddressNotAllowed());
        }
        return token;
    }

    private Caller use(OneTimeToken once, InetAddress from) {
        if (!core.now().isBefore(once.expires())) {
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

    private static FailureException wrong() {
        return new FailureException(new Failure.WrongToken());
    }
}
