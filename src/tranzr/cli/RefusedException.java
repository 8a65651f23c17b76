package tranzr.cli;

/** A server answered that it does not do what was asked. Its message is for people. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    RefusedException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** Of the answer. */
    int status() {
        return status;
    }
}
