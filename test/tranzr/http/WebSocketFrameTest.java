package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class WebSocketFrameTest {

    private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d}; // of RFC 6455, section 5.7

    /** A frame as a client sends it, in its shortest form. @param first the first byte: FIN, reserved bits, opcode */
    static byte[] masked(int first, byte[] payload) {
        byte[] plain = new WebSocketFrame(0, payload).encode();
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(first);
        frame.write(plain[1] | 0x80);
        frame.write(plain, 2, plain.length - payload.length - 2);
        frame.writeBytes(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ MASK[i % 4]);
        }
        return frame.toByteArray();
    }

    static byte[] masked(int first, String payload) {
        return masked(first, payload.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void lengthsTakeTheirShortestForm() {
        for (int[] both : new int[][] {{0, 2}, {125, 2}, {126, 4}, {65535, 4}, {65536, 10}}) {
            byte[] frame = new WebSocketFrame(WebSocketFrame.TEXT, new byte[both[0]]).encode();
            assertEquals(both[0] + both[1], frame.length);
            long length = switch (both[1]) {
                case 2 -> frame[1];
                case 4 -> ByteBuffer.wrap(frame, 2, 2).getShort() & 0xffff;
                default -> ByteBuffer.wrap(frame, 2, 8).getLong();
            };
            assertEquals(both[0], length);
        }
        assertArrayEquals(new byte[] {(byte) 0x81, 5, 'H', 'e', 'l', 'l', 'o'}, WebSocketFrame.text("Hello").encode()); // RFC 6455, section 5.7
    }

    @Test
    void aReasonIsCutAtTheEndOfACharacter() {
        WebSocketFrame frame = WebSocketFrame.close(1008, "ü".repeat(100));
        assertEquals(2 + 122, frame.payload().length);
        assertEquals("ü".repeat(61), new String(frame.payload(), 2, 122, StandardCharsets.UTF_8));
        assertEquals(2 + 123, WebSocketFrame.close(1008, "x".repeat(200)).payload().length);
        assertEquals(0, WebSocketFrame.close(WebSocketFrame.NO_CODE, "").payload().length);
    }

    @Test
    void onlySomeCodesMayBeSent() {
        for (int code : new int[] {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999}) {
            assertTrue(WebSocketFrame.isSendable(code), code + "");
        }
        for (int code : new int[] {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
            assertFalse(WebSocketFrame.isSendable(code), code + "");
        }
    }
}
