package tranzr.cli;

import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Writes each event of the log on one line, whatever it holds: a time in UTC, the level, the class, the message, and for an exception its causes with
 * the place each came from. A line break or control character inside is written as an escape, so that nobody can forge a line.
 */
final class LogLine extends Formatter {

    /** Places named of each exception's stack. */
    private static final int PLACES = 5;
    private static final int CAUSES = 5;

    /** Makes the log of this process look so, unless the operator has configured {@code java.util.logging}. */
    static void install() {
        if (System.getProperty("java.util.logging.config.file") != null || System.getProperty("java.util.logging.config.class") != null) {
            return;
        }
        Logger root = LogManager.getLogManager().getLogger("");
        for (Handler handler : root.getHandlers()) {
            handler.setFormatter(new LogLine());
        }
    }

    @Override
    public String format(LogRecord event) {
        StringBuilder line = new StringBuilder(160);
        line.append(DateTimeFormatter.ISO_INSTANT.format(event.getInstant().truncatedTo(ChronoUnit.MILLIS)));
        String name = event.getLoggerName() == null ? "" : event.getLoggerName();
        line.append(' ').append(event.getLevel().getName()).append(' ').append(name.substring(name.lastIndexOf('.') + 1)).append(": ");
        escape(line, String.valueOf(formatMessage(event)));
        Throwable thrown = event.getThrown();
        for (int i = 0; thrown != null && i < CAUSES; i++, thrown = thrown.getCause()) {
            line.append(i == 0 ? " | " : " | because of ");
            escape(line, thrown.toString());
            StackTraceElement[] stack = thrown.getStackTrace();
            for (int place = 0; place < Math.min(PLACES, stack.length); place++) {
                line.append(place == 0 ? " at " : " < ").append(stack[place].getClassName()).append('.').append(stack[place].getMethodName())
                        .append(':').append(stack[place].getLineNumber());
            }
        }
        return line.append(System.lineSeparator()).toString();
    }

    private static void escape(StringBuilder line, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                line.append("\\u").append("%04x".formatted((int) c));
            } else {
                line.append(c);
            }
        }
    }
}
