package tranzr.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The terminal behind one of the outputs. The JDK knows only of a terminal that is behind input and output both, but progress goes to standard error, whatever
 * the output does; so a shell is asked, which is there wherever there are such terminals.
 *
 * @param columns how wide it is
 * @param isUnicode whether it shows more than ASCII
 */
record Screen(int columns, boolean isUnicode) {

    private static final int STANDARD_COLUMNS = 80;
    private static final int LEAST_COLUMNS = 20;

    /** Of standard error; empty when that is no terminal. */
    static Optional<Screen> ofErrors(Terminal terminal) {
        if (terminal.err() != System.err) {
            return Optional.empty();
        }
        return columns(terminal, 2).map(columns -> new Screen(columns, isUnicode(terminal)));
    }

    /** Of standard output; empty when that is no terminal. */
    static Optional<Screen> ofOutput(Terminal terminal) {
        if (terminal.out() != System.out) {
            return Optional.empty();
        }
        return columns(terminal, 1).map(columns -> new Screen(columns, terminal.out().charset().equals(StandardCharsets.UTF_8)));
    }

    private static boolean isUnicode(Terminal terminal) {
        return terminal.err().charset().equals(StandardCharsets.UTF_8) && !"dumb".equals(terminal.environment().get("TERM"));
    }

    private static Optional<Integer> columns(Terminal terminal, int descriptor) {
        Optional<String> size = ask(descriptor);
        if (size.isEmpty()) {
            return Optional.empty();
        }
        String wanted = terminal.environment().getOrDefault("COLUMNS", size.get().replaceFirst("^\\d+ ", ""));
        int columns = wanted.matches("[1-9]\\d{0,3}") ? Integer.parseInt(wanted) : STANDARD_COLUMNS;
        return Optional.of(Math.max(LEAST_COLUMNS, columns));
    }

    /** Rows and columns, as {@code stty} has them; empty when it is no terminal. The answer comes by whichever of the two outputs is not asked about. */
    private static Optional<String> ask(int descriptor) {
        String size = "\"$(stty size <&3 2>/dev/null || echo 0 0)\"";
        ProcessBuilder shell = new ProcessBuilder(descriptor == 1 ? List.of("sh", "-c", "exec 3>&1; test -t 3 && echo " + size + " >&2")
                : List.of("sh", "-c", "exec 3>&2; test -t 3 && echo " + size));
        if (descriptor == 1) {
            shell.redirectOutput(ProcessBuilder.Redirect.INHERIT);
        } else {
            shell.redirectError(ProcessBuilder.Redirect.INHERIT);
        }
        try {
            Process process = shell.start();
            process.getOutputStream().close();
            return answer(process, (descriptor == 1 ? process.errorReader(StandardCharsets.US_ASCII) : process.inputReader(StandardCharsets.US_ASCII)).readLine());
        } catch (IOException e) {
            return Optional.empty(); // a system without such a shell
        }
    }

    private static Optional<String> answer(Process process, String line) {
        try {
            process.waitFor(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.ofNullable(line).map(String::strip).filter(text -> text.matches("\\d+ \\d+"));
    }
}
