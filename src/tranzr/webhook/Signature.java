package tranzr.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** By which a receiver knows that what it is sent comes from this server, and when: HMAC (RFC 2104) with SHA-256. */
final class Signature {

    /** What every key begins with. It is signed with all of the key's text. */
    static final String KEY_PREFIX = "whsec_";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;

    private Signature() {
    }

    static String newKey(RandomGenerator random) {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return KEY_PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(key);
    }

    /** As it stands in {@code X-Tranzr-Signature}. @param timestamp seconds since 1970, as it stands in {@code X-Tranzr-Timestamp} */
    static String of(String key, String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
