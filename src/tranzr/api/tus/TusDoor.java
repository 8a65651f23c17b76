package tranzr.api.tus;

import tranzr.api.ErrorCode;
import tranzr.api.Problem;
import tranzr.api.Problems;
import tranzr.http.BadRequestException;
import tranzr.http.Handler;
import tranzr.http.Request;
import tranzr.http.Response;

/**
 * What holds for every request below {@code /tus}, before it is known which route it is for and after it is answered, whoever answered it: the version, the method that
 * counts, and the statuses that the clients of tus understand. Other paths pass untouched.
 */
public final class TusDoor {

    private static final String ROOT = "tus";
    private static final String EXTENSIONS = "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination";
    /** "460 Checksum Mismatch" (tus 1.0.0, "Checksum"). */
    private static final int CHECKSUM_MISMATCH = 460;
    private static final int BAD_REQUEST = 400;
    private static final int CONFLICT = 409;
    private static final int LOCKED = 423;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;

    private final Problems problems;
    private final long maxSize;

    /** @param maxSize the longest upload there may be, in bytes; {@link Long#MAX_VALUE} for no limit */
    public TusDoor(Problems problems, long maxSize) {
        this.problems = problems;
        this.maxSize = maxSize;
    }

    /** The handler of all routes, with this door before those of tus. */
    public Handler around(Handler routes) {
        Handler door = problems.adapted(request -> handle(request, routes), TusDoor::adapted);
        return request -> {
            if (request.segments().isEmpty() || !request.segments().getFirst().equals(ROOT)) {
                return routes.handle(request);
            }
            // "The Tus-Resumable header MUST be included in every request and response except for OPTIONS requests."
            return door.handle(effective(request)).header("Tus-Resumable", TusFields.VERSION);
        };
    }

    /** "The actual method of the request MUST be ignored" (tus 1.0.0, "X-HTTP-Method-Override"), before anybody asks what that method may. */
    private static Request effective(Request request) {
        return request.headers("X-HTTP-Method-Override").size() == 1 ? request.as(request.headers("X-HTTP-Method-Override").getFirst().strip()) : request;
    }

    private Response handle(Request request, Handler routes) throws Exception {
        request.header("X-HTTP-Method-Override"); // once at most
        if (request.method().equals("OPTIONS")) {
            return options(routes.handle(request));
        }
        String version = request.header("Tus-Resumable").map(String::strip).orElse(null);
        // Who only fetches the file need not speak the protocol.
        if (version == null ? !request.method().equals("GET") : !version.equals(TusFields.VERSION)) {
            // "it MUST respond with the 412 Precondition Failed status and MUST include the Tus-Version header", and "MUST NOT process the request".
            BadRequestException refusal = ErrorCode.UNSUPPORTED_VERSION.refusal("Tus-Resumable", "send Tus-Resumable: " + TusFields.VERSION);
            return problems.answer(request, refusal).header("Tus-Version", TusFields.VERSION);
        }
        return routes.handle(request);
    }

    /** "MUST contain the Tus-Version header" (tus 1.0.0, "OPTIONS"); the same for a browser's preflight. */
    private Response options(Response response) {
        if (response.status() != 204) {
            return response;
        }
        response.header("Tus-Version", TusFields.VERSION).header("Tus-Extension", EXTENSIONS).header("Tus-Checksum-Algorithm", UploadChecksum.ALGORITHMS);
        return maxSize == Long.MAX_VALUE ? response : response.header("Tus-Max-Size", Long.toString(maxSize));
    }

    /**
     * What the clients make of a status decides about an upload: after any 4xx but 409 and 423 they never try again, and after a 5xx to HEAD they begin a new upload
     * from its first byte.
     */
    private static Problem adapted(Request request, Problem problem) {
        boolean transientOne = problem.status() >= 500 || problem.status() == TOO_MANY;
        if (request.method().equals("HEAD") && transientOne) {
            return problem.as(LOCKED);
        }
        if (problem.code().equals(ErrorCode.CHECKSUM_MISMATCH.wireName())) {
            return problem.as(CHECKSUM_MISMATCH);
        }
        if (problem.code().equals(ErrorCode.BODY_INCOMPLETE.wireName())) {
            return problem.as(CONFLICT);
        }
        // "Once set the length MUST NOT be changed": trying again will not help.
        if (problem.code().equals(ErrorCode.LENGTH_MISMATCH.wireName())) {
            return problem.as(BAD_REQUEST);
        }
        return problem.status() == TOO_MANY ? problem.as(UNAVAILABLE) : problem;
    }
}
