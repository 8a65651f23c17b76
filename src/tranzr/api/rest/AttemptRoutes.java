package tranzr.api.rest;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import tranzr.api.Callers;
import tranzr.api.Paging;
import tranzr.audit.AuditQuery;
import tranzr.audit.AuditReader;
import tranzr.audit.Entry;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.Share;
import tranzr.transfer.Engine;
import tranzr.transfer.Shares;

/** The route by which whoever manages a share link sees who tried it. The audit log knows; who may read all of it is another matter. */
public final class AttemptRoutes {

    /** What the routes page calls the use of a link. */
    private static final String ACTION = "share.download";

    private final Engine engine;
    private final AuditReader reader;

    public AttemptRoutes(Engine engine, AuditReader reader) {
        this.engine = engine;
        this.reader = reader;
    }

    /** {@code GET /shares/{token}/attempts}: newest first. As of the audit log a page may be short and yet have a next one. */
    public Response list(Request request) throws IOException {
        Share share = engine.shares(Callers.of(request)).find(request.path("token"));
        Paging paging = Paging.of(request);
        long before = paging.after().map(AuditRoutes::seq).orElse(AuditReader.NEWEST);
        AuditReader.Page page = reader.read(new AuditQuery(null, null, null, ACTION, null, null, Shares.idOf(share), null), paging.limit(), before);
        Response response = Response.json(200, page.records().stream().map(AttemptRoutes::view).toList()).header("Cache-Control", "no-store");
        if (page.next() != AuditReader.NO_MORE) {
            response.header("Link", "</shares/" + Shares.idOf(share) + "/attempts?limit=" + paging.limit() + "&after=" + page.next() + ">; rel=\"next\"");
        }
        return response;
    }

    private static Map<String, Object> view(Map<String, Object> record) {
        Map<?, ?> subject = record.get("subject") instanceof Map<?, ?> map ? map : Map.of();
        Map<?, ?> details = record.get("details") instanceof Map<?, ?> map ? map : Map.of();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("seq", record.get("seq"));
        view.put("time", record.get("time"));
        view.put("address", record.get("address"));
        view.put("result", record.get("result"));
        view.put("status", record.get("status"));
        view.put("bytes", details.get("sent") instanceof Number sent ? sent : 0);
        // Only who comes as far as the file has it in its record; the page for browsers is shown before.
        view.put("page", Entry.OK.equals(record.get("result")) && !subject.containsKey("file_id") && !subject.containsKey("files"));
        return view;
    }
}
