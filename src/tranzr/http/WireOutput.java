package tranzr.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/**
 * What goes to one connection, in place of the JDK's own stream: large pieces pass without a copy on the heap. Before a handler
 * has begun, the server itself answers here: its {@code 100 Continue} is kept back until somebody wants the body, so that a refusal comes before
 * it, and its refusals in HTML become problem documents. Used by one thread at a time.
 */
final class WireOutput extends OutputStream {

    private static final int STATUS_AT = "HTTP/1.1 ".length();
    private static final int BUFFER_BYTES = 8 * 1024;

    private final Link link;
    /** Null while nothing is in it. */
    private byte[] buffer;
    private int used;
    private boolean serverSpeaks = true;
    private boolean continueHeld;
    private RequestAccount account;
    /** Null until an answer has begun. */
    private Progress progress;

    WireOutput(Link link) {
        this.link = link;
    }

    /** Until {@link #beginAnswer}, what is written comes from the server itself. @param account of the request that comes */
    void beginHead(RequestAccount account) {
        this.account = account;
        serverSpeaks = true;
        continueHeld = false;
    }

    /** @param progress told of every byte that moves */
    void beginAnswer(Progress progress) {
        serverSpeaks = false;
        this.progress = progress;
    }

    /** Whether the client waits for {@code 100 Continue} before it sends its body (RFC 9110, section 10.1.1). */
    boolean isContinueHeld() {
        return continueHeld;
    }

    /** Tells the client to send its body, once, if it waits for that. */
    void releaseContinue() throws IOException {
        if (continueHeld) {
            continueHeld = false;
            transmit("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    /**
     * Sends a whole answer and says that the connection ends with it. For when no exchange could do it.
     *
     * @throws IOException also when the client is not ready for an answer
     */
    void refuse(BadRequestException refusal, String requestId) throws IOException {
        refuse(RequestHead.refusal(refusal), requestId);
    }

    /** As {@link #refuse(BadRequestException, String)}. @param refusal a short answer */
    synchronized void refuse(Response refusal, String requestId) throws IOException {
        if (!link.isEstablished()) {
            throw new IOException("TLS is not established");
        }
        transmit(refusal.wholeAnswer(requestId));
    }

    /**
     * Sends the head of an interim answer, before the final one has begun. The watchdog refuses a slow request from a thread of its own, and what it says is the last: so
     * the two exclude each other.
     *
     * @param open asked when nobody else can write: whether the request is still unanswered
     * @return whether it was
     */
    synchronized boolean interim(byte[] head, BooleanSupplier open) throws IOException {
        if (open.getAsBoolean()) {
            transmit(head);
            return true;
        }
        return false;
    }

    /** Says that nothing follows, where the connection has a way to say it. */
    void finish() throws IOException {
        flush();
        link.finish();
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (serverSpeaks) {
            translate(new String(bytes, offset, length, StandardCharsets.ISO_8859_1));
            return;
        }
        if (length > BUFFER_BYTES - used) {
            flush();
        }
        if (length >= BUFFER_BYTES) {
            transmit(ByteBuffer.wrap(bytes, offset, length));
        } else {
            if (buffer == null) {
                buffer = new byte[BUFFER_BYTES];
            }
            System.arraycopy(bytes, offset, buffer, used, length);
            used += length;
        }
    }

    /** The server writes each answer of its own at once. */
    private void translate(String answer) throws IOException {
        int status = Integer.parseInt(answer.substring(STATUS_AT, STATUS_AT + 3));
        if (status == 100) {
            continueHeld = true;
            return;
        }
        String code = switch (status) {
            case 400 -> "malformed_request";
            case 404 -> "not_found";
            case 501 -> "unsupported_transfer_encoding";
            default -> "internal_error";
        };
        account.status(status);
        String words = answer.substring(answer.lastIndexOf('>') + 1);
        refuse(new BadRequestException(status, code, null, words.contains("Exception") ? "The request line or a header field is malformed." : words),
                account.id());
    }

    @Override
    public void flush() throws IOException {
        if (used > 0) {
            ByteBuffer pending = ByteBuffer.wrap(buffer, 0, used);
            used = 0;
            transmit(pending);
        }
    }

    /** Until more is written. */
    void releaseBuffer() {
        if (used == 0) {
            buffer = null;
        }
    }

    private void transmit(byte[] bytes) throws IOException {
        transmit(ByteBuffer.wrap(bytes));
    }

    private void transmit(ByteBuffer bytes) throws IOException {
        Progress told = progress;
        link.write(bytes, told == null ? count -> { } : told::moved);
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
