package tranzr.cli;

import java.io.Console;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * What a command has of the world around it.
 *
 * @param in what is sent as {@code -}
 * @param out for what was asked for
 * @param err for what went wrong and for warnings
 */
record Terminal(Map<String, String> environment, InputStream in, PrintStream out, PrintStream err) {

    /** With the standard input of this process. */
    Terminal(Map<String, String> environment, PrintStream out, PrintStream err) {
        this(environment, System.in, out, err);
    }

    /** One line, with the program's name before it, as the tools of a shell do. */
    void complain(String message) {
        err.println("tranzr: " + message);
    }

    /** Whether a person sees the output as it comes, so that progress makes sense. */
    boolean isWatched() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
