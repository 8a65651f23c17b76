package tranzr.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/** How many files and connections this process may have open at once ({@code ulimit -n}). */
public final class OpenFiles {

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String LINE = "Max open files";

    private OpenFiles() {
    }

    /** Empty where the system does not tell, or where there is no limit. */
    public static OptionalInt limit() {
        try {
            return limitIn(Files.readString(LIMITS));
        } catch (IOException e) {
            return OptionalInt.empty();
        }
    }

    /** The soft limit, in a text like that of Linux. */
    static OptionalInt limitIn(String text) {
        for (String line : text.split("\n")) {
            if (line.startsWith(LINE)) {
                String soft = line.substring(LINE.length()).strip().split("\\s+")[0];
                return soft.matches("[0-9]{1,9}") ? OptionalInt.of(Integer.parseInt(soft)) : OptionalInt.empty();
            }
        }
        return OptionalInt.empty();
    }
}
