package tranzr.api.rest;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tranzr.access.Caller;
import tranzr.accounts.SecondFactor;
import tranzr.accounts.Sessions;
import tranzr.api.Callers;
import tranzr.api.ErrorCode;
import tranzr.api.Fields;
import tranzr.api.Gate;
import tranzr.api.HeaderText;
import tranzr.api.Ids;
import tranzr.api.Paging;
import tranzr.api.Recorder;
import tranzr.http.BadRequestException;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.AccessToken;
import tranzr.model.Right;
import tranzr.model.Room;
import tranzr.model.Session;
import tranzr.transfer.Core;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/** The routes by which a browser logs in and out, and sees and ends its sessions. */
public final class SessionRoutes {

    private static final String COOKIE_TERMS = "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=";

    private final Core core;
    private final Sessions sessions;
    private final SecondFactor factor;

    public SessionRoutes(Core core, Sessions sessions, SecondFactor factor) {
        this.core = core;
        this.sessions = sessions;
        this.factor = factor;
    }

    /** {@code POST /login}: with the token as Bearer, or {@code {token, code?}}. */
    public Response login(Request request) {
        if (!Gate.keepsSecureCookies(request)) {
            throw new BadRequestException(ErrorCode.HTTPS_REQUIRED.status(), ErrorCode.HTTPS_REQUIRED.wireName(), null,
                    "a browser keeps no login of a server that it does not reach by HTTPS, but on its own machine");
        }
        Fields fields = Fields.json(request);
        String agent = HeaderText.of(request, "User-Agent").orElse("");
        Sessions.Started started = sessions.login(new Sessions.Login(secret(request, fields), SecondFactorRoutes.code(request, fields), request.client(), agent,
                request.cookie(Gate.SESSION_COOKIE)));
        Callers.set(request, started.caller());
        Recorder.note(request, "session_id", started.session().id().toString());
        return Response.json(200, view(started.token(), Optional.of(started.session()), Gate.csrfToken(started.cookie()))).header("Cache-Control", "no-store")
                .header("Set-Cookie", cookie(started.cookie(), Duration.between(started.session().created(), started.session().expires())));
    }

    private static String secret(Request request, Fields fields) {
        Optional<String> bearer = request.bearerToken();
        Optional<String> field = fields.text("token");
        if (bearer.isPresent() && field.isPresent() && !bearer.equals(field)) {
            throw Fields.invalid("token", "is another than the one in Authorization");
        }
        return bearer.or(() -> field).orElseThrow(() -> new BadRequestException(ErrorCode.TOKEN_REQUIRED.status(), ErrorCode.TOKEN_REQUIRED.wireName(), "token",
                "log in with {\"token\": TOKEN}"));
    }

    /** {@code POST /logout}: ends the session here, too, and has the browser forget it. */
    public Response logout(Request request) {
        sessions.logout(Callers.of(request));
        return Response.empty(204).header("Cache-Control", "no-store").header("Set-Cookie", cookie("", Duration.ZERO));
    }

    private static String cookie(String value, Duration life) {
        return Gate.SESSION_COOKIE + "=" + value + COOKIE_TERMS + life.toSeconds();
    }

    /** {@code GET /session}: who asks, and what a page needs to go on. */
    public Response get(Request request) {
        if (!(Callers.of(request) instanceof Caller.Bearer bearer)) {
            throw new FailureException(new Failure.Forbidden(Right.ADMIN));
        }
        Optional<Session> session = sessions.current(bearer);
        String csrf = session.isEmpty() ? null : request.cookie(Gate.SESSION_COOKIE).map(Gate::csrfToken).orElse(null);
        return answer(view(current(bearer.token()), session, csrf));
    }

    /** As it is now: a second factor may have been added since the gate let it in. */
    private AccessToken current(AccessToken token) {
        return core.catalog().entity(AccessToken.class, token.id()).orElse(token);
    }

    /** {@code GET /sessions}; with {@code token_id}, for administrators, those of any token. */
    public Response list(Request request) {
        Caller caller = Callers.of(request);
        Optional<UUID> token = request.query("token_id").map(text -> Ids.parse(text)
                .orElseThrow(() -> new FailureException(new Failure.UnknownToken())));
        UUID here = sessions.current(caller).map(Session::id).orElse(null);
        Map<String, String> filters = token.map(id -> Map.of("token_id", id.toString())).orElse(Map.of());
        return Paging.of(request).answerOf(sessions.list(caller, token), session -> session.id().toString(), session -> listed(session, here), "/sessions", filters);
    }

    /** {@code DELETE /sessions/{session_id}}. */
    public Response revoke(Request request) {
        sessions.revoke(Callers.of(request), Ids.sessionId(request));
        return Response.empty(204);
    }

    /** {@code DELETE /sessions}: all of the caller's token but the one that asks. */
    public Response revokeOthers(Request request) {
        sessions.revokeOthers(Callers.of(request));
        return Response.empty(204);
    }

    /** {@code POST /session/prove}: a code of the second factor, for what follows in the next minutes. */
    public Response prove(Request request) {
        Caller caller = Callers.of(request);
        factor.prove(caller, SecondFactorRoutes.requiredCode(request));
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("proven_until", UploadView.time(sessions.current(caller).map(Session::provenUntil).orElse(null)));
        return answer(view);
    }

    private static Response answer(Map<String, Object> view) {
        return Response.json(200, view).header("Cache-Control", "no-store");
    }

    private Map<String, Object> view(AccessToken token, Optional<Session> session, String csrf) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("session_id", session.map(found -> found.id().toString()).orElse(null));
        view.put("token_id", token.id().toString());
        view.put("name", token.name());
        view.put("rights", token.rights().stream().map(Right::wireName).toList());
        view.put("rooms", token.rooms().entrySet().stream().flatMap(entry -> core.catalog().entity(Room.class, entry.getKey()).stream()
                .map(room -> TokenRoutes.membership(room, entry.getValue()))).sorted(Comparator.comparing(room -> (String) room.get("name"))).toList());
        view.put("expires_at", session.map(found -> UploadView.time(found.expires())).orElse(null));
        view.put("csrf_token", csrf);
        view.put("second_factor", SecondFactor.isEnrolled(token) ? "enrolled" : "none");
        view.put("proven_until", session.map(found -> UploadView.time(stillProven(found))).orElse(null));
        return view;
    }

    private Instant stillProven(Session session) {
        Instant until = session.provenUntil();
        return until == null || core.now().isBefore(until) ? until : null;
    }

    private static Map<String, Object> listed(Session session, UUID here) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("session_id", session.id().toString());
        view.put("token_id", session.token().toString());
        view.put("created_at", UploadView.time(session.created()));
        view.put("expires_at", UploadView.time(session.expires()));
        view.put("address", session.address());
        view.put("user_agent", session.agent());
        view.put("current", session.id().equals(here));
        return view;
    }
}
