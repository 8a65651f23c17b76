package tranzr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tranzr.client.Progress;

class ProgressTextTest {

    private static Progress at(Progress.State state, long done, long total, String note) {
        return new Progress(state, total, done, done, 12.4 * 1024 * 1024, Duration.ofSeconds(83), 12, 3, 4, 8 << 20, note);
    }

    @Test
    void aLineTellsAllThatFits() {
        assertEquals("a.bin  [###############---------------]  50.0%  12.4 MiB/s  ETA 1:23  12 chunks  3 retries",
                ProgressText.line("a.bin", at(Progress.State.RUNNING, 50, 100, null), "", new Screen(100, false)));
        assertTrue(ProgressText.line("a.bin", at(Progress.State.RUNNING, 50, 100, null), "+2 more", new Screen(120, true)).endsWith("3 retries  +2 more"));
        assertTrue(ProgressText.line("a.bin", at(Progress.State.WAITING, 50, 100, "no way\nleads there"), "", new Screen(100, false)).contains("50.0%  no way\\u000aleads there"));
    }

    @Test
    void noLineIsWiderThanTheScreenWhateverTheName() {
        for (String name : new String[] { "a", "x".repeat(300), "\u65e5\u672c\u8a9e".repeat(30), "e\u0301".repeat(80), "" }) {
            for (int columns = 20; columns < 160; columns++) {
                for (Progress.State state : Progress.State.values()) {
                    String line = ProgressText.line(name, at(state, 1, 3, state == Progress.State.WAITING ? "the server at https://files.example.org cannot be reached" : null), "+3 more", new Screen(columns, true));
                    assertTrue(Visible.columns(line) < columns, columns + ": " + line);
                }
            }
        }
    }

    @Test
    void onlyAllOfItIsAHundredPercent() {
        assertEquals("99.9%", ProgressText.percent(at(Progress.State.RUNNING, Long.MAX_VALUE - 1, Long.MAX_VALUE, null)));
        assertEquals("100.0%", ProgressText.percent(at(Progress.State.RUNNING, 7, 7, null)));
        assertEquals("100.0%", ProgressText.percent(at(Progress.State.RUNNING, 0, 0, null)));
        assertEquals("0.0%", ProgressText.percent(at(Progress.State.RUNNING, 0, 7, null)));
    }

    @Test
    void sizesAndTimesAreShort() {
        assertEquals("999 B", ProgressText.size(999));
        assertEquals("1.0 KiB", ProgressText.size(1000));
        assertEquals("8.0 EiB", ProgressText.size(Long.MAX_VALUE));
        assertEquals("0:07", ProgressText.clock(Duration.ofSeconds(7)));
        assertEquals("1:02:03", ProgressText.clock(Duration.ofSeconds(3723)));
        assertEquals("5d 0h", ProgressText.clock(Duration.ofDays(5)));
    }

    @Test
    void whatCouldMoveTheCursorOrReorderIsShownAsAnEscape() {
        assertEquals("a\\u001b[2Jb\\u202ec\\u200d\\u{e0041}", Visible.of("a\u001b[2Jb\u202ec\u200d\udb40\udc41"));
        assertEquals("\\ud800", Visible.of("\ud800"));
        assertEquals("\u00fc\ud83d\ude00", Visible.of("\u00fc\ud83d\ude00", StandardCharsets.UTF_8));
        assertEquals("\\u00fc\\u{1f600}", Visible.of("\u00fc\ud83d\ude00", StandardCharsets.US_ASCII));
        assertEquals("abc\u2026xyz", Visible.cut("abcdefghijklmnopqrstuvwxyz", 7, "\u2026"));
        assertFalse(Visible.cut("\u65e5\u672c\u8a9e\u65e5\u672c\u8a9e", 5, "\u2026").length() > 4);
    }

    @Test
    void theWorstOfSeveralEndsDecides() {
        assertEquals(ExitCode.DAMAGED, ExitCode.FAILED.orWorse(ExitCode.DAMAGED));
        assertEquals(ExitCode.FAILED, ExitCode.FAILED.orWorse(ExitCode.PAUSED));
        assertEquals(ExitCode.PAUSED, ExitCode.OK.orWorse(ExitCode.PAUSED));
        assertEquals(ExitCode.USAGE, ExitCode.IN_USE.orWorse(ExitCode.USAGE));
    }
}
