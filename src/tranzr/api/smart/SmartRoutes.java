package tranzr.api.smart;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import tranzr.access.Caller;
import tranzr.api.Callers;
import tranzr.api.ChunkDoor;
import tranzr.api.ChunkForm;
import tranzr.api.ErrorCode;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.api.Paging;
import tranzr.api.Problem;
import tranzr.api.Problems;
import tranzr.api.Recorder;
import tranzr.api.Throttle;
import tranzr.http.BadRequestException;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.Notes;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.Body;
import tranzr.transfer.DigestClaim;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Listing;
import tranzr.transfer.NewUpload;
import tranzr.transfer.Uploads;

/**
 * The door for clients of Smart File Transfer System, in the shapes that they send and read ({@code docs/neighbours.md}). They choose the id of an upload, announce all its chunks with
 * their checksums, and cut the file anew while they send it. Safe for several threads.
 */
public final class SmartRoutes implements ChunkDoor {

    private static final Names NAMES = new Names("chunk_id", "checksum", true);
    /** Its client waits for the assembly without a limit of its own, and does not ask again. */
    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int LOCKS = 64;

    private final Engine engine;
    /** One manifest after the other takes over an upload. */
    private final List<ReentrantLock> locks = Stream.generate(ReentrantLock::new).limit(LOCKS).toList();

    public SmartRoutes(Engine engine) {
        this.engine = engine;
    }

    private Uploads uploads(Request request) {
        return engine.uploads(Callers.of(request), Callers.peer(request));
    }

    /** {@code POST /upload/init}. */
    public Response init(Request request) throws IOException {
        Uploads uploads = uploads(request);
        Manifest manifest = Manifest.read(request.body(), id -> Optional.ofNullable(Cuts.of(uploads.notes(id))).map(Cuts::lasts).orElse(List.of()));
        Recorder.note(request, "file_id", manifest.id().toString());
        // Looked at first: to go on with an upload needs no space and no quota beyond its own.
        if (!uploads.isKnown(manifest.id()) && begins(uploads, manifest)) {
            return Response.json(200, Map.of("status", "ok"));
        }
        ReentrantLock lock = locks.get(Math.floorMod(manifest.id().hashCode(), LOCKS));
        lock.lock();
        try {
            return Response.json(200, SmartView.resumed(resume(uploads, manifest)));
        } finally {
            lock.unlock();
        }
    }

    /** False when the caller has begun it at the same time by another request. Whose an id is that somebody else uses nobody is told. */
    private static boolean begins(Uploads uploads, Manifest manifest) {
        NewUpload spec = new NewUpload(manifest.id(), manifest.filename(), manifest.size(), manifest.size(), manifest.chunkSize(), -1, null, null, null,
                manifest.priority()).with(Cuts.of(manifest).notes());
        try {
            uploads.start(spec);
            return true;
        } catch (FailureException e) {
            if (e.failure() instanceof Failure.IdTaken && uploads.isKnown(manifest.id())) {
                return false;
            }
            throw e;
        }
    }

    /** The upload that the manifest is about, counted as it says. */
    private static Upload resume(Uploads uploads, Manifest manifest) {
        // Another door may have begun it without a length.
        uploads.fixLength(manifest.id(), manifest.size());
        Upload upload = uploads.get(manifest.id(), Right.UPLOAD);
        Cuts cuts = Cuts.of(upload.notes());
        boolean sameCut = upload.chunkSize() == manifest.chunkSize();
        if (sameCut && cuts != null && !cuts.all().equals(manifest.all())) {
            throw new BadRequestException(ErrorCode.CHUNK_CONFLICT.status(), ErrorCode.CHUNK_CONFLICT.wireName(), "chunks",
                    "the manifest names other bytes than the one before; choose another file_id for another content");
        }
        if (sameCut || !upload.state().isOpen()) {
            return upload;
        }
        uploads.recut(manifest.id(), manifest.chunkSize(), cuts == null ? null : cuts.followedBy(manifest).notes());
        return uploads.get(manifest.id(), Right.UPLOAD);
    }

    @Override
    public Optional<Names> names() {
        return Optional.of(NAMES);
    }

    /** Its forms come by a path that names no upload. */
    @Override
    public boolean began(Notes notes) {
        return false;
    }

    /** {@code POST /upload/chunk} with a form that has a {@code chunk_id}. */
    @Override
    public Response take(Request request, UUID id, long index, Body body, DigestClaim claim) {
        Uploads uploads = uploads(request);
        Throttle.prefer(request, () -> uploads.priority(id));
        Upload upload = uploads.get(id, Right.UPLOAD);
        Cuts cuts = Cuts.of(upload.notes());
        Uploads.Written written;
        if (!upload.lengthKnown()) {
            written = uploads.writeChunk(id, index, body, claim);
        } else {
            // By the cut that holds at this moment: another one that comes meanwhile changes nothing of where these bytes belong.
            if (index < 0 || index >= upload.totalChunks()) {
                throw new FailureException(new Failure.ChunkIndexOutOfRange(index, upload.totalChunks()));
            }
            ByteRange place = upload.chunk(index);
            if (cuts != null && !cuts.allows(index, place.length(), Digest.of(claim.value().get()))) {
                throw Fields.invalid("checksum", "is not that of chunk " + index + " in the manifest that was sent last");
            }
            written = uploads.writeRange(id, place.start(), place.end(), -1, body, claim);
        }
        return Response.json(200, SmartView.chunk(written, ChunkForm.lasted(request)));
    }

    /** {@code GET /upload/missing/{file_id}}. */
    public Response missing(Request request) {
        return SmartView.missing(uploads(request).get(Ids.fileId(request), Right.UPLOAD)).header("Cache-Control", "no-store");
    }

    /** {@code POST /assemble/{file_id}}. */
    public Response assemble(Request request) {
        UUID id = Ids.fileId(request);
        Uploads uploads = uploads(request);
        Uploads.Assembly assembly;
        try {
            assembly = uploads.complete(id, null, WAIT);
        } catch (FailureException e) {
            if (e.failure() instanceof Failure.MissingChunks) {
                long first = SmartView.firstMissing(uploads.get(id, Right.UPLOAD));
                throw new BadRequestException(400, ErrorCode.MISSING_CHUNKS.wireName(), null, "missing chunk " + first);
            }
            throw e;
        }
        if (assembly.upload().state() != UploadState.COMPLETED) {
            return told(Problems.told(request, Problem.of(ErrorCode.UNAVAILABLE, "the file is still being verified; ask again").after(SOON)));
        }
        return Response.json(200, SmartView.assembled(id, Callers.of(request) instanceof Caller.Guest));
    }

    /** {@code GET /api/files}. */
    public Response files(Request request) {
        Paging paging = Paging.of(request, Paging.MAX_LIMIT);
        UUID after = paging.after().map(text -> Ids.parse(text).filter(uploads(request)::isKnown)
                .orElseThrow(() -> Fields.invalid("after", "must be the file_id of an entry that is still there"))).orElse(null);
        Listing.Query query = new Listing.Query(Listing.Sort.CREATED, false, after, paging.probe(), false, upload -> upload.state() != UploadState.EXPIRED);
        return paging.answer(engine.listing(Callers.of(request)).page(query).entries(), upload -> upload.id().toString(), SmartView::listed, "/api/files", Map.of());
    }

    /** {@code GET /api/files/{file_id}}. */
    public Response file(Request request) {
        return Response.json(200, SmartView.file(uploads(request).get(Ids.fileId(request), Right.LIST))).header("Cache-Control", "no-store");
    }

    @Override
    public Problem.Form problems() {
        return SmartRoutes::told;
    }

    /**
     * In the field {@code error}, under a status from which its client draws the right conclusion: 400, 404 and 409 are final for it, 429 and 5xx are tried again by it, as is whatever
     * else there is.
     */
    public static Response told(Problem problem) {
        Map<String, Object> members = new HashMap<>(problem.extra());
        members.put("error", problem.detail());
        members.put("code", problem.code());
        members.put("retryable", problem.retryable());
        return problem.as(status(problem)).toJson(members);
    }

    static int status(Problem problem) {
        int status = problem.status();
        if (status == 401 || status == 403 || status >= 500) {
            return status;
        }
        if (problem.retryable()) {
            return status == 422 || status == 429 ? status : 503;
        }
        return status == 410 ? 404 : status == 404 || status == 409 ? status : 400;
    }
}
