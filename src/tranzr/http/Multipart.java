package tranzr.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * A {@code multipart/form-data} body (RFC 7578) as a stream of parts, in bounded memory.
 */
public final class Multipart {

    /**
     * @param name of the form field
     * @param filename null when the part is a plain field
     * @param body the part's bytes; ends at the boundary; fails when the request ends before it
     */
    public record Part(String name, String filename, InputStream body) {
        /** The part as short UTF-8 text. @throws BadRequestException {@code field_too_long} beyond {@code maxBytes} */
        public String text(int maxBytes) throws IOException {
            throw new UnsupportedOperationException();
        }
    }

    private Multipart() {
    }

    /** The parts of the request's body; empty when it is not {@code multipart/form-data}. @throws BadRequestException for a bad boundary */
    public static Optional<Multipart> of(Request request) {
        throw new UnsupportedOperationException();
    }

    /** The next part, after skipping what is unread of the one before; null after the last. @throws BadRequestException when malformed */
    public Part next() throws IOException {
        throw new UnsupportedOperationException();
    }
}
