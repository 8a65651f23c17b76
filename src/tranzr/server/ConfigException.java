package tranzr.server;

/** A setting that cannot be used. The message is one line for the operator, naming the setting and where it came from, and holds no secret. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
