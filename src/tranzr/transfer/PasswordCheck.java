package tranzr.transfer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.Digest;
import tranzr.model.Share;
import tranzr.security.GuessLimiter;
import tranzr.security.SharePassword;

/**
 * Checks the passwords of shares: hashes no more than it must, and slows guessing down by link and by address. What a
 * visitor has proved stays good for a while, so that range requests do not hash again.
 */
final class PasswordCheck {

    private static final Duration GRANT = Duration.ofMinutes(10);
    private static final int GRANTS = 10_000;

    private final Core core;
    private final SharePassword passwords;
    private final GuessLimiter guesses;
    /** Of this process only, so that what is in {@link #grants} tells nothing about the passwords. */
    private final byte[] pepper = new byte[32];
    private final Map<Digest, Instant> grants = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, Instant> eldest) {
            return size() > GRANTS;
        }
    };
    /** Checks under way by share: each counts as wrong until it is known to be right. */
    private final Map<Digest, Integer> underWay = new HashMap<>();

    PasswordCheck(Core core, SharePassword passwords, GuessLimiter guesses) {
        this.core = core;
        this.passwords = passwords;
        this.guesses = guesses;
        core.random.nextBytes(pepper);
    }

    String hash(String password) {
        try {
            return passwords.hash(password);
        } catch (SharePassword.BusyException e) {
            throw tooMany(e.retryAfter());
        }
    }

    /** Fails with PasswordRequired, WrongPassword, TooManyAttempts. */
    void require(Share share, Shares.Visitor visitor) {
        if (visitor.password() == null) {
            throw new FailureException(new Failure.PasswordRequired());
        }
        Digest grant = grantOf(share, visitor.password());
        if (isGranted(grant)) {
            return;
        }
        requireNoWait(visitor);
        begin(share);
        try {
            if (matches(visitor.password(), share.password())) {
                accepted(share, visitor.password());
                synchronized (this) {
                    grants.put(grant, core.now().plus(GRANT));
                }
                return;
            }
            rejected(share, visitor);
        } finally {
            end(share);
        }
        throw new FailureException(new Failure.WrongPassword());
    }

    /** Costs what a check costs, for a link that does not exist. Fails with TooManyAttempts. */
    void spendAsMuch(Shares.Visitor visitor) {
        requireNoWait(visitor);
        matches(visitor.password(), null);
        guesses.failed(visitor.address(), core.now());
    }

    private boolean matches(String given, String stored) {
        try {
            return passwords.matches(given, stored);
        } catch (SharePassword.BusyException e) {
            throw tooMany(e.retryAfter());
        }
    }

    private void requireNoWait(Shares.Visitor visitor) {
        Duration wait = guesses.addressWait(visitor.address(), core.now());
        if (!wait.isZero()) {
            throw tooMany(wait);
        }
    }

    private synchronized void begin(Share share) {
        Share now = core.catalog.share(share.tokenHash()).orElse(share);
        int others = underWay.getOrDefault(share.tokenHash(), 0);
        int failures = now.failedPasswords() + others;
        Instant last = now.lastFailure() == null || others > 0 ? core.now() : now.lastFailure();
        Duration wait = failures == 0 ? Duration.ZERO : GuessLimiter.linkWait(failures, last, core.now());
        if (!wait.isZero()) {
            throw tooMany(wait);
        }
        underWay.merge(share.tokenHash(), 1, Integer::sum);
    }

    private synchronized void end(Share share) {
        underWay.computeIfPresent(share.tokenHash(), (key, count) -> count == 1 ? null : count - 1);
    }

    private void accepted(Share share, String password) {
        if (share.failedPasswords() > 0) {
            set(new Change.PasswordFailuresSet(share.tokenHash(), 0, null));
        }
        if (passwords.needsRehash(share.password())) {
            set(new Change.ShareTermsChanged(share.tokenHash(), share.expires(), share.maxDownloads(), hash(password)));
        }
    }

    private void rejected(Share share, Shares.Visitor visitor) {
        Instant now = core.now();
        guesses.failed(visitor.address(), now);
        synchronized (this) {
            int before = core.catalog.share(share.tokenHash()).map(Share::failedPasswords).orElse(0);
            set(new Change.PasswordFailuresSet(share.tokenHash(), before + 1, now));
        }
    }

    private void set(Change change) {
        try {
            core.commit(List.of(change));
        } catch (ConflictException e) {
            throw new FailureException(new Failure.UnknownShare());
        }
    }

    private synchronized boolean isGranted(Digest grant) {
        Instant until = grants.get(grant);
        return until != null && core.now().isBefore(until);
    }

    /** Bound to the stored form, so that a changed password ends it. */
    private Digest grantOf(Share share, String password) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(pepper);
        bytes.writeBytes(share.tokenHash().bytes());
        bytes.writeBytes(Digest.sha256(share.password().getBytes(StandardCharsets.UTF_8)).bytes());
        bytes.writeBytes(password.getBytes(StandardCharsets.UTF_8));
        return Digest.sha256(bytes.toByteArray());
    }

    private static FailureException tooMany(Duration wait) {
        return new FailureException(new Failure.TooManyAttempts(wait));
    }
}
