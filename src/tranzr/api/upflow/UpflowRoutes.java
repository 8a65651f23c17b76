package tranzr.api.upflow;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tranzr.api.Callers;
import tranzr.api.ChunkDoor;
import tranzr.api.ChunkMap;
import tranzr.api.ErrorCode;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.api.Problem;
import tranzr.api.Problems;
import tranzr.api.Recorder;
import tranzr.api.Throttle;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.Notes;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.transfer.Body;
import tranzr.transfer.DigestClaim;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.NewUpload;
import tranzr.transfer.Uploads;

/**
 * The door for clients of UpFlow, in the shapes that they send and read ({@code docs/neighbours.md}). No length is announced: the last chunk fixes it. Errors are read from
 * {@code detail}, which {@link Problem} has anyway. Safe for several threads.
 */
public final class UpflowRoutes implements ChunkDoor {

    private static final String DOOR = "upflow";
    /** The longest file, in bytes: two of them still fit a {@code long}. */
    private static final long MAX_SIZE = 1L << 62;
    /** Its page asks for the status every 3 s, so nothing is won by waiting for long. */
    private static final Duration WAIT = Duration.ofSeconds(1);

    private final Engine engine;

    public UpflowRoutes(Engine engine) {
        this.engine = engine;
    }

    private Uploads uploads(Request request) {
        return engine.uploads(Callers.of(request), Callers.peer(request));
    }

    /** {@code POST /uploads/init}. */
    public Response init(Request request) {
        Fields fields = Fields.json(request);
        String filename = fields.text("filename").orElseThrow(() -> Fields.invalid("filename", "is missing"));
        long total = whole(fields, "total_chunks", 0);
        long chunkSize = whole(fields, "chunk_size", 1);
        if (total > Uploads.MAX_CHUNKS) {
            throw Fields.invalid("total_chunks", "must be at most " + Uploads.MAX_CHUNKS + "; send larger chunks");
        }
        Uploads uploads = uploads(request);
        NewUpload spec = new NewUpload(uploads.newId(), filename, total == 0 ? 0 : Upload.UNKNOWN_LENGTH, least(total, chunkSize), chunkSize, total, null, null)
                .with(new Notes(DOOR, Map.of()));
        Upload upload = uploads.start(spec);
        Recorder.note(request, "file_id", upload.id().toString());
        return Response.json(200, named(upload));
    }

    private static long whole(Fields fields, String name, long least) {
        long value = fields.whole(name).orElseThrow(() -> Fields.invalid(name, "is missing"));
        if (value < least) {
            throw Fields.invalid(name, "must be at least " + least);
        }
        return value;
    }

    /** What is certain to come: every chunk but the last whole, and of that at least one byte. Space and quotas are asked for it at once. */
    private static long least(long total, long chunkSize) {
        if (total == 0) {
            return 0;
        }
        if (chunkSize > MAX_SIZE / total) {
            throw Fields.invalid("chunk_size", "makes a file of more than 2^62 bytes");
        }
        return (total - 1) * chunkSize + 1;
    }

    /** Its forms come by a path that names the upload. */
    @Override
    public Optional<Names> names() {
        return Optional.empty();
    }

    @Override
    public boolean began(Notes notes) {
        return notes.of(DOOR);
    }

    /** {@code PUT /uploads/{upload_id}/chunks/{i}} with a form. */
    @Override
    public Response take(Request request, UUID id, long index, Body body, DigestClaim claim) {
        Throttle.prefer(request, () -> uploads(request).priority(id));
        if (!uploads(request).get(id, Right.UPLOAD).state().isOpen()) {
            throw new FailureException(new Failure.AlreadyCompleted(id));
        }
        uploads(request).writeChunk(id, index, body, claim);
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("upload_id", id.toString());
        view.put("chunk_index", index);
        view.put("status", "uploaded");
        return Response.json(200, view);
    }

    /** {@code POST /uploads/{upload_id}/complete}. */
    public Response complete(Request request) {
        UUID id = Ids.fileId(request);
        try {
            return Response.json(200, named(uploads(request).complete(id, null, WAIT).upload()));
        } catch (FailureException e) {
            if (e.failure() instanceof Failure.MissingChunks || e.failure() instanceof Failure.LengthUnknown) {
                return incomplete(request, e.failure(), uploads(request).get(id, Right.UPLOAD));
            }
            throw e;
        }
    }

    private static Response incomplete(Request request, Failure failure, Upload upload) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("error", "not all chunks have been uploaded");
        detail.put("uploaded_chunks", new ChunkMap(upload).durableCount());
        detail.put("expected_chunks", countOrNull(upload));
        return Problems.told(request, Problems.of(failure)).as(400).toJson(Map.of("detail", detail));
    }

    /** {@code GET /uploads/{upload_id}/status}. */
    public Response status(Request request) {
        Upload upload = uploads(request).get(Ids.fileId(request), Right.UPLOAD);
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("upload_id", upload.id().toString());
        view.put("filename", upload.filename());
        view.put("total_chunks", countOrNull(upload));
        view.put("uploaded_chunks", new ChunkMap(upload).durableCount());
        view.put("status", upload.state().wireName());
        return Response.json(200, view).header("Cache-Control", "no-store");
    }

    private static Map<String, Object> named(Upload upload) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("upload_id", upload.id().toString());
        view.put("status", upload.state().wireName());
        return view;
    }

    /** Null for an upload of another door that says nothing of it. */
    private static Long countOrNull(Upload upload) {
        return upload.totalChunks() < 0 ? null : upload.totalChunks();
    }

    @Override
    public Problem.Form problems() {
        return UpflowRoutes::told;
    }

    /** As any problem; but what comes after completion is a 400 there. */
    public static Response told(Problem problem) {
        return (problem.code().equals(ErrorCode.ALREADY_COMPLETED.wireName()) ? problem.as(400) : problem).toJson();
    }
}
