package tranzr.api.ietf;

import java.util.List;
import java.util.OptionalLong;
import tranzr.api.Fields;
import tranzr.http.DigestFields;
import tranzr.http.Request;
import tranzr.http.StructuredFields;
import tranzr.model.Digest;
import tranzr.model.Upload;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/**
 * What a request says of the upload. A field with a value that it cannot have is ignored as a whole (sections 4.1.1 to 4.1.3), as if it were not there.
 *
 * @param dialect of the client
 * @param completes whether the request's end is that of the upload
 * @param length of the whole, in bytes, or {@link Upload#UNKNOWN_LENGTH}
 * @param expected the SHA-256 of the whole ({@code Repr-Digest}, section 10.1), or null
 */
record UploadFields(Dialect dialect, boolean completes, long length, Digest expected) {

    static final String OFFSET = "Upload-Offset";
    static final String LENGTH = "Upload-Length";
    static final String MEDIA_TYPE = "application/partial-upload";

    /**
     * Of a request whose content begins at {@code offset}.
     *
     * @throws RefusedException when it contradicts itself about the length
     */
    static UploadFields of(Request request, Dialect dialect, boolean completes, long offset) {
        OptionalLong named = StructuredFields.whole(request.headers(LENGTH));
        long content = request.contentLength();
        // Section 4.1.3: the content up to the end, if it says how long it is, tells the length as well.
        long derived = completes && content >= 0 ? end(offset, content) : Upload.UNKNOWN_LENGTH;
        if (named.isPresent() && derived >= 0 && named.getAsLong() != derived) {
            throw RefusedException.inconsistentLength("Upload-Length is " + named.getAsLong() + ", but the content ends the upload at byte " + derived);
        }
        long length = named.isPresent() ? named.getAsLong() : derived;
        if (length >= 0 && end(offset, content) > length) {
            throw RefusedException.inconsistentLength("the content ends at byte " + end(offset, content) + ", past the length of " + length);
        }
        return new UploadFields(dialect, completes, length, DigestFields.sha256("Repr-Digest", request.headers("Repr-Digest")).orElse(null));
    }

    /** Where the content ends; where it begins when it does not say. Fails with TooLarge for what no field could tell. */
    static long end(long offset, long content) {
        if (content > StructuredFields.MAX_INTEGER - offset) {
            throw new FailureException(new Failure.TooLarge(StructuredFields.MAX_INTEGER));
        }
        return offset + Math.max(0, content);
    }

    /** {@code Upload-Offset} of an append. @throws tranzr.http.BadRequestException when there is none */
    static long offset(Request request) {
        return StructuredFields.whole(request.headers(OFFSET)).orElseThrow(() -> Fields.invalid(OFFSET, "is missing, or no number of bytes; HEAD tells it"));
    }

    /** Whether the content is labelled as a part of an upload (section 6). */
    static boolean isLabelled(Request request) {
        List<String> types = request.headers("Content-Type");
        return types.size() == 1 && types.getFirst().split(";", 2)[0].strip().equalsIgnoreCase(MEDIA_TYPE);
    }
}
