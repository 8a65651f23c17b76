package tranzr.api.ietf;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import tranzr.access.Caller;
import tranzr.api.Callers;
import tranzr.api.HeaderText;
import tranzr.api.WholeFiles;
import tranzr.http.ContentDisposition;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.Digest;
import tranzr.model.Notes;
import tranzr.model.Upload;
import tranzr.transfer.Engine;
import tranzr.transfer.NewUpload;
import tranzr.transfer.Uploads;

/** What is sent to this door's own address: a file without a link, told of in JSON. */
final class PlainFiles implements WholeFiles {

    /** Less than clients wait for an answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Engine engine;

    PlainFiles(Engine engine) {
        this.engine = engine;
    }

    /** The name comes in {@code Content-Disposition} (section 4.2.1), the room as at other doors. */
    @Override
    public Plan plan(Request request, long length, Digest expected) {
        Uploads uploads = engine.uploads(Callers.of(request), Callers.peer(request));
        UUID id = uploads.newId();
        String name = HeaderText.of(request, "Content-Disposition").flatMap(ContentDisposition::filename)
                .orElseGet(() -> "upload-" + id.toString().substring(0, 8) + ".bin");
        UUID room = HeaderText.of(request, "Room").map(text -> uploads.room(text.strip())).orElse(null);
        return new Plan(new NewUpload(id, name, length, length, 0, -1, expected, null, room), Map.of());
    }

    @Override
    public Duration patience() {
        return PATIENCE;
    }

    @Override
    public Instant expires(Notes notes) {
        return null;
    }

    @Override
    public Response answer(Request request, Upload file, Map<String, String> secrets) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("file_id", file.id().toString());
        view.put("filename", file.filename());
        view.put("status", file.state().wireName());
        view.put("file_size", file.length());
        view.put("file_hash", file.sha256().hex());
        // A guest gets a receipt, and nothing back.
        view.put("download_url", Callers.of(request) instanceof Caller.Guest ? null : request.baseUrl() + "/download/" + file.id());
        return Response.json(201, view).header("X-File-Id", file.id().toString()).header("X-Content-SHA256", file.sha256().hex());
    }

    @Override
    public boolean began(Upload upload) {
        return true;
    }
}
