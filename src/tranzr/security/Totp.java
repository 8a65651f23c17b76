package tranzr.security;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Codes that change with time (RFC 6238 over RFC 4226): HMAC-SHA1, six digits, a new one every 30 seconds. One step before and one after the present are taken as
 * well, since clocks differ (RFC 6238, section 5.2).
 */
public final class Totp {

    /** How long a code is shown. */
    public static final Duration STEP = Duration.ofSeconds(30);

    private static final int DIGITS = 6;
    private static final int SECRET_BYTES = 20;
    private static final int STEPS_EITHER_SIDE = 1;

    private Totp() {
    }

    /** 20 random bytes in base32, without padding. @param random a {@link java.security.SecureRandom} but in tests */
    public static String newSecret(RandomGenerator random) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return Base32.encode(secret);
    }

    /** Whether a text looks like a code: six digits of ASCII. */
    public static boolean isCode(String text) {
        return text.matches("[0-9]{" + DIGITS + "}");
    }

    /**
     * The time step whose code it is; empty when it is none that may be used now. How long that takes does not tell which step it was, nor how much of the
     * code was right.
     *
     * @param secret in base32
     * @param lastStep of the last code that was accepted: neither that one nor an older one is accepted (RFC 6238, section 5.2); 0 for none
     */
    public static OptionalLong accept(String secret, String code, Instant now, long lastStep) {
        byte[] key = Base32.decode(secret);
        byte[] given = code.getBytes(StandardCharsets.UTF_8);
        long present = stepOf(now);
        long accepted = -1;
        for (long step = present - STEPS_EITHER_SIDE; step <= present + STEPS_EITHER_SIDE; step++) {
            boolean right = MessageDigest.isEqual(given, code(key, step, DIGITS).getBytes(StandardCharsets.UTF_8));
            accepted = right & step > lastStep ? step : accepted;
        }
        return accepted < 0 ? OptionalLong.empty() : OptionalLong.of(accepted);
    }

    /** The code that an authenticator shows at a time. @param secret in base32 */
    public static String code(String secret, Instant at) {
        return code(Base32.decode(secret), stepOf(at), DIGITS);
    }

    /** What an authenticator app reads as a QR code. @param account may have any characters */
    public static String uri(String secret, String issuer, String account) {
        return "otpauth://totp/" + encoded(issuer) + ":" + encoded(account) + "?secret=" + secret + "&issuer=" + encoded(issuer)
                + "&algorithm=SHA1&digits=" + DIGITS + "&period=" + STEP.toSeconds();
    }

    private static long stepOf(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), STEP.toSeconds());
    }

    /** HOTP (RFC 4226, section 5.3). */
    static String code(byte[] key, long counter, int digits) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(key, "RAW"));
            byte[] hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(counter).array());
            int offset = hash[hash.length - 1] & 0xf;
            int number = ByteBuffer.wrap(hash).getInt(offset) & 0x7fff_ffff;
            int modulus = 1;
            for (int i = 0; i < digits; i++) {
                modulus *= 10;
            }
            return ("%0" + digits + "d").formatted(number % modulus);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA1", e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
