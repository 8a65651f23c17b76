package tranzr.api.ietf;

import java.time.Duration;
import java.time.Instant;
import tranzr.http.StructuredFields;
import tranzr.model.Upload;

/** {@code Upload-Limit} (section 4.1.4): what the server refuses anyway. Appends have no limits of their own. */
final class Limits {

    static final String FIELD = "Upload-Limit";

    private Limits() {
    }

    /** Before there is an upload. @param largest the most bytes a file may have */
    static String of(long largest) {
        // Draft 06, section 4.1.4: never an empty value. What no Integer can tell is no limit that anybody meets.
        return largest > StructuredFields.MAX_INTEGER ? "min-size=0" : "min-size=0, max-size=" + largest;
    }

    /** Of an upload that goes on. */
    static String of(long largest, Upload upload, Instant now, Dialect dialect) {
        if (upload.expires() == null) {
            return of(largest);
        }
        long age = Math.max(0, Duration.between(now, upload.expires()).toSeconds());
        return of(largest) + ", " + dialect.nameOfAge() + "=" + Math.min(age, StructuredFields.MAX_INTEGER);
    }
}
