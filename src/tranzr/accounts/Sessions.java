package tranzr.accounts;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tranzr.access.Caller;
import tranzr.access.Permissions;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.AccessToken;
import tranzr.model.Digest;
import tranzr.model.Right;
import tranzr.model.Session;
import tranzr.security.Tokens;
import tranzr.transfer.Core;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/**
 * Browsers that have logged in with a token. What ends here has ended for requests under way too. Safe for several threads.
 */
public final class Sessions {

    /** Of one token; when there are more, the oldest end. Somewhat more while several log in at the same moment. */
    public static final int MAX_PER_TOKEN = 100;
    /** Characters of the browser's name that are kept. */
    static final int MAX_AGENT = 200;
    /** Of one commit; it has to fit into a record. */
    private static final int MAX_REMOVALS = 10_000;

    /** A browser that has just logged in, with its cookie, which is known just once. */
    public record Started(Session session, AccessToken token, String cookie) {
        @Override
        public String toString() {
            return "Started[" + session.id() + "]";
        }

        public Caller caller() {
            return new Caller.Bearer(token, session.id());
        }
    }

    /**
     * Who logs in, and from where.
     *
     * @param code of the second factor, if it is to be proven at once
     * @param agent the browser as it names itself; may be empty
     * @param replaced the cookie of a session that this one takes the place of, if the browser still has one
     */
    public record Login(String secret, Optional<String> code, InetAddress from, String agent, Optional<String> replaced) {
        @Override
        public String toString() {
            return "Login[" + from + "]";
        }
    }

    private final Core core;
    private final Identities identities;
    private final SecondFactor factor;
    private final LiveCallers live;
    private final Duration life;

    /** @param life of a session, from its login on; using it does not prolong it */
    public Sessions(Core core, Identities identities, SecondFactor factor, LiveCallers live, Duration life) {
        this.core = core;
        this.identities = identities;
        this.factor = factor;
        this.live = live;
        this.life = life;
    }

    /**
     * Opens a session under a fresh cookie. Fails with WrongToken for whatever is not itself a token, TooManyAttempts, AddressNotAllowed, and with a code also WrongCode,
     * NoSecondFactor, NotForOperator, InvalidValue.
     */
    public Started login(Login login) {
        AccessToken found = identities.tokenBy(login.secret(), login.from());
        login.code().ifPresent(code -> factor.accept(found.id(), code));
        String cookie = Tokens.create(Tokens.Kind.SESSION, core.random());
        List<Session> ended = new ArrayList<>();
        Started started = Retry.on(() -> {
            // Once more: the token may have been changed, or its secret, since it was looked at.
            AccessToken token = identities.tokenBy(login.secret(), login.from());
            Session session = session(token, cookie, login);
            List<Change> changes = new ArrayList<>();
            if (!token.id().equals(AccessToken.OPERATOR_ID)) {
                changes.add(new Change.EntityReplaced(token, token));
            }
            ended.clear();
            login.replaced().flatMap(identities::session).ifPresent(ended::add);
            surplus(token.id()).filter(other -> !ended.contains(other)).forEach(ended::add);
            ended.forEach(other -> changes.add(new Change.EntityRemoved(Session.class, other.id())));
            changes.add(new Change.EntityAdded(session));
            core.commit(changes);
            return new Started(session, token, cookie);
        });
        ended.forEach(other -> endRequests(other.id()::equals));
        return started;
    }

    private Session session(AccessToken token, String cookie, Login login) {
        Digest hash = Tokens.hash(cookie);
        UUID id = token.id().equals(AccessToken.OPERATOR_ID) ? identities.idOfOperators(hash).orElseThrow() : AccessTokens.newId(core);
        Instant now = core.now();
        return new Session(id, hash, token.id(), now, now.plus(life), login.from().getHostAddress(), agent(login.agent()),
                login.code().isPresent() ? now.plus(SecondFactor.PROVEN) : null);
    }

    /** Those that are too many as soon as there is one more, the oldest first. */
    private Stream<Session> surplus(UUID token) {
        List<Session> open = of(token::equals);
        return open.subList(Math.min(open.size(), MAX_PER_TOKEN - 1), open.size()).reversed().stream().limit(MAX_REMOVALS);
    }

    private static String agent(String text) {
        String plain = text.codePoints().filter(c -> !Character.isISOControl(c)).limit(MAX_AGENT)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
        return plain.strip();
    }

    /** The session by which the caller has come; empty for a token of its own. */
    public Optional<Session> current(Caller caller) {
        return caller instanceof Caller.Bearer bearer && bearer.session() != null ? core.catalog().entity(Session.class, bearer.session()) : Optional.empty();
    }

    /** Ends the caller's session, if it has one. */
    public void logout(Caller caller) {
        current(caller).ifPresent(session -> end(List.of(session)));
    }

    /**
     * Those that go on, newest first. Fails with Forbidden, UnknownToken.
     *
     * @param token whose, for administrators; empty for the caller's own
     */
    public List<Session> list(Caller caller, Optional<UUID> token) {
        UUID own = caller instanceof Caller.Bearer bearer ? bearer.token().id() : null;
        UUID of = token.orElse(own);
        if (of == null || !of.equals(own)) {
            AccessTokens.requireAdmin(caller);
        }
        if (of == null || !of.equals(AccessToken.OPERATOR_ID) && core.catalog().entity(AccessToken.class, of).isEmpty()) {
            throw new FailureException(new Failure.UnknownToken());
        }
        List<Session> sessions = of(of::equals);
        core.settle();
        return sessions;
    }

    /** Ends one of the caller's own sessions, and for administrators any. Fails with UnknownSession when there is none that the caller may know of. */
    public void revoke(Caller caller, UUID id) {
        UUID own = caller instanceof Caller.Bearer bearer ? bearer.token().id() : null;
        Session session = core.catalog().entity(Session.class, id).filter(identities::isLive)
                .filter(found -> found.token().equals(own) || Permissions.isAdmin(caller)).orElseThrow(() -> new FailureException(new Failure.UnknownSession()));
        end(List.of(session));
    }

    /** Ends all sessions of the caller's token but the one it has come by. Fails with Forbidden for a caller without a token of its own. */
    public void revokeOthers(Caller caller) {
        if (!(caller instanceof Caller.Bearer bearer)) {
            throw new FailureException(new Failure.Forbidden(Right.ADMIN));
        }
        end(of(bearer.token().id()::equals).stream().filter(session -> !session.id().equals(bearer.session())).toList());
    }

    /** Removes what is over. */
    void sweep() {
        remove(core.catalog().entities(Session.class).stream().filter(session -> !identities.isLive(session)).limit(MAX_REMOVALS).toList());
    }

    private List<Session> of(Predicate<UUID> token) {
        return core.catalog().entities(Session.class).stream().filter(session -> token.test(session.token()) && identities.isLive(session))
                .sorted(Comparator.comparing(Session::created).thenComparing(Session::id).reversed()).toList();
    }

    private void end(List<Session> sessions) {
        remove(sessions);
        sessions.forEach(session -> endRequests(session.id()::equals));
    }

    /** Each in its own commit: one that went meanwhile must not keep the others. */
    private void remove(List<Session> sessions) {
        for (Session session : sessions) {
            try {
                core.commit(List.of(new Change.EntityRemoved(Session.class, session.id())));
            } catch (ConflictException e) {
                core.settle(); // gone already; as durable as if it had been done here
            }
        }
    }

    private void endRequests(Predicate<UUID> session) {
        live.end(caller -> caller instanceof Caller.Bearer bearer && bearer.session() != null && session.test(bearer.session()));
    }
}
