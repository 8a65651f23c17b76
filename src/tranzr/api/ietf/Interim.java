package tranzr.api.ietf;

import java.util.LinkedHashMap;
import java.util.Map;
import tranzr.http.Request;

/** Interim answers with the status 104 (section 5): only to clients that name a version of the draft that is known here, and where the connection lets them through. */
final class Interim {

    private static final int STATUS = 104;
    private static final String REASON = "Upload Resumption Supported";

    private Interim() {
    }

    /** Whether the client can be told of its upload before the final answer. Appendix "Draft Version Identification": never without its naming a version that is known. */
    static boolean isPossible(Request request, Dialect dialect) {
        return dialect.named() && request.canInterim();
    }

    /** Tells where the upload can be resumed, and, since draft 04, its limits (section 4.2.2). @return whether it went out */
    static boolean announce(Request request, Dialect dialect, String location, String limits) {
        Map<String, String> fields = fields(dialect);
        fields.put("Location", location);
        if (dialect.hasLimits()) {
            fields.put(Limits.FIELD, limits);
        }
        return request.interim(STATUS, REASON, fields);
    }

    /** Tells how much is durable: without a {@code Location} (section 4.4.2). */
    static void progress(Request request, Dialect dialect, long offset) {
        Map<String, String> fields = fields(dialect);
        fields.put(UploadFields.OFFSET, Long.toString(offset));
        request.interim(STATUS, REASON, fields);
    }

    private static Map<String, String> fields(Dialect dialect) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(Dialect.VERSION, Integer.toString(dialect.version()));
        return fields;
    }
}
