package tranzr.api.rest;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tranzr.api.Callers;
import tranzr.api.DigestClaims;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.api.RequestBody;
import tranzr.api.Throttle;
import tranzr.http.Multipart;
import tranzr.http.RangeHeader;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.transfer.Body;
import tranzr.transfer.DigestClaim;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Uploads;

/** The routes that bring one chunk, as a form or as a bare body. */
public final class ChunkRoutes {

    private final Engine engine;

    public ChunkRoutes(Engine engine) {
        this.engine = engine;
    }

    private Uploads uploads(Request request) {
        return engine.uploads(Callers.of(request), Callers.peer(request));
    }

    /** {@code POST /upload/chunk}: a form, or a bare body with {@code file_id} and {@code chunk_index} in the query. */
    public Response post(Request request) throws IOException {
        return receive(request, request.query("file_id"), request.query("chunk_index"));
    }

    /** {@code PUT /uploads/{file_id}/chunks/{chunk_index}}. */
    public Response put(Request request) throws IOException {
        return receive(request, Optional.of(request.path("file_id")), Optional.of(request.path("chunk_index")));
    }

    private Response receive(Request request, Optional<String> fileId, Optional<String> chunkIndex) throws IOException {
        Optional<Multipart> multipart = Multipart.of(request);
        if (multipart.isPresent()) {
            try (ChunkForm form = new ChunkForm(request, multipart.get(), uploads(request))) {
                fileId.ifPresent(text -> form.set("file_id", text));
                chunkIndex.ifPresent(text -> form.set("chunk_index", text));
                return form.receive((id, index, body, claim) -> write(request, id, index, body, claim));
            }
        }
        UUID id = Ids.known(fileId.orElseThrow(() -> Fields.invalid("file_id", "is missing")));
        long index = index(chunkIndex.orElseThrow(() -> Fields.invalid("chunk_index", "is missing")));
        return write(request, id, index, RequestBody.of(request), DigestClaims.of(request));
    }

    static long index(String text) {
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
