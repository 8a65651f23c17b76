package tranzr.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Decodes the chunked coding (RFC 9112, section 7.1) strictly: sizes are hexadecimal digits that fit a long, every line ends with CR LF,
 * extensions and trailers are bounded and left out. Hands large slices through. The JDK's own decoder is lax, and leaves trailers on the connection.
 */
final class ChunkedBody extends InputStream {

    /** Something other than the chunked coding came. */
    static final class MalformedException extends IOException {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }

    private static final int MAX_SIZE_DIGITS = 15;
    private static final int MAX_LINE = 1024;
    private static final int MAX_TRAILER_LINES = 32;

    private final InputStream in;
    private long remaining;
    private boolean first = true;
    private boolean ended;

    ChunkedBody(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (ended || length == 0) {
            return ended ? -1 : 0;
        }
        if (remaining == 0 && !beginChunk()) {
            return -1;
        }
        int count = in.read(target, offset, (int) Math.min(length, remaining));
        if (count < 0) {
            throw new EOFException("the connection ended within a chunk");
        }
        remaining -= count;
        return count;
    }

    /** @return false at the last chunk */
    private boolean beginChunk() throws IOException {
        if (!first) {
            expectLineEnd(in.read());
        }
        first = false;
        long size = 0;
        int digits = 0;
        int b = in.read();
        for (; Character.digit(b, 16) >= 0 && b < 0x80; b = in.read()) {
            if (++digits > MAX_SIZE_DIGITS) {
                throw new MalformedException("a chunk size has too many digits");
            }
            size = size << 4 | Character.digit(b, 16);
        }
        if (digits == 0) {
            throw b < 0 ? new EOFException("the connection ended before the last chunk") : new MalformedException("a chunk has no size");
        }
        if (b == ';') {
            b = skipLine(in.read());
        }
        expectLineEnd(b);
        if (size == 0) {
            skipTrailers();
            ended = true;
        }
        remaining = size;
        return !ended;
    }

    private void skipTrailers() throws IOException {
        int b = in.read();
        for (int lines = 0; b != '\r'; b = in.read()) {
            if (++lines > MAX_TRAILER_LINES) {
                throw new MalformedException("there are too many trailer fields");
            }
            expectLineEnd(skipLine(b));
        }
        expectLineEnd(b);
    }

    /** Skips to the line's CR, beginning with a byte that was read already. */
    private int skipLine(int begin) throws IOException {
        int b = begin;
        for (int length = 0; b != '\r'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended within the chunked coding");
            }
            if (++length > MAX_LINE || b < ' ' && b != '\t' || b == 0x7f) {
                throw new MalformedException("a line of the chunked coding is too long or has control characters");
            }
        }
        return b;
    }

    /** @param carriageReturn the byte that should be one */
    private void expectLineEnd(int carriageReturn) throws IOException {
        int lineFeed = carriageReturn == '\r' ? in.read() : 0;
        if (carriageReturn < 0 || lineFeed < 0) {
            throw new EOFException("the connection ended within the chunked coding");
        }
        if (lineFeed != '\n') {
            throw new MalformedException("a line of the chunked coding does not end with CR LF");
        }
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(remaining, in.available());
    }
}
