package tranzr.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tranzr.client.Progress;

/** One line that says how a transfer is doing; made to fit. */
final class ProgressText {

    private static final int LEAST_BAR = 10;
    private static final int MOST_BAR = 30;
    private static final String[] UNITS = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };

    private ProgressText() {
    }

    /**
     * At most one column less than the screen has, so that the cursor stays on the line.
     *
     * @param name made visible
     * @param others what else goes on, such as "+3 more"; empty for nothing
     */
    static String line(String name, Progress progress, String others, Screen screen) {
        int columns = screen.columns() - 1;
        String ellipsis = screen.isUnicode() ? "\u2026" : "...";
        List<String> facts = facts(progress, screen.isUnicode());
        if (!others.isEmpty()) {
            facts.add(others);
        }
        int leastName = Math.min(Visible.columns(name), columns / 4);
        // What says least goes first, from the end on, until the rest fits.
        while (facts.size() > 1 && leastName + 2 + width(facts) > columns) {
            facts.removeLast();
        }
        int room = columns - width(facts) - leastName - 2;
        boolean hasBar = progress.total() > 0 && room >= LEAST_BAR + 4;
        int bar = hasBar ? Math.clamp(room - 4 - (Visible.columns(name) - leastName), LEAST_BAR, MOST_BAR) : 0;
        int forName = columns - width(facts) - 2 - (hasBar ? bar + 4 : 0);
        String text = Visible.cut(name, Math.max(0, forName), ellipsis) + "  " + (hasBar ? bar(progress, bar, screen.isUnicode()) + "  " : "") + String.join("  ", facts);
        return Visible.cut(text, columns, ellipsis);
    }

    private static int width(List<String> facts) {
        return facts.stream().mapToInt(Visible::columns).sum() + 2 * (facts.size() - 1);
    }

    private static List<String> facts(Progress progress, boolean isUnicode) {
        List<String> facts = new ArrayList<>();
        facts.add(progress.total() >= 0 ? percent(progress) : size(progress.done()));
        if (progress.state() == Progress.State.RUNNING && progress.note() == null) {
            facts.add(size((long) progress.bytesPerSecond()) + "/s");
            if (progress.eta() != null) {
                facts.add("ETA " + clock(progress.eta()));
            }
        } else {
            String doing = progress.note() != null ? Visible.of(progress.note()) : progress.state().name().toLowerCase(Locale.ROOT);
            facts.add(isUnicode ? doing : doing.replaceAll("[^\\x20-\\x7e]", "?"));
        }
        facts.add(progress.chunks() == 1 ? "1 chunk" : progress.chunks() + " chunks");
        if (progress.retries() > 0) {
            facts.add(retries(progress.retries()));
        }
        return facts;
    }

    static String retries(int number) {
        return number == 1 ? "1 retry" : number + " retries";
    }

    private static String bar(Progress progress, int columns, boolean isUnicode) {
        int full = (int) Math.clamp(progress.done() * (double) columns / progress.total(), 0, columns);
        return isUnicode ? "\u2595" + "\u2588".repeat(full) + " ".repeat(columns - full) + "\u258f" : "[" + "#".repeat(full) + "-".repeat(columns - full) + "]";
    }

    /** Rounded down, so that 100% means all. */
    static String percent(Progress progress) {
        double part = progress.total() == 0 ? 1 : (double) progress.done() / progress.total();
        return String.format(Locale.ROOT, "%.1f%%", progress.done() >= progress.total() ? 100 : Math.min(99.9, Math.floor(part * 1000) / 10));
    }

    /** Such as {@code 12.4 MiB}. */
    static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 999.95 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return (unit == 0 ? Long.toString(bytes) : String.format(Locale.ROOT, "%.1f", value)) + " " + UNITS[unit];
    }

    /** Such as {@code 0:07}, {@code 1:02:03} or {@code 3d 4h}. */
    static String clock(Duration span) {
        long seconds = Math.max(0, span.toSeconds());
        if (seconds >= 100 * 3600) {
            return seconds / 86_400 + "d " + seconds % 86_400 / 3600 + "h";
        }
        return seconds >= 3600 ? "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60) : "%d:%02d".formatted(seconds / 60, seconds % 60);
    }
}
