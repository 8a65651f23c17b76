package tranzr.api.chunky;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tranzr.api.Callers;
import tranzr.api.ErrorCode;
import tranzr.api.Fields;
import tranzr.api.Problem;
import tranzr.api.Problems;
import tranzr.api.Recorder;
import tranzr.api.RequestBody;
import tranzr.api.Throttle;
import tranzr.http.BadRequestException;
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

/**
 * The calls of chunky's clients: a session is an upload, a chunk is a range of it with an inclusive end, in Base64 within JSON. {@code docs/neighbours.md} tells what they look like.
 */
public final class ChunkyRoutes {

    /** By these two a client knows that it has to begin anew: it looks for their words in the body. */
    private static final Set<String> IN_ITS_WORDS = Set.of(ErrorCode.INVALID_SESSION_ID.wireName(), ErrorCode.INVALID_FILE_HASH.wireName());
    /** How long the last chunk and {@code POST /endUpload} wait for what is not hashed yet, to tell a wrong hash. */
    private static final Duration WAIT = Duration.ofSeconds(5);
    /** The protocol has no chunks of one size. This is for those who look at the upload by other doors. In bytes. */
    private static final long CHUNK = 8L << 20;

    private final Engine engine;

    public ChunkyRoutes(Engine engine) {
        this.engine = engine;
    }

    private Uploads uploads(Request request) {
        return engine.uploads(Callers.of(request), Callers.peer(request));
    }

    /** {@code POST /initiateUploadSession}: begins an upload, each time another one; or goes on with one that another door has begun, when a {@code sessionId} names it. */
    public Response initiate(Request request) throws IOException {
        return inItsWords(request, () -> {
            Fields fields = SessionKey.fields(request);
            Digest hash = SessionKey.hash(fields);
            long length = fields.whole("totalFileSizeBytes").orElseThrow(() -> Fields.invalid("totalFileSizeBytes", "is missing"));
            if (length < 0) {
                throw Fields.invalid("totalFileSizeBytes", "must be at least 0");
            }
            if (fields.has("sessionId")) {
                SessionKey key = SessionKey.of(fields);
                find(request, key);
                uploads(request).fixLength(key.sessionId(), length);
                return session(uploads(request).get(key.sessionId(), Right.UPLOAD));
            }
            String name = fields.text("fileName").orElse(hash.hex());
            FileName.objection(name).ifPresent(why -> {
                throw Fields.invalid("fileName", "the file name " + why);
            });
            return begin(request, name, length, hash, fields.text("room"));
        });
    }

    private Response begin(Request request, String name, long length, Digest hash, Optional<String> room) {
        Uploads uploads = uploads(request);
        long chunkSize = Math.max(CHUNK, Math.ceilDiv(length, Uploads.MAX_CHUNKS));
        NewUpload spec = new NewUpload(uploads.newId(), name, length, length, chunkSize, -1, hash, null, room.map(uploads::room).orElse(null));
        // To a file without bytes no chunk will come.
        Upload upload = length > 0 ? uploads.start(spec)
                : uploads.receive(spec, RequestBody.of(request, InputStream.nullInputStream(), 0), DigestClaim.NONE, null, List.of());
        Recorder.note(request, "file_id", upload.id().toString());
        return session(upload);
    }

    private static Response session(Upload upload) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("sessionId", upload.id().toString());
        if (upload.expires() != null) {
            view.put("ttl", Duration.between(upload.updated(), upload.expires()).toSeconds());
            view.put("expiresAt", upload.expires().truncatedTo(ChronoUnit.MILLIS).toString());
        }
        return Response.json(200, view);
    }

    /** {@code PATCH /uploadFileChunk} and {@code PATCH /uploadChunk}. */
    public Response chunk(Request request) throws IOException {
        return inItsWords(request, () -> {
            try (ChunkMessage message = new ChunkMessage(request, uploads(request), key -> find(request, key))) {
                return message.receive((key, place, body) -> write(request, key, place, body));
            }
        });
    }

    private Response write(Request request, SessionKey key, ByteRange place, Body body) {
        UUID id = key.sessionId();
        Uploads uploads = uploads(request);
        find(request, key);
        Throttle.prefer(request, () -> uploads.priority(id));
        Upload after;
        try {
            after = uploads.writeRange(id, place.start(), place.end(), -1, body, DigestClaim.NONE).upload();
            if (after.isWhole()) {
                // Its client does not say that it has sent all; where it does, that changes nothing.
                after = uploads.complete(id, key.fileHash(), WAIT).upload();
            }
        } catch (FailureException e) {
            if (!(e.failure() instanceof Failure.AlreadyCompleted) || !isRepetition(uploads, key, place)) {
                throw e;
            }
            after = uploads.get(id, Right.UPLOAD);
        }
        return Response.json(200, Map.of("status", statusOf(after)));
    }

    /**
     * Whether a chunk that comes again after the last one is to be taken for what is there, unseen: "double uploads" are fine to this protocol. While the whole is being hashed nothing is compared; later,
     * who may not read the file must not learn by a chunk what is in it.
     */
    private static boolean isRepetition(Uploads uploads, SessionKey key, ByteRange place) {
        Upload file = key.requireOf(uploads.get(key.sessionId(), Right.UPLOAD));
        boolean unseen = file.state() == UploadState.PENDING_ASSEMBLY || file.state() == UploadState.COMPLETED && !uploads.rights(file).contains(Right.DOWNLOAD);
        return unseen && place.end() <= file.length();
    }

    /** {@code POST /byteRangesToUpload}. */
    public Response ranges(Request request) throws IOException {
        return inItsWords(request, () -> Response.json(200, Map.of("byteRanges", missing(find(request, SessionKey.of(SessionKey.fields(request)))))));
    }

    /** {@code GET /uploadStatus}. */
    public Response status(Request request) throws IOException {
        return inItsWords(request, () -> {
            Upload upload = find(request, SessionKey.of(SessionKey.fields(request)));
            Map<String, Object> view = new LinkedHashMap<>();
            view.put("sessionId", upload.id().toString());
            view.put("status", statusOf(upload));
            view.put("byteRanges", missing(upload));
            return Response.json(200, view);
        });
    }

    /** {@code POST /endUpload}: verifies and completes; what is complete already stays so. */
    public Response end(Request request) throws IOException {
        return inItsWords(request, () -> {
            SessionKey key = SessionKey.of(SessionKey.fields(request));
            find(request, key);
            Upload upload = uploads(request).complete(key.sessionId(), key.fileHash(), WAIT).upload();
            boolean done = upload.state() == UploadState.COMPLETED;
            return Response.json(done ? 200 : 202, Map.of("sessionId", upload.id().toString(), "status", done ? "complete" : upload.state().wireName()));
        });
    }

    private Upload find(Request request, SessionKey key) {
        return key.requireOf(uploads(request).get(key.sessionId(), Right.UPLOAD));
    }

    /** Complete when none is missing, whether it is hashed by now or not. */
    private static String statusOf(Upload upload) {
        return upload.isWhole() ? "complete" : "incomplete";
    }

    private static List<List<Long>> missing(Upload upload) {
        if (!upload.lengthKnown()) {
            throw new FailureException(new Failure.LengthUnknown(upload.id()));
        }
        return Problems.inclusive(upload.ranges().missing(new ByteRange(0, upload.length())));
    }

    /** Something that a client asks for. */
    private interface Call {
        Response answer() throws IOException;
    }

    private static Response inItsWords(Request request, Call call) throws IOException {
        BadRequestException refusal;
        try {
            return call.answer();
        } catch (FailureException e) {
            refusal = SessionKey.inItsWords(e.failure()).orElseThrow(() -> e);
        } catch (BadRequestException e) {
            if (!IN_ITS_WORDS.contains(e.code())) {
                throw e;
            }
            refusal = e;
        }
        if (request.accepts("application/json") || request.accepts("application/problem+json")) {
            throw refusal;
        }
        Problems.told(request, new Problem(refusal.status(), refusal.code(), refusal.getMessage(), refusal.getMessage(), false, null, Map.of()));
        return Response.text(refusal.status(), refusal.getMessage() + "\n").header("Cache-Control", "no-store");
    }
}
