package tranzr.api.rest;

import java.util.function.Consumer;
import java.util.function.Function;
import tranzr.api.ErrorCode;
import tranzr.api.OneUse;
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
import tranzr.model.Digest;
import tranzr.model.FileName;
import tranzr.model.Upload;
import tranzr.transfer.Archive;
import tranzr.transfer.Download;

/** Hands out bytes, or the part of them that is asked for, under the conditions of RFC 9110, sections 13 and 14. */
final class Delivery {

    private static final String TYPE = "application/octet-stream";
    /** Nothing of it may run, wherever it is shown. */
    private static final String POLICY = "sandbox; default-src 'none'";

    /**
     * What is handed out.
     *
     * @param length in bytes
     * @param tag strong, quoted
     * @param disposition the value of Content-Disposition
     * @param sha256 of the whole; null when it is not known
     * @param policy the value of Content-Security-Policy
     */
    record Content(long length, String tag, String type, String disposition, Digest sha256, String policy) {

        /** A file to be saved. @param file completed */
        static Content of(Upload file) {
            return new Content(file.length(), tagOf(file), TYPE, ContentDisposition.attachment(FileName.forDownload(file.filename())), file.sha256(), POLICY);
        }

        static Content of(Archive archive) {
            return new Content(archive.length(), "\"zip-" + archive.tag().hex() + "\"", "application/zip", ContentDisposition.attachment(archive.name()), null, POLICY);
        }

        static String tagOf(Upload file) {
            return "\"sha256-" + file.sha256().hex() + "\"";
        }
    }

    private final Request request;
    private final Content content;
    private final String tag;
    private final boolean once;

    Delivery(Request request, Content content) {
        this.request = request;
        this.content = content;
        this.tag = content.tag();
        this.once = request.attached(OneUse.class).isPresent();
    }

    /** A file to be saved. @param file completed */
    Delivery(Request request, Upload file) {
        this(request, Content.of(file));
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
        ByteRange whole = new ByteRange(0, content.length());
        if (request.method().equals("HEAD")) {
            look.accept(whole);
            return represented(Response.stream(200, content.type(), content.length(), _ -> { }, _ -> { }));
        }
        // What is good once is handed out whole: a server may do without ranges (RFC 9110, section 14.2).
        Selection selection = !once && EntityTags.allowsRange(request.header("If-Range"), tag) ? RangeHeader.select(request.header("Range"), content.length())
                : new Selection.Whole();
        return switch (selection) {
            case Selection.Whole _ -> represented(bytes(200, whole, open));
            case Selection.Part(ByteRange part) -> represented(bytes(206, part, open))
                    .header("Content-Range", "bytes " + part.start() + "-" + (part.end() - 1) + "/" + content.length());
            case Selection.Unsatisfiable _ -> unsatisfiable();
        };
    }

    private Response bytes(int status, ByteRange range, Function<ByteRange, Download> open) {
        Download download = open.apply(range);
        request.attach(Sending.class, new Sending(range, content.length()));
        try {
            download.check(range);
            request.attached(OneUse.class).ifPresent(one -> one.use().run());
            return Response.stream(status, content.type(), range.length(), out -> download.writeTo(out, range), download::end);
        } catch (RuntimeException e) {
            download.end(false);
            throw e;
        }
    }

    private Response unsatisfiable() {
        return described(Problems.told(request, Problem.of(ErrorCode.RANGE_NOT_SATISFIABLE, "the file has " + content.length() + " bytes")
                .with("length", content.length())).toJson())
                .header("Content-Range", "bytes */" + content.length());
    }

    /** Field names that hold for the file whatever part of it, or nothing, is sent. */
    private Response described(Response response) {
        return response.header("ETag", tag)
                .header("Accept-Ranges", once ? "none" : "bytes")
                // Asked anew each time, so that a link revoked or used up is not served from a cache.
                .header("Cache-Control", "private, no-cache, no-transform")
                .header("Referrer-Policy", "no-referrer");
    }

    private Response represented(Response response) {
        if (content.sha256() != null) {
            response.header("Repr-Digest", "sha-256=:" + content.sha256().base64() + ":").header("X-Content-SHA256", content.sha256().hex());
        }
        return described(response)
                .header("Content-Disposition", content.disposition())
                .header("X-Content-Type-Options", "nosniff")
                .header("Content-Security-Policy", content.policy())
                .header("Cross-Origin-Resource-Policy", "same-origin");
    }
}
