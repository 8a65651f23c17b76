package tranzr.api.rest;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tranzr.access.Caller;
import tranzr.api.Callers;
import tranzr.api.ChunkMap;
import tranzr.api.DigestClaims;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.api.PartUrls;
import tranzr.api.Problems;
import tranzr.api.Recorder;
import tranzr.api.RequestBody;
import tranzr.api.Throttle;
import tranzr.http.BadRequestException;
import tranzr.http.RangeHeader;
import tranzr.http.RangeHeader.ContentRange;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.FileName;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.Body;
import tranzr.transfer.DigestClaim;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.NewUpload;
import tranzr.transfer.Uploads;

/** The routes that begin, continue, follow, complete and abort one upload; its chunks come by {@link ChunkRoutes}. */
public final class UploadRoutes {

    private static final BigDecimal DEFAULT_WAIT = BigDecimal.valueOf(5);
    /** How long requests may go on that somebody says are dead. */
    private static final Duration ENDING = Duration.ofSeconds(1);
    private static final BigDecimal MAX_WAIT = BigDecimal.valueOf(60);

    private final Engine engine;
    private final long defaultChunkSize;
    private final PartUrls parts;

    /** @param defaultChunkSize in bytes, at least 1 */
    public UploadRoutes(Engine engine, long defaultChunkSize, PartUrls parts) {
        this.engine = engine;
        this.defaultChunkSize = defaultChunkSize;
        this.parts = parts;
    }

    private Uploads uploads(Request request) {
        return engine.uploads(Callers.of(request), Callers.peer(request));
    }

    /** {@code POST /upload/start}. */
    public Response start(Request request) {
        Fields fields = Fields.json(request);
        String filename = fields.text("filename").orElseThrow(() -> Fields.invalid("filename", "is missing"));
        FileName.objection(filename).ifPresent(why -> {
            throw Fields.invalid("filename", "the file name " + why);
        });
        boolean direct = fields.flag("direct").orElse(false);
        Sizes sizes = direct ? Sizes.ofParts(fields) : Sizes.of(fields, defaultChunkSize);
        Digest expected = fields.digest("sha256").orElse(null);
        if (direct) {
            parts.requireSigner(Callers.of(request));
        }
        Uploads uploads = uploads(request);
        UUID room = fields.text("room").map(uploads::room).orElse(null);
        NewUpload spec = new NewUpload(uploads.newId(), filename, sizes.length(), sizes.announced(),
                sizes.chunkSize(), sizes.totalChunks(), expected, null, room, fields.priority("priority"));
        Optional<Uploads.Copied> copied = uploads.instant(spec);
        if (copied.isPresent()) {
            Upload file = copied.get().file();
            Recorder.note(request, "file_id", file.id().toString());
            Recorder.note(request, "source", copied.get().source().toString());
            return Response.json(201, UploadView.instant(file, request.baseUrl())).header("Location", "/upload/status/" + file.id());
        }
        Upload upload = uploads.start(spec);
        Recorder.note(request, "file_id", upload.id().toString());
        Map<String, Object> view = UploadView.started(upload);
        if (direct) {
            UploadView.addParts(view, parts.page(Callers.of(request), upload, PartUrls.Choice.FIRST_PAGE, request.baseUrl()));
        }
        return Response.json(201, view).header("Location", "/upload/status/" + upload.id());
    }

    /** {@code POST /upload/urls/{file_id}}: addresses for parts of an upload that goes on, of others or anew. */
    public Response urls(Request request) {
        PartUrls.Choice choice = PartUrls.Choice.of(Fields.json(request));
        Upload upload = uploads(request).get(Ids.fileId(request), Right.UPLOAD);
        if (!upload.state().isOpen()) {
            throw new FailureException(new Failure.AlreadyCompleted(upload.id()));
        }
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("file_id", upload.id().toString());
        view.put("chunk_size", upload.chunkSize());
        view.put("total_chunks", upload.totalChunks());
        UploadView.addParts(view, parts.page(Callers.of(request), upload, choice, request.baseUrl()));
        return Response.json(200, view).header("Cache-Control", "no-store");
    }

    /** {@code GET /upload/status/{file_id}}. */
    public Response status(Request request) {
        request.query("settle").ifPresent(text -> uploads(request).settle(Ids.fileId(request), bytes(text), ENDING, request.cameAt()));
        Upload upload = uploads(request).get(Ids.fileId(request), Right.UPLOAD);
        Map<String, Object> view = UploadView.status(upload);
        if (upload.state() == UploadState.PENDING_ASSEMBLY) {
            view.put("bytes_hashed", uploads(request).hashed(upload.id()));
        }
        return Response.json(200, view).header("Cache-Control", "no-store");
    }

    /** {@code FIRST-LAST}, both inclusive. */
    private static ByteRange bytes(String text) {
        String[] ends = text.split("-", -1);
        try {
            if (ends.length == 2 && text.matches("[0-9-]+")) {
                return new ByteRange(Long.parseLong(ends[0]), Math.addExact(Long.parseLong(ends[1]), 1));
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw Fields.invalid("settle", "is no range of bytes: " + e.getMessage());
        }
        throw Fields.invalid("settle", "must be the first and the last byte, as in 0-1023");
    }

    /** {@code POST /upload/merge/{file_id}}. */
    public Response merge(Request request) {
        UUID id = Ids.fileId(request);
        Duration wait = waitOf(request);
        Fields fields = Fields.json(request);
        Digest expected = fields.digest("sha256").orElse(null);
        fields.whole("file_size").ifPresent(length -> {
            if (length < 0) {
                throw Fields.invalid("file_size", "must be at least 0");
            }
            uploads(request).fixLength(id, length);
        });
        try {
            return complete(request, id, expected, wait);
        } catch (FailureException e) {
            if (e.failure() instanceof Failure.MissingChunks missing) {
                Upload upload = uploads(request).get(id, Right.UPLOAD);
                return Problems.told(request, Problems.of(missing).with("missing_chunks", new ChunkMap(upload).missing())
                        .with("missing_ranges", UploadView.missingRanges(upload))).toJson();
            }
            throw e;
        }
    }

    /** {@code PUT /upload/{file_id}}: from byte 0, or from where Content-Range says; completes what is whole afterwards, unless {@code ?complete=false}. */
    public Response put(Request request) {
        UUID id = Ids.fileId(request);
        Duration wait = waitOf(request);
        boolean completes = request.query("complete").flatMap(text -> Fields.written(Map.of("complete", text)).flag("complete")).orElse(true);
        if (!completes) {
            Recorder.onlyFailures(request); // The merge that has to follow is recorded.
        }
        Uploads.Written written = write(request, id);
        if (completes && written.upload().isWhole()) {
            return complete(request, id, null, wait);
        }
        return Response.json(200, UploadView.range(written));
    }

    private Uploads.Written write(Request request, UUID id) {
        Throttle.prefer(request, () -> uploads(request).priority(id));
        Body body = RequestBody.of(request);
        DigestClaim claim = DigestClaims.of(request);
        Optional<String> field = request.header("Content-Range");
        if (field.isPresent()) {
            ContentRange content = RangeHeader.parseContentRange(field.get());
            long length = content.range().length();
            if (body.length() != Body.UNKNOWN && body.length() != length) {
                throw new FailureException(new Failure.WrongLength(length, body.length(), false));
            }
            return uploads(request).writeRange(id, content.range().start(), content.range().end(), content.total(), body, claim);
        }
        if (uploads(request).get(id, Right.UPLOAD).lengthKnown()) {
            return uploads(request).writeRange(id, 0, body.length(), -1, body, claim);
        }
        if (body.length() == Body.UNKNOWN) {
            throw new BadRequestException(411, "length_required", "Content-Length",
                    "the length of this upload is not known yet, so this body has to bring its own");
        }
        return uploads(request).writeRange(id, 0, body.length(), body.length(), body, claim);
    }

    /** {@code DELETE /upload/{file_id}}. */
    public Response abort(Request request) {
        uploads(request).abort(Ids.fileId(request));
        return Response.empty(204);
    }

    private Response complete(Request request, UUID id, Digest expected, Duration wait) {
        Uploads.Assembly assembly = uploads(request).complete(id, expected, wait);
        if (assembly.upload().state() == UploadState.COMPLETED) {
            Map<String, Object> view = UploadView.completed(assembly.upload(), request.baseUrl());
            if (Callers.of(request) instanceof Caller.Guest) {
                view.put("download_url", null); // a guest gets a receipt, and nothing back
            }
            return Response.json(200, view);
        }
        return Response.json(202, UploadView.pending(assembly, request.baseUrl()))
                .header("Location", "/upload/status/" + id).header("Retry-After", "1");
    }

    /** How long an answer may wait for hashing: {@code ?wait=} in seconds. */
    private static Duration waitOf(Request request) {
        Optional<String> text = request.query("wait");
        BigDecimal seconds = text.isEmpty() ? DEFAULT_WAIT
                : Fields.written(Map.of("wait", text.get())).number("wait").orElseThrow();
        if (seconds.signum() < 0 || seconds.compareTo(MAX_WAIT) > 0) {
            throw Fields.invalid("wait", "must be 0 to " + MAX_WAIT + " seconds");
        }
        return Duration.ofMillis(seconds.movePointRight(3).longValue());
    }
}
