package tranzr.api.direct;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import tranzr.access.Caller;
import tranzr.accounts.SignedUrls;
import tranzr.accounts.SigningKeys;
import tranzr.api.Callers;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.api.PartUrls;
import tranzr.api.Recorder;
import tranzr.api.ShareLinks;
import tranzr.events.ClientReport;
import tranzr.events.EventHub;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.NewUpload;
import tranzr.transfer.Uploads;

/**
 * The calls of the direct-to-storage design, by its names: an upload is begun here, its parts go to signed addresses, and here their tags come back. The addresses are our own
 * ({@link SignedRoutes}).
 */
public final class DirectRoutes {

    /** The storage there is, as clients may call it. */
    private static final String STORAGE = "local";
    private static final Duration COMPLETION_WAIT = Duration.ofSeconds(5);
    /** Of a list that is read beside others. */
    private static final int SHORT_LIST = 64 * 1024;
    /** Of a list of as many parts as there may be, written with blanks and line ends. */
    private static final int LONGEST_LIST = 2 << 20;
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration USUAL_LIFE = Duration.ofMinutes(15);

    private final Engine engine;
    private final PartUrls parts;
    private final SignedUrls urls;
    private final SigningKeys keys;
    private final EventHub hub;
    /** Taken for long lists, which need some megabytes each. */
    private final Semaphore longLists = new Semaphore(4);

    /** @param hub told of what clients say of their progress */
    public DirectRoutes(Engine engine, SignedUrls urls, SigningKeys keys, EventHub hub) {
        this.engine = engine;
        this.parts = new PartUrls(engine == null ? null : engine.core(), urls);
        this.urls = urls;
        this.keys = keys;
        this.hub = hub;
    }

    private Uploads uploads(Request request) {
        return engine.uploads(Callers.of(request), Callers.peer(request));
    }

    /** {@code POST /files/upload-url}: begins an upload, or, with the id of one, signs other parts of it or the same anew. */
    public Response uploadUrl(Request request) {
        Fields fields = Fields.json(request);
        fields.text("storageId").filter(id -> !id.equals(STORAGE)).ifPresent(_ -> {
            throw Fields.invalid("storageId", "there is one storage only, which is called " + STORAGE);
        });
        if (fields.text("uploadId").isPresent() || fields.text("fileId").isPresent()) {
            Upload upload = uploads(request).get(idOf(fields), Right.UPLOAD);
            Recorder.note(request, "file_id", upload.id().toString());
            if (!upload.state().isOpen()) {
                throw new FailureException(new Failure.AlreadyCompleted(upload.id()));
            }
            return page(request, 200, upload, PartUrls.Choice.of(fields));
        }
        Upload upload = start(request, fields);
        Recorder.note(request, "file_id", upload.id().toString());
        return page(request, 201, upload, PartUrls.Choice.FIRST_PAGE);
    }

    private Upload start(Request request, Fields fields) {
        String name = fields.text("fileName").orElseThrow(() -> Fields.invalid("fileName", "is missing"));
        long size = fields.whole("size").orElseThrow(() -> Fields.invalid("size", "is missing"));
        if (size < 0) {
            throw Fields.invalid("size", "must be at least 0");
        }
        long chunkSize = fields.whole("chunkSize").orElseGet(() -> PartUrls.partSize(size));
        if (chunkSize < 1) {
            throw Fields.invalid("chunkSize", "must be at least 1");
        }
        PartUrls.requireParts(true, size / chunkSize + (size % chunkSize == 0 ? 0 : 1));
        parts.requireSigner(Callers.of(request));
        Uploads uploads = uploads(request);
        UUID room = fields.text("roomId").map(uploads::room).orElse(null);
        try {
            return uploads.start(new NewUpload(uploads.newId(), name, size, size, chunkSize, -1, null, null, room));
        } catch (FailureException e) {
            if (e.failure() instanceof Failure.InvalidValue value && value.field().equals("filename")) {
                throw Fields.invalid("fileName", "the file name " + value.why());
            }
            throw e;
        }
    }

    private Response page(Request request, int status, Upload upload, PartUrls.Choice choice) {
        PartUrls.Page page = parts.page(Callers.of(request), upload, choice, request.baseUrl());
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("uploadId", upload.id().toString());
        view.put("fileId", upload.id().toString());
        view.put("signedUrls", page.parts().stream().map(part -> {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("partNumber", part.number());
            each.put("url", part.url());
            return each;
        }).toList());
        view.put("chunkSize", upload.chunkSize());
        view.put("totalParts", upload.totalChunks());
        view.put("nextPart", page.next() == 0 ? null : page.next());
        view.put("expiresAt", time(page.expires()));
        return Response.json(status, view).header("Cache-Control", "no-store");
    }

    /** {@code POST /files/complete-upload}: checks the tag of every part, and completes. Sent again, it answers the same. */
    public Response complete(Request request) {
        boolean isLong = request.contentLength() < 0 || request.contentLength() > SHORT_LIST;
        if (isLong && !longLists.tryAcquire()) {
            throw new FailureException(new Failure.Busy(SOON));
        }
        try {
            Fields fields = Fields.json(request, LONGEST_LIST);
            Upload upload = uploads(request).get(idOf(fields), Right.UPLOAD);
            Recorder.note(request, "file_id", upload.id().toString());
            PartUrls.requireParts(upload);
            PartList.of(fields).require(upload, urls);
            return completed(request, uploads(request).complete(upload.id(), null, COMPLETION_WAIT));
        } finally {
            if (isLong) {
                longLists.release();
            }
        }
    }

    private static Response completed(Request request, Uploads.Assembly assembly) {
        Upload file = assembly.upload();
        boolean done = file.state() == UploadState.COMPLETED;
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("fileId", file.id().toString());
        view.put("uploadId", file.id().toString());
        view.put("fileName", file.filename());
        view.put("size", file.length());
        view.put("status", file.state().wireName());
        view.put("fileHash", done ? file.sha256().hex() : null);
        // A guest gets a receipt, and nothing back.
        boolean mayFetch = done && !(Callers.of(request) instanceof Caller.Guest);
        view.put("downloadUrl", mayFetch ? request.baseUrl() + "/download/" + file.id() : null);
        Response response = Response.json(done ? 200 : 202, view);
        return done ? response : response.header("Location", "/upload/status/" + file.id()).header("Retry-After", "1");
    }

    /** {@code POST /files/upload-progress}: what a client says of itself, told beside what the server knows. */
    public Response progress(Request request) {
        Fields fields = Fields.json(request);
        Upload upload = uploads(request).get(idOf(fields), Right.UPLOAD);
        if (upload.state() == UploadState.COMPLETED) {
            throw new FailureException(new Failure.AlreadyCompleted(upload.id()));
        }
        ClientReport.State state = ClientReport.State.of(fields.text("state").orElse(ClientReport.State.UPLOADING.wireName()))
                .orElseThrow(() -> Fields.invalid("state", "must be hashing, uploading, paused or waiting"));
        long bytes = fields.whole("bytesUploaded").orElseThrow(() -> Fields.invalid("bytesUploaded", "is missing"));
        if (bytes < 0 || upload.lengthKnown() && bytes > upload.length()) {
            throw Fields.invalid("bytesUploaded", bytes < 0 ? "must be at least 0" : "is more than the file has");
        }
        hub.report(upload, new ClientReport(state, -1, bytes));
        return Response.empty(204);
    }

    /** {@code POST /download-url/{file_id}}: an address by which anybody can fetch the file, for a while or once, as long as the caller could. */
    public Response downloadUrl(Request request) {
        Fields fields = Fields.json(request);
        boolean oneTime = fields.flag("one_time").orElse(false);
        Duration most = oneTime ? SignedUrls.MAX_ONE_TIME_LIFE : SignedUrls.MAX_LIFE;
        long seconds = fields.whole("expires_in_seconds").orElse(USUAL_LIFE.toSeconds());
        if (seconds < 1 || seconds > most.toSeconds()) {
            throw Fields.invalid("expires_in_seconds", "must be 1 to " + most.toSeconds() + (oneTime ? " for what is good once" : ""));
        }
        Upload file = uploads(request).get(Ids.fileId(request), Right.DOWNLOAD);
        if (file.state() != UploadState.COMPLETED) {
            throw new FailureException(new Failure.NotCompleted(file.id(), file.state().wireName()));
        }
        Caller caller = Callers.of(request);
        Instant until = engine.core().now().plusSeconds(seconds).truncatedTo(ChronoUnit.SECONDS);
        SignedUrls.Signer signer = urls.signer(caller, Right.DOWNLOAD, until);
        UUID once = oneTime ? urls.once(caller, file.id(), Duration.ofSeconds(seconds)) : null;
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("file_id", file.id().toString());
        view.put("url", request.baseUrl() + signer.file(file.id(), ShareLinks.segment(file.filename()), once));
        view.put("one_time", oneTime);
        view.put("expires_at", time(until));
        return Response.json(201, view).header("Cache-Control", "no-store");
    }

    /** {@code DELETE /signed-urls}: from now on no address holds that was signed before. */
    public Response renewKeys(Request request) {
        keys.renew();
        return Response.empty(204);
    }

    /** The one id that an upload and its file have here, by either name. */
    private static UUID idOf(Fields fields) {
        List<String> ids = List.of("fileId", "file_id", "uploadId", "upload_id").stream().flatMap(name -> fields.text(name).stream()).distinct().toList();
        if (ids.isEmpty()) {
            throw Fields.invalid("fileId", "is missing");
        }
        if (ids.size() > 1) {
            throw Fields.invalid("uploadId", "is not the upload of that file");
        }
        return Ids.known(ids.getFirst());
    }

    private static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
