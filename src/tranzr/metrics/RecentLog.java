package tranzr.metrics;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * The last lines of a part of the process's log, in memory and bounded. What is logged belongs to the process: of several servers in one, each has the lines of all. Safe for several
 * threads.
 */
public final class RecentLog implements AutoCloseable {

    /** How many lines are kept. */
    public static final int MOST = 500;

    /** The longest message, in characters; what is beyond is cut off. */
    static final int LONGEST = 2000;
    private static final int CAUSES = 5;

    /**
     * One line.
     *
     * @param level by the names of {@code java.util.logging}
     * @param logger the full name
     * @param message with the exception that came with it, if any, and its causes, in one text
     */
    public record Line(Instant at, String level, String logger, String message) {
    }

    private final Deque<Line> lines = new ArrayDeque<>();
    private final UnaryOperator<String> mask;
    private final Logger logger;
    private final Handler handler = new Keeper();

    private RecentLog(String name, UnaryOperator<String> mask) {
        this.mask = mask;
        // Held here, since the system holds a logger only weakly, and its handlers with it.
        this.logger = Logger.getLogger(name);
    }

    /**
     * Keeps from now on what the logger of that name, and those below it, let through to their handlers.
     *
     * @param mask takes out of a message what nobody shall read again
     */
    public static RecentLog of(String name, UnaryOperator<String> mask) {
        RecentLog log = new RecentLog(name, mask);
        log.logger.addHandler(log.handler);
        return log;
    }

    private final class Keeper extends Handler {
        private final SimpleFormatter formatter = new SimpleFormatter();

        @Override
        public void publish(LogRecord event) {
            if (isLoggable(event)) {
                keep(new Line(event.getInstant(), event.getLevel().getName(), String.valueOf(event.getLoggerName()), messageOf(event)));
            }
        }

        private String messageOf(LogRecord event) {
            StringBuilder text = new StringBuilder(String.valueOf(formatter.formatMessage(event)));
            Throwable thrown = event.getThrown();
            for (int i = 0; thrown != null && i < CAUSES; i++, thrown = thrown.getCause()) {
                text.append(i == 0 ? " | " : " | because of ").append(thrown);
            }
            // Cut between two words, since half a secret might not be recognised as one.
            int end = text.length() <= 2 * LONGEST ? text.length() : Math.max(0, text.lastIndexOf(" ", 2 * LONGEST));
            String masked = mask.apply(text.substring(0, end));
            return masked.length() <= LONGEST ? end < text.length() ? masked + "…" : masked : masked.substring(0, LONGEST) + "…";
        }

        @Override
        public void flush() {
        }

        @Override
        public void close() {
        }
    }

    private synchronized void keep(Line line) {
        if (lines.size() == MOST) {
            lines.removeFirst();
        }
        lines.addLast(line);
    }

    /** At most so many, newest first. */
    public synchronized List<Line> newest(int limit) {
        List<Line> newest = new ArrayList<>(lines).reversed();
        return List.copyOf(newest.subList(0, Math.min(limit, newest.size())));
    }

    /** Keeps no more. */
    @Override
    public void close() {
        logger.removeHandler(handler);
    }
}
