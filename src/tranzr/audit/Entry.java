package tranzr.audit;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * What happened, to be recorded. Holds no secret: whoever makes one names tokens and links by their ids. Everything but time, action and result may be
 * null, empty or 0, and is left out then. A text is cut to {@link LineText#MAX_VALUE} bytes.
 *
 * @param time when, by the server's clock
 * @param requestId as the answer tells it
 * @param actor the id of a token, {@code guest:ID} for an upload request's guest, {@link #SYSTEM} or {@link #NOBODY}
 * @param actorName for people; the name the token had then
 * @param address the client's
 * @param action such as {@code upload.start}, {@code file.download}, {@code share.attempt}, {@code token.create}, {@code login}
 * @param subject what it was done to, such as {@code file_id} and {@code share}, each with its id
 * @param result {@link #OK}, or the stable code of what went wrong
 * @param status of the answer; 0 when there was none
 * @param details texts, numbers and truth values
 */
public record Entry(Instant time, String requestId, String actor, String actorName, String address, String action, Map<String, String> subject,
        String result, int status, Map<String, Object> details) {

    /** The result of what went well. */
    public static final String OK = "ok";
    /** The actor of what the server does by itself. */
    public static final String SYSTEM = "system";
    /** The actor of a request without a token that is known. */
    public static final String NOBODY = "nobody";

    public Entry {
        Objects.requireNonNull(time);
        Objects.requireNonNull(action);
        Objects.requireNonNull(result);
        subject = subject == null ? Map.of() : subject;
        details = details == null ? Map.of() : details;
    }

    /** Something that the server did by itself. */
    public static Entry bySystem(Instant time, String action, String result, Map<String, Object> details) {
        return new Entry(time, null, SYSTEM, null, null, action, null, result, 0, details);
    }
}
