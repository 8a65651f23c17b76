package tranzr.api.ui;

import tranzr.api.Callers;
import tranzr.api.LinkVisits;
import tranzr.http.Handler;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.transfer.Engine;

/** What a browser is shown at a share link. */
public final class LinkPage {

    private static final String DOWNLOAD = "download";

    private final Engine engine;
    private final Pages pages;

    public LinkPage(Engine engine, Pages pages) {
        this.engine = engine;
        this.pages = pages;
    }

    /** The page for browsers, and for everybody else what is behind it. */
    public Handler over(Handler behind) {
        return request -> isMeant(request) ? page(request) : behind.handle(request);
    }

    private static boolean isMeant(Request request) {
        return Pages.isForPerson(request) && request.header("Range").isEmpty() && request.query(DOWNLOAD).isEmpty()
                && request.query(LinkVisits.GRANT).isEmpty();
    }

    private Response page(Request request) {
        engine.shares(Callers.of(request)).info(request.path("token"), request.client());
        return pages.answer(request, 200, "send.html");
    }
}
