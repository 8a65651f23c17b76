package tranzr.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.random.RandomGenerator;
import tranzr.model.Digest;

/** Random secrets: 32 bytes, base64url, with a prefix that says what they open. Kept only as hashes. */
public final class Tokens {

    private static final int RANDOM_BYTES = 32;

    /** What a token opens. */
    public enum Kind {
        /** The API. Prefix {@code tzk_}. */
        ACCESS("tzk_"),
        /** A share link: no prefix, since it stands in short URLs. */
        SHARE(""),
        /** The deletion of one file. Prefix {@code tzd_}. */
        DELETE("tzd_"),
        /** Uploads by guests. Prefix {@code tzr_}. */
        REQUEST("tzr_"),
        /** One thing once. Prefix {@code tzo_}. */
        ONE_TIME("tzo_"),
        /** The cookie of a browser that has logged in. Prefix {@code tzs_}. */
        SESSION("tzs_");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }

        /** What every token of this kind begins with; may be empty. */
        public String prefix() {
            return prefix;
        }
    }

    private Tokens() {
    }

    /** @param random a {@link java.security.SecureRandom} but in tests */
    public static String create(Kind kind, RandomGenerator random) {
        byte[] secret = new byte[RANDOM_BYTES];
        random.nextBytes(secret);
        return kind.prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /** Whether two secrets are the same, in a time that does not tell where they differ. */
    public static boolean matches(String given, String expected) {
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
    }

    /** SHA-256 of the token's UTF-8. */
    public static Digest hash(String token) {
        return Digest.sha256(token.getBytes(StandardCharsets.UTF_8));
    }
}
