package tranzr.security;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Passwords of share links: PBKDF2-HMAC-SHA256, kept as {@code pbkdf2-sha256$iterations$salt$hash}. At most half of the processors hash at a time,
 * with a short queue; beyond it {@link BusyException}.
 */
public final class SharePassword {

    public static final int ITERATIONS = 600_000;
    public static final int MAX_CHARACTERS = 128;

    /** Too many passwords are being checked. */
    public static final class BusyException extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Duration retryAfter;

        public BusyException(Duration retryAfter) {
            this.retryAfter = retryAfter;
        }

        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** @param iterations {@link #ITERATIONS} but in tests */
    public SharePassword(int iterations, RandomGenerator random) {
    }

    /** Why a password cannot be used, in words that follow "the password"; null when it can. */
    public static String objection(String password) {
        throw new UnsupportedOperationException();
    }

    /** The form to keep. @throws IllegalArgumentException when there is an {@link #objection} */
    public String hash(String password) throws BusyException {
        throw new UnsupportedOperationException();
    }

    /** Whether it is the password of {@code stored}, in constant time. With a null {@code stored} it costs the same and is false. */
    public boolean matches(String password, String stored) throws BusyException {
        throw new UnsupportedOperationException();
    }

    /** Whether {@code stored} was made with fewer iterations than today's. */
    public boolean needsRehash(String stored) {
        throw new UnsupportedOperationException();
    }

    /** 25 letters and digits in groups of five, without those that look alike: 125 random bits. */
    public static String generate(RandomGenerator random) {
        throw new UnsupportedOperationException();
    }
}
