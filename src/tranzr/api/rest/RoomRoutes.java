package tranzr.api.rest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tranzr.access.Caller;
import tranzr.accounts.Rooms;
import tranzr.api.Callers;
import tranzr.api.Fields;
import tranzr.api.Ids;
import tranzr.api.Paging;
import tranzr.api.Recorder;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.model.AccessToken;
import tranzr.model.Quota;
import tranzr.model.Role;
import tranzr.model.Room;
import tranzr.transfer.Core;

/** The routes by which rooms are made, seen and changed, and members come and go. */
public final class RoomRoutes {

    private final Core core;
    private final Rooms rooms;

    public RoomRoutes(Core core, Rooms rooms) {
        this.core = core;
        this.rooms = rooms;
    }

    /** {@code POST /rooms}. */
    public Response create(Request request) {
        Fields fields = Fields.json(request);
        String name = fields.text("name").orElseThrow(() -> Fields.invalid("name", "is missing"));
        Room room = rooms.create(Callers.of(request), name, Quotas.of(fields, Quota.NONE));
        Recorder.note(request, "room_id", room.id().toString());
        return Response.json(201, view(request, room)).header("Location", "/rooms/" + room.id()).header("Cache-Control", "no-store");
    }

    /** {@code GET /rooms}. */
    public Response list(Request request) {
        Paging paging = Paging.of(request);
        List<Room> all = rooms.list(Callers.of(request));
        int from = 0;
        if (paging.after().isPresent()) {
            from = all.stream().map(room -> room.id().toString()).toList().indexOf(paging.after().get()) + 1;
            if (from == 0) {
                throw Fields.invalid("after", "names an entry that is not there any more; begin anew without it");
            }
        }
        return paging.answer(all.subList(from, Math.min(all.size(), from + paging.probe())), room -> room.id().toString(), room -> summary(request, room),
                "/rooms", Map.of());
    }

    /** {@code GET /rooms/{room_id}}; the members only for those who decide about them. */
    public Response get(Request request) {
        return answer(request, room(request));
    }

    /** {@code PATCH /rooms/{room_id}}: changes what is named and leaves the rest. */
    public Response change(Request request) {
        Room room = room(request);
        Fields fields = Fields.json(request);
        Quota quota = fields.has("quota") ? Quotas.of(fields, room.quota()) : null;
        return answer(request, rooms.change(Callers.of(request), room.id(), fields.text("name").orElse(null), quota));
    }

    /** {@code DELETE /rooms/{room_id}}. */
    public Response delete(Request request) {
        rooms.delete(Callers.of(request), room(request).id());
        return Response.empty(204);
    }

    /** {@code PUT /rooms/{room_id}/members/{token_id}}. */
    public Response putMember(Request request) {
        Role role = TokenRoutes.role(Fields.json(request), "role");
        Room room = room(request);
        return Response.json(200, member(rooms.setMember(Callers.of(request), room.id(), Ids.tokenId(request), role), room)).header("Cache-Control", "no-store");
    }

    /** {@code DELETE /rooms/{room_id}/members/{token_id}}. */
    public Response removeMember(Request request) {
        rooms.removeMember(Callers.of(request), room(request).id(), Ids.tokenId(request));
        return Response.empty(204);
    }

    private Room room(Request request) {
        return rooms.find(Callers.of(request), request.path("room_id"));
    }

    private Response answer(Request request, Room room) {
        return Response.json(200, view(request, room)).header("Cache-Control", "no-store");
    }

    private Map<String, Object> summary(Request request, Room room) {
        Role role = rooms.roleOf(Callers.of(request), room.id());
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("room_id", room.id().toString());
        view.put("name", room.name());
        view.put("role", role == null ? null : role.wireName());
        view.put("created_at", UploadView.time(room.created()));
        return view;
    }

    private Map<String, Object> view(Request request, Room room) {
        Map<String, Object> view = summary(request, room);
        Caller caller = Callers.of(request);
        if (rooms.manages(caller, room.id())) {
            view.put("quota", Quotas.view(room.quota()));
            view.put("usage", Quotas.view(rooms.usage(room.id()), core.now()));
            view.put("members", rooms.members(caller, room.id()).stream().map(token -> member(token, room)).toList());
        }
        return view;
    }

    private static Map<String, Object> member(AccessToken token, Room room) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("token_id", token.id().toString());
        view.put("name", token.name());
        view.put("role", token.rooms().get(room.id()).wireName());
        return view;
    }
}
