package tranzr.fault;

import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Silences loggers while thousands of crashes are recovered from, each of which they would tell of. */
public final class Quiet {

    /** What is done meanwhile. */
    @FunctionalInterface
    public interface Action {
        void run() throws IOException;
    }

    private Quiet() {
    }

    /** @param name of a package, say; all loggers below it are silent too */
    public static void during(String name, Action action) throws IOException {
        Logger logger = Logger.getLogger(name);
        Level before = logger.getLevel();
        logger.setLevel(Level.OFF);
        try {
            action.run();
        } finally {
            logger.setLevel(before);
        }
    }
}
