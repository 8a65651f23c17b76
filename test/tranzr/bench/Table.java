package tranzr.bench;

import java.io.PrintStream;
import java.util.Locale;

/** The figures of one run, printed line by line as they come. */
final class Table {

    private final PrintStream out;

    Table(PrintStream out) {
        this.out = out;
    }

    void begin(String... facts) {
        for (String fact : facts) {
            out.println(fact);
        }
        out.println();
        out.printf("%-58s %16s %17s %6s  %s%n", "", "tranzr", "nginx, or as told", "ratio", "wanted");
        out.flush();
    }

    /** A speed beside the anchor's; more is better. */
    void rate(String what, String unit, Setting.Pair pair, String wanted) {
        boolean anchored = !Double.isNaN(pair.theirs());
        line(what, amount(pair.ours(), unit), anchored ? amount(pair.theirs(), unit) : "-",
                anchored ? String.format(Locale.ROOT, "%.2f", pair.ours() / pair.theirs()) : "-", wanted);
    }

    /** A figure of ours alone. */
    void figure(String what, double value, String unit, String wanted) {
        line(what, amount(value, unit), "", "", wanted);
    }

    private static String amount(double value, String unit) {
        return String.format(Locale.ROOT, value < 20 ? "%.1f %s" : "%.0f %s", value, unit);
    }

    private void line(String what, String ours, String nginx, String ratio, String wanted) {
        out.printf("%-58s %16s %16s %7s  %s%n", what, ours, nginx, ratio, wanted);
        out.flush();
    }
}
