package tranzr.server;

/** Which Tranzr this is, as the manifest of its jar says. */
public final class Version {

    private Version() {
    }

    /** Such as {@code 0.1.0}; {@code development} when it does not run from its jar. */
    public static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
