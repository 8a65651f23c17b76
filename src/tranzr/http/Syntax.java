package tranzr.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** The grammar that header fields share (RFC 9110, section 5.6), and strict percent-decoding (RFC 3986, section 2.1). */
final class Syntax {

    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

    private Syntax() {
    }

    static boolean isTokenCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || TOKEN_SIGNS.indexOf(c) >= 0;
    }

    static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> isTokenCharacter((char) c));
    }

    /** Whether it is one ASCII digit or more. */
    static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /**
     * Decodes {@code %} sequences once, as strict UTF-8.
     *
     * @throws CharacterCodingException for a {@code %} without two hexadecimal digits, for bytes that are not UTF-8, and for
     *         characters that are not ASCII, which had to be encoded
     */
    static String percentDecode(String text, boolean plusIsSpace) throws CharacterCodingException {
        ByteBuffer bytes = ByteBuffer.allocate(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                boolean whole = i + 2 < text.length();
                int high = whole ? hexDigit(text.charAt(i + 1)) : -1;
                int low = whole ? hexDigit(text.charAt(i + 2)) : -1;
                if (high < 0 || low < 0) {
                    throw new CharacterCodingException();
                }
                bytes.put((byte) (high << 4 | low));
                i += 2;
            } else if (c > 0x7e || c < ' ') {
                throw new CharacterCodingException();
            } else {
                bytes.put((byte) (c == '+' && plusIsSpace ? ' ' : c));
            }
        }
        return utf8(bytes.flip());
    }

    private static int hexDigit(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    /** @throws CharacterCodingException when the bytes are not UTF-8 */
    static String utf8(ByteBuffer bytes) throws CharacterCodingException {
        CharBuffer characters = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT).decode(bytes);
        return characters.toString();
    }
}
