package tranzr.accounts;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import tranzr.access.Caller;
import tranzr.catalog.Change;
import tranzr.model.AccessToken;
import tranzr.model.Right;
import tranzr.model.Session;
import tranzr.security.GuessLimiter;
import tranzr.security.Totp;
import tranzr.transfer.Core;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/**
 * The second factor of tokens (RFC 6238), asked for before sensitive operations. Each code is accepted once, also when it comes twice at the same moment; five wrong ones
 * are free, then each waits longer, up to 15 minutes, whoever sends it. The count is kept in memory only. Safe for several threads.
 */
public final class SecondFactor {

    /** How long a code is enough for the session that brought it. */
    public static final Duration PROVEN = Duration.ofMinutes(5);

    private static final String ISSUER = "Tranzr";
    /** Tokens whose wrong codes are remembered; beyond it those that failed longest ago begin anew. */
    private static final int MAX_REMEMBERED = 8192;

    /**
     * A second factor that is going to be, told just once.
     *
     * @param secret in base32
     * @param uri the same as authenticator apps read it, {@code otpauth://…}
     */
    public record Enrolment(String secret, String uri) {
        @Override
        public String toString() {
            return "Enrolment";
        }
    }

    private record Wrong(int count, Instant last) {
    }

    private final Core core;
    /** Wrong codes in a row; one that is being checked counts until it is known to be right. Guarded by itself, the longest quiet one first. */
    private final Map<UUID, Wrong> wrong = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Wrong> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    public SecondFactor(Core core) {
        this.core = core;
    }

    /** Whether the token has one that guards something. */
    public static boolean isEnrolled(AccessToken token) {
        return token.totp() != null && token.totp().confirmed();
    }

    /** Gives the caller's token a secret, which guards nothing until {@link #confirm}. Fails with Forbidden, NotForOperator, SecondFactorExists. */
    public Enrolment enrol(Caller caller) {
        UUID id = own(caller);
        return Retry.on(() -> {
            AccessToken token = existing(id);
            if (isEnrolled(token)) {
                throw new FailureException(new Failure.SecondFactorExists());
            }
            String secret = Totp.newSecret(core.random());
            core.commit(List.of(new Change.EntityReplaced(token, token.withTotp(new AccessToken.Totp(secret, 0, false)))));
            return new Enrolment(secret, Totp.uri(secret, ISSUER, token.name()));
        });
    }

    /** Puts it in force. Fails with Forbidden, NotForOperator, NoSecondFactor, SecondFactorExists, WrongCode, TooManyAttempts, InvalidValue. */
    public void confirm(Caller caller, String code) {
        UUID id = own(caller);
        if (isEnrolled(existing(id))) {
            throw new FailureException(new Failure.SecondFactorExists());
        }
        spend(id, code, totp -> new AccessToken.Totp(totp.secret(), totp.lastStep(), true));
        prove(caller);
    }

    /**
     * Takes it away. Fails with Forbidden, NotForOperator, NoSecondFactor, SecondFactorRequired, WrongCode, TooManyAttempts, InvalidValue.
     *
     * @param code not needed while it is not confirmed
     */
    public void remove(Caller caller, Optional<String> code) {
        UUID id = own(caller);
        if (isEnrolled(existing(id))) {
            spend(id, code.orElseThrow(() -> new FailureException(new Failure.SecondFactorRequired())), totp -> null);
        } else {
            drop(id, false);
        }
    }

    /** Takes away that of any token, whose user has lost it. Fails with Forbidden, UnknownToken, NotForOperator, NoSecondFactor. */
    public void reset(Caller caller, UUID id) {
        AccessTokens.requireAdmin(caller);
        if (id.equals(AccessToken.OPERATOR_ID)) {
            throw new FailureException(new Failure.NotForOperator());
        }
        drop(id, true);
        synchronized (wrong) {
            wrong.remove(id);
        }
    }

    private void drop(UUID id, boolean confirmedToo) {
        Retry.on(() -> {
            AccessToken token = existing(id);
            if (token.totp() == null) {
                throw new FailureException(new Failure.NoSecondFactor());
            }
            if (!confirmedToo && token.totp().confirmed()) {
                throw new FailureException(new Failure.SecondFactorRequired());
            }
            core.commit(List.of(new Change.EntityReplaced(token, token.withTotp(null))));
            return token;
        });
    }

    /**
     * Makes a code enough for what the session does in the next minutes. Fails with Forbidden, UnknownSession when the caller has none, NotForOperator, NoSecondFactor,
     * WrongCode, TooManyAttempts, InvalidValue.
     */
    public void prove(Caller caller, String code) {
        UUID id = own(caller);
        if (session(caller).isEmpty()) {
            throw new FailureException(new Failure.UnknownSession());
        }
        accept(id, code);
        prove(caller);
    }

    /**
     * Passes when the caller's token has none, when the session has shown a code just before, for a one-time token (which was made for this), and with a right code.
     * Fails with SecondFactorRequired, WrongCode, TooManyAttempts, InvalidValue.
     */
    public void require(Caller caller, Optional<String> code) {
        if (!(caller instanceof Caller.Bearer bearer) || bearer.token().id().equals(AccessToken.OPERATOR_ID) || !isEnrolled(existing(bearer.token().id()))) {
            return;
        }
        Instant proven = session(caller).map(Session::provenUntil).orElse(null);
        if (proven != null && core.now().isBefore(proven)) {
            return;
        }
        accept(bearer.token().id(), code.orElseThrow(() -> new FailureException(new Failure.SecondFactorRequired())));
        prove(caller);
    }

    /** Uses a code up. Fails with NoSecondFactor when there is none in force, WrongCode, TooManyAttempts, InvalidValue. */
    void accept(UUID token, String code) {
        if (token.equals(AccessToken.OPERATOR_ID)) {
            throw new FailureException(new Failure.NotForOperator());
        }
        if (!isEnrolled(existing(token))) {
            throw new FailureException(new Failure.NoSecondFactor());
        }
        spend(token, code, totp -> totp);
    }

    /** @param then what becomes of it, its last step being that of the code */
    private void spend(UUID id, String code, UnaryOperator<AccessToken.Totp> then) {
        if (!Totp.isCode(code)) {
            throw new FailureException(new Failure.InvalidValue("code", "must be six digits"));
        }
        if (existing(id).totp() == null) {
            throw new FailureException(new Failure.NoSecondFactor());
        }
        Wrong before = begin(id);
        try {
            Retry.on(() -> {
                AccessToken token = existing(id);
                AccessToken.Totp totp = token.totp();
                if (totp == null) {
                    throw new FailureException(new Failure.NoSecondFactor());
                }
                long step = Totp.accept(totp.secret(), code, core.now(), totp.lastStep()).orElseThrow(() -> new FailureException(new Failure.WrongCode()));
                // Whoever comes with the same code at the same moment finds another token than it has read.
                core.commit(List.of(new Change.EntityReplaced(token, token.withTotp(then.apply(new AccessToken.Totp(totp.secret(), step, totp.confirmed()))))));
                return token;
            });
            forget(id);
        } catch (FailureException e) {
            if (!(e.failure() instanceof Failure.WrongCode)) {
                takeBack(id, before);
            }
            throw e;
        }
    }

    /** Counts a try as a wrong one. @return what was counted before; null for nothing */
    private Wrong begin(UUID id) {
        Instant now = core.now();
        synchronized (wrong) {
            Wrong before = wrong.get(id);
            Duration wait = before == null ? Duration.ZERO : GuessLimiter.linkWait(before.count(), before.last(), now);
            if (!wait.isZero()) {
                throw new FailureException(new Failure.TooManyAttempts(wait));
            }
            // Taken out and put back, so that it becomes the youngest.
            wrong.remove(id);
            wrong.put(id, new Wrong(before == null ? 1 : before.count() + 1, now));
            return before;
        }
    }

    private void forget(UUID id) {
        synchronized (wrong) {
            wrong.remove(id);
        }
    }

    /** The try was none: the code was not looked at. */
    private void takeBack(UUID id, Wrong before) {
        synchronized (wrong) {
            wrong.computeIfPresent(id, (_, now) -> now.count() == 1 ? null : new Wrong(now.count() - 1, before == null ? now.last() : before.last()));
        }
    }

    private void prove(Caller caller) {
        Retry.on(() -> {
            Optional<Session> session = session(caller);
            if (session.isPresent()) {
                core.commit(List.of(new Change.EntityReplaced(session.get(), session.get().proven(core.now().plus(PROVEN)))));
            }
            return session;
        });
    }

    private Optional<Session> session(Caller caller) {
        return caller instanceof Caller.Bearer bearer && bearer.session() != null ? core.catalog().entity(Session.class, bearer.session()) : Optional.empty();
    }

    /** The id of the caller's own token. */
    private static UUID own(Caller caller) {
        if (!(caller instanceof Caller.Bearer bearer)) {
            throw new FailureException(new Failure.Forbidden(Right.ADMIN));
        }
        if (bearer.token().id().equals(AccessToken.OPERATOR_ID)) {
            throw new FailureException(new Failure.NotForOperator());
        }
        return bearer.token().id();
    }

    private AccessToken existing(UUID id) {
        return core.catalog().entity(AccessToken.class, id).orElseThrow(() -> new FailureException(new Failure.UnknownToken()));
    }
}
