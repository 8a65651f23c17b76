package tranzr.api.rest;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import tranzr.api.Callers;
import tranzr.api.ChunkDoor;
import tranzr.api.ChunkForm;
import tranzr.api.DigestClaims;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.api.Problems;
import tranzr.api.RequestBody;
import tranzr.api.Throttle;
import tranzr.http.Multipart;
import tranzr.http.RangeHeader;
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
import tranzr.transfer.Uploads;

/** The routes that bring one chunk, as a form or as a bare body. Other doors share them. */
public final class ChunkRoutes {

    private static final ChunkDoor.Names NAMES = new ChunkDoor.Names("chunk_index", "sha256", false);

    private final Engine engine;
    private final List<ChunkDoor> others;

    /** @param others who else takes forms here */
    public ChunkRoutes(Engine engine, List<ChunkDoor> others) {
        this.engine = engine;
        this.others = List.copyOf(others);
    }

    private Uploads uploads(Request request) {
        return engine.uploads(Callers.of(request), Callers.peer(request));
    }

    /** {@code POST /upload/chunk}: a form, or a bare body with {@code file_id} and {@code chunk_index} in the query. */
    public Response post(Request request) throws IOException {
        Optional<String> fileId = request.query("file_id");
        Optional<String> chunkIndex = request.query("chunk_index");
        Optional<Multipart> multipart = Multipart.of(request);
        if (multipart.isEmpty()) {
            return bare(request, fileId.orElseThrow(() -> Fields.invalid("file_id", "is missing")),
                    chunkIndex.orElseThrow(() -> Fields.invalid("chunk_index", "is missing")));
        }
        List<ChunkDoor.Names> known = Stream.concat(Stream.of(NAMES), others.stream().map(ChunkDoor::names).flatMap(Optional::stream)).toList();
        try (ChunkForm form = new ChunkForm(request, multipart.get(), uploads(request), known)) {
            fileId.ifPresent(text -> form.set("file_id", text));
            chunkIndex.ifPresent(text -> form.set("chunk_index", text));
            return form.receive((names, id, index, body, claim) -> take(request,
                    others.stream().filter(door -> door.names().filter(names::equals).isPresent()).findAny(), id, index, body, claim));
        }
    }

    /** {@code PUT /uploads/{file_id}/chunks/{chunk_index}}. */
    public Response put(Request request) throws IOException {
        Optional<Multipart> multipart = Multipart.of(request);
        if (multipart.isEmpty()) {
            return bare(request, request.path("file_id"), request.path("chunk_index"));
        }
        Notes notes = uploads(request).notes(Ids.fileId(request));
        Optional<ChunkDoor> door = others.stream().filter(other -> other.began(notes)).findAny();
        door.ifPresent(other -> Problems.tell(request, other.problems()));
        try (ChunkForm form = new ChunkForm(request, multipart.get(), uploads(request), List.of(NAMES))) {
            form.set("file_id", request.path("file_id"));
            form.set("chunk_index", request.path("chunk_index"));
            return form.receive((_, id, index, body, claim) -> take(request, door, id, index, body, claim));
        }
    }

    private Response bare(Request request, String fileId, String chunkIndex) {
        return write(request, Ids.known(fileId), index(chunkIndex), RequestBody.of(request), DigestClaims.of(request));
    }

    private Response take(Request request, Optional<ChunkDoor> door, UUID id, long index, Body body, DigestClaim claim) {
        if (door.isEmpty()) {
            return write(request, id, index, body, claim);
        }
        Problems.tell(request, door.get().problems());
        return door.get().take(request, id, index, body, claim);
    }

    private static long index(String text) {
        return Fields.written(Map.of("chunk_index", text)).whole("chunk_index").orElseThrow();
    }

    private Response write(Request request, UUID id, long index, Body body, DigestClaim claim) {
        Throttle.prefer(request, () -> uploads(request).priority(id));
        Optional<String> contentRange = request.header("Content-Range");
        Uploads.Written written = contentRange.isEmpty() ? uploads(request).writeChunk(id, index, body, claim)
                : writePart(request, id, index, RangeHeader.parseContentRange(contentRange.get()), body, claim);
        return Response.json(200, UploadView.chunk(written, index));
    }

    private Uploads.Written writePart(Request request, UUID id, long index, RangeHeader.ContentRange content, Body body, DigestClaim claim) {
        Upload upload = uploads(request).get(id, Right.UPLOAD);
        if (index < 0 || index >= (upload.totalChunks() < 0 ? Uploads.MAX_CHUNKS : upload.totalChunks())) {
            throw new FailureException(new Failure.ChunkIndexOutOfRange(index, upload.totalChunks()));
        }
        ChunkPart part = ChunkPart.of(content, upload, index);
        if (body.length() != Body.UNKNOWN && body.length() != part.range().length()) {
            throw new FailureException(new Failure.WrongLength(part.range().length(), body.length(), false));
        }
        return uploads(request).writeRange(id, part.range().start(), part.range().end(), part.total(), body, claim);
    }
}
