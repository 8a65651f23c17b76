package tranzr.api.rest;

import java.util.function.Consumer;
import java.util.function.Function;
import tranzr.api.ErrorCode;
import tranzr.api.Problem;
import tranzr.api.Problems;
import tranzr.api.Sending;
import tranzr.http.BadRequestException;
import tranzr.http.ContentDisposition;
import tranzr.http.EntityTags;
import tranzr.http.RangeHeader;
import tranzr.http.RangeHeader.Selection;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.ByteRange;
import tranzr.model.FileName;
import tranzr.model.Upload;
import tranzr.transfer.Download;

/** Hands out the bytes of one file, or the part that is asked for, under the conditions of RFC 9110, sections 13 and 14. */
final class Delivery {

    private static final String TYPE = "application/octet-stream";

    private final Request request;
    private final Upload file;
    private final String tag;

    /** @param file completed */
    Delivery(Request request, Upload file) {
        this.request = request;
        this.file = file;
        this.tag = "\"sha256-" + file.sha256().hex() + "\"";
    }

    /**
     * The answer. Only one that will bring bytes opens the file, and so counts.
     *
     * @param look asked instead for a HEAD, which opens nothing
     * @param open opens the file for this range; the answer ends the download
     */
    Response answer(Consumer<ByteRange> look, Function<ByteRange, Download> open) {
        if (EntityTags.matchFails(request.headers("If-Match"), tag)) {
            throw new BadRequestException(ErrorCode.PRECONDITION_FAILED.status(), ErrorCode.PRECONDITION_FAILED.wireName(),
                    "If-Match", "the file is not the one that If-Match names");
        }
        if (EntityTags.noneMatchFails(request.headers("If-None-Match"), tag)) {
            return described(Response.empty(304));
        }
        ByteRange whole = new ByteRange(0, file.length());
        if (request.method().equals("HEAD")) {
            look.accept(whole);
            return represented(Response.stream(200, TYPE, file.length(), _ -> { }, _ -> { }));
        }
        Selection selection = EntityTags.allowsRange(request.header("If-Range"), tag) ? RangeHeader.select(request.header("Range"), file.length())
                : new Selection.Whole();
        return switch (selection) {
            case Selection.Whole _ -> represented(bytes(200, whole, open));
            case Selection.Part(ByteRange part) -> represented(bytes(206, part, open))
                    .header("Content-Range", "bytes " + part.start() + "-" + (part.end() - 1) + "/" + file.length());
            case Selection.Unsatisfiable _ -> unsatisfiable();
        };
    }

    private Response bytes(int status, ByteRange range, Function<ByteRange, Download> open) {
        Download download = open.apply(range);
        request.attach(Sending.class, new Sending(range, file.length()));
        try {
            download.check(range);
            return Response.stream(status, TYPE, range.length(), out -> download.writeTo(out, range), download::end);
        } catch (RuntimeException e) {
            download.end(false);
            throw e;
        }
    }

    private Response unsatisfiable() {
        return described(Problems.told(request, Problem.of(ErrorCode.RANGE_NOT_SATISFIABLE, "the file has " + file.length() + " bytes")
                .with("length", file.length())).toJson())
                .header("Content-Range", "bytes */" + file.length());
    }

    /** Field names that hold for the file whatever part of it, or nothing, is sent. */
    private Response described(Response response) {
        return response.header("ETag", tag)
                .header("Accept-Ranges", "bytes")
                // Asked anew each time, so that a link revoked or used up is not served from a cache.
                .header("Cache-Control", "private, no-cache, no-transform")
                .header("Referrer-Policy", "no-referrer");
    }

    private Response represented(Response response) {
        return described(response)
                .header("Content-Disposition", ContentDisposition.attachment(FileName.forDownload(file.filename())))
                .header("Repr-Digest", "sha-256=:" + file.sha256().base64() + ":")
                .header("X-Content-SHA256", file.sha256().hex())
                .header("X-Content-Type-Options", "nosniff")
                .header("Content-Security-Policy", "sandbox; default-src 'none'")
                .header("Cross-Origin-Resource-Policy", "same-origin");
    }
}
