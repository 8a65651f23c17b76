package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static tranzr.http.WebSocketFrameTest.masked;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the reader makes of frames, one line a case, in the order of RFC 6455. The outcome is what was read, in words, and how it ended. */
class WebSocketReaderTest {

    private static final int MAX = 1000;

    static Stream<Arguments> cases() {
        return Stream.of(
                // Framing (5.2)
                of("an empty text", "text 0", masked(0x81, "")),
                of("a text of 125", "text 125", masked(0x81, "x".repeat(125))),
                of("a text of 126", "text 126", masked(0x81, "x".repeat(126))),
                of("a text as long as may be", "text 1000", masked(0x81, "x".repeat(MAX))),
                of("one byte more", "1009", masked(0x81, "x".repeat(MAX + 1))),
                of("a length beyond all memory", "1009", bytes("81ff7fffffffffffffff00000000")),
                of("a length of 63 bits and one", "1002", bytes("81ffffffffffffffffff00000000")),
                of("a length of 5 in two bytes", "1002", bytes("81fe0005")),
                of("a length of 125 in two bytes", "1002", bytes("81fe007d")),
                of("a length of 65535 in eight bytes", "1002", bytes("81ff000000000000ffff")),
                of("no mask", "1002", bytes("8105")),
                of("the first reserved bit", "1002", masked(0xc1, "a")),
                of("the second reserved bit", "1002", masked(0xa1, "a")),
                of("the third reserved bit", "1002", masked(0x91, "a")),
                of("a reserved bit in a control frame", "1002", masked(0xc9, "a")),
                of("opcode 3", "1002", masked(0x83, "")), of("opcode 4", "1002", masked(0x84, "")), of("opcode 5", "1002", masked(0x85, "a")),
                of("opcode 6", "1002", masked(0x86, "")), of("opcode 7", "1002", masked(0x87, "")), of("opcode 11", "1002", masked(0x8b, "")),
                of("opcode 12", "1002", masked(0x8c, "a")), of("opcode 13", "1002", masked(0x8d, "")), of("opcode 14", "1002", masked(0x8e, "")),
                of("opcode 15", "1002", masked(0x8f, "")),
                of("a reserved opcode after a text", "text 1, 1002", masked(0x81, "a"), masked(0x83, "")),
                of("binary", "1003", masked(0x82, "a")),
                // Fragmentation (5.4)
                of("two fragments", "part, text 2", masked(0x01, "a"), masked(0x80, "b")),
                of("empty fragments", "part, part, part, text 0", masked(0x01, ""), masked(0x00, ""), masked(0x00, ""), masked(0x80, "")),
                of("two messages of fragments", "part, text 2, part, text 1", masked(0x01, "a"), masked(0x80, "b"), masked(0x01, ""), masked(0x80, "c")),
                of("fragments that are too long together", "part, 1009", masked(0x01, "x".repeat(600)), masked(0x00, "x".repeat(401))),
                of("a ping between fragments", "part, ping 1, text 2", masked(0x01, "a"), masked(0x89, "p"), masked(0x80, "b")),
                of("a pong between fragments", "part, pong, text 2", masked(0x01, "a"), masked(0x8a, "p"), masked(0x80, "b")),
                of("a close between fragments", "part, close 1000 ", masked(0x01, "a"), masked(0x88, close(1000, ""))),
                of("a continuation of nothing", "1002", masked(0x80, "a")),
                of("an open continuation of nothing", "1002", masked(0x00, "a")),
                of("a continuation after the end", "part, text 2, 1002", masked(0x01, "a"), masked(0x80, "b"), masked(0x80, "c")),
                of("a text within a text", "part, 1002", masked(0x01, "a"), masked(0x81, "b")),
                of("binary within a text", "part, 1002", masked(0x01, "a"), masked(0x82, "b")),
                // Control frames (5.5)
                of("an empty ping", "ping 0", masked(0x89, "")),
                of("a ping of 125", "ping 125", masked(0x89, "p".repeat(125))),
                of("a ping of 126", "1002", masked(0x89, "p".repeat(126))),
                of("a ping in fragments", "1002", masked(0x09, "p")),
                of("a pong in fragments", "1002", masked(0x0a, "")),
                of("a close in fragments", "1002", masked(0x08, "")),
                of("a pong that nobody asked for", "pong, text 1", masked(0x8a, "?"), masked(0x81, "a")),
                // Closing (5.5.1, 7.4)
                of("a close without a code", "close 1005 ", masked(0x88, "")),
                of("a close with half a code", "1002", masked(0x88, "\u0003")),
                of("a close with a reason", "close 1001 done ü", masked(0x88, close(1001, "done ü"))),
                of("a close with the longest reason", "close 4999 " + "x".repeat(123), masked(0x88, close(4999, "x".repeat(123)))),
                of("a close of 126", "1002", masked(0x88, close(1000, "x".repeat(124)))),
                of("a reason that is not UTF-8", "1007", masked(0x88, bytes("03e8ff"))),
                of("a reason that ends within a character", "1007", masked(0x88, bytes("03e8c3"))),
                // Text (8.1)
                of("a text of four-byte characters", "text 2", masked(0x81, "🐢")),
                of("a character cut in two", "part, text 1", masked(0x01, bytes("c3")), masked(0x80, bytes("bc"))),
                of("a character cut in four", "part, part, part, text 2", masked(0x01, bytes("f0")), masked(0x00, bytes("9f")), masked(0x00, bytes("90")), masked(0x80, bytes("a2"))),
                of("an overlong form", "1007", masked(0x81, bytes("c080"))),
                of("half of a surrogate pair", "1007", masked(0x81, bytes("eda080"))),
                of("beyond the last character", "1007", masked(0x81, bytes("f4908080"))),
                of("a text that ends within a character", "1007", masked(0x81, bytes("61c3"))),
                of("fragments that end within a character", "part, 1007", masked(0x01, bytes("61c3")), masked(0x80, "")),
                of("a wrong byte in the first of many fragments", "1007", masked(0x01, bytes("61ff")), masked(0x80, "b")),
                of("a wrong byte before the frame is whole", "1007", bytes("81fe03e800000000" + "61".repeat(10) + "ff")),
                // The end of the connection
                of("nothing", "end"), of("half a head", "end", bytes("81")), of("half a length", "end", bytes("81fe00")), of("half a mask", "end", bytes("81810000")),
                of("half a payload", "end", bytes("8182000000006")), of("half a ping", "end", bytes("8982000000006")), of("the end within a message", "part, end", masked(0x01, "a")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void framesAreReadByTheStandard(String name, String outcome, byte[] input) throws IOException {
        assertEquals(outcome, told(input, input.length + 1).replaceFirst(", end$", outcome.endsWith("end") ? ", end" : ""));
        assertEquals(told(input, input.length + 1), told(input, 1), "byte by byte");
    }

    @Test
    void everyCloseCodeIsJudged() throws IOException {
        for (int code = 0; code <= 0xffff; code++) {
            String outcome = WebSocketFrame.isSendable(code) ? "close " + code + " " : "1002";
            assertEquals(outcome, told(masked(0x88, close(code, "")), 200).replaceFirst(", end$", ""));
        }
    }

    @Test
    void aLengthThatIsTooMuchAllocatesNothing() {
        WebSocketReader reader = new WebSocketReader(new ByteArrayInputStream(bytes("81ff000000007fffffff00000000")), Integer.MAX_VALUE);
        assertThrows(EOFException.class, reader::next); // two gigabytes are announced, and none comes
    }

    private static Arguments of(String name, String outcome, byte[]... frames) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            all.writeBytes(frame);
        }
        return Arguments.of(name, outcome, all.toByteArray());
    }

    /** An odd digit at the end is left out. */
    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.substring(0, hex.length() & ~1));
    }

    private static byte[] close(int code, String reason) {
        byte[] words = reason.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 + words.length).putShort((short) code).put(words).array();
    }

    /** @param piece how many bytes come at once */
    static String told(byte[] input, int piece) throws IOException {
        WebSocketReader reader = new WebSocketReader(new ByteArrayInputStream(input) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, piece));
            }
        }, MAX);
        List<String> told = new ArrayList<>();
        try {
            while (true) {
                switch (reader.next()) {
                    case null -> told.add("part");
                    case WebSocketReader.Received.Text(String text) -> told.add("text " + text.length());
                    case WebSocketReader.Received.Ping(byte[] payload) -> told.add("ping " + payload.length);
                    case WebSocketReader.Received.Pong _ -> told.add("pong");
                    case WebSocketReader.Received.Close(int code, String reason) -> told.add("close " + code + " " + reason);
                }
            }
        } catch (WebSocketException e) {
            told.add(Integer.toString(e.code()));
        } catch (EOFException e) {
            told.add("end");
        }
        return String.join(", ", told);
    }
}
