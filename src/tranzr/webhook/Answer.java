package tranzr.webhook;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * The head of an answer (RFC 9112, section 4), as far as it matters. The body is not waited for.
 *
 * @param head all lines of it
 */
record Answer(int status, String head) {

    static final int MAX_HEAD_BYTES = 16 << 10;
    private static final int MAX_BODY_BYTES = 1 << 10;
    private static final int MAX_DIGITS = 9;

    /** The first answer that is not interim. @throws IOException when it is none of HTTP/1, or its head is too long */
    static Answer read(InputStream in) throws IOException {
        int left = MAX_HEAD_BYTES;
        while (true) {
            String head = head(in, left);
            left -= head.length();
            if (!head.matches("(?s)HTTP/1\\.[01] [1-5][0-9]{2}[ \r\n].*")) {
                throw new IOException("no HTTP answer");
            }
            int status = Integer.parseInt(head.substring(9, 12));
            if (status >= 200) {
                // What is there is taken, so that the receiver's close is an orderly one.
                in.readNBytes(Math.min(in.available(), MAX_BODY_BYTES));
                return new Answer(status, head);
            }
        }
    }

    /** Up to and with the empty line; bare line feeds will do (RFC 9112, section 2.2). */
    private static String head(InputStream in, int limit) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < limit) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the connection was closed without an answer");
            }
            head.append((char) next);
            int length = head.length();
            if (next == '\n' && (length > 1 && head.charAt(length - 2) == '\n' || length > 2 && head.charAt(length - 3) == '\n' && head.charAt(length - 2) == '\r')) {
                return head.toString();
            }
        }
        throw new IOException("the answer's head is too long");
    }

    /** How long to wait, from a field that is either seconds or a date (RFC 9110, section 10.2.3); empty when there is none that makes sense. */
    Optional<Duration> retryAfter(Instant now) {
        for (String line : head.split("\r?\n")) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).equalsIgnoreCase("Retry-After")) {
                return parse(line.substring(colon + 1).strip(), now);
            }
        }
        return Optional.empty();
    }

    private static Optional<Duration> parse(String text, Instant now) {
        if (text.matches("[0-9]{1," + MAX_DIGITS + "}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            Duration wait = Duration.between(now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** For the request that this answers. */
    static byte[] requestHead(Target target, int bodyLength, String fields) {
        return ("POST " + target.path() + " HTTP/1.1\r\nHost: " + target.authority() + "\r\nUser-Agent: Tranzr\r\nContent-Length: " + bodyLength
                + "\r\nConnection: close\r\n" + fields + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }
}
