package tranzr.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8CheckTest {

    @Test
    void everyShortSequenceIsJudgedAsTheJdkDoes() {
        int[] interesting = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xfe, 0xff};
        int n = interesting.length;
        for (int a = 0; a < n; a++) {
            for (int b = 0; b < n; b++) {
                for (int c = 0; c < n; c++) {
                    for (int d = 0; d < n; d++) {
                        compare(new byte[] {(byte) interesting[a], (byte) interesting[b], (byte) interesting[c], (byte) interesting[d]});
                    }
                }
            }
        }
    }

    @Test
    void anyCutOfATextIsAccepted() {
        byte[] text = "κόσμε größe 🐢\u0000\uffff\udbff\udfff".getBytes(StandardCharsets.UTF_8);
        Random random = new Random(5);
        for (int i = 0; i < 1000; i++) {
            Utf8Check check = new Utf8Check();
            for (int done = 0; done < text.length;) {
                int count = Math.min(text.length - done, random.nextInt(4));
                assertEquals(true, check.accept(text, done, count));
                done += count;
            }
            assertEquals(true, check.isComplete());
        }
    }

    @Test
    void theFirstWrongByteIsEnough() {
        for (String bytes : new String[] {"80", "c0", "c1", "f5", "ff", "e080", "e09f", "eda0", "edbf", "f08f", "f490", "c241", "e18041", "f1808041"}) {
            byte[] wrong = HexFormat.of().parseHex(bytes);
            assertEquals(true, new Utf8Check().accept(wrong, 0, wrong.length - 1), bytes);
            assertFalse(new Utf8Check().accept(wrong, 0, wrong.length), bytes);
        }
    }

    private static void compare(byte[] bytes) {
        Utf8Check check = new Utf8Check();
        boolean ours = check.accept(bytes, 0, bytes.length) && check.isComplete();
        boolean theirs;
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            theirs = true;
        } catch (CharacterCodingException e) {
            theirs = false;
        }
        assertEquals(theirs, ours, () -> HexFormat.of().formatHex(bytes));
    }
}
