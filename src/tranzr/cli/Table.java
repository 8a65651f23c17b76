package tranzr.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Columns below each other, made to fit the terminal; where there is none, nothing is cut.
 *
 * @param titles of the columns
 * @param elastic the column that is cut first
 */
record Table(List<String> titles, int elastic) {

    private static final int LEAST = 8;

    void print(List<List<String>> rows, Terminal terminal) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(titles);
        rows.forEach(row -> cells.add(row.stream().map(cell -> Visible.of(cell, terminal.out().charset())).toList()));
        int[] widths = new int[titles.size()];
        cells.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], Visible.columns(row.get(i)));
            }
        });
        Optional<Screen> screen = Screen.ofOutput(terminal);
        int all = -2;
        for (int width : widths) {
            all += width + 2;
        }
        if (screen.isPresent() && all > screen.get().columns()) {
            widths[elastic] = Math.max(LEAST, widths[elastic] - (all - screen.get().columns()));
        }
        String ellipsis = screen.isPresent() && screen.get().isUnicode() ? "\u2026" : "...";
        for (List<String> row : cells) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(Visible.padded(Visible.cut(row.get(i), widths[i], ellipsis), widths[i])).append("  ");
            }
            String text = line.toString().stripTrailing();
            terminal.out().println(screen.isPresent() ? Visible.cut(text, screen.get().columns(), ellipsis) : text);
        }
    }
}
