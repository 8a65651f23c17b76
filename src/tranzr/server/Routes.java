package tranzr.server;

import java.util.List;
import tranzr.api.Gate;
import tranzr.api.Problems;
import tranzr.api.Right;
import tranzr.api.curl.CurlApi;
import tranzr.api.rest.ChunkRoutes;
import tranzr.api.rest.FileRoutes;
import tranzr.api.rest.ServiceRoutes;
import tranzr.api.rest.ShareRoutes;
import tranzr.api.rest.UploadRoutes;
import tranzr.http.Handler;
import tranzr.http.Router;

/** Every route of the server on one page, with the right it needs and how it tells its failures. */
final class Routes {

    /** How failures are told. */
    enum Style {
        /** {@code application/problem+json}. */
        JSON,
        /** A line for a person with curl, unless JSON is asked for. */
        TEXT
    }

    /** HEAD goes to GET. */
    record Route(String method, String pattern, Right right, Style style, Handler handler) {
    }

    /** What answers. */
    record Doors(UploadRoutes upload, ChunkRoutes chunk, FileRoutes file, ShareRoutes share, ServiceRoutes service, CurlApi curl) {
    }

    private Routes() {
    }

    static List<Route> of(Doors to) {
        return List.of(
                // Uploads
                api("POST", "/upload/start", Right.UPLOAD, to.upload::start),
                api("POST", "/upload/chunk", Right.UPLOAD, to.chunk::post),
                api("PUT", "/uploads/{file_id}/chunks/{chunk_index}", Right.UPLOAD, to.chunk::put),
                api("GET", "/upload/status/{file_id}", Right.UPLOAD, to.upload::status),
                api("POST", "/upload/merge/{file_id}", Right.UPLOAD, to.upload::merge),
                api("PUT", "/upload/{file_id}", Right.UPLOAD, to.upload::put),
                api("DELETE", "/upload/{file_id}", Right.UPLOAD, to.upload::abort),
                // Files
                api("GET", "/files", Right.LIST, to.file::list),
                api("GET", "/files/{file_id}", Right.LIST, to.file::get),
                api("DELETE", "/files/{file_id}", Right.DELETE, to.file::delete),
                api("GET", "/download/{file_id}", Right.DOWNLOAD, to.file::download),
                // Share links, for their owner
                api("POST", "/share/create/{file_id}", Right.SHARE, to.share::create),
                api("GET", "/shares", Right.SHARE, to.share::list),
                api("PATCH", "/shares/{token}", Right.SHARE, to.share::change),
                api("DELETE", "/shares/{token}", Right.SHARE, to.share::revoke),
                // Share links, for whoever has one
                api("GET", "/share/info/{token}", Right.OPEN, to.share::info),
                api("GET", "/share/download/{token}", Right.OPEN, to.share::download),
                api("GET", "/share/download/{token}/{filename}", Right.OPEN, to.share::download),
                api("GET", "/s/{token}", Right.OPEN, to.share::download),
                api("GET", "/s/{token}/{filename}", Right.OPEN, to.share::download),
                // The server itself
                api("GET", "/health", Right.OPEN, to.service::health),
                api("GET", "/openapi.json", Right.OPEN, to.service::openApi),
                // The front door of curl
                plain("GET", "/", Right.OPEN, to.curl::help),
                plain("POST", "/", Right.UPLOAD, to.curl::postUnnamed),
                plain("PUT", "/", Right.UPLOAD, to.curl::putUnnamed),
                plain("POST", "/{name}", Right.UPLOAD, to.curl::postNamed),
                plain("PUT", "/{name}", Right.UPLOAD, to.curl::putNamed),
                plain("DELETE", "/delete/{file_id}/{key}", Right.OPEN, to.curl::delete));
    }

    private static Route api(String method, String pattern, Right right, Handler handler) {
        return new Route(method, pattern, right, Style.JSON, handler);
    }

    private static Route plain(String method, String pattern, Right right, Handler handler) {
        return new Route(method, pattern, right, Style.TEXT, handler);
    }

    /** The handler for all of them, for the listener; what it throws goes to {@code problems} there. */
    static Handler handler(List<Route> routes, Gate gate, Problems problems) {
        return new Router(routes.stream().map(route -> {
            Handler guarded = gate.guard(route.right(), route.handler());
            return new Router.Route(route.method(), route.pattern(),
                    route.style() == Style.TEXT ? problems.inText(guarded) : guarded);
        }).toList());
    }
}
