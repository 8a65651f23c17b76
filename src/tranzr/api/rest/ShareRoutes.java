package tranzr.api.rest;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import tranzr.accounts.SecondFactor;
import tranzr.api.Callers;
import tranzr.api.Fields;
import tranzr.api.Gate;
import tranzr.api.Ids;
import tranzr.api.Paging;
import tranzr.api.Recorder;
import tranzr.api.ShareLinks;
import tranzr.api.ShareTerms;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.FileName;
import tranzr.model.Right;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.transfer.Archive;
import tranzr.transfer.Engine;
import tranzr.transfer.Shares;

/** The routes by which an owner makes and changes share links. */
public final class ShareRoutes {

    private static final List<String> TERMS_OF_SEVERAL = Stream.concat(ShareTerms.FIELDS.stream(), Stream.of("file_ids", "title")).toList();

    private final Engine engine;
    private final InstantSource clock;
    private final SecondFactor factor;

    /** @param factor asked for before somebody else's link is changed or revoked */
    public ShareRoutes(Engine engine, InstantSource clock, SecondFactor factor) {
        this.engine = engine;
        this.clock = clock;
        this.factor = factor;
    }

    private Shares shares(Request request) {
        return engine.shares(Callers.of(request));
    }

    /** {@code POST /share/create/{file_id}}. */
    public Response create(Request request) {
        UUID id = Ids.fileId(request);
        Shares.Terms terms = terms(request, Fields.jsonAndQuery(request, ShareTerms.FIELDS));
        Upload file = engine.uploads(Callers.of(request)).get(id, Right.SHARE);
        return made(request, shares(request).create(id, terms), FileName.forDownload(file.filename()));
    }

    /** {@code POST /share/create}, with the ids of several files. */
    public Response createForSeveral(Request request) {
        Fields fields = Fields.jsonAndQuery(request, TERMS_OF_SEVERAL);
        List<UUID> ids = fields.texts("file_ids").orElseThrow(() -> Fields.invalid("file_ids", "must be a list of the files' ids")).stream()
                .map(text -> Ids.parse(text).orElseThrow(() -> Fields.invalid("file_ids", "must be a list of the files' ids"))).toList();
        String title = fields.text("title").orElse("").strip();
        return made(request, shares(request).create(ids, title, terms(request, fields)), Archive.nameOf(title));
    }

    private Response made(Request request, Shares.Created created, String name) {
        Recorder.noteShare(request, created.share().tokenHash());
        String url = ShareLinks.url(request.baseUrl(), created.token(), name);
        return Response.json(201, ShareView.created(created, url)).header("Cache-Control", "no-store");
    }

    private Shares.Terms terms(Request request, Fields fields) {
        Duration life = ShareTerms.life(fields);
        Shares.Terms terms = ShareTerms.of(fields, shares(request)::generatePassword);
        return new Shares.Terms(life == null ? null : clock.instant().plus(life), terms.maxDownloads(), terms.password(), terms.addresses(), terms.oneTime(), terms.notice());
    }

    /** {@code GET /shares}. */
    public Response list(Request request) {
        Paging paging = Paging.of(request);
        Function<Share, Map<String, Object>> view = share -> ShareView.listed(share, shares(request).itemsOf(share));
        Optional<UUID> file = request.query("file_id").map(text -> Ids.parse(text).orElseThrow(() -> Fields.invalid("file_id", "must be a UUID")));
        if (file.isPresent()) {
            UUID id = engine.uploads(Callers.of(request)).get(file.get(), Right.SHARE).id();
            return paging.answerOf(shares(request).of(id), Shares::idOf, view, "/shares", Map.of("file_id", id.toString()));
        }
        return paging.answer(shares(request).list(paging.after(), paging.probe()), Shares::idOf, view, "/shares", Map.of());
    }

    /** {@code PATCH /shares/{token}}, by token or id: changes what is named and leaves the rest. */
    public Response change(Request request) {
        Share share = managed(request);
        Fields fields = Fields.json(request);
        Instant expires = Expiry.changed(fields, clock.instant(), share.expires());
        boolean oneTime = fields.flag("one_time").orElse(share.policy().oneTime());
        long limit = fields.has("max_downloads") ? ShareTerms.limit(fields) : oneTime ? 1 : share.maxDownloads();
        ShareTerms.requireOne(oneTime, limit);
        if (fields.isNone("password")) {
            throw Fields.invalid("password", "must be text; \"protected\": false removes the password");
        }
        Optional<Boolean> guarded = fields.flag("protected");
        Optional<String> password = ShareTerms.password(fields, guarded.orElse(true));
        boolean generate = guarded.orElse(false) && share.password() == null && password.isEmpty();
        if (generate) {
            password = Optional.of(shares(request).generatePassword());
        }
        boolean keepPassword = password.isEmpty() && guarded.orElse(true);
        Share changed = shares(request).change(share.tokenHash(), new Shares.Terms(expires, limit, password.orElse(null),
                ShareTerms.addresses(fields, share.policy().addresses()), oneTime, fields.flag("notice").orElse(share.policy().notice())), keepPassword);
        Map<String, Object> view = ShareView.listed(changed, shares(request).itemsOf(changed));
        if (generate) {
            view.put("password", password.get());
        }
        return Response.json(200, view).header("Cache-Control", "no-store");
    }

    /** {@code DELETE /shares/{token}}, by token or id. */
    public Response revoke(Request request) {
        shares(request).revoke(managed(request).tokenHash());
        return Response.empty(204);
    }

    /** The share in the path, by token or id, that the caller is going to change. */
    private Share managed(Request request) {
        Share share = shares(request).find(request.path("token"));
        if (!share.policy().creator().equals(Callers.of(request).owner())) {
            factor.require(Callers.of(request), Gate.codeOf(request));
        }
        return share;
    }
}
