package tranzr.api.ietf;

import java.util.Optional;
import java.util.OptionalLong;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.http.StructuredFields;

/**
 * What the versions of the draft do differently. A client names its own by {@code Upload-Draft-Interop-Version}; 3 is draft 01, 4 is draft 02, 5 is draft 03, 6 are drafts 04 and 05, 7 are drafts
 * 06 to 08, 8 are drafts 09 to 12. Sections are those of the newest draft unless another is named.
 *
 * @param version 3 to 8
 * @param named whether the client has named it, so that it may be sent interim answers
 */
record Dialect(int version, boolean named) {

    static final String VERSION = "Upload-Draft-Interop-Version";
    static final String COMPLETE = "Upload-Complete";
    /** The opposite, up to version 3. */
    static final String INCOMPLETE = "Upload-Incomplete";

    private static final int OLDEST = 3;
    private static final int NEWEST = 8;

    /** Of a client that names none: the newest, unless it uses a field that only the oldest has. */
    static Dialect of(Request request) {
        OptionalLong version = StructuredFields.whole(request.headers(VERSION));
        if (version.isPresent() && version.getAsLong() >= OLDEST && version.getAsLong() <= NEWEST) {
            return new Dialect((int) version.getAsLong(), true);
        }
        boolean old = StructuredFields.flag(request.headers(INCOMPLETE)).isPresent() && StructuredFields.flag(request.headers(COMPLETE)).isEmpty();
        return new Dialect(old ? OLDEST : NEWEST, false);
    }

    private boolean isOldest() {
        return version == OLDEST;
    }

    /** Whether the end of the request's content is that of the upload; empty when the field is absent or has any other value, by which it is ignored (section 4.1.2). */
    Optional<Boolean> completes(Request request) {
        return isOldest() ? StructuredFields.flag(request.headers(INCOMPLETE)).map(incomplete -> !incomplete) : StructuredFields.flag(request.headers(COMPLETE));
    }

    /** As {@link #completes}, of an append: in version 3 the last one lacks the field (draft 01, section 5). */
    Optional<Boolean> completesByAppending(Request request) {
        return completes(request).or(() -> isOldest() ? Optional.of(true) : Optional.empty());
    }

    /** Says whether the upload is complete. */
    Response tellCompleteness(Response response, boolean complete) {
        return isOldest() ? response.header(INCOMPLETE, complete ? "?0" : "?1") : response.header(COMPLETE, complete ? "?1" : "?0");
    }

    /** Whether appended content has to be labelled {@code application/partial-upload}: since draft 04. */
    boolean labelsContent() {
        return version >= 6;
    }

    /** Whether interim answers may tell the offset: since draft 03. */
    boolean tellsProgress() {
        return version >= 5;
    }

    /** Whether {@code Upload-Limit} is known: since draft 04. */
    boolean hasLimits() {
        return version >= 6;
    }

    /** What {@code Upload-Limit} calls the remaining life of an upload: since draft 06 not {@code expires}. */
    String nameOfAge() {
        return version >= 7 ? "max-age" : "expires";
    }

    /** Whether a retrieval of the offset, or a cancellation, must not have the fields of an append (draft 04, sections 5 and 7), and whatever is not active is unknown. */
    boolean isOfProcedures() {
        return version <= 6;
    }

    /** The status of an answer to an append that does not complete: 201 up to draft 04 (its section 6), later any success. */
    int appended() {
        return version <= 6 ? 201 : 204;
    }
}
