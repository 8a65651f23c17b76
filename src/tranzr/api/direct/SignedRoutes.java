package tranzr.api.direct;

import tranzr.accounts.SignedUrls;
import tranzr.api.Callers;
import tranzr.api.DigestClaims;
import tranzr.api.OneUse;
import tranzr.api.Recorder;
import tranzr.api.RequestBody;
import tranzr.api.Throttle;
import tranzr.http.BadRequestException;
import tranzr.http.Handler;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.ByteRange;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Uploads;

/** What signed addresses lead to. The gate has found out what each allows; an address of what is no more there, or done, is answered like one that never was. */
public final class SignedRoutes {

    private final Engine engine;
    private final SignedUrls urls;

    public SignedRoutes(Engine engine, SignedUrls urls) {
        this.engine = engine;
        this.urls = urls;
    }

    /** {@code PUT /direct/{file_id}/{name}}: takes the part of that number; the same again is harmless, and answers the same. */
    public Response put(Request request) throws Exception {
        SignedUrls.Granted granted = granted(request);
        if (!request.headers("Content-Range").isEmpty()) {
            // RFC 9110, section 14.5: a piece of a part must not be stored as all of it.
            throw new BadRequestException(400, "invalid_content_range", "Content-Range", "a part comes whole");
        }
        Uploads uploads = engine.uploads(Callers.of(request), Callers.peer(request));
        Throttle.prefer(request, () -> uploads.priority(granted.caller().file()));
        return holding(_ -> take(request, granted, uploads)).handle(request);
    }

    private Response take(Request request, SignedUrls.Granted granted, Uploads uploads) {
        Upload upload = uploads.get(granted.caller().file(), Right.UPLOAD);
        ByteRange range = granted.range();
        // The upload may be cut in another way by now; what was signed is no part of it then.
        boolean asSigned = granted.part() <= upload.totalChunks() && upload.chunk(granted.part() - 1).equals(range);
        if (!upload.state().isOpen() || !asSigned) {
            throw new FailureException(new Failure.SignatureInvalid());
        }
        SummedBody body = new SummedBody(RequestBody.of(request));
        uploads.writeRange(upload.id(), range.start(), range.end(), -1, body, DigestClaims.of(request));
        return Response.empty(200).header("ETag", "\"" + urls.partTag(upload.id(), granted.part(), range, body.crc()) + "\"")
                .header("Cache-Control", "no-store");
    }

    /** {@code GET} and {@code HEAD /direct/{file_id}/{name}}. @param download hands out the file of the path */
    public Handler download(Handler download) {
        Handler holding = holding(download);
        return request -> {
            SignedUrls.Granted granted = granted(request);
            Recorder.note(request, "address", granted.once() == null ? "signed" : "signed_once");
            if (granted.once() != null) {
                request.attach(OneUse.class, new OneUse(() -> urls.use(granted)));
            }
            return holding.handle(request);
        };
    }

    private static SignedUrls.Granted granted(Request request) {
        return request.attached(SignedUrls.Granted.class).orElseThrow(() -> new IllegalStateException("a request that did not come by a signed address"));
    }

    /** Whoever has an address alone learns nothing of what has become of the upload or file. */
    private static Handler holding(Handler handler) {
        return request -> {
            try {
                return handler.handle(request);
            } catch (FailureException e) {
                throw switch (e.failure()) {
                    case Failure.UnknownFile _, Failure.Forbidden _, Failure.UploadExpired _, Failure.AlreadyCompleted _, Failure.NotCompleted _ ->
                            new FailureException(new Failure.SignatureInvalid());
                    default -> e;
                };
            }
        };
    }
}
