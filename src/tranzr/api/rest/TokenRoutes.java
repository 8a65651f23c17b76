package tranzr.api.rest;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import tranzr.access.Caller;
import tranzr.accounts.AccessTokens;
import tranzr.accounts.AccessTokens.Terms;
import tranzr.accounts.OneTimeTokens;
import tranzr.accounts.Rooms;
import tranzr.api.Callers;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.api.Paging;
import tranzr.api.Recorder;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.AccessToken;
import tranzr.model.IpRange;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.model.Role;
import tranzr.model.Room;
import tranzr.model.TimeSpan;
import tranzr.transfer.Core;

/** The routes by which tokens are made, seen, changed and revoked, and one-time tokens made. */
public final class TokenRoutes {

    /** In the place of an id: the token that asks. */
    private static final String SELF = "self";
    private static final Set<String> FIELDS = Set.of("name", "rights", "rooms", "quota", "expires_at", "expires_in", "addresses");
    private static final Duration MAX_LIFE = Duration.ofDays(36_525);

    private final Core core;
    private final AccessTokens tokens;
    private final Rooms rooms;
    private final OneTimeTokens onceTokens;

    public TokenRoutes(Core core, AccessTokens tokens, Rooms rooms, OneTimeTokens onceTokens) {
        this.core = core;
        this.tokens = tokens;
        this.rooms = rooms;
        this.onceTokens = onceTokens;
    }

    /** {@code POST /tokens}. */
    public Response create(Request request) {
        Caller caller = Callers.of(request);
        Fields fields = Fields.json(request);
        for (String needed : List.of("name", "rights")) {
            if (!fields.has(needed) || fields.isNone(needed)) {
                throw Fields.invalid(needed, "is missing");
            }
        }
        Terms nothing = new Terms("", Set.of(), Map.of(), Quota.NONE, null, List.of());
        AccessTokens.Made made = tokens.create(caller, terms(caller, fields, nothing));
        Recorder.note(request, "token_id", made.token().id().toString());
        return secret(201, made).header("Location", "/tokens/" + made.token().id());
    }

    /** {@code GET /tokens}. */
    public Response list(Request request) {
        Paging paging = Paging.of(request);
        List<AccessToken> all = tokens.list(Callers.of(request));
        int from = 0;
        if (paging.after().isPresent()) {
            List<String> ids = all.stream().map(token -> token.id().toString()).toList();
            from = ids.indexOf(paging.after().get()) + 1;
            if (from == 0) {
                throw Fields.invalid("after", "names an entry that is not there any more; begin anew without it");
            }
        }
        return paging.answer(all.subList(from, Math.min(all.size(), from + paging.probe())), token -> token.id().toString(), this::view, "/tokens", Map.of());
    }

    /** {@code GET /tokens/{token_id}}. */
    public Response get(Request request) {
        return answer(tokens.get(Callers.of(request), idOf(request)));
    }

    /** {@code PATCH /tokens/{token_id}}: changes what is named and leaves the rest. */
    public Response change(Request request) {
        Caller caller = Callers.of(request);
        Fields fields = Fields.json(request);
        return answer(tokens.change(caller, idOf(request), before -> terms(caller, fields, before)));
    }

    /** {@code POST /tokens/{token_id}/rotate}. */
    public Response rotate(Request request) {
        return secret(200, tokens.rotate(Callers.of(request), idOf(request)));
    }

    /** {@code DELETE /tokens/{token_id}}. */
    public Response revoke(Request request) {
        boolean madeToo = request.query("revoke_shares").map(text -> Fields.written(Map.of("revoke_shares", text)).flag("revoke_shares").orElseThrow())
                .orElse(false);
        tokens.revoke(Callers.of(request), idOf(request), madeToo);
        return Response.empty(204);
    }

    /** {@code POST /one-time-tokens}. */
    public Response createOneTime(Request request) {
        Fields fields = Fields.json(request);
        Right right = right(fields.text("right").orElseThrow(() -> Fields.invalid("right", "is missing")), "right");
        UUID file = fields.text("file_id").map(Ids::known).orElse(null);
        Duration life = fields.text("expires_in").map(text -> span("expires_in", text)).orElse(OneTimeTokens.USUAL_LIFE);
        OneTimeTokens.Made made = onceTokens.create(Callers.of(request), right, file, life);
        Recorder.note(request, "once", made.token().id().toString());
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("token", made.secret());
        view.put("right", right.wireName());
        view.put("file_id", file == null ? null : file.toString());
        view.put("expires_at", UploadView.time(made.token().expires()));
        return Response.json(201, view).header("Cache-Control", "no-store");
    }

    /** The token in the path. */
    static UUID idOf(Request request) {
        if (request.path("token_id").equals(SELF) && Callers.of(request) instanceof Caller.Bearer bearer) {
            return bearer.token().id();
        }
        return Ids.tokenId(request);
    }

    private Terms terms(Caller caller, Fields fields, Terms before) {
        for (String name : fields.names()) {
            if (!FIELDS.contains(name)) {
                // Whoever misspells a limit must not get a token without it.
                throw Fields.invalid(name, "is none of " + String.join(", ", FIELDS.stream().sorted().toList()));
            }
        }
        return new Terms(fields.text("name").orElse(before.name()), fields.texts("rights").map(TokenRoutes::rights).orElse(before.rights()),
                fields.isNone("rooms") ? Map.of() : fields.object("rooms").map(object -> roles(caller, object)).orElse(before.rooms()),
                Quotas.of(fields, before.quota()), expiry(fields, before.expires(), core.now()),
                fields.isNone("addresses") ? List.of() : fields.ranges("addresses").orElse(before.addresses()));
    }

    private static Set<Right> rights(List<String> names) {
        Set<Right> rights = EnumSet.noneOf(Right.class);
        names.forEach(name -> rights.add(right(name, "rights")));
        return rights;
    }

    static Right right(String name, String field) {
        return Right.of(name).orElseThrow(() -> Fields.invalid(field, "knows "
                + String.join(", ", Right.ALL.stream().map(Right::wireName).toList())));
    }

    private Map<UUID, Role> roles(Caller caller, Fields object) {
        Map<UUID, Role> roles = new TreeMap<>();
        for (String room : object.names()) {
            if (roles.put(rooms.find(caller, room).id(), role(object, room)) != null) {
                throw Fields.invalid("rooms", "names a room twice");
            }
        }
        return roles;
    }

    static Role role(Fields fields, String field) {
        return fields.text(field).flatMap(Role::of).orElseThrow(() -> Fields.invalid(field, "must be owner, writer or reader"));
    }

    /** From {@code expires_at} or {@code expires_in}; {@code before} when neither is there, null for never. */
    static Instant expiry(Fields fields, Instant before, Instant now) {
        if (fields.has("expires_at") && fields.has("expires_in")) {
            throw Fields.invalid("expires_at", "cannot be set together with expires_in");
        }
        if (fields.isNone("expires_at") || fields.isNone("expires_in")) {
            return null;
        }
        Optional<Instant> given = fields.time("expires_at").or(() -> fields.text("expires_in").map(text -> now.plus(span("expires_in", text))));
        if (given.isPresent() && given.get().isAfter(now.plus(MAX_LIFE))) {
            throw Fields.invalid("expires_at", "must be within a hundred years, or null for no expiry");
        }
        return given.orElse(before);
    }

    private static Duration span(String field, String text) {
        try {
            return TimeSpan.parse(text);
        } catch (IllegalArgumentException e) {
            throw Fields.invalid(field, "'" + text + "' " + e.getMessage());
        }
    }

    private Response answer(AccessToken token) {
        return Response.json(200, view(token)).header("Cache-Control", "no-store");
    }

    private Response secret(int status, AccessTokens.Made made) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("token", made.secret());
        view.putAll(view(made.token()));
        return Response.json(status, view).header("Cache-Control", "no-store");
    }

    private Map<String, Object> view(AccessToken token) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("token_id", token.id().toString());
        view.put("name", token.name());
        view.put("rights", token.rights().stream().map(Right::wireName).toList());
        view.put("rooms", token.rooms().entrySet().stream().flatMap(entry -> core.catalog().entity(Room.class, entry.getKey()).stream()
                .map(room -> membership(room, entry.getValue()))).sorted(Comparator.comparing(room -> (String) room.get("name"))).toList());
        view.put("quota", Quotas.view(token.quota()));
        view.put("addresses", token.addresses().stream().map(IpRange::toString).toList());
        view.put("second_factor", token.totp() != null && token.totp().confirmed());
        view.put("created_at", UploadView.time(token.created()));
        view.put("expires_at", UploadView.time(token.expires()));
        return view;
    }

    static Map<String, Object> membership(Room room, Role role) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("room_id", room.id().toString());
        view.put("name", room.name());
        view.put("role", role.wireName());
        return view;
    }
}
