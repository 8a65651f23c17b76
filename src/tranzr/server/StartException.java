package tranzr.server;

/** Why a server, or a command on its data, cannot start. The message is for the operator, one line, and needs no stack trace. */
public final class StartException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What the operator can do about it. */
    public enum Kind {
        /** Something around it has to be changed: the port, the directory, its rights. */
        REFUSED,
        /** Another process has the data directory. */
        IN_USE,
        /** The data is not what was written: see {@code fsck}. */
        DAMAGED
    }

    private final Kind kind;

    public StartException(Kind kind, String message) {
        this(kind, message, null);
    }

    public StartException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
