package tranzr.api.tus;

import java.util.List;
import java.util.regex.Pattern;
import tranzr.api.ErrorCode;
import tranzr.api.Fields;
import tranzr.api.Problem;
import tranzr.api.Problems;
import tranzr.http.Handler;
import tranzr.http.Request;
import tranzr.http.Response;

/**
 * What holds for every request below {@code /tus}, before it is known which route it is for and after it is answered, whoever answered it: the version, the method that
 * counts, and the statuses that the clients of tus understand. Other paths pass untouched.
 */
public final class TusDoor {

    private static final String ROOT = "tus";
    private static final String OVERRIDE = "X-HTTP-Method-Override";
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");
    private static final String EXTENSIONS = "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination,concatenation";
    /** "460 Checksum Mismatch" (tus 1.0.0, "Checksum"). */
    private static final int CHECKSUM_MISMATCH = 460;
    private static final int BAD_REQUEST = 400;
    private static final int LOCKED = 423;
    private static final int SERVER_ERROR = 500;

    private final long maxSize;

    /** @param maxSize the longest upload there may be, in bytes; {@link Long#MAX_VALUE} for no limit */
    public TusDoor(long maxSize) {
        this.maxSize = maxSize;
    }

    /** The handler of all routes, with this door before those of tus. */
    public Handler around(Handler routes) {
        return came -> {
            if (came.segments().isEmpty() || !came.segments().getFirst().equals(ROOT)) {
                return routes.handle(came);
            }
            Request request = effective(came);
            Problems.tell(request, problem -> told(request, problem));
            return versioned(handle(request, routes));
        };
    }

    /** "The Tus-Resumable header MUST be included in every request and response except for OPTIONS requests." */
    private static Response versioned(Response response) {
        return response.header("Tus-Resumable", TusFields.VERSION);
    }

    /** "The actual method of the request MUST be ignored" (tus 1.0.0, "X-HTTP-Method-Override"), before anybody asks what that method may. */
    private static Request effective(Request request) {
        List<String> methods = request.headers(OVERRIDE);
        return methods.size() == 1 && METHOD.matcher(methods.getFirst()).matches() ? request.as(methods.getFirst()) : request;
    }

    private Response handle(Request request, Handler routes) throws Exception {
        request.header(OVERRIDE).filter(method -> !method.equals(request.method())).ifPresent(_ -> {
            throw Fields.invalid(OVERRIDE, "must be a method, such as PATCH");
        });
        if (request.method().equals("OPTIONS")) {
            return options(routes.handle(request));
        }
        String version = request.header("Tus-Resumable").map(String::strip).orElse(null);
        // Who only fetches the file need not speak the protocol.
        if (version == null ? !request.method().equals("GET") : !version.equals(TusFields.VERSION)) {
            // "it MUST respond with the 412 Precondition Failed status and MUST include the Tus-Version header", and "MUST NOT process the request".
            throw ErrorCode.UNSUPPORTED_VERSION.refusal("Tus-Resumable", "send Tus-Resumable: " + TusFields.VERSION);
        }
        if (request.hasBody()) {
            request.whenSlow(() -> versioned(Problem.of(ErrorCode.BODY_INCOMPLETE, "the body came too slowly; what came of it is kept").as(LOCKED).toJson()));
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

    private static Response told(Request request, Problem problem) {
        Response response = versioned(adapted(request, problem).toJson());
        return problem.code().equals(ErrorCode.UNSUPPORTED_VERSION.wireName()) ? response.header("Tus-Version", TusFields.VERSION) : response;
    }

    /**
     * What the clients make of a status decides about an upload: after any 4xx but 409 and 423 they never try again, and after a 5xx to HEAD they begin a new upload
     * from its first byte. So what may pass is 423, for which no client gives up.
     */
    private static Problem adapted(Request request, Problem problem) {
        if (problem.code().equals(ErrorCode.CHECKSUM_MISMATCH.wireName())) {
            return problem.as(CHECKSUM_MISMATCH);
        }
        // "Once set the length MUST NOT be changed": trying again will not help.
        if (problem.code().equals(ErrorCode.LENGTH_MISMATCH.wireName())) {
            return problem.as(BAD_REQUEST);
        }
        boolean passes = problem.status() < SERVER_ERROR ? problem.retryable() : request.method().equals("HEAD");
        return passes ? problem.as(LOCKED) : problem;
    }
}
