package tranzr.api.tus;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import tranzr.accounts.SecondFactor;
import tranzr.api.Callers;
import tranzr.api.ErrorCode;
import tranzr.api.Fields;
import tranzr.api.Gate;
import tranzr.api.Ids;
import tranzr.api.Recorder;
import tranzr.api.RequestBody;
import tranzr.api.ShareLinks;
import tranzr.api.Throttle;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.ByteRange;
import tranzr.model.FileName;
import tranzr.model.Notes;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.Body;
import tranzr.transfer.DigestClaim;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Joined;
import tranzr.transfer.NewUpload;
import tranzr.transfer.Shares;
import tranzr.transfer.Uploads;

/**
 * The door for clients of tus 1.0.0 (https://tus.io/protocols/resumable-upload): an upload is appended to, at the end of what is durable of it from its first byte on. The
 * names in quotes below are sections of the protocol. Stands behind {@link TusDoor}.
 */
public final class TusRoutes {

    /** How long the answer to the last byte waits for what is left to hash: nothing, when the bytes came in order. */
    private static final Duration HASHING = Duration.ofSeconds(5);
    /**
     * How long an older request may take to notice that its connection is gone. What has arrived of it is then kept, which is cheaper than to have it sent again; one that
     * does not notice is ended.
     */
    private static final Duration LETTING_GO = Duration.ofMillis(250);
    private static final ByteRange ALL = new ByteRange(0, Long.MAX_VALUE);

    /** By this name the door knows its own notes. */
    private static final String DOOR = "tus";
    private static final String METADATA = "metadata";
    private static final String CONCAT = "concat";
    /** How long the answer to a final upload waits for its hash, so that a small one is complete by then. */
    private static final Duration JOINING = Duration.ofMillis(250);

    private final Engine engine;
    private final SecondFactor factor;
    private final long defaultChunkSize;

    /**
     * @param factor asked for before a completed file is deleted
     * @param defaultChunkSize by which others see the upload, in bytes
     */
    public TusRoutes(Engine engine, SecondFactor factor, long defaultChunkSize) {
        this.engine = engine;
        this.factor = factor;
        this.defaultChunkSize = defaultChunkSize;
    }

    private Uploads uploads(Request request) {
        return engine.uploads(Callers.of(request), Callers.peer(request));
    }

    /** {@code POST /tus}: "Creation", and "Creation With Upload" when it has a body. */
    public Response create(Request request) {
        Metadata metadata = Metadata.parse(request.headers(Metadata.FIELD));
        Optional<Concatenation> concatenation = Concatenation.of(request);
        Optional<LinkWish> wish = LinkWish.of(metadata);
        if (concatenation.isPresent() && !concatenation.get().isPartial()) {
            return join(request, metadata, concatenation.get(), wish);
        }
        boolean part = concatenation.isPresent();
        if (part && wish.isPresent()) {
            throw Fields.invalid("share", "a partial upload gets no link: wish for it with the final one");
        }
        long length = length(request);
        boolean brings = bringsBytes(request);
        DigestClaim claim = UploadChecksum.of(request);
        Uploads uploads = uploads(request);
        UUID id = uploads.newId();
        NewUpload spec = spec(uploads, id, id, metadata, length).with(notes(metadata, concatenation));
        Optional<Shares.Promised> link = wish.map(wanted -> wanted.promised(engine.shares(Callers.of(request))));
        spec = link.isPresent() ? spec.with(link.get().promise()) : spec;
        Body body = RequestBody.of(request);
        Recorder.note(request, "file_id", spec.id().toString());
        Upload upload = !part && (length == 0 || brings && body.length() == length) ? whole(uploads, spec, body, claim)
                : brings ? firstBytes(uploads, spec, body, claim) : uploads.start(spec);
        Response response = told(Response.empty(201), upload);
        if (link.isPresent()) {
            linked(response, request, wish.get(), link.get(), upload);
        }
        return located(response, request, upload);
    }

    /**
     * {@code POST /tus} with {@code Upload-Concat: final;…}: "Concatenation". The same request once more, for want of an answer, leads to the same upload; a link that it wishes for is that of the first.
     */
    private Response join(Request request, Metadata metadata, Concatenation concatenation, Optional<LinkWish> wish) {
        Concatenation.requireNothingElse(request);
        Uploads uploads = uploads(request);
        NewUpload spec = spec(uploads, null, concatenation.parts().getFirst(), metadata, Upload.UNKNOWN_LENGTH).with(notes(metadata, Optional.of(concatenation)));
        Optional<Shares.Promised> link = wish.map(wanted -> wanted.promised(engine.shares(Callers.of(request))));
        Joined joined = uploads.join(link.isPresent() ? spec.with(link.get().promise()) : spec, concatenation.parts());
        Recorder.note(request, "file_id", joined.upload().id().toString());
        Upload upload = hashed(uploads, joined);
        Response response = told(Response.empty(201), upload);
        link.filter(_ -> !joined.repeated()).ifPresent(promised -> linked(response, request, wish.get(), promised, upload));
        return located(response, request, upload);
    }

    /** What turns out at once not to be what the metadata say is refused, and nothing is left of it: the parts are there to be joined as they should be. */
    private static Upload hashed(Uploads uploads, Joined joined) {
        UUID id = joined.upload().id();
        try {
            return uploads.complete(id, null, JOINING).upload();
        } catch (FailureException e) {
            if (e.failure() instanceof Failure.HashMismatch && !joined.repeated()) {
                uploads.abort(id);
            }
            throw e;
        }
    }

    private static void linked(Response response, Request request, LinkWish wish, Shares.Promised link, Upload upload) {
        Recorder.noteShare(request, link.promise().tokenHash());
        response.header("X-Share-Url", ShareLinks.url(request.baseUrl(), link.token(), upload.filename())).header("Cache-Control", "no-store");
        if (wish.hasPasswordMade()) {
            response.header("X-Share-Password", link.password());
        }
    }

    private static Response located(Response response, Request request, Upload upload) {
        // "The Server MUST set the Location header": relative, so that it is right behind any proxy, and with the path below which that has this server.
        return response.header("Location", pathOf(request.baseUrl()) + "/tus/" + upload.id());
    }

    private static String pathOf(String baseUrl) {
        String path = URI.create(baseUrl).getRawPath();
        return path == null ? "" : path;
    }

    /** "The request MUST include one of the following headers": Upload-Length, or Upload-Defer-Length of 1. */
    private static long length(Request request) {
        OptionalLong length = TusFields.number(request, "Upload-Length");
        String deferred = request.header("Upload-Defer-Length").map(String::strip).orElse(null);
        if (deferred != null && !deferred.equals("1")) {
            throw Fields.invalid("Upload-Defer-Length", "must be 1");
        }
        if (length.isPresent() == (deferred != null)) {
            throw Fields.invalid("Upload-Length", "send the length of the upload, or Upload-Defer-Length: 1, and not both");
        }
        return length.orElse(Upload.UNKNOWN_LENGTH);
    }

    /** Whether the request has bytes of the upload. Some clients send an empty body of another type along. */
    private static boolean bringsBytes(Request request) {
        if (!request.hasBody() || request.contentLength() == 0) {
            return false;
        }
        if (!TusFields.bringsBytes(request)) {
            throw TusFields.wrongType();
        }
        return true;
    }

    /** @param id null when it is not to be chosen here; @param named gives its name to what has none */
    private NewUpload spec(Uploads uploads, UUID id, UUID named, Metadata metadata, long length) {
        Fields fields = metadata.fields(List.of("filename", "name", "sha256", "room", "priority"));
        String name = fields.text("filename").or(() -> fields.text("name")).orElse("upload-" + named.toString().substring(0, 8) + ".bin");
        FileName.objection(name).ifPresent(why -> {
            throw Fields.invalid("filename", "the file name " + why);
        });
        UUID room = fields.text("room").map(uploads::room).orElse(null);
        // Nobody sees chunks here, so that their size must not bound the length.
        long chunkSize = length == Upload.UNKNOWN_LENGTH ? 0 : Math.max(defaultChunkSize, length / Uploads.MAX_CHUNKS + 1);
        return new NewUpload(id, name, length, length, chunkSize, -1, fields.digest("sha256").orElse(null), null, room,
                fields.priority("priority"));
    }

    /** What HEAD tells again. */
    private static Notes notes(Metadata metadata, Optional<Concatenation> concatenation) {
        Map<String, String> values = new HashMap<>();
        if (!metadata.raw().isEmpty()) {
            values.put(METADATA, metadata.raw());
        }
        concatenation.ifPresent(concat -> values.put(CONCAT, concat.raw()));
        try {
            Notes notes = new Notes(DOOR, values);
            return concatenation.filter(Concatenation::isPartial).isPresent() ? notes.ofPart() : notes;
        } catch (IllegalArgumentException e) {
            throw Fields.invalid(Concatenation.FIELD, "is too long, together with Upload-Metadata");
        }
    }

    /** A small file is one commit. */
    private static Upload whole(Uploads uploads, NewUpload spec, Body body, DigestClaim claim) {
        try {
            return uploads.receive(spec, body, claim, null, List.of());
        } catch (FailureException e) {
            forget(uploads, spec.id(), e);
            throw e;
        }
    }

    private static Upload firstBytes(Uploads uploads, NewUpload spec, Body body, DigestClaim claim) {
        Upload upload = uploads.start(spec);
        try {
            return completed(uploads, uploads.writeRange(upload.id(), 0, -1, -1, body, claim).upload(), HASHING);
        } catch (FailureException e) {
            forget(uploads, upload.id(), e);
            throw e;
        }
    }

    /** Without the answer to its creation no client knows an upload. It would only count against a quota, each time that one tries again. */
    private static void forget(Uploads uploads, UUID id, FailureException reason) {
        try {
            uploads.abort(id);
        } catch (FailureException e) {
            reason.addSuppressed(e); // it is gone already, or the store has failed, which tidies up when it starts again
        }
    }

    /** {@code HEAD /tus/{file_id}}. */
    public Response head(Request request) {
        UUID id = Ids.fileId(request);
        Uploads uploads = uploads(request);
        // Whoever asks for the offset goes on from there: older requests end, and the offset that is told stays true.
        Upload upload = completed(uploads, settled(request, uploads, id), Duration.ZERO);
        Response response = told(Response.empty(200), upload).header("Cache-Control", "no-store");
        if (upload.notes().of(DOOR)) {
            // "responses to HEAD requests MUST include the Upload-Metadata header and its value as specified by the Client during the creation".
            upload.notes().get(METADATA).ifPresent(raw -> response.header(Metadata.FIELD, raw));
            // "The response to a HEAD request against a final or partial upload MUST include the Upload-Concat header".
            upload.notes().get(CONCAT).ifPresent(raw -> response.header(Concatenation.FIELD, raw));
        }
        return upload.lengthKnown() ? response.header("Upload-Length", Long.toString(upload.length())) : response.header("Upload-Defer-Length", "1");
    }

    /** {@code PATCH /tus/{file_id}}. */
    public Response patch(Request request) {
        UUID id = Ids.fileId(request);
        if (!TusFields.bringsBytes(request)) {
            throw TusFields.wrongType();
        }
        long offset = TusFields.number(request, "Upload-Offset").orElseThrow(() -> Fields.invalid("Upload-Offset", "is missing"));
        OptionalLong length = TusFields.number(request, "Upload-Length");
        DigestClaim claim = UploadChecksum.of(request);
        Uploads uploads = uploads(request);
        Throttle.prefer(request, () -> uploads.priority(id));
        Upload upload = settled(request, uploads, id);
        if (upload.notes().of(DOOR) && !upload.notes().part() && upload.notes().get(CONCAT).isPresent()) {
            throw Concatenation.unchangeable();
        }
        if (offset != offsetOf(upload)) {
            // "the Server MUST respond with the 409 Conflict status without modifying the upload resource".
            throw ErrorCode.OFFSET_MISMATCH.refusal("Upload-Offset", "the upload goes on at byte " + offsetOf(upload) + ", not at " + offset);
        }
        Body body = RequestBody.of(request);
        if (claim.isAny()) {
            // "the upload and its offset MUST NOT be updated" by a body that is not what it should be: its bytes come before the length.
            upload = append(uploads, upload, lengthOr(upload, length), body, claim);
            upload = withLength(uploads, upload, length);
        } else {
            upload = withLength(uploads, upload, length);
            upload = append(uploads, upload, upload.length(), body, claim);
        }
        upload = completed(uploads, upload, HASHING);
        if (upload.state() != UploadState.COMPLETED) {
            Recorder.onlyFailures(request);
        }
        return told(Response.empty(204), upload);
    }

    private static long lengthOr(Upload upload, OptionalLong announced) {
        return upload.lengthKnown() ? upload.length() : announced.orElse(Upload.UNKNOWN_LENGTH);
    }

    private static Upload append(Uploads uploads, Upload upload, long length, Body body, DigestClaim claim) {
        long offset = offsetOf(upload);
        if (length != Upload.UNKNOWN_LENGTH && body.length() > length - offset) {
            throw new FailureException(new Failure.RangeOutOfBounds(offset, offset + body.length(), length));
        }
        boolean nothing = body.length() == 0 && !(claim.isAny() && upload.state().isOpen());
        return nothing ? upload : uploads.writeRange(upload.id(), offset, -1, -1, body, claim).upload();
    }

    private static Upload withLength(Uploads uploads, Upload upload, OptionalLong length) {
        if (length.isEmpty()) {
            return upload;
        }
        uploads.fixLength(upload.id(), length.getAsLong());
        return uploads.get(upload.id(), Right.UPLOAD);
    }

    /** {@code DELETE /tus/{file_id}}: "Termination", of completed uploads too. */
    public Response delete(Request request) {
        UUID id = Ids.fileId(request);
        Uploads uploads = uploads(request);
        if (uploads.get(id, Right.UPLOAD).state() == UploadState.COMPLETED) {
            factor.require(Callers.of(request), Gate.codeOf(request));
            uploads.delete(id);
        } else {
            uploads.abort(id);
        }
        return Response.empty(204);
    }

    private static Upload settled(Request request, Uploads uploads, UUID id) {
        uploads.settle(id, ALL, LETTING_GO, request.cameAt());
        return uploads.get(id, Right.UPLOAD);
    }

    /** Completes what is whole and no part of another. Whoever reads an offset that is the length takes the upload for done, even when the server broke down before it was. */
    private static Upload completed(Uploads uploads, Upload upload, Duration wait) {
        return upload.state().isOpen() && upload.isWhole() && !upload.notes().part() ? uploads.complete(upload.id(), null, wait).upload() : upload;
    }

    /** All that is durable without a gap. */
    private static long offsetOf(Upload upload) {
        return upload.ranges().contiguousEnd(0);
    }

    private static Response told(Response response, Upload upload) {
        response.header("Upload-Offset", Long.toString(offsetOf(upload))).header("X-File-Id", upload.id().toString());
        if (upload.state() == UploadState.COMPLETED) {
            return response.header("X-Content-SHA256", upload.sha256().hex());
        }
        // "This header MUST be included in every PATCH response if the upload is going to expire", and in that to POST ("Expiration").
        return upload.expires() == null ? response : response.header("Upload-Expires", TusFields.date(upload.expires()));
    }
}
