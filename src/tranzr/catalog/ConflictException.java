package tranzr.catalog;

import tranzr.model.Scope;

/** A precondition of a {@link Change} did not hold; nothing was changed. */
public final class ConflictException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Which precondition. */
    public enum Reason { EXISTS, MISSING, STATE, OVERLAP, FRAGMENTED, LENGTH, LIMIT, QUOTA }

    private final Reason reason;
    private final transient Scope scope;

    public ConflictException(Reason reason, String message) {
        super(message);
        this.reason = reason;
        this.scope = null;
    }

    /** {@code QUOTA} of this scope. */
    public ConflictException(Scope scope) {
        super("more than the quota of " + scope);
        this.reason = Reason.QUOTA;
        this.scope = scope;
    }

    /** Whose quota; null but for {@code QUOTA}. */
    public Scope scope() {
        return scope;
    }

    public Reason reason() {
        return reason;
    }
}
