package tranzr.catalog;

/** A precondition of a {@link Change} did not hold; nothing was changed. */
public final class ConflictException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Which precondition. */
    public enum Reason { EXISTS, MISSING, STATE, OVERLAP, FRAGMENTED, LENGTH, LIMIT }

    private final Reason reason;

    public ConflictException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
