package tranzr.transfer;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import tranzr.model.Digest;
import tranzr.security.GuessLimiter;
import tranzr.security.SharePassword;

/**
 * Checks the passwords of links, whatever they are for: hashes no more than it must, and slows guessing down by link and by address. What a
 * visitor has proved stays good for a while, so that range requests and chunks do not hash again. Safe for several threads.
 */
public final class PasswordCheck {

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
    /** Checks under way by link: each counts as wrong until it is known to be right. */
    private final Map<Digest, Integer> underWay = new HashMap<>();

    PasswordCheck(Core core, SharePassword passwords, GuessLimiter guesses) {
        this.core = core;
        this.passwords = passwords;
        this.guesses = guesses;
        core.random.nextBytes(pepper);
    }

    /** The form to keep. Fails with InvalidValue, TooManyAttempts. */
    public String hash(String password) {
        String objection = SharePassword.objection(password);
        if (objection != null) {
            throw new FailureException(new Failure.InvalidValue("password", objection));
        }
        return hashed(password);
    }

    private String hashed(String password) {
        try {
            return passwords.hash(password);
        } catch (SharePassword.BusyException e) {
            throw tooMany(e.retryAfter());
        }
    }

    /** A strong random password that people can type. */
    public String generate() {
        return SharePassword.generate(core.random);
    }

    /** Fails with PasswordRequired, WrongPassword, TooManyAttempts. @param given may be null */
    public void require(Guarded link, InetAddress from, String given) {
        if (given == null) {
            throw new FailureException(new Failure.PasswordRequired());
        }
        Digest grant = grantOf(link, given);
        if (isGranted(grant)) {
            return;
        }
        requireNoWait(from);
        begin(link);
        try {
            if (matches(given, link.password())) {
                accepted(link, given);
                synchronized (this) {
                    grants.put(grant, core.now().plus(GRANT));
                }
                return;
            }
            rejected(link, from);
        } finally {
            end(link);
        }
        throw new FailureException(new Failure.WrongPassword());
    }

    /** Costs what a check costs, for a link that does not exist, or that is not for this address. Fails with TooManyAttempts. */
    public void spendAsMuch(InetAddress from, String given) {
        requireNoWait(from);
        matches(given, null);
        guesses.failed(from, core.now());
    }

    private boolean matches(String given, String stored) {
        try {
            return passwords.matches(given, stored);
        } catch (SharePassword.BusyException e) {
            throw tooMany(e.retryAfter());
        }
    }

    private void requireNoWait(InetAddress from) {
        Duration wait = guesses.addressWait(from, core.now());
        if (!wait.isZero()) {
            throw tooMany(wait);
        }
    }

    private synchronized void begin(Guarded link) {
        Guarded.Misses before = link.misses();
        int others = underWay.getOrDefault(link.key(), 0);
        int failures = before.count() + others;
        Instant last = before.last() == null || others > 0 ? core.now() : before.last();
        Duration wait = failures == 0 ? Duration.ZERO : GuessLimiter.linkWait(failures, last, core.now());
        if (!wait.isZero()) {
            throw tooMany(wait);
        }
        underWay.merge(link.key(), 1, Integer::sum);
    }

    private synchronized void end(Guarded link) {
        underWay.computeIfPresent(link.key(), (key, count) -> count == 1 ? null : count - 1);
    }

    private void accepted(Guarded link, String password) {
        if (link.misses().count() > 0) {
            link.note(Guarded.Misses.NONE);
        }
        if (passwords.needsRehash(link.password())) {
            link.strengthen(hashed(password));
        }
    }

    private void rejected(Guarded link, InetAddress from) {
        Instant now = core.now();
        guesses.failed(from, now);
        synchronized (this) {
            link.note(new Guarded.Misses(link.misses().count() + 1, now));
        }
    }

    private synchronized boolean isGranted(Digest grant) {
        Instant until = grants.get(grant);
        return until != null && core.now().isBefore(until);
    }

    /** Bound to the stored form, so that a changed password ends it. */
    private Digest grantOf(Guarded link, String password) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(pepper);
        bytes.writeBytes(link.key().bytes());
        bytes.writeBytes(Digest.sha256(link.password().getBytes(StandardCharsets.UTF_8)).bytes());
        bytes.writeBytes(password.getBytes(StandardCharsets.UTF_8));
        return Digest.sha256(bytes.toByteArray());
    }

    private static FailureException tooMany(Duration wait) {
        return new FailureException(new Failure.TooManyAttempts(wait));
    }
}
