package tranzr.security;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Passwords of share links: PBKDF2-HMAC-SHA256 (RFC 8018, 5.2), kept as {@code pbkdf2-sha256$iterations$salt$hash} with salt and hash in base64.
 * At most half of the processors hash at a time, with a short queue; beyond it {@link BusyException}. Safe for several threads.
 * <p>Passwords are compared exactly, but for Unicode: both sides are brought to NFC first, since keyboards differ in how they compose a letter.
 */
public final class SharePassword {

    public static final int ITERATIONS = 600_000;
    /** In code points, after NFC. */
    public static final int MAX_CHARACTERS = 128;

    /** Lower-case letters and digits without 0 and o, 1 and l: 32 symbols, 5 bits each. */
    private static final String SYMBOLS = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final int GROUPS = 5;
    private static final int GROUP_LENGTH = 5;

    private static final String SCHEME = "pbkdf2-sha256";
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    /** More than this in a stored form is damage, not a cost anybody chose. */
    private static final int MAX_ITERATIONS = 100_000_000;
    /** Waiting callers for each that hashes: about a second of waiting at the usual speed. */
    private static final int QUEUE_PER_PERMIT = 8;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    /** Too many passwords are being checked. */
    public static final class BusyException extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Duration retryAfter;

        public BusyException(Duration retryAfter) {
            super("too many passwords are being checked", null, false, false);
            this.retryAfter = retryAfter;
        }

        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** The parts of what is kept. */
    private record Stored(int iterations, byte[] salt, byte[] hash) {

        static Stored parse(String text) {
            String[] parts = text.split("\\$", -1);
            if (parts.length != 4 || !parts[0].equals(SCHEME) || !parts[1].matches("[1-9][0-9]{0,8}")) {
                throw new IllegalArgumentException("not a stored share password");
            }
            Stored stored = new Stored(Integer.parseInt(parts[1]), Base64.getDecoder().decode(parts[2]), Base64.getDecoder().decode(parts[3]));
            if (stored.iterations > MAX_ITERATIONS || stored.salt.length == 0 || stored.hash.length != HASH_BYTES) {
                throw new IllegalArgumentException("not a stored share password");
            }
            return stored;
        }

        String text() {
            Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
            return SCHEME + "$" + iterations + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
        }
    }

    private final int iterations;
    private final RandomGenerator random;
    private final Semaphore hashing;
    private final AtomicInteger callers = new AtomicInteger();
    private final int maxCallers;

    /** @param iterations {@link #ITERATIONS} but in tests */
    public SharePassword(int iterations, RandomGenerator random) {
        this(iterations, random, new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2)));
    }

    /** @param hashing as many permits as may hash at a time; tests hold them back to fill the queue */
    SharePassword(int iterations, RandomGenerator random, Semaphore hashing) {
        this.iterations = iterations;
        this.random = random;
        this.hashing = hashing;
        this.maxCallers = Math.max(1, hashing.availablePermits()) * (1 + QUEUE_PER_PERMIT);
    }

    /** Why a password cannot be used, in words that follow "the password"; null when it can. */
    public static String objection(String password) {
        if (password.isEmpty()) {
            return "is empty";
        }
        // Composing shortens a text to a quarter at most in practice; what is longer need not be normalised to be refused.
        if (password.length() > 4 * MAX_CHARACTERS) {
            return "is longer than " + MAX_CHARACTERS + " characters";
        }
        for (int i = 0; i < password.length();) {
            int c = password.codePointAt(i);
            if (c >= 0xD800 && c <= 0xDFFF) {
                return "holds half a surrogate pair";
            }
            if (Character.isISOControl(c)) {
                // HTTP Basic cannot carry them (RFC 7617, 2).
                return "holds a control character";
            }
            i += Character.charCount(c);
        }
        String composed = composed(password);
        if (composed.codePointCount(0, composed.length()) > MAX_CHARACTERS) {
            return "is longer than " + MAX_CHARACTERS + " characters";
        }
        return null;
    }

    /** The form to keep. @throws IllegalArgumentException when there is an {@link #objection} */
    public String hash(String password) throws BusyException {
        String objection = objection(password);
        if (objection != null) {
            throw new IllegalArgumentException("the password " + objection);
        }
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new Stored(iterations, salt, derive(password, salt, iterations)).text();
    }

    /**
     * Whether it is the password of {@code stored}, in constant time. With a null {@code stored} it costs the same and is false. What no password can be
     * ({@link #objection}) is false at once, whatever is stored.
     *
     * @throws IllegalArgumentException when {@code stored} is nothing that {@link #hash} made
     */
    public boolean matches(String password, String stored) throws BusyException {
        if (objection(password) != null) {
            return false;
        }
        if (stored == null) {
            derive(password, new byte[SALT_BYTES], iterations);
            return false;
        }
        Stored kept = Stored.parse(stored);
        return MessageDigest.isEqual(kept.hash, derive(password, kept.salt, kept.iterations));
    }

    /** Whether {@code stored} was made with fewer iterations than today's. */
    public boolean needsRehash(String stored) {
        return Stored.parse(stored).iterations < iterations;
    }

    /** 25 letters and digits in groups of five, without those that look alike: 125 random bits. */
    public static String generate(RandomGenerator random) {
        StringBuilder password = new StringBuilder();
        for (int group = 0; group < GROUPS; group++) {
            if (group > 0) {
                password.append('-');
            }
            for (int i = 0; i < GROUP_LENGTH; i++) {
                password.append(SYMBOLS.charAt(random.nextInt(SYMBOLS.length())));
            }
        }
        return password.toString();
    }

    private byte[] derive(String password, byte[] salt, int rounds) throws BusyException {
        if (callers.incrementAndGet() > maxCallers) {
            callers.decrementAndGet();
            throw new BusyException(RETRY_AFTER);
        }
        try {
            hashing.acquireUninterruptibly();
            try {
                return pbkdf2(composed(password), salt, rounds);
            } finally {
                hashing.release();
            }
        } finally {
            callers.decrementAndGet();
        }
    }

    private static byte[] pbkdf2(String password, byte[] salt, int rounds) {
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, rounds, HASH_BYTES * 8);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has PBKDF2WithHmacSHA256", e);
        } finally {
            spec.clearPassword();
        }
    }

    private static String composed(String password) {
        return Normalizer.normalize(password, Normalizer.Form.NFC);
    }
}
