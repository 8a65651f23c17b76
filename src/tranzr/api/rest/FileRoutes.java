package tranzr.api.rest;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import tranzr.accounts.SecondFactor;
import tranzr.api.Callers;
import tranzr.api.Fields;
import tranzr.api.Gate;
import tranzr.api.Ids;
import tranzr.api.Paging;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.FileDetails;
import tranzr.transfer.Listing;
import tranzr.transfer.Uploads;

/** The routes by which the owner sees, reads, changes and removes files. */
public final class FileRoutes {

    private static final Set<String> CHANGEABLE = new TreeSet<>(List.of("filename", "expires_at", "expire_minutes"));
    private static final String TOTAL = "X-Total-Count";

    private final Engine engine;
    private final SecondFactor factor;

    /** @param factor asked for before a file is made to go earlier than it would have */
    public FileRoutes(Engine engine, SecondFactor factor) {
        this.engine = engine;
        this.factor = factor;
    }

    private Uploads uploads(Request request) {
        return engine.uploads(Callers.of(request));
    }

    /** {@code GET /files}. */
    public Response list(Request request) {
        Paging paging = Paging.of(request);
        FileQuery query = FileQuery.of(request, uploads(request), paging);
        Listing.Page page = engine.listing(Callers.of(request)).page(query.query());
        Response response = paging.answer(page.entries(), upload -> upload.id().toString(), UploadView::listed, "/files", query.named());
        return page.total() == Listing.Page.UNCOUNTED ? response : response.header(TOTAL, Long.toString(page.total()));
    }

    /** {@code GET /files/{file_id}}. */
    public Response get(Request request) {
        Upload upload = uploads(request).get(Ids.fileId(request), Right.LIST);
        return Response.json(200, UploadView.file(upload, engine.shares(Callers.of(request)).of(upload.id()).size(), request.baseUrl()))
                .header("Cache-Control", "no-store");
    }

    /** {@code PATCH /files/{file_id}}: changes what is named and leaves the rest. */
    public Response change(Request request) {
        UUID id = Ids.fileId(request);
        Fields fields = Fields.json(request);
        for (String name : fields.names()) {
            if (!CHANGEABLE.contains(name)) {
                throw Fields.invalid(name, "is none of " + String.join(", ", CHANGEABLE) + ", which can be changed");
            }
        }
        if (fields.isNone("filename")) {
            throw Fields.invalid("filename", "must be text");
        }
        Optional<String> name = fields.text("filename");
        Instant now = engine.core().now();
        Upload seen = uploads(request).get(id, Right.DELETE);
        if (isEarlier(Expiry.changed(fields, now, seen.expires()), seen.expires())) {
            // To have a file go in a moment is to delete it, which asks for a code, too.
            factor.require(Callers.of(request), Gate.codeOf(request));
        }
        Upload file = engine.details(Callers.of(request)).change(id, found ->
                new FileDetails.Details(name.orElse(found.filename()), Expiry.changed(fields, now, found.expires())));
        return Response.json(200, UploadView.details(file)).header("Cache-Control", "no-store");
    }

    /** Null is never. */
    private static boolean isEarlier(Instant wanted, Instant before) {
        return wanted != null && (before == null || wanted.isBefore(before));
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
}
