package tranzr.api.rest;

import java.time.Duration;
import java.time.Instant;
import tranzr.api.Fields;
import tranzr.api.ShareTerms;

/** The times that requests name for the end of something. Null for never, which has to be said in so many words. */
final class Expiry {

    /** A hundred years: later times mean a mistake, and would overflow the dates of some clients. */
    private static final Duration LONGEST = Duration.ofDays(36_525);

    private Expiry() {
    }

    /** {@code expire_minutes} from {@code now}; the field is there. */
    static Instant minutes(Fields fields, Instant now) {
        Duration life = ShareTerms.minutes(fields);
        return life == null ? null : now.plus(life);
    }

    /** {@code expires_at}; the field is there. */
    static Instant time(Fields fields, Instant now) {
        if (fields.isNone("expires_at")) {
            return null;
        }
        Instant expires = fields.time("expires_at").orElseThrow();
        if (!expires.isAfter(now)) {
            throw Fields.invalid("expires_at", "is past; what is to end now is deleted");
        }
        if (Duration.between(now, expires).compareTo(LONGEST) > 0) {
            throw Fields.invalid("expires_at", "must be within a hundred years, or null for no expiry");
        }
        return expires;
    }

    /** What the one or the other of the two says; {@code before} when neither is there. */
    static Instant changed(Fields fields, Instant now, Instant before) {
        if (fields.has("expires_at") && fields.has("expire_minutes")) {
            throw Fields.invalid("expires_at", "cannot be set together with expire_minutes");
        }
        return fields.has("expires_at") ? time(fields, now) : fields.has("expire_minutes") ? minutes(fields, now) : before;
    }
}
