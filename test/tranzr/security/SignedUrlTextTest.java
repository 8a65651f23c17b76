package tranzr.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** The text of signed addresses, computed once more by the definition. */
class SignedUrlTextTest {

    private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private static byte[] mac(String... texts) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(all)) {
            for (String text : texts) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                out.writeInt(bytes.length);
                out.write(bytes);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
        return mac.doFinal(all.toByteArray());
    }

    @Test
    void aSignatureIsTheHmacOfEachPieceWithItsLengthBeforeIt() throws Exception {
        String expected = Base64.getUrlEncoder().withoutPadding().encodeToString(mac("tranzr signed url 1", "PUT", "/direct/a", "key=1&expires=2"));
        String url = SignedUrl.sign(KEY, "PUT", "/direct/a", "key=1&expires=2");
        assertEquals("/direct/a?key=1&expires=2&signature=" + expected, url);
        assertTrue(SignedUrl.holds(KEY, "PUT", "/direct/a", url.substring(url.indexOf('?') + 1)));
    }

    @Test
    void nothingOfOnePiecePassesForPartOfAnother() {
        String url = SignedUrl.sign(KEY, "PUT", "/a", "b=1");
        String query = url.substring(url.indexOf('?') + 1);
        String signature = query.substring(query.indexOf("&signature="));
        assertFalse(SignedUrl.holds(KEY, "PUT/", "a", query));
        assertFalse(SignedUrl.holds(KEY, "PU", "T/a", query));
        assertFalse(SignedUrl.holds(KEY, "PUT", "/ab", "=1" + signature));
        assertFalse(SignedUrl.holds(KEY, "PUT", "/a", "b=1&signature=x" + signature));
        assertFalse(SignedUrl.holds(new byte[32], "PUT", "/a", query));
        assertFalse(SignedUrl.holds(KEY, "PUT", "/a", query + "="));
        assertFalse(SignedUrl.holds(KEY, "PUT", "/a", ""));
    }

    /** The last letter of 43 carries four bits that mean something and two that do not. */
    @Test
    void aSignatureCanBeWrittenInOneWayOnly() {
        String url = SignedUrl.sign(KEY, "GET", "/a", "b=1");
        String query = url.substring(url.indexOf('?') + 1);
        int held = 0;
        for (char c : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/".toCharArray()) {
            held += SignedUrl.holds(KEY, "GET", "/a", query.substring(0, query.length() - 1) + c) ? 1 : 0;
        }
        assertEquals(1, held);
    }

    @Test
    void aTagIsForOnePurposeAndNoSignature() throws Exception {
        String tag = SignedUrl.tag(KEY, "part", "a", "b");
        StringBuilder expected = new StringBuilder();
        byte[] mac = mac("tranzr tag 1", "part", "a", "b");
        for (int i = 0; i < 16; i++) {
            expected.append(String.format("%02x", mac[i]));
        }
        assertEquals(expected.toString(), tag);
        assertNotEquals(tag, SignedUrl.tag(KEY, "part", "ab"));
        assertNotEquals(tag, SignedUrl.tag(KEY, "signer", "a", "b"));
    }
}
