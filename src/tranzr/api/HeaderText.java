package tranzr.api;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tranzr.http.Request;

/** Header fields that hold words of people, such as passwords. */
public final class HeaderText {

    private HeaderText() {
    }

    /**
     * The field's value. HTTP gives bytes beyond ASCII no meaning (RFC 9110, section 5.5); clients send them as typed, which
     * nearly always is UTF-8, and Latin-1 otherwise.
     */
    public static Optional<String> of(Request request, String name) {
        return request.header(name).map(HeaderText::decode);
    }

    static String decode(String latin1) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(latin1.getBytes(StandardCharsets.ISO_8859_1));
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            return latin1;
        }
    }
}
