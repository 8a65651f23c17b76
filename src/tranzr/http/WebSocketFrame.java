package tranzr.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One frame as a server sends it: whole, not masked, without extensions (RFC 6455, section 5.2).
 *
 * @param opcode one of the constants
 * @param payload not copied
 */
record WebSocketFrame(int opcode, byte[] payload) {

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    /** Codes of section 7.4.1. */
    static final int NORMAL = 1000;
    static final int GOING_AWAY = 1001;
    static final int PROTOCOL_ERROR = 1002;
    static final int UNSUPPORTED_DATA = 1003;
    /** Never sent: stands for a Close frame without a code. */
    static final int NO_CODE = 1005;
    static final int INVALID_TEXT = 1007;
    static final int POLICY = 1008;
    static final int TOO_BIG = 1009;
    static final int INTERNAL_ERROR = 1011;

    static final int FINAL_BIT = 0x80;
    static final int RESERVED_BITS = 0x70;
    static final int MASK_BIT = 0x80;
    /** The longest payload of a control frame (section 5.5). */
    static final int MAX_CONTROL = 125;
    static final int LENGTH_IN_16_BITS = 126;
    static final int LENGTH_IN_64_BITS = 127;
    private static final int MAX_REASON = MAX_CONTROL - 2;

    static WebSocketFrame text(String text) {
        return new WebSocketFrame(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** @param code {@link #NO_CODE} to say none. @param reason cut to what fits, at the end of a character */
    static WebSocketFrame close(int code, String reason) {
        if (code == NO_CODE) {
            return new WebSocketFrame(CLOSE, new byte[0]);
        }
        byte[] words = reason.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(words.length, MAX_REASON);
        while (length < words.length && (words[length] & 0xc0) == 0x80) {
            length--;
        }
        return new WebSocketFrame(CLOSE, ByteBuffer.allocate(2 + length).putShort((short) code).put(words, 0, length).array());
    }

    /** Whether an endpoint may send this code (section 7.4): those that only stand for something in an API, and those nobody has defined, it may not. */
    static boolean isSendable(int code) {
        return code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014 || code >= 3000 && code <= 4999;
    }

    /** The bytes on the wire, with the shortest form of the length. */
    byte[] encode() {
        int length = payload.length;
        int extended = length <= MAX_CONTROL ? 0 : length <= 0xffff ? 2 : 8;
        ByteBuffer bytes = ByteBuffer.allocate(2 + extended + length);
        bytes.put((byte) (FINAL_BIT | opcode));
        switch (extended) {
            case 0 -> bytes.put((byte) length);
            case 2 -> bytes.put((byte) LENGTH_IN_16_BITS).putShort((short) length);
            default -> bytes.put((byte) LENGTH_IN_64_BITS).putLong(length);
        }
        return bytes.put(payload).array();
    }
}
