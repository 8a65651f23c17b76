package tranzr.api.rest;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tranzr.api.Callers;
import tranzr.api.Fields;
import tranzr.api.LinkVisits;
import tranzr.api.Recorder;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.ByteRange;
import tranzr.transfer.Archive;
import tranzr.transfer.Engine;
import tranzr.transfer.Shares;

/** The routes by which whoever has a share link uses it. Browsers are shown a page, which asks these. */
public final class LinkRoutes {

    private final Engine engine;

    public LinkRoutes(Engine engine) {
        this.engine = engine;
    }

    private Shares shares(Request request) {
        return engine.shares(Callers.of(request));
    }

    /** {@code GET /share/info/{token}}: more to those who give the password, too. */
    public Response info(Request request) {
        Shares.Visitor visitor = LinkVisits.visitor(request);
        boolean opened = visitor.password() != null || visitor.grant() != null;
        Shares.Visit visit = opened ? shares(request).enter(request.path("token"), visitor) : shares(request).info(request.path("token"), request.client());
        Optional<Archive> archive = visit.share().contents().areSeveral() ? Optional.of(shares(request).archive(visit)) : Optional.empty();
        return Response.json(200, ShareView.info(visit, archive, opened)).header("Cache-Control", "no-store");
    }

    /** {@code GET} and {@code HEAD} of {@code /share/download/{token}} and {@code /s/{token}}, with or without a file name after it. */
    public Response download(Request request) {
        Shares.Visit visit = shares(request).enter(request.path("token"), LinkVisits.visitor(request));
        Optional<Shares.Item> item = LinkVisits.chosen(visit, request.query(LinkVisits.FILE), request.pathIfAny("filename"));
        return item.isPresent() ? file(request, visit, item.get()) : archive(request, visit);
    }

    private Response file(Request request, Shares.Visit visit, Shares.Item item) {
        Recorder.note(request, "file_id", item.file().id().toString());
        return new Delivery(request, item.file()).answer(range -> shares(request).checkLimit(visit, item, range),
                range -> shares(request).download(visit, item, range));
    }

    private Response archive(Request request, Shares.Visit visit) {
        Recorder.note(request, "files", Integer.toString(visit.items().size()));
        Archive archive = shares(request).archive(visit);
        return new Delivery(request, Delivery.Content.of(archive)).answer(range -> shares(request).checkLimit(visit, archive, range),
                range -> shares(request).download(visit, archive, range));
    }

    /** {@code POST /share/grant/{token}}: an address that needs no password, for a while. */
    public Response grant(Request request) {
        Fields fields = Fields.json(request);
        String token = request.path("token");
        Shares.Visit visit = shares(request).enter(token, LinkVisits.visitor(request, fields.text("password").orElse(null), null));
        Optional<String> file = fields.isText(LinkVisits.FILE) ? fields.text(LinkVisits.FILE) : fields.whole(LinkVisits.FILE).map(String::valueOf);
        Optional<Shares.Item> item = LinkVisits.chosen(visit, file, Optional.empty());
        // Told here, where a page can tell it in its own words, rather than by the download.
        if (item.isPresent()) {
            shares(request).checkLimit(visit, item.get(), new ByteRange(0, item.get().file().length()));
        } else {
            Archive archive = shares(request).archive(visit);
            shares(request).checkLimit(visit, archive, new ByteRange(0, archive.length()));
        }
        Shares.Grant grant = shares(request).grant(token, visit);
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("url", LinkVisits.url(request.baseUrl(), token, visit, item, grant));
        view.put("expires_at", UploadView.time(grant.until()));
        return Response.json(201, view).header("Cache-Control", "no-store");
    }
}
