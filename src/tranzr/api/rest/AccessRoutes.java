package tranzr.api.rest;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tranzr.access.Caller;
import tranzr.access.Permissions;
import tranzr.accounts.AccessTokens;
import tranzr.accounts.LiveCallers;
import tranzr.accounts.Rooms;
import tranzr.api.Callers;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.AccessToken;
import tranzr.model.FileAccess;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.model.Room;
import tranzr.model.Scope;
import tranzr.model.Upload;
import tranzr.transfer.Assignments;
import tranzr.transfer.Engine;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/** The routes that tell and change whom a file belongs to, and that tell what is used. */
public final class AccessRoutes {

    private static final Set<String> FIELDS = Set.of("room", "grants");

    private final Engine engine;
    private final AccessTokens tokens;
    private final Rooms rooms;
    private final LiveCallers live;
    private final Quota total;

    /** @param total the quota of all files together */
    public AccessRoutes(Engine engine, AccessTokens tokens, Rooms rooms, LiveCallers live, Quota total) {
        this.engine = engine;
        this.tokens = tokens;
        this.rooms = rooms;
        this.live = live;
        this.total = total;
    }

    /** {@code GET /files/{file_id}/access}. */
    public Response get(Request request) {
        return answer(engine.assignments(Callers.of(request)).get(Ids.fileId(request)));
    }

    /**
     * {@code PUT /files/{file_id}/access}: both parts, so that nothing is left as it is by accident. Transfers of those who lost a right are ended before the
     * answer; requests that name no file in their path are ended too, since they may be about it.
     */
    public Response put(Request request) {
        Fields fields = Fields.json(request);
        if (!fields.names().equals(FIELDS)) {
            throw Fields.invalid(fields.has("room") ? "grants" : "room", "must stand there: room and grants, and nothing else, make the access");
        }
        Caller caller = Callers.of(request);
        UUID id = Ids.fileId(request);
        Assignments assignments = engine.assignments(caller);
        assignments.get(id);
        UUID room = fields.text("room").map(idOrName -> rooms.find(caller, idOrName).id()).orElse(null);
        Assignments.Changed changed = assignments.change(id, room, grants(fields.object("grants").orElseThrow(() ->
                Fields.invalid("grants", "must be an object, {} for none"))));
        live.endOf(id, each -> hasLost(each, changed));
        return answer(changed.after());
    }

    private static boolean hasLost(Caller caller, Assignments.Changed changed) {
        Set<Right> before = Permissions.on(caller, changed.before().id(), changed.before().access());
        return !Permissions.on(caller, changed.after().id(), changed.after().access()).containsAll(before);
    }

    private static Map<UUID, Set<Right>> grants(Fields object) {
        Map<UUID, Set<Right>> grants = new HashMap<>();
        for (String token : object.names()) {
            UUID id = Ids.parse(token).orElseThrow(() -> Fields.invalid("grants", "'" + token + "' is not the id of a token"));
            Set<Right> rights = EnumSet.noneOf(Right.class);
            object.texts(token).orElseThrow(() -> Fields.invalid("grants", "must have a list of rights for each token, [] for none"))
                    .forEach(right -> rights.add(TokenRoutes.right(right, "grants")));
            if (grants.put(id, rights) != null) {
                throw Fields.invalid("grants", "names a token twice");
            }
        }
        return grants;
    }

    private Response answer(Upload file) {
        FileAccess access = file.access();
        Map<String, Object> grants = new LinkedHashMap<>();
        access.grants().forEach((token, rights) -> grants.put(token.toString(), EnumSet.allOf(Right.class).stream().filter(rights::contains)
                .map(Right::wireName).toList()));
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("file_id", file.id().toString());
        view.put("owner", access.owner().toString());
        view.put("room", access.room() == null ? null : access.room().toString());
        view.put("grants", grants);
        return Response.json(200, view).header("Cache-Control", "no-store");
    }

    /** {@code GET /usage}: the caller's own; all there is for administrators; of a token or a room for those who may know it. */
    public Response usage(Request request) {
        Caller caller = Callers.of(request);
        if (request.query("token").isPresent() && request.query("room").isPresent()) {
            throw Fields.invalid("token", "cannot stand beside room");
        }
        if (request.query("room").isPresent()) {
            Room room = rooms.find(caller, request.query("room").get());
            if (!rooms.manages(caller, room.id())) {
                throw new FailureException(new Failure.Forbidden(Right.ADMIN));
            }
            return usage(Scope.room(room.id()), room.quota());
        }
        if (request.query("token").isPresent() || !Permissions.isAdmin(caller)) {
            String text = request.query("token").orElse("self");
            UUID id = text.equals("self") ? caller.owner()
                    : Ids.parse(text).orElseThrow(() -> new FailureException(new Failure.UnknownToken()));
            AccessToken token = tokens.get(caller, id);
            return usage(Scope.token(token.id()), token.quota());
        }
        return usage(Scope.TOTAL, total);
    }

    private Response usage(Scope scope, Quota quota) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("of", scope.kind().name().toLowerCase(java.util.Locale.ROOT));
        view.put("id", scope.kind() == Scope.Kind.TOTAL ? null : scope.id().toString());
        view.put("usage", Quotas.view(engine.core().catalog().usage(scope), engine.core().now()));
        view.put("quota", Quotas.view(quota));
        engine.core().settle();
        return Response.json(200, view).header("Cache-Control", "no-store");
    }
}
