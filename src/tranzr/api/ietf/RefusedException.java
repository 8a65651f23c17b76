package tranzr.api.ietf;

import tranzr.api.ErrorCode;
import tranzr.api.Problem;

/** What this door refuses by itself, with the problem types that the draft registers (section 7). */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final String TYPES = "https://iana.org/assignments/http-problem-types#";

    private final transient Problem problem;

    private RefusedException(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }

    /** Section 7.1. @param offset of the upload @param provided by the client */
    static RefusedException mismatchingOffset(long offset, long provided) {
        return new RefusedException(Problem.of(ErrorCode.OFFSET_MISMATCH, "the upload goes on at byte " + offset + ", and not at " + provided)
                .with("type", TYPES + "mismatching-upload-offset").with("expected-offset", offset).with("provided-offset", provided));
    }

    /** Section 7.2. */
    static RefusedException completed() {
        return new RefusedException(Problem.of(ErrorCode.COMPLETED_UPLOAD, "the upload is completed, and nothing is added to it any more").with("type", TYPES + "completed-upload"));
    }

    /** Section 7.3. */
    static RefusedException inconsistentLength(String detail) {
        return new RefusedException(Problem.of(ErrorCode.INCONSISTENT_UPLOAD_LENGTH, detail).with("type", TYPES + "inconsistent-upload-length"));
    }

    static RefusedException mediaType(String detail) {
        return new RefusedException(Problem.of(ErrorCode.UNSUPPORTED_MEDIA_TYPE, detail));
    }
}
