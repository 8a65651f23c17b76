package tranzr.api;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import tranzr.http.Response;

/**
 * One answer that tells what went wrong (RFC 9457).
 *
 * @param code stable, snake_case
 * @param detail for people; holds no secrets
 * @param retryAfter when a retry may help, or null when that is not known
 * @param extra further members of the JSON form
 */
public record Problem(int status, String code, String title, String detail, boolean retryable, Duration retryAfter,
        Map<String, Object> extra) {

    /** How one kind of client is told, where it reads what went wrong from another place, or goes by other statuses. */
    @FunctionalInterface
    public interface Form {
        Response of(Problem problem);
    }

    /** Both schemes are taken; see {@link Gate}. */
    private static final String TOKEN_CHALLENGE = "Bearer realm=\"tranzr\", Basic realm=\"tranzr\", charset=\"UTF-8\"";
    /** For a page's own requests: at {@code Basic} a browser would ask its user itself. */
    static final String SCRIPT_CHALLENGE = "Bearer realm=\"tranzr\"";
    private static final String SHARE_CHALLENGE = "Basic realm=\"tranzr share\", charset=\"UTF-8\"";

    public Problem {
        extra = new LinkedHashMap<>(extra);
    }

    public static Problem of(ErrorCode code, String detail) {
        return new Problem(code.status(), code.wireName(), code.title(), detail, code.retryable(), null, Map.of());
    }

    /** This problem with one more member. */
    public Problem with(String member, Object value) {
        Problem more = new Problem(status, code, title, detail, retryable, retryAfter, extra);
        more.extra.put(member, value);
        return more;
    }

    /** The same, told by another status. */
    public Problem as(int otherStatus) {
        return new Problem(otherStatus, code, title, detail, retryable, retryAfter, extra);
    }

    /** The same, telling when to try again. */
    public Problem after(Duration wait) {
        return new Problem(status, code, title, detail, retryable, wait, extra);
    }

    /** {@code application/problem+json}. */
    public Response toJson() {
        Map<String, Object> members = new LinkedHashMap<>(extra);
        members.put("retryable", retryable);
        return withFields(Response.problem(status, code, title, detail, members));
    }

    /** {@code application/json} with these members, and the header fields that the problem comes with. */
    public Response toJson(Map<String, Object> members) {
        return withFields(Response.json(status, members));
    }

    /** One line for a person at a terminal. */
    public Response toText() {
        return withFields(Response.text(status, "error: " + detail + " (" + code + ")\n"));
    }

    private Response withFields(Response response) {
        if (retryAfter != null) {
            long seconds = Math.max(1, retryAfter.plusMillis(999).toSeconds());
            response.header("Retry-After", Long.toString(seconds));
        }
        if (code.equals(ErrorCode.PASSWORD_REQUIRED.wireName()) || code.equals(ErrorCode.WRONG_PASSWORD.wireName())) {
            response.header("WWW-Authenticate", SHARE_CHALLENGE);
        } else if (code.equals(ErrorCode.SESSION_EXPIRED.wireName())) {
            response.header("WWW-Authenticate", SCRIPT_CHALLENGE);
        } else if (status == 401) {
            response.header("WWW-Authenticate", TOKEN_CHALLENGE);
        }
        return response.header("Cache-Control", "no-store");
    }
}
