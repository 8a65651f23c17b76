package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.AccessToken;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;

/** Rooms, their members, and whom files belong to. */
class RoomRoutesTest {

    private static final String OPERATOR = "operator-token-0123456789";
    private static final String ALL = "[\"upload\", \"download\", \"share\", \"delete\", \"list\"]";

    /** @param secret what opens */
    private record User(String id, String secret) {
    }

    @TempDir
    Path folder;
    private ServedEngine server;
    private String room;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder, OPERATOR, null);
        room = server.post("/rooms", "{\"name\": \"Sales\"}", as(OPERATOR)).expect(201).field("room_id");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static String[] as(String token) {
        return new String[] {"Authorization", "Bearer " + token};
    }

    private User user(String name, String role) {
        Answer made = server.post("/tokens", "{\"name\": \"" + name + "\", \"rights\": " + ALL + (role == null ? "" : ", \"rooms\": {\"sales\": \"" + role + "\"}")
                + "}", as(OPERATOR)).expect(201);
        return new User(made.field("token_id"), made.field("token"));
    }

    private Answer member(User who, String role, String by) {
        return server.put("/rooms/" + room + "/members/" + who.id(), ("{\"role\": \"" + role + "\"}").getBytes(), as(by));
    }

    private Answer assign(String file, String json, String by) {
        return server.put("/files/" + file + "/access", json.getBytes(), as(by));
    }

    private String bring(String by, String... more) {
        String[] headers = java.util.stream.Stream.concat(java.util.Arrays.stream(as(by)), java.util.Arrays.stream(more)).toArray(String[]::new);
        return server.put("/a.txt", new byte[100], headers).expect(201).header("X-File-Id");
    }

    @Test
    void noTwoRoomsHaveOneName() {
        for (String same : List.of("Sales", "sales", "SALES")) {
            server.post("/rooms", "{\"name\": \"" + same + "\"}", as(OPERATOR)).expect(409, "name_taken");
        }
        server.post("/rooms", "{\"name\": \"Straße\"}", as(OPERATOR)).expect(201);
        server.post("/rooms", "{\"name\": \"STRASSE\"}", as(OPERATOR)).expect(409, "name_taken");
        server.post("/rooms", "{\"name\": \"" + UUID.randomUUID() + "\"}", as(OPERATOR)).expect(400, "invalid_value");
        server.send("PATCH", "/rooms/" + room, BodyPublishers.ofString("{\"name\": \"Straße\"}"), as(OPERATOR)).expect(409, "name_taken");
        assertEquals("SaleS", server.send("PATCH", "/rooms/sales", BodyPublishers.ofString("{\"name\": \"SaleS\"}"), as(OPERATOR)).expect(200).field("name"));
        server.send("PATCH", "/rooms/" + room, BodyPublishers.ofString("{\"name\": \"Support\"}"), as(OPERATOR)).expect(200);
        server.post("/rooms", "{\"name\": \"sales\"}", as(OPERATOR)).expect(201);
        // The name is found by what a secret is found by, but opens nothing.
        String basic = Base64.getEncoder().encodeToString(":room\0sales".getBytes(StandardCharsets.UTF_8));
        server.get("/rooms", "Authorization", "Basic " + basic).expect(401, "wrong_token");
    }

    @Test
    void everybodySeesOnlyItsRooms() {
        User owner = user("owner", "owner");
        User reader = user("reader", "reader");
        User stranger = user("stranger", null);
        server.post("/rooms", "{\"name\": \"Other\"}", as(OPERATOR)).expect(201);
        assertEquals(2, server.get("/rooms", as(OPERATOR)).expect(200).list().size());
        assertEquals("reader", server.get("/rooms", as(reader.secret())).expect(200).list().getFirst().get("role"));
        assertEquals(List.of(), server.get("/rooms", as(stranger.secret())).expect(200).list());
        server.get("/rooms/" + room, as(stranger.secret())).expect(404, "room_not_found");
        assertNull(server.get("/rooms/" + room, as(reader.secret())).expect(200).json().get("members"));
        assertEquals(2, ((List<?>) server.get("/rooms/Sales", as(owner.secret())).expect(200).json().get("members")).size());
        server.get("/usage?room=sales", as(owner.secret())).expect(200);
        server.get("/usage?room=sales", as(reader.secret())).expect(403, "forbidden");
        server.get("/usage?room=sales", as(stranger.secret())).expect(404, "room_not_found");
    }

    @Test
    void ownersDecideWhoIsAMember() {
        User owner = user("owner", "owner");
        User writer = user("writer", "writer");
        User other = user("other", null);
        member(other, "reader", writer.secret()).expect(403, "forbidden");
        member(other, "reader", other.secret()).expect(404, "room_not_found");
        member(other, "king", owner.secret()).expect(400, "invalid_value");
        member(new User(UUID.randomUUID().toString(), ""), "reader", owner.secret()).expect(404, "token_not_found");
        member(other, "reader", owner.secret()).expect(200);
        server.get("/rooms/" + room, as(other.secret())).expect(200);
        member(owner, "reader", owner.secret()).expect(409, "last_owner");
        server.delete("/rooms/" + room + "/members/" + owner.id(), as(owner.secret())).expect(409, "last_owner");
        member(other, "owner", owner.secret()).expect(200);
        server.delete("/rooms/" + room + "/members/" + owner.id(), as(owner.secret())).expect(204);
        server.delete("/rooms/" + room + "/members/" + owner.id(), as(other.secret())).expect(404, "token_not_found");
        server.delete("/rooms/" + room + "/members/" + other.id(), as(OPERATOR)).expect(204);
        server.send("PATCH", "/rooms/" + room, BodyPublishers.ofString("{\"quota\": {\"files\": 9}}"), as(owner.secret())).expect(404, "room_not_found");
        User next = user("next", "owner");
        server.send("PATCH", "/rooms/" + room, BodyPublishers.ofString("{\"quota\": {\"files\": 9}}"), as(next.secret())).expect(403, "forbidden");
        server.send("PATCH", "/rooms/" + room, BodyPublishers.ofString("{\"name\": \"Better\"}"), as(next.secret())).expect(200);
    }

    @Test
    void onlyAnEmptyRoomIsDeleted() {
        User writer = user("writer", "writer");
        String id = bring(writer.secret(), "Room", "SALES");
        server.delete("/rooms/" + room, as(writer.secret())).expect(403, "forbidden");
        server.delete("/rooms/" + room, as(OPERATOR)).expect(409, "room_not_empty");
        server.delete("/files/" + id, as(OPERATOR)).expect(204);
        server.delete("/rooms/" + room, as(OPERATOR)).expect(204);
        server.get("/rooms/" + room, as(writer.secret())).expect(404, "room_not_found");
        assertTrue(server.engine().core().catalog().entity(AccessToken.class, UUID.fromString(writer.id())).orElseThrow().rooms().isEmpty());
        server.put("/a.txt", new byte[1], "Accept", "application/json", "Authorization", "Bearer " + writer.secret(), "Room", room).expect(404, "room_not_found");
        server.post("/rooms", "{\"name\": \"Sales\"}", as(OPERATOR)).expect(201);
    }

    @Test
    void filesAreBroughtIntoRoomsByEveryDoorAndListedByRoom() {
        User writer = user("writer", "writer");
        User reader = user("reader", "reader");
        String own = bring(writer.secret());
        List<String> inRoom = List.of(bring(writer.secret(), "Room", "Sales"),
                server.put("/q.txt?room=" + room, new byte[5], as(writer.secret())).expect(201).header("X-File-Id"),
                server.form().field("room", "sales").file("file", "f", new byte[7]).send("POST", "/", as(writer.secret())).expect(201).header("X-File-Id"),
                server.post("/upload/start", "{\"filename\": \"a\", \"file_size\": 5, \"room\": \"sales\"}", as(writer.secret())).expect(201).field("file_id"));
        List<Map<String, Object>> seen = server.get("/files?room=sales", as(reader.secret())).expect(200).list();
        assertEquals(java.util.Set.copyOf(inRoom), java.util.Set.copyOf(seen.stream().map(file -> (String) file.get("file_id")).toList()));
        assertTrue(seen.stream().allMatch(file -> file.get("room").equals(room) && file.get("owner").equals(writer.id())), seen.toString());
        assertEquals(4, server.get("/files", as(reader.secret())).expect(200).list().size());
        assertEquals(5, server.get("/files", as(writer.secret())).expect(200).list().size());
        server.get("/files/" + own, as(reader.secret())).expect(404, "not_found");
        server.put("/a.txt", new byte[1], "Accept", "application/json", "Authorization", "Bearer " + reader.secret(), "Room", "sales").expect(403, "forbidden");
        server.get("/files?room=other", as(reader.secret())).expect(404, "room_not_found");
        Answer page = server.get("/files?room=sales&limit=1", as(reader.secret())).expect(200);
        assertTrue(page.header("Link").contains("room=sales"), page.toString());
    }

    @Test
    void aFileIsMovedAndGrantedByThoseWhoDecideAboutIt() {
        User owner = user("owner", "owner");
        User writer = user("writer", "writer");
        User reader = user("reader", "reader");
        User stranger = user("stranger", null);
        String id = bring(writer.secret());
        assertEquals("{\"file_id\":\"" + id + "\",\"owner\":\"" + writer.id() + "\",\"room\":null,\"grants\":{}}",
                server.get("/files/" + id + "/access", as(writer.secret())).expect(200).text());
        server.get("/files/" + id + "/access", as(stranger.secret())).expect(404, "not_found");
        assign(id, "{\"room\": null, \"grants\": {\"" + stranger.id() + "\": [\"download\"]}}", writer.secret()).expect(200);
        server.get("/download/" + id, as(stranger.secret())).expect(200);
        server.get("/files/" + id, as(stranger.secret())).expect(403, "forbidden");
        server.get("/files/" + id + "/access", as(stranger.secret())).expect(403, "forbidden");
        assign(id, "{\"room\": \"sales\", \"grants\": {\"" + reader.id() + "\": []}}", writer.secret()).expect(200);
        server.get("/download/" + id, as(stranger.secret())).expect(404, "not_found");
        server.get("/download/" + id, as(reader.secret())).expect(404, "not_found");
        server.get("/download/" + id, as(owner.secret())).expect(200);
        assign(id, "{\"room\": null, \"grants\": {}}", writer.secret()).expect(403, "forbidden");
        assign(id, "{\"room\": \"sales\", \"grants\": {}}", owner.secret()).expect(200);
        server.get("/download/" + id, as(reader.secret())).expect(200);
        assign(id, "{\"room\": null, \"grants\": {}}", owner.secret()).expect(200);
        server.get("/download/" + id, as(owner.secret())).expect(404, "not_found");
        server.get("/download/" + id, as(writer.secret())).expect(200);
        String read = bring(reader.secret());
        assign(read, "{\"room\": \"sales\", \"grants\": {}}", reader.secret()).expect(403, "forbidden");
        assign(read, "{\"room\": \"none such\", \"grants\": {}}", reader.secret()).expect(404, "room_not_found");
        for (String bad : List.of("{}", "{\"room\": null}", "{\"grants\": {}}", "{\"room\": null, \"grants\": {}, \"owner\": \"x\"}", "{\"room\": null, \"grants\": null}",
                "{\"room\": null, \"grants\": {\"x\": []}}", "{\"room\": null, \"grants\": {\"" + writer.id() + "\": null}}",
                "{\"room\": null, \"grants\": {\"" + writer.id() + "\": [\"admin\"]}}", "{\"room\": null, \"grants\": {\"" + UUID.randomUUID() + "\": [\"list\"]}}")) {
            assign(read, bad, reader.secret()).expect(400, "invalid_value");
        }
        StringBuilder many = new StringBuilder("{\"room\": null, \"grants\": {");
        for (int i = 0; i < 101; i++) {
            many.append(i == 0 ? "" : ", ").append("\"").append(new UUID(5, i)).append("\": []");
        }
        assign(read, many + "}}", reader.secret()).expect(400, "invalid_value");
        assertEquals(Map.of(), server.get("/files/" + read + "/access", as(OPERATOR)).expect(200).json().get("grants"));
    }

    @Test
    void aMoveNeedsSpaceInTheQuotaOfTheRoom() {
        User writer = user("writer", "writer");
        server.send("PATCH", "/rooms/sales", BodyPublishers.ofString("{\"quota\": {\"bytes\": 150}}"), as(OPERATOR)).expect(200);
        String first = bring(writer.secret());
        String second = bring(writer.secret());
        assign(first, "{\"room\": \"sales\", \"grants\": {}}", writer.secret()).expect(200);
        assign(second, "{\"room\": \"sales\", \"grants\": {}}", writer.secret()).expect(507, "quota_exceeded");
        server.put("/c.txt", new byte[100], "Accept", "application/json", "Authorization", "Bearer " + writer.secret(), "Room", "sales").expect(507, "quota_exceeded");
        assertEquals(Map.of("bytes", 100, "files", 1, "monthly_bytes", 0), server.get("/usage?room=sales", as(OPERATOR)).expect(200).json().get("usage"));
        assign(first, "{\"room\": null, \"grants\": {}}", OPERATOR).expect(200);
        assertEquals(Map.of("bytes", 0, "files", 0, "monthly_bytes", 0), server.get("/usage?room=sales", as(OPERATOR)).expect(200).json().get("usage"));
        assign(second, "{\"room\": \"sales\", \"grants\": {}}", writer.secret()).expect(200);
    }
}
