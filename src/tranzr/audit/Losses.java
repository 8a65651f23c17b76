package tranzr.audit;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** What could not be written, until that itself is recorded. Guarded by the log's lock. */
final class Losses {

    private long count;
    private Instant first;
    private Instant last;
    private long doubtfulFrom;
    private long doubtfulTo;
    private String reason;

    boolean isEmpty() {
        return reason == null;
    }

    long count() {
        return count;
    }

    /** Null when nothing is lost. */
    String reason() {
        return reason;
    }

    /** @return whether this is the first failure since the last record */
    boolean failed(Exception e) {
        boolean news = reason == null;
        reason = String.valueOf(e.getMessage());
        return news;
    }

    void lost(Instant time) {
        first = count == 0 ? time : first;
        last = time;
        count++;
    }

    /** Records that were written, but that no force has confirmed. */
    void doubtful(long from, long to) {
        if (from <= to) {
            doubtfulFrom = doubtfulFrom == 0 ? from : doubtfulFrom;
            doubtfulTo = to;
        }
    }

    Map<String, Object> told() {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("lost", count);
        if (count > 0) {
            details.put("first", first.toString());
            details.put("last", last.toString());
        }
        if (doubtfulFrom > 0) {
            details.put("doubtful_from", doubtfulFrom);
            details.put("doubtful_to", doubtfulTo);
        }
        details.put("reason", reason);
        return details;
    }

    void clear() {
        count = 0;
        doubtfulFrom = 0;
        doubtfulTo = 0;
        reason = null;
    }
}
