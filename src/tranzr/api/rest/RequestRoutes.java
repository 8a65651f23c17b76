package tranzr.api.rest;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tranzr.access.Caller;
import tranzr.accounts.Rooms;
import tranzr.accounts.SecondFactor;
import tranzr.accounts.UploadRequests;
import tranzr.accounts.UploadRequests.Password;
import tranzr.accounts.UploadRequests.Terms;
import tranzr.api.Callers;
import tranzr.api.Fields;
import tranzr.api.Gate;
import tranzr.api.Ids;
import tranzr.api.Paging;
import tranzr.api.Recorder;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.ByteSize;
import tranzr.model.Quota;
import tranzr.model.UploadRequest;
import tranzr.model.Usage;
import tranzr.transfer.Core;

/** The routes by which members of a room make and change upload requests, and guests see what one is for. The files come by curl's door and the upload routes. */
public final class RequestRoutes {

    private static final Set<String> FIELDS = Set.of("title", "expires_at", "expires_in", "max_file_size", "max_bytes", "max_files", "types", "password",
            "protected", "notice");
    private static final Duration USUAL_LIFE = Duration.ofDays(7);

    private final Core core;
    private final UploadRequests requests;
    private final Rooms rooms;
    private final SecondFactor factor;

    /** @param factor asked for before somebody else's request is changed or revoked */
    public RequestRoutes(Core core, UploadRequests requests, Rooms rooms, SecondFactor factor) {
        this.core = core;
        this.requests = requests;
        this.rooms = rooms;
        this.factor = factor;
    }

    /** {@code POST /rooms/{room_id}/requests}. */
    public Response create(Request request) {
        Caller caller = Callers.of(request);
        UUID room = rooms.find(caller, request.path("room_id")).id();
        Fields fields = Fields.json(request);
        Terms usual = new Terms("", core.now().plus(USUAL_LIFE), Long.MAX_VALUE, Quota.NONE, List.of(), false);
        boolean guarded = isGuarded(fields).orElse(fields.has("password"));
        String password = fields.text("password").orElseGet(() -> guarded ? requests.generatePassword() : null);
        UploadRequests.Made made = requests.create(caller, room, terms(fields, usual), password);
        Recorder.note(request, "request_id", made.request().id().toString());
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("token", made.secret());
        view.put("request_url", request.baseUrl() + "/r/" + made.secret());
        view.put("password", password);
        view.putAll(view(made.request()));
        return Response.json(201, view).header("Location", "/requests/" + made.request().id()).header("Cache-Control", "no-store");
    }

    /** {@code GET /requests}. */
    public Response list(Request request) {
        Caller caller = Callers.of(request);
        Paging paging = Paging.of(request);
        Optional<String> room = request.query("room");
        List<UploadRequest> all = requests.list(caller, room.map(name -> rooms.find(caller, name).id()).orElse(null));
        int from = 0;
        if (paging.after().isPresent()) {
            from = all.stream().map(each -> each.id().toString()).toList().indexOf(paging.after().get()) + 1;
            if (from == 0) {
                throw Fields.invalid("after", "names an entry that is not there any more; begin anew without it");
            }
        }
        return paging.answer(all.subList(from, Math.min(all.size(), from + paging.probe())), each -> each.id().toString(), this::view, "/requests",
                room.map(name -> Map.of("room", name)).orElse(Map.of()));
    }

    /** {@code GET /requests/{request_id}}. */
    public Response get(Request request) {
        return answer(view(requests.get(Callers.of(request), Ids.requestId(request))));
    }

    /** {@code PATCH /requests/{request_id}}: changes what is named and leaves the rest. */
    public Response change(Request request) {
        Caller caller = Callers.of(request);
        UUID id = Ids.requestId(request);
        requireFactor(request, id);
        Fields fields = Fields.json(request);
        Optional<Boolean> guarded = isGuarded(fields);
        Optional<String> given = fields.text("password");
        boolean generate = guarded.orElse(false) && given.isEmpty() && requests.get(caller, id).password() == null;
        String text = generate ? requests.generatePassword() : given.orElse(null);
        Password password = text != null || !guarded.orElse(true) ? new Password(text) : null;
        Map<String, Object> view = view(requests.change(caller, id, before -> terms(fields, before), password));
        if (generate) {
            view.put("password", text);
        }
        return answer(view);
    }

    /** {@code DELETE /requests/{request_id}}. */
    public Response revoke(Request request) {
        UUID id = Ids.requestId(request);
        requireFactor(request, id);
        requests.revoke(Callers.of(request), id);
        return Response.empty(204);
    }

    private void requireFactor(Request request, UUID id) {
        Caller caller = Callers.of(request);
        if (!requests.get(caller, id).creator().equals(caller.owner())) {
            factor.require(caller, Gate.codeOf(request));
        }
    }

    /** {@code GET /r/{link}}: what the link is for, and how much it still takes. Nothing of what others sent. */
    public Response open(Request request) {
        UploadRequest found = requests.open(request.path("link"));
        Recorder.note(request, "request_id", found.id().toString());
        Usage usage = requests.usage(found);
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("title", found.title());
        view.put("expires_at", UploadView.time(found.expires()));
        view.put("max_file_size", orNull(Math.min(found.maxFileSize(), core.maxFileSize())));
        view.put("bytes_left", left(found.quota().bytes(), usage.bytes()));
        view.put("files_left", left(found.quota().files(), usage.files()));
        view.put("types", found.types());
        view.put("protected", found.password() != null);
        return answer(view);
    }

    private static Terms terms(Fields fields, Terms before, Instant now) {
        for (String name : fields.names()) {
            if (!FIELDS.contains(name)) {
                // Whoever misspells a limit must not get a link without it.
                throw Fields.invalid(name, "is none of " + String.join(", ", FIELDS.stream().sorted().toList()));
            }
        }
        Quota quota = new Quota(size(fields, "max_bytes", before.quota().bytes()), files(fields, before.quota().files()), Long.MAX_VALUE);
        return new Terms(fields.text("title").orElse(before.title()), TokenRoutes.expiry(fields, before.expires(), now),
                size(fields, "max_file_size", before.maxFileSize()), quota,
                fields.isNone("types") ? List.of() : fields.texts("types").map(RequestRoutes::types).orElse(before.types()),
                fields.flag("notice").orElse(before.notice()));
    }

    private Terms terms(Fields fields, Terms before) {
        return terms(fields, before, core.now());
    }

    private static Optional<Boolean> isGuarded(Fields fields) {
        if (fields.isNone("password")) {
            throw Fields.invalid("password", "must be text; \"protected\": false is for none");
        }
        Optional<Boolean> guarded = fields.flag("protected");
        if (fields.has("password") && !guarded.orElse(true)) {
            throw Fields.invalid("protected", "cannot be false beside a password");
        }
        return guarded;
    }

    /** In bytes, as a number or a text with a unit; null for no limit. */
    private static long size(Fields fields, String name, long before) {
        if (!fields.has(name)) {
            return before;
        }
        if (fields.isNone(name)) {
            return Long.MAX_VALUE;
        }
        if (fields.isText(name)) {
            try {
                return ByteSize.parse(fields.text(name).orElseThrow().strip());
            } catch (IllegalArgumentException e) {
                throw Fields.invalid(name, "the text " + e.getMessage());
            }
        }
        return positive(name, fields.whole(name).orElseThrow());
    }

    private static long files(Fields fields, long before) {
        if (fields.isNone("max_files")) {
            return Long.MAX_VALUE;
        }
        return fields.whole("max_files").map(count -> positive("max_files", count)).orElse(before);
    }

    private static long positive(String name, long limit) {
        if (limit < 1) {
            throw Fields.invalid(name, "must be at least 1, or null for no limit");
        }
        return limit;
    }

    /** Extensions of names as people write them, with or without the dot. */
    private static List<String> types(List<String> texts) {
        return texts.stream().map(text -> (text.startsWith(".") ? text.substring(1) : text).toLowerCase(Locale.ROOT)).distinct().toList();
    }

    private static Response answer(Map<String, Object> view) {
        return Response.json(200, view).header("Cache-Control", "no-store");
    }

    /** What whoever may change it sees of it. */
    private Map<String, Object> view(UploadRequest request) {
        Usage usage = requests.usage(request);
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("request_id", request.id().toString());
        view.put("room", request.room().toString());
        view.put("creator", request.creator().toString());
        view.put("title", request.title());
        view.put("created_at", UploadView.time(request.created()));
        view.put("expires_at", UploadView.time(request.expires()));
        view.put("max_file_size", orNull(request.maxFileSize()));
        view.put("max_bytes", orNull(request.quota().bytes()));
        view.put("max_files", orNull(request.quota().files()));
        view.put("types", request.types());
        view.put("protected", request.password() != null);
        view.put("notice", request.notice());
        view.put("bytes", usage.bytes());
        view.put("files", usage.files());
        return view;
    }

    private static Long orNull(long limit) {
        return limit == Long.MAX_VALUE ? null : limit;
    }

    private static Long left(long limit, long used) {
        return limit == Long.MAX_VALUE ? null : Math.max(0, limit - used);
    }
}
