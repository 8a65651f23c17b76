package tranzr.api.rest;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tranzr.api.Fields;
import tranzr.api.Paging;
import tranzr.audit.AuditQuery;
import tranzr.audit.AuditReader;
import tranzr.http.Request;
import tranzr.http.Response;

/** The route by which an administrator reads the audit log. */
public final class AuditRoutes {

    private static final List<String> FILTERS = List.of("from", "to", "actor", "action", "result", "file_id", "share", "address");

    private final AuditReader reader;

    public AuditRoutes(AuditReader reader) {
        this.reader = reader;
    }

    /**
     * {@code GET /audit}: a page of records, newest first. Since a call reads a bounded part of the log, a page may hold fewer records than asked for, or
     * none, and yet be followed by others: what counts is whether there is a link to the next.
     */
    public Response list(Request request) throws IOException {
        Paging paging = Paging.of(request);
        long before = paging.after().map(AuditRoutes::seq).orElse(AuditReader.NEWEST);
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : FILTERS) {
            Optional<String> value = request.query(name);
            if (value.filter(String::isEmpty).isPresent()) {
                throw Fields.invalid(name, "is empty; leave it away to find all");
            }
            value.ifPresent(text -> texts.put(name, text));
        }
        Fields fields = Fields.written(texts);
        AuditReader.Page page = reader.read(new AuditQuery(fields.time("from").orElse(null), fields.time("to").orElse(null), texts.get("actor"), texts.get("action"),
                texts.get("result"), texts.get("file_id"), texts.get("share"), texts.get("address")), paging.limit(), before);
        Response response = Response.json(200, page.records()).header("Cache-Control", "no-store");
        if (page.next() != AuditReader.NO_MORE) {
            StringBuilder next = new StringBuilder("/audit?limit=").append(paging.limit()).append("&after=").append(page.next());
            texts.forEach((name, value) -> next.append('&').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
            response.header("Link", "<" + next + ">; rel=\"next\"");
        }
        return response;
    }

    static long seq(String text) {
        if (!text.matches("[1-9][0-9]{0,17}")) {
            throw Fields.invalid("after", "must be the seq of the last record seen");
        }
        return Long.parseLong(text);
    }
}
