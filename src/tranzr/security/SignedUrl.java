package tranzr.security;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Addresses that stand for themselves: whoever has one may do what it says, with nothing else. An HMAC-SHA256 covers the method, the path and the query up to the signature,
 * character by character as they are sent. So there is one way only to write each: a parameter that is changed, added, left out, repeated, moved or escaped in another way is another text. Nothing of a
 * request is read before its signature is known to be right. By the same key the server knows again what it has said itself ({@link #tag}).
 */
public final class SignedUrl {

    /** The parameter that the query ends with. */
    public static final String PARAMETER = "signature";

    private static final String ALGORITHM = "HmacSHA256";
    private static final String URL_LABEL = "tranzr signed url 1";
    private static final String TAG_LABEL = "tranzr tag 1";
    private static final String BEFORE_SIGNATURE = "&" + PARAMETER + "=";
    /** Of a tag, in bytes: nobody can try tags but by asking. */
    private static final int TAG_LENGTH = 16;

    private SignedUrl() {
    }

    /**
     * The path with its query and the signature behind it.
     *
     * @param key 32 random bytes
     * @param path escaped, as it will be sent
     * @param query the same; not empty, without {@code signature}
     */
    public static String sign(byte[] key, String method, String path, String query) {
        return path + "?" + query + BEFORE_SIGNATURE + base64(mac(key, URL_LABEL, method, path, query));
    }

    /**
     * Whether a request is one that was signed by this key. Takes as long for a wrong one as for a right one of the same length.
     *
     * @param path as it came, not decoded
     * @param query the same, with its signature; may be anything
     */
    public static boolean holds(byte[] key, String method, String path, String query) {
        int at = query.lastIndexOf(BEFORE_SIGNATURE);
        String signed = at < 0 ? query : query.substring(0, at);
        String given = at < 0 ? "" : query.substring(at + BEFORE_SIGNATURE.length());
        String expected = base64(mac(key, URL_LABEL, method, path, signed));
        // The texts, not the bytes, so that there is one way only to write it.
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    /** Marks some texts as the server's own: 32 hexadecimal digits, which nobody else can make. @param what for, so that a tag for one purpose is none for another */
    public static String tag(byte[] key, String what, String... texts) {
        String[] all = new String[texts.length + 1];
        all[0] = what;
        System.arraycopy(texts, 0, all, 1, texts.length);
        StringBuilder tag = new StringBuilder(2 * TAG_LENGTH);
        byte[] mac = mac(key, TAG_LABEL, all);
        for (int i = 0; i < TAG_LENGTH; i++) {
            tag.append(Character.forDigit(mac[i] >> 4 & 15, 16)).append(Character.forDigit(mac[i] & 15, 16));
        }
        return tag.toString();
    }

    /** Each text with its length before it, so that nothing of one passes for part of another. */
    private static byte[] mac(byte[] key, String label, String... texts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            update(mac, label);
            for (String text : texts) {
                update(mac, text);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    private static void update(Mac mac, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        mac.update(bytes);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
