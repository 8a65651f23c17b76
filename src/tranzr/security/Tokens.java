package tranzr.security;

import java.util.random.RandomGenerator;
import tranzr.model.Digest;

/** Random secrets: 32 bytes, base64url, with a prefix that says what they open. Kept only as hashes. */
public final class Tokens {

    /** What a token opens. */
    public enum Kind {
        /** The API. Prefix {@code tzk_}. */
        ACCESS,
        /** A share link: no prefix, since it stands in short URLs. */
        SHARE,
        /** The deletion of one file. Prefix {@code tzd_}. */
        DELETE
    }

    private Tokens() {
    }

    /** @param random a {@link java.security.SecureRandom} but in tests */
    public static String create(Kind kind, RandomGenerator random) {
        throw new UnsupportedOperationException();
    }

    /** SHA-256 of the token's UTF-8. */
    public static Digest hash(String token) {
        throw new UnsupportedOperationException();
    }
}
