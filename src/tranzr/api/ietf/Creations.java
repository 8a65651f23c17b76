package tranzr.api.ietf;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import tranzr.api.Callers;
import tranzr.api.DigestClaims;
import tranzr.api.ErrorCode;
import tranzr.api.Problem;
import tranzr.api.Recorder;
import tranzr.api.RequestBody;
import tranzr.api.WholeFiles;
import tranzr.http.BadRequestException;
import tranzr.http.Handler;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.Upload;
import tranzr.transfer.Engine;
import tranzr.transfer.FailureException;
import tranzr.transfer.Uploads;

/**
 * The front door for Resumable Uploads for HTTP (draft-ietf-httpbis-resumable-upload, interop versions 3 to 8), where uploads begin: any request that brings a file, and says whether its end is that of
 * the upload, makes an upload resource ({@link UploadResource}).
 */
final class Creations {

    private final Engine engine;
    private final Answers answers;
    private final WholeFiles plain;
    private final WholeFiles other;

    /** @param other the door whose requests can be resumed by {@link #over} */
    Creations(Engine engine, InstantSource clock, WholeFiles other) {
        this.engine = engine;
        this.answers = new Answers(engine, clock);
        this.plain = new PlainFiles(engine);
        this.other = other;
    }

    /** {@code POST}, {@code PUT} and {@code PATCH /files/upload} (section 4.2). A request that does not say whether it is the last brings a whole file, as anywhere. */
    Response create(Request request) {
        return create(request, Dialect.of(request), plain);
    }

    /** {@code OPTIONS} of whatever makes upload resources (section 4.1.4). */
    Response options(Request request) {
        return answers.options(request);
    }

    /** A door that takes whole files, so that a request for it can be resumed when it says {@code Upload-Complete}; all others find that door as it is. */
    Handler over(Handler behind) {
        return request -> {
            Dialect dialect = Dialect.of(request);
            Optional<Boolean> completes = dialect.completes(request);
            boolean isWhole = completes.orElse(true);
            if (completes.isPresent() && (!isWhole || Interim.isPossible(request, dialect) && !isOfPieces(request))) {
                return create(request, dialect, other);
            }
            Response response = behind.handle(request);
            return completes.isPresent() && response.status() < 300 ? dialect.tellCompleteness(response, true) : response;
        };
    }

    /** A door that takes whole files only, since its sender shows who it is by an address that later requests do not have. */
    Handler wholeOnly(Handler behind) {
        return request -> {
            if (!Dialect.of(request).completes(request).orElse(true)) {
                ErrorCode code = ErrorCode.RESUME_NEEDS_UPLOAD_ID;
                throw new BadRequestException(code.status(), code.wireName(), Dialect.COMPLETE,
                        "this address takes whole files; a file in parts begins at " + UploadResource.PATH + ", with the link as the token");
            }
            return behind.handle(request);
        };
    }

    /** Whether what comes is more, or less, than the bytes of one file. */
    private static boolean isOfPieces(Request request) {
        return !request.headers("Content-Range").isEmpty() || isForm(request);
    }

    private static boolean isForm(Request request) {
        return request.headers("Content-Type").stream().anyMatch(type -> type.strip().regionMatches(true, 0, "multipart/form-data", 0, 19));
    }

    private Response create(Request request, Dialect dialect, WholeFiles files) {
        try {
            if (isOfPieces(request)) {
                throw RefusedException.mediaType("only the bytes of one file can come here, as they are: no form, and no Content-Range");
            }
            return begin(request, UploadFields.of(request, dialect, dialect.completes(request).orElse(true), 0), files);
        } catch (RuntimeException e) {
            Problem problem = Answers.problem(dialect, e).orElseThrow(() -> e);
            return answers.refused(request, dialect, problem, null, false);
        }
    }

    private Response begin(Request request, UploadFields fields, WholeFiles files) {
        Dialect dialect = fields.dialect();
        Uploads uploads = engine.uploads(Callers.of(request), Callers.peer(request));
        WholeFiles.Plan plan = files.plan(request, fields.length(), fields.expected());
        Recorder.note(request, "file_id", plan.spec().id().toString());
        boolean tellable = dialect.completes(request).isPresent() && Interim.isPossible(request, dialect);
        if (fields.completes() && !tellable) {
            // Nobody could resume it, so no upload resource is needed (section 4.2.2).
            Upload file = uploads.receive(plan.spec(), RequestBody.of(request), DigestClaims.of(request), files.expires(plan.spec().notes()), List.of());
            return answers.completed(request, dialect, files, plan.secrets(), file);
        }
        Upload upload = uploads.start(plan.spec());
        String location = UploadResource.location(upload, plan.secrets());
        Arrival arrival = new Arrival(engine, answers, request, fields, upload, 0)
                .announcing(() -> tellable && Interim.announce(request, dialect, location, answers.limits(request, dialect, upload)));
        Response response = arrival.take(files, plan.secrets(), 201);
        if (response.status() < 300 || arrival.isAnnounced()) {
            return response.header("Location", location);
        }
        giveUp(uploads, upload);
        return response;
    }

    /** Nobody has heard of it. */
    private static void giveUp(Uploads uploads, Upload upload) {
        try {
            uploads.abort(upload.id());
        } catch (FailureException e) {
            System.getLogger(Creations.class.getName()).log(System.Logger.Level.DEBUG, "an upload that nobody knows of stays: {0}", e.failure());
        }
    }
}
