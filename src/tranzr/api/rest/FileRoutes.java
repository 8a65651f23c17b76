package tranzr.api.rest;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import tranzr.api.Callers;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.Digest;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Uploads;

/** The routes by which the owner sees, reads and removes files. */
public final class FileRoutes {

    private final Engine engine;

    public FileRoutes(Engine engine) {
        this.engine = engine;
    }

    private Uploads uploads(Request request) {
        return engine.uploads(Callers.of(request));
    }

    /** {@code GET /files}. */
    public Response list(Request request) {
        Paging paging = Paging.of(request);
        UUID after = paging.after().map(text -> Ids.parse(text)
                .orElseThrow(() -> Fields.invalid("after", "must be the file_id of the last entry seen"))).orElse(null);
        if (after != null && !uploads(request).isKnown(after)) {
            // An empty page would look like the end of the list.
            throw Fields.invalid("after", "names an entry that is not there any more; begin anew without it");
        }
        Optional<UploadState> status = request.query("status").map(FileRoutes::state);
        UUID room = request.query("room").map(uploads(request)::room).orElse(null);
        Digest sha256 = Fields.written(request.query("sha256").map(hex -> Map.of("sha256", hex)).orElse(Map.of())).digest("sha256").orElse(null);
        Predicate<Upload> filter = upload -> (status.isPresent() ? upload.state() == status.get() : upload.state() != UploadState.EXPIRED)
                && (room == null || room.equals(upload.access().room()))
                && (sha256 == null || sha256.equals(upload.sha256()));
        Map<String, String> filters = new LinkedHashMap<>();
        status.ifPresent(state -> filters.put("status", state.wireName()));
        request.query("room").ifPresent(text -> filters.put("room", text));
        if (sha256 != null) {
            filters.put("sha256", sha256.hex());
        }
        return paging.answer(uploads(request).list(after, paging.probe(), filter), upload -> upload.id().toString(),
                UploadView::listed, "/files", filters);
    }

    /** {@code GET /files/{file_id}}. */
    public Response get(Request request) {
        Upload upload = uploads(request).get(Ids.fileId(request), Right.LIST);
        return Response.json(200, UploadView.file(upload, engine.shares(Callers.of(request)).of(upload.id()).size(), request.baseUrl()))
                .header("Cache-Control", "no-store");
    }

    /** {@code DELETE /files/{file_id}}. */
    public Response delete(Request request) {
        uploads(request).delete(Ids.fileId(request));
        return Response.empty(204);
    }

    /** {@code GET} and {@code HEAD /download/{file_id}}. */
    public Response download(Request request) {
        Upload file = uploads(request).get(Ids.fileId(request), Right.DOWNLOAD);
        if (file.state() != UploadState.COMPLETED) {
            throw new FailureException(new Failure.NotCompleted(file.id(), file.state().wireName()));
        }
        return new Delivery(request, file).answer(_ -> { }, _ -> engine.downloads(Callers.of(request), Callers.peer(request)).open(file.id()));
    }

    private static UploadState state(String name) {
        return Arrays.stream(UploadState.values()).filter(state -> state.wireName().equals(name)).findAny()
                .orElseThrow(() -> Fields.invalid("status", "must be one of "
                        + String.join(", ", Arrays.stream(UploadState.values()).map(UploadState::wireName).toList())));
    }
}
