package tranzr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogLineTest {

    @Test
    void an_event_is_one_line_with_time_level_and_class() {
        assertEquals("2026-01-02T03:04:05.006Z WARNING Store: the disk is slow" + System.lineSeparator(), new LogLine().format(event("the disk is slow")));
    }

    @Test
    void a_message_cannot_forge_a_second_line_or_move_the_cursor() {
        String line = new LogLine().format(event("name=x\r\n2026 INFO Store: forged\u001b[2J\u2028"));
        assertEquals(1, line.lines().count());
        assertTrue(line.contains("x\\u000d\\u000a2026") && line.contains("\\u001b[2J\\u2028"), line);
    }

    @Test
    void an_exception_is_told_on_the_same_line_with_its_causes_and_where_they_came_from() {
        LogRecord event = event("failed");
        event.setThrown(new IllegalStateException("outer", new IOException("in\nner")));
        String line = new LogLine().format(event);
        assertEquals(1, line.lines().count());
        assertTrue(line.contains("| java.lang.IllegalStateException: outer at tranzr.cli.LogLineTest."), line);
        assertTrue(line.contains("because of java.io.IOException: in\\u000aner at "), line);
    }

    private static LogRecord event(String message) {
        LogRecord event = new LogRecord(Level.WARNING, message);
        event.setLoggerName("tranzr.server.Store");
        event.setInstant(Instant.parse("2026-01-02T03:04:05.006789Z"));
        return event;
    }
}
