package tranzr.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a client says over a WebSocket: puts messages together from their fragments, and hands on control frames that come between them. What RFC 6455 does not
 * allow is found at the first byte that tells: a length before its payload is read, a character that is none before the message is whole. Holds no more
 * than one message and one control frame. For one thread.
 */
final class WebSocketReader {

    /** What came. */
    sealed interface Received {

        /** A whole message of text. */
        record Text(String text) implements Received {
        }

        record Ping(byte[] payload) implements Received {
        }

        record Pong() implements Received {
        }

        /** @param code {@link WebSocketFrame#NO_CODE} where there is none */
        record Close(int code, String reason) implements Received {
        }
    }

    private static final int PIECE_BYTES = 8 * 1024;
    private static final int MASK_BYTES = 4;

    private final InputStream in;
    private final int maxMessage;
    private final byte[] mask = new byte[MASK_BYTES];
    /** What has come of a message; null between messages. */
    private ByteArrayOutputStream message;
    private Utf8Check check;

    /** @param maxMessage bytes that a message may have, all fragments together */
    WebSocketReader(InputStream in, int maxMessage) {
        this.in = in;
        this.maxMessage = maxMessage;
    }

    /**
     * Waits for a frame.
     *
     * @return null for a fragment that is not the last of its message
     * @throws WebSocketException when the client breaks the rules: nothing can be read any more
     * @throws EOFException when the connection ends, in a frame or between two
     */
    Received next() throws IOException {
        int first = octet();
        int second = octet();
        int opcode = first & 0x0f;
        boolean last = (first & WebSocketFrame.FINAL_BIT) != 0;
        int shortLength = second & ~WebSocketFrame.MASK_BIT;
        if ((first & WebSocketFrame.RESERVED_BITS) != 0) {
            throw broken("a reserved bit is set, and no extension was agreed on");
        }
        boolean control = opcode >= WebSocketFrame.CLOSE;
        if (opcode > WebSocketFrame.PONG || !control && opcode > WebSocketFrame.BINARY) {
            throw broken("an opcode that is reserved");
        }
        if ((second & WebSocketFrame.MASK_BIT) == 0) {
            throw broken("a frame of a client is not masked"); // section 5.1
        }
        if (control) {
            if (!last || shortLength > WebSocketFrame.MAX_CONTROL) {
                throw broken("a control frame is fragmented or too long");
            }
            return control(opcode, shortLength);
        }
        return data(opcode, last, shortLength);
    }

    private Received data(int opcode, boolean last, int shortLength) throws IOException {
        if (opcode == WebSocketFrame.CONTINUATION ? message == null : message != null) {
            throw broken(message == null ? "a continuation of nothing" : "a new message within another one");
        }
        long length = length(shortLength);
        if (opcode == WebSocketFrame.BINARY) {
            throw new WebSocketException(WebSocketFrame.UNSUPPORTED_DATA, "only text is spoken here");
        }
        if (message == null) {
            message = new ByteArrayOutputStream();
            check = new Utf8Check();
        }
        if (length > maxMessage - message.size()) {
            throw new WebSocketException(WebSocketFrame.TOO_BIG, "a message has at most " + maxMessage + " bytes");
        }
        readMask();
        byte[] piece = new byte[(int) Math.min(length, PIECE_BYTES)];
        for (long done = 0; done < length;) {
            int count = in.read(piece, 0, (int) Math.min(piece.length, length - done));
            if (count < 0) {
                throw ended();
            }
            unmask(piece, count, done);
            if (!check.accept(piece, 0, count)) {
                throw new WebSocketException(WebSocketFrame.INVALID_TEXT, "a text is not UTF-8");
            }
            message.write(piece, 0, count);
            done += count;
        }
        if (!last) {
            return null;
        }
        if (!check.isComplete()) {
            throw new WebSocketException(WebSocketFrame.INVALID_TEXT, "a text ends within a character");
        }
        String text = message.toString(StandardCharsets.UTF_8);
        message = null;
        return new Received.Text(text);
    }

    private Received control(int opcode, int length) throws IOException {
        readMask();
        byte[] payload = new byte[length];
        fill(payload);
        unmask(payload, length, 0);
        return switch (opcode) {
            case WebSocketFrame.PING -> new Received.Ping(payload);
            case WebSocketFrame.PONG -> new Received.Pong();
            default -> close(payload);
        };
    }

    /** Section 5.5.1. */
    private static Received close(byte[] payload) throws WebSocketException {
        if (payload.length == 0) {
            return new Received.Close(WebSocketFrame.NO_CODE, "");
        }
        int code = payload.length == 1 ? 0 : ByteBuffer.wrap(payload).getShort() & 0xffff;
        if (!WebSocketFrame.isSendable(code)) {
            throw broken("a close code that nobody may send");
        }
        Utf8Check reason = new Utf8Check();
        if (!reason.accept(payload, 2, payload.length - 2) || !reason.isComplete()) {
            throw new WebSocketException(WebSocketFrame.INVALID_TEXT, "a reason is not UTF-8");
        }
        return new Received.Close(code, new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8));
    }

    /** Section 5.2: the shortest form is the only one, and the highest bit is 0. */
    private long length(int shortLength) throws IOException {
        if (shortLength < WebSocketFrame.LENGTH_IN_16_BITS) {
            return shortLength;
        }
        boolean wide = shortLength == WebSocketFrame.LENGTH_IN_64_BITS;
        byte[] bytes = new byte[wide ? Long.BYTES : Short.BYTES];
        fill(bytes);
        long length = wide ? ByteBuffer.wrap(bytes).getLong() : ByteBuffer.wrap(bytes).getShort() & 0xffff;
        if (length < 0 || length <= (wide ? 0xffff : WebSocketFrame.MAX_CONTROL)) {
            throw broken("a length that is not in its shortest form");
        }
        return length;
    }

    private void readMask() throws IOException {
        fill(mask);
    }

    private void unmask(byte[] bytes, int count, long done) {
        for (int i = 0; i < count; i++) {
            bytes[i] ^= mask[(int) (done + i & MASK_BYTES - 1)];
        }
    }

    /** Never asks for nothing, which waits on a connection with TLS of the JDK. */
    private void fill(byte[] bytes) throws IOException {
        for (int done = 0; done < bytes.length;) {
            int count = in.read(bytes, done, bytes.length - done);
            if (count < 0) {
                throw ended();
            }
            done += count;
        }
    }

    private int octet() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw ended();
        }
        return b;
    }

    private static EOFException ended() {
        return new EOFException("the connection ended without a Close frame");
    }

    private static WebSocketException broken(String reason) {
        return new WebSocketException(WebSocketFrame.PROTOCOL_ERROR, reason);
    }
}
