package tranzr.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Which records are looked for; each part may be null, for any.
 *
 * @param from the earliest time
 * @param to the time before which it was
 * @param actor as recorded
 * @param action its beginning: {@code share} finds {@code share.create} and {@code share.attempt}
 * @param result as recorded
 * @param fileId the subject's {@code file_id}
 * @param share the subject's {@code share}
 * @param address as recorded
 */
public record AuditQuery(Instant from, Instant to, String actor, String action, String result, String fileId, String share, String address) {

    public static final AuditQuery ALL = new AuditQuery(null, null, null, null, null, null, null, null);

    /** How far a clock may have been set back for all to be found. */
    private static final Duration SLACK = Duration.ofDays(1);

    boolean matches(Line line) {
        Map<String, Object> fields = line.fields();
        Map<?, ?> subject = fields.get("subject") instanceof Map<?, ?> map ? map : Map.of();
        return (from == null || !line.time().isBefore(from)) && (to == null || line.time().isBefore(to))
                && (actor == null || actor.equals(fields.get("actor"))) && (result == null || result.equals(fields.get("result")))
                && (action == null || fields.get("action") instanceof String done && done.startsWith(action))
                && (address == null || address.equals(fields.get("address")))
                && (fileId == null || fileId.equals(subject.get("file_id"))) && (share == null || share.equals(subject.get("share")));
    }

    /** Whether nothing that is older than this line can match. */
    boolean isPast(Line line) {
        return from != null && line.time().isBefore(from.minus(SLACK));
    }
}
