package tranzr.client;

/** Why a transfer ended, or cannot go on for now. The message is for a person. */
public final class TransferException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What kind of end. */
    public enum Kind {
        /** The server said no, and will say so again. */
        REFUSED(false),
        /** The server cannot be reached, or cannot take more now (no space, too busy), for longer than the caller wanted to wait. */
        UNREACHABLE(true),
        /** {@link Transfer#pause} was called. */
        PAUSED(true),
        /** {@link Transfer#cancel} was called. */
        CANCELLED(false),
        /** The file is not the one that it was when the transfer began. */
        CHANGED(false),
        /** What arrived is not what was sent. */
        VERIFICATION(false),
        /** Something the caller said is wrong: no such file, no such link, a wrong password. */
        INPUT(false),
        /** Another process has this transfer in hand. */
        IN_USE(false),
        /** The own disk is full or broken; it can go on when that is mended. */
        LOCAL(true);

        private final boolean resumable;

        Kind(boolean resumable) {
            this.resumable = resumable;
        }

        /** Whether the same transfer, begun again, goes on where it was. */
        public boolean isResumable() {
            return resumable;
        }
    }

    private final Kind kind;

    public TransferException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public TransferException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** The server's code, such as {@code quota_exceeded}; empty when it was not the server. */
    public String code() {
        return getCause() instanceof RefusedException refused ? refused.code() : "";
    }
}
