package tranzr.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A {@code multipart/form-data} body (RFC 7578) as a stream of parts, in bounded memory: one buffer of 64 KiB, at most 8 KiB of header
 * for a part, at most 1000 parts. Used by one thread.
 */
public final class Multipart {

    static final int MAX_PARTS = 1000;
    static final int MAX_HEADER_BYTES = 8192;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int MAX_PADDING = 64;
    private static final byte[] LINE_END = {'\r', '\n'};
    private static final String BOUNDARY_SIGNS = "'()+_,-./:=? "; // RFC 2046, section 5.1.1

    /**
     * @param name of the form field
     * @param filename null when the part is a plain field
     * @param body the part's bytes; ends at the boundary; fails when the request ends before it
     */
    public record Part(String name, String filename, InputStream body) {
        /**
         * The part as short UTF-8 text.
         *
         * @throws BadRequestException {@code field_too_long} beyond {@code maxBytes}, {@code invalid_multipart} when it is not UTF-8
         */
        public String text(int maxBytes) throws IOException {
            byte[] bytes = body.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw RequestHead.bad("field_too_long", name, "The form field " + name + " has at most " + maxBytes + " bytes.");
            }
            try {
                return Syntax.utf8(ByteBuffer.wrap(bytes));
            } catch (CharacterCodingException e) {
                throw RequestHead.bad("invalid_multipart", name, "The form field " + name + " is not UTF-8.");
            }
        }
    }

    /** The body came whole, but its last part has no end. */
    static final class TruncatedException extends EOFException {
        private static final long serialVersionUID = 1L;

        TruncatedException() {
            super("The form is malformed: it ends within a part.");
        }
    }

    private final DelimitedStream stream;
    private Body current;
    private int parts;
    private boolean ended;

    Multipart(InputStream in, String boundary) {
        // The first delimiter may stand at the very beginning, where no line ends before it.
        stream = new DelimitedStream(in, LINE_END, ("\r\n--" + boundary).getBytes(StandardCharsets.US_ASCII), BUFFER_BYTES);
    }

    /** The parts of the request's body; empty when it is not {@code multipart/form-data}. @throws BadRequestException for a bad boundary */
    public static Optional<Multipart> of(Request request) {
        String type = request.header("Content-Type").orElse("");
        if (!type.strip().toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
            return Optional.empty();
        }
        String boundary;
        try {
            HeaderParameters parsed = HeaderParameters.parse(type, false);
            if (!parsed.value().equals("multipart/form-data")) {
                return Optional.empty();
            }
            boundary = parsed.parameters().get("boundary");
        } catch (IllegalArgumentException e) {
            throw invalid("Content-Type: " + e.getMessage());
        }
        if (boundary == null || boundary.isEmpty() || boundary.length() > 70 || boundary.endsWith(" ")
                || !boundary.chars().allMatch(Multipart::isBoundaryCharacter)) {
            throw invalid("Content-Type has no boundary of 1 to 70 characters (RFC 2046, section 5.1.1)");
        }
        return Optional.of(new Multipart(request.body(), boundary));
    }

    private static boolean isBoundaryCharacter(int c) {
        return c < 0x80 && Character.isLetterOrDigit(c) || BOUNDARY_SIGNS.indexOf(c) >= 0;
    }

    /**
     * The next part, after skipping what is unread of the one before; null after the last.
     *
     * @throws BadRequestException {@code invalid_multipart} when malformed, also when the body ends before its closing boundary
     */
    public Part next() throws IOException {
        if (ended) {
            return null;
        }
        skipSection(); // the part before, or the preamble
        stream.passDelimiter();
        current = null;
        if (isClosing()) {
            ended = true;
            return null;
        }
        if (++parts > MAX_PARTS) {
            throw invalid("there are more than " + MAX_PARTS + " parts");
        }
        HeaderParameters disposition = disposition(readHeaders());
        stream.beginSection();
        current = new Body();
        try {
            String extended = disposition.parameters().get("filename*");
            String filename = extended != null ? HeaderParameters.extendedValue(extended) : disposition.parameters().get("filename");
            return new Part(disposition.parameters().get("name"), filename, current);
        } catch (IllegalArgumentException e) {
            throw invalid(e.getMessage());
        }
    }

    private void skipSection() throws IOException {
        int ready = stream.ready();
        for (; ready > 0; ready = stream.ready()) {
            stream.skip(ready);
        }
        if (ready < 0) {
            throw invalid("the body ends before its closing boundary");
        }
    }

    /** Reads the rest of a boundary's line. @return whether it was the last boundary */
    private boolean isClosing() throws IOException {
        int b = stream.read();
        if (b == '-' && stream.read() == '-') {
            return true;
        }
        for (int padding = 0; b == ' ' || b == '\t'; b = stream.read()) {
            if (++padding > MAX_PADDING) {
                throw invalid("too much white space after a boundary");
            }
        }
        if (b != '\r' || stream.read() != '\n') {
            throw invalid("a boundary's line goes on with something else");
        }
        return false;
    }

    /** The header fields of a part by lower-case name. */
    private Map<String, String> readHeaders() throws IOException {
        Map<String, String> headers = new HashMap<>();
        int budget = MAX_HEADER_BYTES;
        for (String line = readLine(budget); !line.isEmpty(); line = readLine(budget)) {
            budget -= line.length();
            int colon = line.indexOf(':');
            if (colon < 0 || !Syntax.isToken(line.substring(0, colon))) {
                throw invalid("a line of a part's header is not like Name: value");
            }
            if (headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip()) != null) {
                throw invalid("a header field of a part is there twice");
            }
        }
        return headers;
    }

    private String readLine(int budget) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(80);
        for (int b = stream.read(); b != '\r'; b = stream.read()) {
            if (b < 0) {
                throw invalid("the body ends in a part's header");
            }
            if (b == '\n' || b == 0 || line.size() >= budget) {
                throw invalid("a part's header has more than " + MAX_HEADER_BYTES + " bytes, a bare LF or a NUL");
            }
            line.write(b);
        }
        if (stream.read() != '\n') {
            throw invalid("a line of a part's header ends with a bare CR");
        }
        try {
            return Syntax.utf8(ByteBuffer.wrap(line.toByteArray()));
        } catch (CharacterCodingException e) {
            throw invalid("a part's header is not UTF-8");
        }
    }

    private static HeaderParameters disposition(Map<String, String> headers) {
        try {
            HeaderParameters disposition = HeaderParameters.parse(headers.getOrDefault("content-disposition", ""), true);
            if (!disposition.value().equals("form-data") || disposition.parameters().get("name") == null) {
                throw invalid("a part has no Content-Disposition: form-data with a name");
            }
            return disposition;
        } catch (IllegalArgumentException e) {
            throw invalid("Content-Disposition: " + e.getMessage());
        }
    }

    private static BadRequestException invalid(String why) {
        return RequestHead.bad("invalid_multipart", null, "The form is malformed: " + why + ".");
    }

    /** One part's bytes; it is over when the next part has begun. */
    private final class Body extends InputStream {

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            int ready = ready();
            if (ready == 0) {
                return -1;
            }
            int count = Math.min(length, ready);
            stream.take(target, offset, count);
            return count;
        }

        /** Waits for bytes when there are none: 0 is the part's end. */
        private int ready() throws IOException {
            if (current != this) {
                return 0;
            }
            int ready = stream.ready();
            if (ready < 0) {
                throw new TruncatedException();
            }
            return ready;
        }
    }
}
