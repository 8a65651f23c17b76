package tranzr.api.ietf;

import java.time.InstantSource;
import tranzr.api.WholeFiles;
import tranzr.http.Handler;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.transfer.Engine;

/** The routes of Resumable Uploads for HTTP. */
public final class ResumableUploads {

    private final Creations creations;
    private final UploadResource resource;

    /** @param other the door whose requests can be resumed by {@link #over} */
    public ResumableUploads(Engine engine, InstantSource clock, WholeFiles other) {
        this.creations = new Creations(engine, clock, other);
        this.resource = new UploadResource(engine, clock, other);
    }

    /** {@code POST}, {@code PUT} and {@code PATCH /files/upload}. */
    public Response create(Request request) {
        return creations.create(request);
    }

    /** {@code OPTIONS /files/upload}, and of the addresses of {@link #over}. */
    public Response options(Request request) {
        return creations.options(request);
    }

    /** {@code HEAD} and {@code GET /files/upload/{file_id}}. */
    public Response retrieve(Request request) {
        return resource.retrieve(request);
    }

    /** {@code PATCH /files/upload/{file_id}}. */
    public Response append(Request request) {
        return resource.append(request);
    }

    /** {@code DELETE /files/upload/{file_id}}. */
    public Response cancel(Request request) {
        return resource.cancel(request);
    }

    /** As {@link Creations#over}. */
    public Handler over(Handler behind) {
        return creations.over(behind);
    }

    /** As {@link Creations#wholeOnly}. */
    public Handler wholeOnly(Handler behind) {
        return creations.wholeOnly(behind);
    }
}
