package tranzr.api.ietf;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tranzr.api.Callers;
import tranzr.api.Problem;
import tranzr.api.Problems;
import tranzr.api.WholeFiles;
import tranzr.http.BadRequestException;
import tranzr.http.DigestFields;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Uploads;

/** What this door answers, with the fields that each version of the draft wants in it. */
final class Answers {

    private static final int TOO_LARGE = 413;
    private static final int WRONG_MEDIA_TYPE = 415;

    private final Engine engine;
    private final InstantSource clock;

    Answers(Engine engine, InstantSource clock) {
        this.engine = engine;
        this.clock = clock;
    }

    private Uploads uploads(Request request) {
        return engine.uploads(Callers.of(request), Callers.peer(request));
    }

    /** {@code Upload-Limit} of an upload. */
    String limits(Request request, Dialect dialect, Upload upload) {
        return Limits.of(uploads(request).largestFile(), upload, clock.instant(), dialect);
    }

    /** What OPTIONS tells of a resource by which uploads begin (section 4.1.4). */
    Response options(Request request) {
        return Response.empty(204).header("Accept-Patch", UploadFields.MEDIA_TYPE).header(Limits.FIELD, Limits.of(uploads(request).largestFile()));
    }

    /** Where an upload stands that is not complete: the answer to a creation or an append that does not complete it. */
    Response open(Request request, Dialect dialect, int status, Upload upload) {
        return state(Response.empty(status), request, dialect, upload);
    }

    /** Where an upload stands (section 4.3.2). A client that has missed the final answer learns from it what it needs (section 11). */
    Response retrieved(Request request, Dialect dialect, Upload upload) {
        Response response = state(Response.empty(204), request, dialect, upload).header("X-File-Id", upload.id().toString());
        if (upload.lengthKnown()) {
            response.header(UploadFields.LENGTH, Long.toString(upload.length()));
        }
        if (upload.state() == UploadState.COMPLETED) {
            tellDigest(request, response, upload);
        }
        return response;
    }

    private Response state(Response response, Request request, Dialect dialect, Upload upload) {
        if (dialect.hasLimits()) {
            response.header(Limits.FIELD, limits(request, dialect, upload));
        }
        response.header(UploadFields.OFFSET, Long.toString(upload.ranges().contiguousEnd(0))).header("Cache-Control", "no-store");
        return dialect.tellCompleteness(response, !upload.state().isOpen());
    }

    /** What the sender of a whole file is told. */
    Response completed(Request request, Dialect dialect, WholeFiles files, Map<String, String> secrets, Upload file) {
        Response response = files.answer(request, file, secrets).header(UploadFields.OFFSET, Long.toString(file.length())).header("Cache-Control", "no-store");
        tellDigest(request, response, file);
        return dialect.tellCompleteness(response, true).digestedFor(request);
    }

    /** What the sender of a whole file is told that is still being hashed. */
    Response pending(Request request, Dialect dialect, Uploads.Assembly assembly) {
        Upload upload = assembly.upload();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("file_id", upload.id().toString());
        view.put("status", upload.state().wireName());
        view.put("file_size", upload.length());
        view.put("bytes_hashed", assembly.hashed());
        view.put("percentage", upload.length() == 0 ? 100 : assembly.hashed() * 100 / upload.length());
        view.put("status_url", request.baseUrl() + "/upload/status/" + upload.id());
        Response response = Response.json(202, view).header("X-File-Id", upload.id().toString()).header("Retry-After", "1");
        return state(response, request, dialect, upload);
    }

    /** Section 10.1: the digest by the algorithm that there is, unless the client cannot use it. */
    private static void tellDigest(Request request, Response response, Upload file) {
        response.header("X-Content-SHA256", file.sha256().hex());
        if (!DigestFields.declineSha256(request.headers("Want-Repr-Digest"))) {
            response.header("Repr-Digest", DigestFields.of(file.sha256()));
        }
    }

    /** The problem that an exception of this door, of the engine or of a malformed request means; empty for what nobody foresaw. */
    static Optional<Problem> problem(Dialect dialect, RuntimeException thrown) {
        return switch (thrown) {
            case RefusedException e -> Optional.of(e.problem());
            // Draft 04, sections 5 to 7: whatever is not active is unknown.
            case FailureException e when e.failure() instanceof Failure.UploadExpired expired && dialect.isOfProcedures() ->
                    Optional.of(Problems.of(new Failure.UnknownFile(expired.id())));
            case FailureException e -> Optional.of(Problems.of(e.failure()));
            case BadRequestException e -> Optional.of(Problems.of(e));
            default -> Optional.empty();
        };
    }

    /**
     * Tells a problem. One that concerns the upload says that it is not complete and, as long as it goes on, where (draft 04, section 6; draft 05, section 4.4.2); one that concerns the file
     * that has come whole says so, and sending it again would not help (section 4.4.2).
     *
     * @param id of the upload; null while there is none
     */
    Response refused(Request request, Dialect dialect, Problem problem, UUID id, boolean isWhole) {
        Response response = Problems.told(request, problem).toJson();
        Upload upload = id == null ? null : find(request, id);
        if (upload != null && upload.state().isOpen() && !isWhole) {
            state(response, request, dialect, upload);
        } else if (id != null) {
            dialect.tellCompleteness(response, isWhole || upload != null && !upload.state().isOpen());
        }
        if (problem.status() == TOO_LARGE) {
            response.header(Limits.FIELD, Limits.of(uploads(request).largestFile())); // Section 4.1.4.
        }
        return problem.status() == WRONG_MEDIA_TYPE ? response.header("Accept-Patch", UploadFields.MEDIA_TYPE) : response; // RFC 5789, section 2.2.
    }

    private Upload find(Request request, UUID id) {
        try {
            return uploads(request).get(id);
        } catch (FailureException e) {
            return null;
        }
    }
}
