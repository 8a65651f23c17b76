package tranzr.http;

import java.nio.charset.StandardCharsets;

/**
 * Watches the bytes of a request's head on their way into the JDK's parser, and stops what that parser would take although RFC 9112
 * does not allow it: line ends of a bare CR or LF (section 2.2), folded lines (5.2), white space around names (5.1), control characters
 * (RFC 9110, 5.5), a request line without a method or a version, or with more than two spaces (3), a target that is neither a path nor an http URL (3.2), on which
 * that parser gives up without an answer. At the first of these, the head is cut short with {@link #rest}, so
 * that the parser comes to its end and the request can be refused with an answer.
 */
final class HeadGuard {

    private static final int MAX_TARGET_BYTES = 8192;
    /** The parser counts in nearly the same way, but says nothing when it is too much: stay below it. */
    private static final int MAX_COST = ServerProperties.MAX_HEAD_BYTES - 256;
    private static final int LINE_COST = 32;
    private static final int MAX_BLANK_BYTES = 8;

    /** What the next byte belongs to, and what ends the head from there. */
    private enum State {
        BEFORE("GET / HTTP/1.1\r\n\r\n"), BEFORE_LF("\nGET / HTTP/1.1\r\n\r\n"), METHOD(" / HTTP/1.1\r\n\r\n"), TARGET_START("/ HTTP/1.1\r\n\r\n"), SCHEME("//a/ HTTP/1.1\r\n\r\n"),
        TARGET(" HTTP/1.1\r\n\r\n"), VERSION_START("HTTP/1.1\r\n\r\n"), VERSION("\r\n\r\n"), FIRST_LF("\n\r\n"), LINE_START("\r\n"), NAME(":\r\n\r\n"), VALUE("\r\n\r\n"), LINE_LF("\n\r\n"),
        LAST_LF("\n"), DONE("");

        final byte[] rest;

        State(String rest) {
            this.rest = rest.getBytes(StandardCharsets.US_ASCII);
        }
    }

    private State state = State.BEFORE;
    private int cost = LINE_COST;
    private int fields;
    private int targetBytes;
    /** The beginning of a target that is no path. */
    private String scheme = "";
    private BadRequestException violation;

    /** Takes the next byte (0 to 255). @return whether the parser may have it */
    boolean accept(int b) {
        cost++;
        if (cost > MAX_COST) {
            return refuse(431, "head_too_large", "The request line and the header fields are too large together.");
        }
        return switch (state) {
            case BEFORE -> before(b);
            case METHOD -> method(b);
            case TARGET_START, SCHEME, TARGET -> target(b);
            case VERSION_START, VERSION -> b == '\r' && state == State.VERSION ? to(State.FIRST_LF)
                    : b > ' ' && b < 0x7f ? to(State.VERSION)
                    : refuse("invalid_request_line", "The request line is not METHOD SP TARGET SP VERSION CR LF.");
            case BEFORE_LF -> b == '\n' ? to(State.BEFORE) : bareLineEnd();
            case FIRST_LF, LINE_LF -> b == '\n' ? to(State.LINE_START) : bareLineEnd();
            case LINE_START -> lineStart(b);
            case NAME -> b == ':' ? to(State.VALUE) : Syntax.isTokenCharacter((char) b)
                    || refuse("invalid_header", "The name of a header field is not a token followed by a colon.");
            case VALUE -> value(b);
            case LAST_LF -> b == '\n' ? to(State.DONE) : bareLineEnd();
            case DONE -> throw new IllegalStateException("the head is at its end");
        };
    }

    boolean isDone() {
        return state == State.DONE;
    }

    /** What was not allowed; null when all was. */
    BadRequestException violation() {
        return violation;
    }

    /** What makes a complete head of the bytes accepted so far. */
    byte[] rest() {
        return state.rest;
    }

    private boolean before(int b) {
        if (b == '\r') { // empty lines before a request are to be skipped (RFC 9112, section 2.2), but not without end
            return cost - LINE_COST <= MAX_BLANK_BYTES ? to(State.BEFORE_LF)
                    : refuse("invalid_request_line", "Too many empty lines before the request line.");
        }
        if (b == '\n') {
            return bareLineEnd();
        }
        return Syntax.isTokenCharacter((char) b) ? to(State.METHOD) : refuse("invalid_method", "The request line does not begin with a method.");
    }

    private boolean method(int b) {
        return b == ' ' ? to(State.TARGET_START)
                : Syntax.isTokenCharacter((char) b) || refuse("invalid_method", "The method is not a token.");
    }

    private boolean target(int b) {
        if (b == ' ' && state == State.TARGET) {
            return to(State.VERSION_START);
        }
        if (b <= ' ' || b >= 0x7f) {
            return refuse("invalid_request_target", "The request target has a character that must be percent-encoded.");
        }
        if (++targetBytes > MAX_TARGET_BYTES) {
            return refuse(414, "target_too_long", "The request target has at most " + MAX_TARGET_BYTES + " characters.");
        }
        return state == State.TARGET || state == State.TARGET_START && b == '/' ? to(State.TARGET) : scheme(b);
    }

    private boolean scheme(int b) {
        String longer = scheme + (char) b;
        boolean whole = longer.equalsIgnoreCase("http://") || longer.equalsIgnoreCase("https://");
        if (!whole && !"http://".regionMatches(true, 0, longer, 0, longer.length()) && !"https://".regionMatches(true, 0, longer, 0, longer.length())) {
            return refuse("invalid_request_target", "The request target is neither a path nor an http URL.");
        }
        scheme = longer;
        return to(whole ? State.TARGET : State.SCHEME);
    }

    private boolean lineStart(int b) {
        if (b == '\r') {
            return to(State.LAST_LF);
        }
        if (b == ' ' || b == '\t') {
            return refuse("obsolete_line_folding", "A header field is folded over several lines.");
        }
        cost += LINE_COST;
        if (++fields > ServerProperties.MAX_FIELDS) {
            return refuse(431, "too_many_fields", "A request has at most " + ServerProperties.MAX_FIELDS + " header fields.");
        }
        if (b == '\n') {
            return bareLineEnd();
        }
        if (!Syntax.isTokenCharacter((char) b)) {
            return refuse("invalid_header", "The name of a header field is not a token.");
        }
        return to(State.NAME);
    }

    private boolean value(int b) {
        if (b == '\r') {
            return to(State.LINE_LF);
        }
        if (b == '\n') {
            return bareLineEnd();
        }
        return b >= ' ' && b != 0x7f || b == '\t'
                || refuse("invalid_header", "A control character in the value of a header field.");
    }

    private boolean to(State next) {
        state = next;
        return true;
    }

    private boolean bareLineEnd() {
        return refuse("invalid_line_end", "A line of the head does not end with CR LF.");
    }

    private boolean refuse(String code, String detail) {
        return refuse(400, code, detail);
    }

    private boolean refuse(int status, String code, String detail) {
        violation = new BadRequestException(status, code, null, detail);
        return false;
    }
}
