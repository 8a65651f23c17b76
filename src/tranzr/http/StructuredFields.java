package tranzr.http;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Structured Fields (RFC 9651), read as strictly as its section 4.2 demands: what breaks the grammar anywhere is no value at all. Parameters are checked and dropped,
 * since no field here defines any. Memory and time are proportional to the text, which the limit on heads bounds.
 *
 * <p>Bare items become {@link Long}, {@link BigDecimal}, {@link String}, {@link Token}, {@code byte[]}, {@link Boolean}, {@link Date} or {@link DisplayString}, and inner lists a {@link List} of these.
 */
public final class StructuredFields {

    /** Section 3.3.4. */
    record Token(String text) {
    }

    /** Section 3.3.7. @param seconds since 1970 */
    record Date(long seconds) {
    }

    /** Section 3.3.8. */
    record DisplayString(String text) {
    }

    private static final int INTEGER_DIGITS = 15;
    private static final int WHOLE_DIGITS_OF_DECIMAL = 12;
    private static final int FRACTION_DIGITS = 3;

    /** The largest Integer there is (section 3.3.1). */
    public static final long MAX_INTEGER = 999_999_999_999_999L;

    private final String text;
    private int at;

    private StructuredFields(List<String> lines) {
        this.text = String.join(", ", lines); // section 4.2, step 2
    }

    /** The value of a field that is a Boolean Item; empty when the field is absent, malformed, or anything else. */
    public static Optional<Boolean> flag(List<String> lines) {
        return item(lines).filter(Boolean.class::isInstance).map(Boolean.class::cast);
    }

    /** The value of a field that is an Integer Item of at least 0; empty when the field is absent, malformed, or anything else. */
    public static OptionalLong whole(List<String> lines) {
        return item(lines).filter(value -> value instanceof Long number && number >= 0).map(value -> OptionalLong.of((Long) value)).orElse(OptionalLong.empty());
    }

    /** The value of a field that is an Item (section 4.2.3); empty when it is absent or malformed. */
    static Optional<Object> item(List<String> lines) {
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        try {
            StructuredFields field = new StructuredFields(lines);
            field.skipSpaces();
            Object value = field.readItem();
            field.skipSpaces();
            return field.isAtEnd() ? Optional.of(value) : Optional.empty();
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    /** The members of a field that is a Dictionary (section 4.2.2), the last of each key, in the order of their first; empty when it is malformed. No lines have no members. */
    static Optional<Map<String, Object>> dictionary(List<String> lines) {
        try {
            StructuredFields field = new StructuredFields(lines);
            field.skipSpaces();
            Map<String, Object> members = field.readMembers();
            return Optional.of(members);
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    private Map<String, Object> readMembers() throws MalformedException {
        Map<String, Object> members = new LinkedHashMap<>();
        while (!isAtEnd()) {
            String key = readKey();
            Object value = true;
            if (isNext('=')) {
                at++;
                value = isNext('(') ? readInnerList() : readBareItem();
            }
            skipParameters();
            members.put(key, value);
            skipBlanks();
            if (isAtEnd()) {
                return members;
            }
            expect(',');
            skipBlanks();
            require(!isAtEnd()); // a trailing comma
        }
        return members;
    }

    private List<Object> readInnerList() throws MalformedException {
        List<Object> items = new ArrayList<>();
        expect('(');
        while (true) {
            skipSpaces();
            if (isNext(')')) {
                at++;
                return items;
            }
            items.add(readItem());
            require(isNext(' ') || isNext(')'));
        }
    }

    private Object readItem() throws MalformedException {
        Object value = readBareItem();
        skipParameters();
        return value;
    }

    private void skipParameters() throws MalformedException {
        while (isNext(';')) {
            at++;
            skipSpaces();
            readKey();
            if (isNext('=')) {
                at++;
                readBareItem();
            }
        }
    }

    private String readKey() throws MalformedException {
        int from = at;
        require(isNext('*') || isLower(peek()));
        while (isLower(peek()) || isDigit(peek()) || "_-.*".indexOf(peek()) >= 0) {
            at++;
        }
        return text.substring(from, at);
    }

    /** Section 4.2.3.1. */
    private Object readBareItem() throws MalformedException {
        char c = peek();
        if (c == '-' || isDigit(c)) {
            return readNumber();
        }
        if (c == '*' || isLetter(c)) {
            return readToken();
        }
        return switch (c) {
            case '"' -> readString();
            case ':' -> readBytes();
            case '?' -> readBoolean();
            case '@' -> readDate();
            case '%' -> readDisplayString();
            default -> throw new MalformedException();
        };
    }

    /** Section 4.2.4. */
    private Object readNumber() throws MalformedException {
        int from = at;
        if (isNext('-')) {
            at++;
        }
        int whole = countDigits();
        require(whole > 0);
        if (!isNext('.')) {
            require(whole <= INTEGER_DIGITS);
            return Long.parseLong(text, from, at, 10);
        }
        at++;
        int fraction = countDigits();
        require(whole <= WHOLE_DIGITS_OF_DECIMAL && fraction > 0 && fraction <= FRACTION_DIGITS);
        return new BigDecimal(text.substring(from, at));
    }

    private int countDigits() {
        int from = at;
        while (isDigit(peek())) {
            at++;
        }
        return at - from;
    }

    private Token readToken() {
        int from = at;
        while (!isAtEnd() && (Syntax.isTokenCharacter(peek()) || isNext(':') || isNext('/'))) {
            at++;
        }
        return new Token(text.substring(from, at));
    }

    /** Section 4.2.5. */
    private String readString() throws MalformedException {
        StringBuilder value = new StringBuilder();
        expect('"');
        while (!isNext('"')) {
            char c = next();
            if (c == '\\') {
                c = next();
                require(c == '"' || c == '\\');
            }
            require(c >= ' ' && c < 0x7f);
            value.append(c);
        }
        at++;
        return value.toString();
    }

    /** Section 4.2.7. Without its padding it is refused, so that nothing has two spellings. */
    private byte[] readBytes() throws MalformedException {
        expect(':');
        int end = text.indexOf(':', at);
        require(end >= 0 && (end - at) % 4 == 0);
        try {
            byte[] bytes = Base64.getDecoder().decode(text.substring(at, end));
            at = end + 1;
            return bytes;
        } catch (IllegalArgumentException e) {
            throw new MalformedException();
        }
    }

    private boolean readBoolean() throws MalformedException {
        expect('?');
        char c = next();
        require(c == '0' || c == '1');
        return c == '1';
    }

    private Date readDate() throws MalformedException {
        expect('@');
        Object seconds = readNumber();
        require(seconds instanceof Long);
        return new Date((Long) seconds);
    }

    /** Section 4.2.10. */
    private DisplayString readDisplayString() throws MalformedException {
        expect('%');
        expect('"');
        ByteBuffer bytes = ByteBuffer.allocate(text.length() - at);
        while (!isNext('"')) {
            char c = next();
            require(c >= ' ' && c < 0x7f);
            bytes.put((byte) (c == '%' ? lowerHex(next()) << 4 | lowerHex(next()) : c));
        }
        at++;
        try {
            return new DisplayString(Syntax.utf8(bytes.flip()));
        } catch (CharacterCodingException e) {
            throw new MalformedException();
        }
    }

    private static int lowerHex(char c) throws MalformedException {
        require(isDigit(c) || c >= 'a' && c <= 'f');
        return Character.digit(c, 16);
    }

    /** The next character; NUL, which stands nowhere in a field, at the end. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private char next() throws MalformedException {
        require(!isAtEnd());
        return text.charAt(at++);
    }

    private boolean isNext(char c) {
        return peek() == c;
    }

    private boolean isAtEnd() {
        return at == text.length();
    }

    private void expect(char c) throws MalformedException {
        require(next() == c);
    }

    private void skipSpaces() {
        while (isNext(' ')) {
            at++;
        }
    }

    private void skipBlanks() {
        while (isNext(' ') || isNext('\t')) {
            at++;
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLower(char c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isLetter(char c) {
        return isLower(c) || c >= 'A' && c <= 'Z';
    }

    private static void require(boolean fits) throws MalformedException {
        if (!fits) {
            throw new MalformedException();
        }
    }

    /** The text is not of the grammar. */
    private static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException() {
            super("no structured field", null, false, false);
        }
    }
}
