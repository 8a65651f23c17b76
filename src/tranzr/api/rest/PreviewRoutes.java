package tranzr.api.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import tranzr.api.Callers;
import tranzr.api.Ids;
import tranzr.api.LinkVisits;
import tranzr.api.Recorder;
import tranzr.http.ContentDisposition;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.ByteRange;
import tranzr.model.FileName;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.Download;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Shares;

/**
 * The routes by which a file is shown in a page. What is handed out is never anything that a browser runs, and says so: an allowed type that the content has, no guessing of
 * another one, and a sandbox for whoever opens it by itself.
 */
public final class PreviewRoutes {

    /** What a browser's own page around a picture or a film needs, and nothing that the file could bring. */
    private static final String POLICY = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'";

    private final Engine engine;

    public PreviewRoutes(Engine engine) {
        this.engine = engine;
    }

    /** {@code GET /files/{file_id}/preview}. */
    public Response ofFile(Request request) {
        Upload file = engine.uploads(Callers.of(request)).get(Ids.fileId(request), Right.DOWNLOAD);
        if (file.state() != UploadState.COMPLETED) {
            throw new FailureException(new Failure.NotCompleted(file.id(), file.state().wireName()));
        }
        return preview(request, file, () -> engine.downloads(Callers.of(request), Callers.peer(request)).open(file.id()));
    }

    /** {@code GET /share/preview/{token}}: of a link without a limit, since it would give away the bytes for nothing. */
    public Response ofShare(Request request) {
        Shares shares = engine.shares(Callers.of(request));
        Shares.Visit visit = shares.enter(request.path("token"), LinkVisits.visitor(request));
        Optional<Shares.Item> item = LinkVisits.chosen(visit, request.query(LinkVisits.FILE), Optional.empty());
        Upload file = item.map(Shares.Item::file).orElseThrow(() -> new FailureException(new Failure.NoPreview("name one of the files")));
        Recorder.note(request, "file_id", file.id().toString());
        return preview(request, file, () -> shares.preview(visit, item.get()));
    }

    private static Response preview(Request request, Upload file, Supplier<Download> open) {
        PreviewType type = PreviewType.of(head(file, open))
                .orElseThrow(() -> new FailureException(new Failure.NoPreview("there is no preview of this kind of file; download it to see it")));
        boolean drawn = type.type().equals(PreviewType.PDF);
        if (drawn && file.length() > PreviewType.MAX_PDF_BYTES) {
            throw new FailureException(new Failure.NoPreview("a PDF is shown up to " + (PreviewType.MAX_PDF_BYTES >> 20) + " MiB; download it to see it"));
        }
        // By itself a browser would open a PDF with what it has for that, in which the file's scripts do run.
        String disposition = drawn ? ContentDisposition.attachment(FileName.forDownload(file.filename())) : "inline";
        boolean all = file.length() <= type.length();
        String tag = all ? Delivery.Content.tagOf(file) : "\"head-" + file.sha256().hex() + "\"";
        Delivery.Content content = new Delivery.Content(Math.min(file.length(), type.length()), tag, type.type(), disposition, all ? file.sha256() : null, POLICY);
        return new Delivery(request, content).answer(_ -> { }, _ -> open.get());
    }

    private static byte[] head(Upload file, Supplier<Download> open) {
        ByteRange range = new ByteRange(0, Math.min(file.length(), PreviewType.HEAD_BYTES));
        ByteArrayOutputStream head = new ByteArrayOutputStream((int) range.length());
        try (Download download = open.get()) {
            download.check(range);
            download.writeTo(head, range);
            return head.toByteArray();
        } catch (IOException e) {
            throw new FailureException(new Failure.Corrupt(file.id()));
        }
    }
}
