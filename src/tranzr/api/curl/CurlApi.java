package tranzr.api.curl;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import tranzr.access.Caller;
import tranzr.access.Permissions;
import tranzr.api.Callers;
import tranzr.api.DigestClaims;
import tranzr.api.ErrorCode;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.api.Problems;
import tranzr.api.Recorder;
import tranzr.api.RequestBody;
import tranzr.api.ShareLinks;
import tranzr.http.BadRequestException;
import tranzr.http.Multipart;
import tranzr.http.RangeHeader;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.FileName;
import tranzr.model.Right;
import tranzr.model.Upload;
import tranzr.security.Tokens;
import tranzr.transfer.Body;
import tranzr.transfer.DigestClaim;
import tranzr.transfer.Engine;
import tranzr.transfer.FailureException;
import tranzr.transfer.NewUpload;
import tranzr.transfer.Shares;
import tranzr.transfer.Uploads;

/**
 * The front door for people with curl or wget: one request brings a file, the answer is its link. A request that fails leaves
 * no file, only, when a long body broke off, an upload that can be continued until it expires.
 */
public final class CurlApi {

    private static final int MAX_FIELD_BYTES = 1024;
    private static final int MAX_FILES = 100;

    private final Engine engine;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** @param random for delete tokens; cryptographically strong and safe for several threads */
    public CurlApi(Engine engine, InstantSource clock, RandomGenerator random) {
        this.engine = engine;
        this.clock = clock;
        this.random = random;
    }

    private Uploads uploads(Request request) {
        return engine.uploads(Callers.of(request), Callers.peer(request));
    }

    /** {@code GET /}. */
    public Response help(Request request) {
        return Response.text(200, HelpText.of(request.baseUrl()));
    }

    /** {@code PUT /{name}} and, by guests, {@code PUT /r/{link}/{name}}. */
    public Response putNamed(Request request) {
        return receiveBody(request, uploads(request).newId(), request.path("name"));
    }

    /** {@code PUT /} and, by guests, {@code PUT /r/{link}}, as {@code curl -T -} sends it: a name is made up. */
    public Response putUnnamed(Request request) {
        UUID id = uploads(request).newId();
        return receiveBody(request, id, madeUpName(id));
    }

    /** {@code POST /{name}} and, by guests, {@code POST /r/{link}/{name}}: the bare body, or a form with one file, which gets this name. */
    public Response postNamed(Request request) throws IOException {
        Optional<Multipart> form = Multipart.of(request);
        return form.isPresent() ? receiveForm(request, form.get(), request.path("name")) : putNamed(request);
    }

    /** {@code POST /} and, by guests, {@code POST /r/{link}}: a form with one file or more, or a bare body without a name. */
    public Response postUnnamed(Request request) throws IOException {
        Optional<Multipart> form = Multipart.of(request);
        return form.isPresent() ? receiveForm(request, form.get(), null) : putUnnamed(request);
    }

    /** {@code DELETE /delete/{file_id}/{key}}: the URL that came as {@code X-Delete-Url}. */
    public Response delete(Request request) {
        uploads(request).deleteByKey(Ids.fileId(request), Tokens.hash(request.path("key")));
        return Response.empty(204);
    }

    private Response receiveBody(Request request, UUID id, String name) {
        LinkOptions options = LinkOptions.of(request, Map.of());
        if (!request.hasBody()) {
            throw new BadRequestException(411, "length_required", "Content-Length", "send a file: curl -T FILE");
        }
        Body body = RequestBody.of(request);
        long length = request.header("Content-Range").map(field -> wholeLength(field, body)).orElse(body.length());
        DigestClaim claim = DigestClaims.of(request);
        return answer(request, List.of(receive(request, id, name, length, body, claim, options)), false);
    }

    /** The length of a body with Content-Range, which {@code curl -C -} sends of a whole file too. A tail is never taken for a file. */
    private static long wholeLength(String field, Body body) {
        RangeHeader.ContentRange content = RangeHeader.parseContentRange(field);
        long length = content.range().length();
        if (content.range().start() != 0 || content.total() != length) {
            ErrorCode code = ErrorCode.RESUME_NEEDS_UPLOAD_ID;
            throw new BadRequestException(code.status(), code.wireName(), "Content-Range", "a part of a file needs an upload to be "
                    + "added to: begin one with POST /upload/start, then send the rest with curl -C OFFSET -T FILE to /upload/FILE_ID, "
                    + "where GET /upload/status/FILE_ID tells the offset");
        }
        if (body.length() != Body.UNKNOWN && body.length() != length) {
            throw Fields.invalid("Content-Range", "says " + length + " bytes, but the body has " + body.length());
        }
        return length;
    }

    /** Options have to come before the files they are for. When anything goes wrong no file of the form stays. */
    private Response receiveForm(Request request, Multipart form, String name) throws IOException {
        LinkOptions.of(request, Map.of());
        DigestClaim claim = DigestClaims.of(request);
        Map<String, String> fields = new HashMap<>();
        List<Received> files = new ArrayList<>();
        try {
            for (Multipart.Part part = form.next(); part != null; part = form.next()) {
                Optional<String> option = part.filename() == null ? LinkOptions.named(part.name()) : Optional.empty();
                if (option.isPresent()) {
                    noteOption(fields, option.get(), part, files);
                } else if (part.filename() != null) {
                    if (!files.isEmpty() && (name != null || claim.isAny()) || files.size() == MAX_FILES) {
                        throw Fields.invalid(part.name(), "is one file more than this request can bring");
                    }
                    UUID id = uploads(request).newId();
                    files.add(receive(request, id, name != null ? name : nameOf(part, id), Upload.UNKNOWN_LENGTH, RequestBody.of(request, part), claim,
                            LinkOptions.of(request, fields)));
                }
            }
            if (files.isEmpty()) {
                throw Fields.invalid("file", "the form holds no file: curl -F file=@FILE");
            }
            return answer(request, files, true);
        } catch (IOException | RuntimeException e) {
            if (Callers.of(request) instanceof Caller.Guest) {
                keep(request, files);
            } else {
                discard(files, e);
            }
            throw e;
        }
    }

    /** What a guest has sent counts for good. So it stays, and the guest is told, lest it sends it again. */
    private static void keep(Request request, List<Received> files) {
        if (!files.isEmpty()) {
            Problems.mention(request, "received", files.stream().map(Received::view).toList(),
                    "received before that: " + String.join(", ", files.stream().map(received -> received.file().filename()).toList()));
        }
    }

    private void discard(List<Received> files, Exception reason) {
        for (Received received : files) {
            try {
                // Whoever may bring files need not be allowed to delete any.
                engine.uploads(Caller.SYSTEM).delete(received.file().id());
            } catch (FailureException e) {
                reason.addSuppressed(e);
            }
        }
    }

    private static void noteOption(Map<String, String> fields, String option, Multipart.Part part, List<Received> files) throws IOException {
        if (!files.isEmpty()) {
            throw Fields.invalid(part.name(), "has to come before the files it is for");
        }
        if (fields.put(option, part.text(MAX_FIELD_BYTES)) != null) {
            throw Fields.invalid(part.name(), "is given twice");
        }
    }

    private Received receive(Request request, UUID id, String name, long length, Body body, DigestClaim claim, LinkOptions options) {
        FileName.objection(name).ifPresent(why -> {
            throw Fields.invalid("filename", "the file name " + why);
        });
        Caller caller = Callers.of(request);
        Uploads uploads = engine.uploads(caller, Callers.peer(request));
        if (caller instanceof Caller.Guest) {
            return receiveFromGuest(request, new NewUpload(id, name, length, length, 0, -1, null, null), body, claim, options);
        }
        Instant now = clock.instant();
        // Whoever may not share brings the file all the same, and gets no link; but what was asked of the link is not passed over.
        boolean linked = options.isAny() || Permissions.atAll(caller).contains(Right.SHARE);
        Shares.Created share = linked ? engine.shares(caller).draft(id, options.terms(now)) : null;
        String deleteKey = Tokens.create(Tokens.Kind.DELETE, random);
        UUID room = options.room() == null ? null : uploads.room(options.room());
        NewUpload spec = new NewUpload(id, name, length, length, 0, -1, null, Tokens.hash(deleteKey), room);
        Upload file = uploads.receive(spec, body, claim, options.expires(now), linked ? List.of(share.change()) : List.of());
        Recorder.note(request, "file_id", id.toString());
        if (linked) {
            Recorder.noteShare(request, share.share().tokenHash());
        }
        return new Received(file, share, linked ? ShareLinks.url(request.baseUrl(), share.token(), name) : request.baseUrl() + "/download/" + id,
                request.baseUrl() + "/delete/" + id + "/" + deleteKey);
    }

    /** A guest gets a receipt: no link to the file, and nothing that removes it. */
    private Received receiveFromGuest(Request request, NewUpload spec, Body body, DigestClaim claim, LinkOptions options) {
        options.requireNoneByGuests();
        Upload file = uploads(request).receive(spec, body, claim, null, List.of());
        Recorder.note(request, "file_id", spec.id().toString());
        return new Received(file, null, null, null);
    }

    /** Curl calls what it reads from a pipe "-". */
    private static String nameOf(Multipart.Part part, UUID id) {
        return part.filename().isEmpty() || part.filename().equals("-") ? madeUpName(id) : part.filename();
    }

    static String madeUpName(UUID id) {
        return "upload-" + id.toString().substring(0, 8) + ".bin";
    }

    static Response answer(Request request, List<Received> files, boolean ofForm) {
        Response response;
        if (!request.accepts("application/json")) {
            response = Response.text(201, String.join("", files.stream().map(file -> file.line() + "\n").toList()));
        } else if (ofForm && files.size() > 1) {
            response = Response.json(201, files.stream().map(Received::view).toList());
        } else {
            response = Response.json(201, files.getFirst().view());
        }
        if (files.getFirst().deleteUrl() != null) {
            response.header("X-Delete-Url", String.join(", ", files.stream().map(Received::deleteUrl).toList()));
        }
        return response.header("X-File-Id", String.join(", ", files.stream().map(file -> file.file().id().toString()).toList()))
                .header("X-Content-SHA256", String.join(", ", files.stream().map(file -> file.file().sha256().hex()).toList()))
                .header("Cache-Control", "no-store");
    }
}
