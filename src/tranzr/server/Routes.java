package tranzr.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tranzr.api.Gate;
import tranzr.api.Load;
import tranzr.api.Need;
import tranzr.api.Problem;
import tranzr.api.Problems;
import tranzr.api.Recorder;
import tranzr.api.Throttle;
import tranzr.api.curl.CurlApi;
import tranzr.api.live.EventRoutes;
import tranzr.api.live.SocketRoutes;
import tranzr.api.live.TransferRoutes;
import tranzr.api.rest.AccessRoutes;
import tranzr.api.rest.AttemptRoutes;
import tranzr.api.rest.AuditRoutes;
import tranzr.api.rest.ChunkRoutes;
import tranzr.api.rest.FileRoutes;
import tranzr.api.rest.LinkRoutes;
import tranzr.api.rest.MetricsRoutes;
import tranzr.api.rest.PreviewRoutes;
import tranzr.api.rest.RequestRoutes;
import tranzr.api.rest.RoomRoutes;
import tranzr.api.rest.SecondFactorRoutes;
import tranzr.api.rest.ServiceRoutes;
import tranzr.api.rest.SessionRoutes;
import tranzr.api.rest.ShareRoutes;
import tranzr.api.rest.TokenRoutes;
import tranzr.api.rest.UploadRoutes;
import tranzr.api.rest.WebhookRoutes;
import tranzr.api.smart.SmartRoutes;
import tranzr.api.ui.LinkPage;
import tranzr.api.ui.Pages;
import tranzr.api.upflow.UpflowRoutes;
import tranzr.http.Handler;
import tranzr.http.Router;

/** Every route of the server on one page, with what it needs, what it costs, how it tells its failures, and what the audit log calls it. */
final class Routes {

    /** How failures are told. */
    enum Style {
        /** {@code application/problem+json}. */
        JSON,
        /** A line for a person with curl, unless JSON is asked for. */
        TEXT,
        /** As a problem that has its text as {@code error}, too, for clients of Smart File Transfer System that share the route. */
        SHARED,
        /** As clients of UpFlow go by it. */
        UPFLOW,
        /** As clients of Smart File Transfer System go by it. */
        SMART
    }

    /** Whether the audit log has a record of each request, or only of those that failed. */
    enum Trail { EACH, FAILED }

    /**
     * HEAD goes to GET.
     *
     * @param action what the audit log calls it
     * @param sensitive whether it asks for the second factor of a token that has one
     */
    record Route(String method, String pattern, Need need, Load load, Style style, String action, Trail trail, boolean sensitive, Handler handler) {

        Route quiet() {
            return new Route(method, pattern, need, load, style, action, Trail.FAILED, sensitive, handler);
        }

        Route told(Style style) {
            return new Route(method, pattern, need, load, style, action, trail, sensitive, handler);
        }

        Route with(Load load) {
            return new Route(method, pattern, need, load, style, action, trail, sensitive, handler);
        }

        private Route withSecondFactor() {
            return new Route(method, pattern, need, load, style, action, trail, true, handler);
        }
    }

    /** What answers. */
    record Doors(UploadRoutes upload, ChunkRoutes chunk, FileRoutes file, ShareRoutes share, ServiceRoutes service, CurlApi curl, TokenRoutes token,
            RoomRoutes room, AccessRoutes access, AuditRoutes audit, SessionRoutes session, SecondFactorRoutes factor, WebhookRoutes webhook,
            RequestRoutes request, AttemptRoutes attempt, Pages pages, EventRoutes event, TransferRoutes transfer, SocketRoutes socket, MetricsRoutes metrics, LinkRoutes link,
            LinkPage linkPage, PreviewRoutes preview, Protocols protocols) {
    }

    private Routes() {
    }

    static List<Route> of(Doors to) {
        List<Route> routes = new ArrayList<>(transfers(to));
        routes.addAll(links(to));
        routes.addAll(curl(to));
        routes.addAll(accounts(to));
        routes.addAll(webhooks(to));
        routes.addAll(logins(to));
        routes.addAll(requests(to));
        routes.addAll(pages(to));
        routes.addAll(live(to));
        routes.addAll(to.protocols.routes(to.file::download));
        return List.copyOf(routes);
    }

    private static List<Route> transfers(Doors to) {
        return List.of(
                // Uploads
                api("POST", "/upload/start", Need.UPLOAD, "upload.start", to.upload::start),
                api("POST", "/upload/chunk", Need.UPLOAD, "upload.chunk", to.chunk::post).told(Style.SHARED).quiet().with(Load.UPLOAD),
                api("PUT", "/uploads/{file_id}/chunks/{chunk_index}", Need.UPLOAD, "upload.chunk", to.chunk::put).quiet().with(Load.UPLOAD),
                api("GET", "/upload/status/{file_id}", Need.UPLOAD, "upload.status", to.upload::status).quiet(),
                api("POST", "/upload/merge/{file_id}", Need.UPLOAD, "upload.complete", to.upload::merge),
                api("PUT", "/upload/{file_id}", Need.UPLOAD, "upload.put", to.upload::put).with(Load.UPLOAD),
                api("DELETE", "/upload/{file_id}", Need.UPLOAD, "upload.abort", to.upload::abort),
                api("POST", "/upload/urls/{file_id}", Need.UPLOAD, "upload.sign", to.upload::urls),
                // Files
                api("GET", "/files", Need.LIST, "file.list", to.file::list).quiet(),
                api("GET", "/files/{file_id}", Need.LIST, "file.info", to.file::get).quiet(),
                api("PATCH", "/files/{file_id}", Need.DELETE, "file.change", to.file::change),
                api("DELETE", "/files/{file_id}", Need.DELETE, "file.delete", to.file::delete).withSecondFactor(),
                api("GET", "/download/{file_id}", Need.DOWNLOAD, "file.download", to.file::download).told(Style.SHARED).with(Load.DOWNLOAD),
                api("GET", "/files/{file_id}/preview", Need.DOWNLOAD, "file.preview", to.preview::ofFile).with(Load.DOWNLOAD),
                // The server itself
                api("GET", "/health", Need.OPEN, "health", to.service::health).quiet(),
                api("GET", "/openapi.json", Need.OPEN, "openapi", to.service::openApi).quiet(),
                api("GET", "/audit", Need.ADMIN, "audit.read", to.audit::list),
                api("GET", "/metrics", Need.METRICS, "metrics", to.metrics::metrics).quiet(),
                api("GET", "/stats", Need.ADMIN, "stats", to.metrics::stats).quiet(),
                api("GET", "/log", Need.ADMIN, "log.read", to.metrics::log));
    }

    private static List<Route> links(Doors to) {
        Handler use = to.linkPage.over(to.link::download);
        return List.of(
                // Share links, for their owner
                api("POST", "/share/create", Need.SHARE, "share.create", to.share::createForSeveral).with(Load.LINK),
                api("POST", "/share/create/{file_id}", Need.SHARE, "share.create", to.share::create).with(Load.LINK),
                api("GET", "/shares", Need.SHARE, "share.list", to.share::list).quiet(),
                api("PATCH", "/shares/{token}", Need.SHARE, "share.change", to.share::change).with(Load.LINK),
                api("DELETE", "/shares/{token}", Need.SHARE, "share.revoke", to.share::revoke),
                // Share links, for whoever has one
                api("GET", "/share/info/{token}", Need.OPEN, "share.info", to.link::info),
                // What came of it counts with the downloads: a wrong password is an attempt at one
                api("POST", "/share/grant/{token}", Need.OPEN, "share.download", to.link::grant).quiet(),
                api("GET", "/share/download/{token}", Need.OPEN, "share.download", use).with(Load.DOWNLOAD),
                api("GET", "/share/download/{token}/{filename}", Need.OPEN, "share.download", use).with(Load.DOWNLOAD),
                api("GET", "/s/{token}", Need.OPEN, "share.download", use).with(Load.DOWNLOAD),
                api("GET", "/s/{token}/{filename}", Need.OPEN, "share.download", use).with(Load.DOWNLOAD),
                api("GET", "/share/preview/{token}", Need.OPEN, "share.download", to.preview::ofShare).with(Load.DOWNLOAD),
                // The form of their page
                api("POST", "/share/download/{token}", Need.OPEN, "share.download", to.linkPage::submit).quiet(),
                api("POST", "/share/download/{token}/{filename}", Need.OPEN, "share.download", to.linkPage::submit).quiet(),
                api("POST", "/s/{token}", Need.OPEN, "share.download", to.linkPage::submit).quiet(),
                api("POST", "/s/{token}/{filename}", Need.OPEN, "share.download", to.linkPage::submit).quiet());
    }

    private static List<Route> curl(Doors to) {
        return List.of(
                plain("GET", "/", Need.OPEN, "help", to.pages.forBrowsers("send.html", to.curl::help)).quiet(),
                plain("POST", "/", Need.UPLOAD, "upload.receive", to.protocols.ietf().over(to.curl::postUnnamed)).with(Load.UPLOAD),
                plain("PUT", "/", Need.UPLOAD, "upload.receive", to.protocols.ietf().over(to.curl::putUnnamed)).with(Load.UPLOAD),
                plain("POST", "/{name}", Need.UPLOAD, "upload.receive", to.protocols.ietf().over(to.curl::postNamed)).with(Load.UPLOAD),
                plain("PUT", "/{name}", Need.UPLOAD, "upload.receive", to.protocols.ietf().over(to.curl::putNamed)).with(Load.UPLOAD),
                plain("DELETE", "/delete/{file_id}/{key}", Need.OPEN, "file.delete", to.curl::delete));
    }

    /** For the clients of chunky: docs/neighbours.md. */

    private static List<Route> requests(Doors to) {
        return List.of(
                // Upload requests, for members of the room
                api("POST", "/rooms/{room_id}/requests", Need.SHARE, "request.create", to.request::create).with(Load.LINK),
                api("GET", "/requests", Need.SHARE, "request.list", to.request::list).quiet(),
                api("GET", "/requests/{request_id}", Need.SHARE, "request.info", to.request::get).quiet(),
                api("PATCH", "/requests/{request_id}", Need.SHARE, "request.change", to.request::change).with(Load.LINK),
                api("DELETE", "/requests/{request_id}", Need.SHARE, "request.revoke", to.request::revoke),
                // The same, for guests, who may use the routes of uploads too
                api("GET", "/r/{link}", Need.OPEN, "request.open", to.pages.forBrowsersOf("guest.html", to.request::open)).quiet(),
                plain("POST", "/r/{link}", Need.GUEST, "upload.receive", to.protocols.ietf().wholeOnly(to.curl::postUnnamed)).with(Load.UPLOAD),
                plain("PUT", "/r/{link}", Need.GUEST, "upload.receive", to.protocols.ietf().wholeOnly(to.curl::putUnnamed)).with(Load.UPLOAD),
                plain("POST", "/r/{link}/{name}", Need.GUEST, "upload.receive", to.protocols.ietf().wholeOnly(to.curl::postNamed)).with(Load.UPLOAD),
                plain("PUT", "/r/{link}/{name}", Need.GUEST, "upload.receive", to.protocols.ietf().wholeOnly(to.curl::putNamed)).with(Load.UPLOAD),
                // Who used a share link
                api("GET", "/shares/{token}/attempts", Need.SHARE, "share.attempts", to.attempt::list).quiet());
    }

    private static List<Route> pages(Doors to) {
        return List.of(
                // Pages; whoever they are for, they hold nothing but what the routes below tell
                api("GET", "/dashboard", Need.OPEN, "page", to.pages.page("dashboard.html")).quiet(),
                api("GET", "/login", Need.OPEN, "page", to.pages.page("login.html")).quiet(),
                api("GET", "/account", Need.OPEN, "page", to.pages.page("account.html")).quiet(),
                api("GET", "/docs", Need.OPEN, "page", to.pages.page("docs.html")).quiet(),
                api("GET", "/pdf-viewer", Need.OPEN, "page", to.pages.page("pdf.html")).quiet(),
                // What pages are made of; whatever they show they ask for by the other routes
                api("GET", "/ui/{version}/{file}", Need.OPEN, "page.asset", to.pages.assets()::file).quiet(),
                api("GET", "/ui/{version}/vendor/{file}", Need.OPEN, "page.asset", to.pages.assets()::vendorFile).quiet());
    }

    private static List<Route> live(Doors to) {
        return List.of(
                // What happens, as it happens
                api("GET", "/events", Need.LIST, "event.stream", to.event::all).quiet(),
                api("GET", "/ws", Need.TOKEN, "event.socket", to.socket::open).quiet(),
                api("GET", "/upload/events/{file_id}", Need.UPLOAD, "event.stream", to.event::upload).quiet(),
                api("GET", "/transfers", Need.ADMIN, "transfer.list", to.transfer::list).quiet());
    }

    private static List<Route> accounts(Doors to) {
        return List.of(
                // Tokens
                api("POST", "/tokens", Need.ADMIN, "token.create", to.token::create).with(Load.LINK).withSecondFactor(),
                api("GET", "/tokens", Need.ADMIN, "token.list", to.token::list).quiet(),
                api("GET", "/tokens/{token_id}", Need.TOKEN, "token.info", to.token::get).quiet(),
                api("PATCH", "/tokens/{token_id}", Need.ADMIN, "token.change", to.token::change).withSecondFactor(),
                api("POST", "/tokens/{token_id}/rotate", Need.TOKEN, "token.rotate", to.token::rotate).with(Load.LINK).withSecondFactor(),
                api("DELETE", "/tokens/{token_id}", Need.ADMIN, "token.revoke", to.token::revoke).withSecondFactor(),
                api("POST", "/one-time-tokens", Need.TOKEN, "token.once", to.token::createOneTime).with(Load.LINK).withSecondFactor(),
                // Rooms
                api("POST", "/rooms", Need.ADMIN, "room.create", to.room::create),
                api("GET", "/rooms", Need.TOKEN, "room.list", to.room::list).quiet(),
                api("GET", "/rooms/{room_id}", Need.TOKEN, "room.info", to.room::get).quiet(),
                api("PATCH", "/rooms/{room_id}", Need.TOKEN, "room.change", to.room::change),
                api("DELETE", "/rooms/{room_id}", Need.ADMIN, "room.delete", to.room::delete).withSecondFactor(),
                api("PUT", "/rooms/{room_id}/members/{token_id}", Need.TOKEN, "room.member", to.room::putMember).withSecondFactor(),
                api("DELETE", "/rooms/{room_id}/members/{token_id}", Need.TOKEN, "room.leave", to.room::removeMember).withSecondFactor(),
                // Whom files belong to, and what is used
                api("GET", "/files/{file_id}/access", Need.TOKEN, "file.access.info", to.access::get).quiet(),
                api("PUT", "/files/{file_id}/access", Need.TOKEN, "file.access", to.access::put).withSecondFactor(),
                api("GET", "/usage", Need.TOKEN, "usage", to.access::usage).quiet());
    }

    private static List<Route> logins(Doors to) {
        return List.of(
                // Browsers that log in
                api("POST", "/login", Need.OPEN, "login", to.session::login).with(Load.LOGIN),
                api("POST", "/logout", Need.TOKEN, "logout", to.session::logout),
                api("GET", "/session", Need.TOKEN, "session.info", to.session::get).quiet(),
                api("POST", "/session/prove", Need.TOKEN, "session.prove", to.session::prove).with(Load.LOGIN),
                api("GET", "/sessions", Need.TOKEN, "session.list", to.session::list).quiet(),
                api("DELETE", "/sessions", Need.TOKEN, "session.revoke_others", to.session::revokeOthers),
                api("DELETE", "/sessions/{session_id}", Need.TOKEN, "session.revoke", to.session::revoke),
                // The second factor
                api("POST", "/totp", Need.TOKEN, "totp.enrol", to.factor::enrol).with(Load.LINK),
                api("POST", "/totp/confirm", Need.TOKEN, "totp.confirm", to.factor::confirm).with(Load.LOGIN),
                api("DELETE", "/totp", Need.TOKEN, "totp.remove", to.factor::remove).with(Load.LOGIN),
                api("DELETE", "/tokens/{token_id}/totp", Need.ADMIN, "totp.reset", to.factor::reset).withSecondFactor());
    }

    private static List<Route> webhooks(Doors to) {
        return List.of(
                api("POST", "/webhooks", Need.LIST, "webhook.create", to.webhook::create).with(Load.LINK),
                api("GET", "/webhooks", Need.LIST, "webhook.list", to.webhook::list).quiet(),
                api("GET", "/webhooks/{webhook_id}", Need.LIST, "webhook.info", to.webhook::get).quiet(),
                api("PATCH", "/webhooks/{webhook_id}", Need.LIST, "webhook.change", to.webhook::change),
                api("DELETE", "/webhooks/{webhook_id}", Need.LIST, "webhook.delete", to.webhook::delete),
                api("POST", "/webhooks/{webhook_id}/test", Need.LIST, "webhook.test", to.webhook::test).with(Load.LINK),
                api("GET", "/webhooks/{webhook_id}/deliveries", Need.LIST, "webhook.deliveries", to.webhook::deliveries).quiet(),
                api("POST", "/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", Need.LIST, "webhook.redeliver", to.webhook::redeliver)
                        .with(Load.LINK));
    }

    static Route api(String method, String pattern, Need need, String action, Handler handler) {
        return new Route(method, pattern, need, Load.PLAIN, Style.JSON, action, Trail.EACH, false, handler);
    }

    static Route plain(String method, String pattern, Need need, String action, Handler handler) {
        return new Route(method, pattern, need, Load.PLAIN, Style.TEXT, action, Trail.EACH, false, handler);
    }

    /** How its failures are told, where not as text or as problems. */
    private static Optional<Problem.Form> form(Style style) {
        return switch (style) {
            case SHARED -> Optional.of(problem -> problem.with("error", problem.detail()).toJson());
            case UPFLOW -> Optional.of(UpflowRoutes::told);
            case SMART -> Optional.of(SmartRoutes::told);
            case JSON, TEXT -> Optional.empty();
        };
    }

    /** The handler for all of them, for the listener; what it throws goes to {@code problems} there. */
    static Handler handler(List<Route> routes, Gate gate, Throttle throttle, Recorder recorder, Meters meters, Problems problems) {
        return new Router(routes.stream().map(route -> {
            Handler behind = throttle.behind(route.load(), meters.uploads(route, route.handler()));
            Handler recorded = recorder.record(route.action(), route.trail() == Trail.EACH,
                    throttle.before(route.load(), gate.guard(route.need(), route.sensitive(), behind)));
            Handler guarded = request -> {
                request.attach(Route.class, route);
                form(route.style()).ifPresent(form -> Problems.tell(request, form));
                return recorded.handle(request);
            };
            return new Router.Route(route.method(), route.pattern(),
                    route.style() == Style.TEXT ? problems.inText(guarded) : guarded);
        }).toList());
    }
}
