package tranzr.security;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tranzr.model.Digest;

/**
 * What stands in a URL in the place of a link's password, for a while: a time, and an HMAC-SHA256 by a key that is made of the link's own secret and of the stored form
 * of its password. So no key has to be kept, it holds across restarts, ends when the password is changed, and is of no use with another link. It tells nothing of the
 * password, whose salt nobody outside knows.
 */
public final class LinkGrant {

    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] LABEL = "tranzr link grant 1".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_SECONDS_DIGITS = 12;

    private LinkGrant() {
    }

    /**
     * A grant as it stands in a query, of letters, digits, {@code .}, {@code -} and {@code _}.
     *
     * @param token the link's secret
     * @param password in its stored form; null when the link has none
     * @param until when it ends, to the second
     */
    public static String of(String token, String password, Instant until) {
        String seconds = Long.toString(until.getEpochSecond());
        return seconds + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(mac(token, password, seconds));
    }

    /** Whether this is a grant for that link which has not ended. @param grant as somebody gave it */
    public static boolean holds(String grant, String token, String password, Instant now) {
        int dot = grant.indexOf('.');
        if (dot < 1 || dot > MAX_SECONDS_DIGITS || !grant.substring(0, dot).matches("[1-9][0-9]*")) {
            return false;
        }
        String seconds = grant.substring(0, dot);
        String expected = seconds + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(mac(token, password, seconds));
        // The texts, not the bytes, so that there is one way only to write it.
        boolean genuine = MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), grant.getBytes(StandardCharsets.UTF_8));
        return genuine && now.getEpochSecond() < Long.parseLong(seconds);
    }

    private static byte[] mac(String token, String password, String seconds) {
        Digest key = Digest.sha256(joined(LABEL, bytes(token), bytes(password == null ? "" : password)));
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key.bytes(), ALGORITHM));
            return mac.doFinal(joined(LABEL, bytes(seconds)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Each with its length before it, so that nothing of one passes for part of another. */
    private static byte[] joined(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += Integer.BYTES + part.length;
        }
        ByteBuffer joined = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            joined.putInt(part.length).put(part);
        }
        return joined.array();
    }
}
