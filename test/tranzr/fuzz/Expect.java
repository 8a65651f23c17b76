package tranzr.fuzz;

import java.util.Objects;

/** What targets say when something is not as it must be. */
public final class Expect {

    private Expect() {
    }

    public static void that(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }

    public static void same(Object expected, Object actual, String what) {
        if (!Objects.equals(expected, actual)) {
            throw new AssertionError(what + ": expected " + expected + " but got " + actual);
        }
    }
}
