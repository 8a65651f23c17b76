package tranzr.api.ietf;

import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import tranzr.api.Callers;
import tranzr.api.DigestClaims;
import tranzr.api.Problem;
import tranzr.api.RequestBody;
import tranzr.api.WholeFiles;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.Body;
import tranzr.transfer.DigestClaim;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Uploads;

/** The content of one request on its way to the end of its upload: of a creation or of an append, which differ in nothing from here on (sections 4.2.2 and 4.4.2). */
final class Arrival {

    private final Answers answers;
    private final Request request;
    private final Uploads uploads;
    private final UploadFields fields;
    private final UUID id;
    private final long offset;
    private BooleanSupplier announcement = () -> false;
    private boolean announced;
    /** Whether the representation has come as a whole: from then on what goes wrong has to do with the file, and no longer with the upload. */
    private boolean isWhole;

    /** @param upload open, and as long as the fields say, if they do @param offset where the content begins, which is where the upload goes on */
    Arrival(Engine engine, Answers answers, Request request, UploadFields fields, Upload upload, long offset) {
        this.answers = answers;
        this.request = request;
        this.uploads = engine.uploads(Callers.of(request), Callers.peer(request));
        this.fields = fields;
        this.id = upload.id();
        this.offset = offset;
    }

    /** The same for an upload that nobody has heard of yet. @param announcement tells of it before the content is read; whether that went out */
    Arrival announcing(BooleanSupplier announcement) {
        this.announcement = announcement;
        return this;
    }

    /** Whether the client was told of the upload before the answer. */
    boolean isAnnounced() {
        return announced;
    }

    /** Takes the content and answers the request. @param files the door that has begun the upload @param secrets what it has planned @param appended the status when it is not complete then */
    Response take(WholeFiles files, Map<String, String> secrets, int appended) {
        try {
            long end = receive();
            if (!fields.completes()) {
                return answers.open(request, fields.dialect(), appended, uploads.get(id));
            }
            return complete(files, secrets, end);
        } catch (RuntimeException e) {
            Problem problem = Answers.problem(fields.dialect(), e).orElseThrow(() -> e);
            return answers.refused(request, fields.dialect(), problem, id, isWhole);
        }
    }

    private long receive() {
        DigestClaim claim = DigestClaims.of(request);
        if (request.contentLength() == 0 && !claim.isAny()) {
            announced = announcement.getAsBoolean();
            return offset;
        }
        AnnouncedBody announcing = new AnnouncedBody(RequestBody.of(request), announcement);
        Body body = announcing;
        if (fields.dialect().tellsProgress() && Interim.isPossible(request, fields.dialect())) {
            body = new ToldBody(body, request, fields.dialect(), offset, () -> uploads.get(id).ranges().contiguousEnd(0));
        }
        try {
            return uploads.writeRange(id, offset, -1, -1, body, claim).range().end();
        } catch (FailureException e) {
            if (e.failure() instanceof Failure.RangeOutOfBounds) {
                throw givenUp(uploads, id);
            }
            throw e;
        } finally {
            announced = announcing.isAnnounced();
        }
    }

    /** Section 4.4.2: when more comes than its length, the upload is invalid, and nothing can be done with it any more. */
    static RefusedException givenUp(Uploads uploads, UUID id) {
        uploads.abort(id);
        return RefusedException.inconsistentLength("the content goes on past the length of the upload, which is given up");
    }

    private Response complete(WholeFiles files, Map<String, String> secrets, long end) {
        Upload upload = uploads.get(id);
        if (upload.lengthKnown() && upload.length() != end) {
            throw RefusedException.inconsistentLength("the upload has " + upload.length() + " bytes, but would end at byte " + end);
        }
        if (!upload.lengthKnown()) {
            uploads.fixLength(id, end);
        }
        isWhole = true;
        try {
            Uploads.Assembly assembly = uploads.complete(id, fields.expected(), files.patience(), files.expires(upload.notes()));
            return assembly.upload().state() == UploadState.COMPLETED ? answers.completed(request, fields.dialect(), files, secrets, assembly.upload())
                    : answers.pending(request, fields.dialect(), assembly);
        } catch (FailureException e) {
            if (e.failure() instanceof Failure.HashMismatch) {
                uploads.abort(id); // Section 10.1: it has failed, and sending more of it would not help.
            }
            throw e;
        }
    }
}
