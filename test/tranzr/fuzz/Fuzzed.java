package tranzr.fuzz;

import java.util.Set;
import java.util.TreeSet;

/** Which classes have a target. */
public final class Fuzzed {

    private Fuzzed() {
    }

    /** Full names. */
    public static Set<String> parsers() {
        Set<String> parsers = new TreeSet<>();
        Targets.all().forEach(target -> parsers.addAll(target.parsers()));
        return parsers;
    }
}
