package tranzr.http;

import java.io.IOException;
import java.io.InputStream;

/** The body of one request on its way to the handler: counts, tells the watchdog, and remembers why it broke. */
final class RequestBody extends InputStream {

    /** The most bytes that are asked for at once of a {@link Pace}. */
    static final int MAX_PACED = 64 * 1024;

    private final InputStream in;
    private final Exchange exchange;
    private final long length;
    private long received;
    private boolean ended;
    private BadRequestException fault;

    /** @param length in bytes; -1 when only the stream knows where it ends */
    RequestBody(InputStream in, Exchange exchange, long length) {
        this.in = in;
        this.exchange = exchange;
        this.length = length;
        this.ended = length == 0;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        if (ended || count == 0) {
            return ended ? -1 : 0;
        }
        Pace pace = exchange.paceIn();
        int most = pace == null ? count : Math.min(count, MAX_PACED);
        int read = receive(target, offset, most);
        for (int passed = 0; pace != null && passed < read;) {
            passed += pace.take(read - passed);
        }
        return read;
    }

    private int receive(byte[] target, int offset, int count) throws IOException {
        int read = 0;
        exchange.progress().begin(true);
        try {
            exchange.releaseContinue();
            read = in.read(target, offset, count);
            if (read > 0) {
                received += read;
                exchange.options().observer().received(read);
            }
            ended = read < 0 || received == length;
            return read;
        } catch (IOException e) {
            if (fault == null) {
                fault = e instanceof ChunkedBody.MalformedException
                        ? RequestHead.bad("malformed_body", null, "The body is not in the chunked coding: " + e.getMessage() + ".")
                        : RequestHead.bad("broken_body", null, "The body ended before its announced end.");
            }
            throw e;
        } catch (IndexOutOfBoundsException e) {
            // The decoder of the server below counts with sizes that have become negative.
            fault = RequestHead.bad("malformed_body", null, "The body is not in the chunked coding.");
            throw new IOException("a chunk of a negative size", e);
        } finally {
            exchange.progress().end(Math.max(0, read));
        }
    }

    @Override
    public int available() throws IOException {
        return ended ? 0 : in.available();
    }

    /** Where the bytes come from. */
    InputStream source() {
        return in;
    }

    /** Whether the handler has read up to its end. */
    boolean isEnded() {
        return ended;
    }

    /** Why a read failed; null when none did. */
    BadRequestException fault() {
        return fault;
    }

    /** What was read so far, in bytes. */
    long received() {
        return received;
    }

    /** What is still to come, in bytes; -1 when only the stream knows. */
    long remaining() {
        return length < 0 ? -1 : length - received;
    }
}
