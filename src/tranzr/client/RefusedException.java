package tranzr.client;

import java.time.Duration;
import java.util.Map;

/** The server has answered, and its answer is no (RFC 9457). */
public final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final transient Duration retryAfter;
    private final transient Map<String, Object> members;

    /**
     * @param code the problem's stable code; null when the answer was no problem of Tranzr (a proxy's, say)
     * @param retryAfter what {@code Retry-After} says; null when it says nothing
     * @param members of the problem; empty when it was none
     */
    RefusedException(int status, String code, String detail, Duration retryAfter, Map<String, Object> members) {
        super(detail);
        this.status = status;
        this.code = code;
        this.retryAfter = retryAfter;
        this.members = members;
    }

    public int status() {
        return status;
    }

    /** Such as {@code upload_expired}; empty when the answer was not one of Tranzr. */
    public String code() {
        return code == null ? "" : code;
    }

    /** Null when the server did not say. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /** Of the problem, beside the ones above. */
    Map<String, Object> members() {
        return members;
    }
}
