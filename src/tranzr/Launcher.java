package tranzr;

import java.lang.reflect.InvocationTargetException;

/**
 * What {@code java -jar} starts. Compiled for Java 8, so that an older Java answers with the version
 * that is needed instead of an {@code UnsupportedClassVersionError}; everything else is compiled for 25.
 */
public final class Launcher {

    private static final int NEEDED = 25;

    private Launcher() {
    }

    /** Checks the Java version, then hands over to {@code tranzr.Main}. */
    public static void main(String[] args) throws Exception {
        int version = featureVersion(System.getProperty("java.specification.version"));
        if (version < NEEDED) {
            System.err.println("tranzr: needs Java " + NEEDED + " or newer, this is Java " + version
                    + " (" + System.getProperty("java.home") + ")");
            System.exit(2);
        }
        try {
            Class.forName("tranzr.Main").getMethod("main", String[].class).invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception) {
                throw (Exception) e.getCause();
            }
            throw (Error) e.getCause();
        }
    }

    /** The feature version in a specification version: 8 for {@code 1.8}, 25 for {@code 25}; 0 when unreadable. */
    static int featureVersion(String specification) {
        if (specification == null) {
            return 0;
        }
        String text = specification.startsWith("1.") ? specification.substring(2) : specification;
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
