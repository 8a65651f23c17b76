package tranzr.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Right;

/**
 * Every route, asked by a guest with the link of an upload request, about what it has sent itself, about what another guest of the same link has sent and about
 * a file of the room. The routes come from the routes page.
 */
class GuestMatrixTest {

    private static final String[] OPERATOR = {"Authorization", "Bearer the-operators-own-token"};
    private static final byte[] CONTENT = "content".getBytes();

    @TempDir
    Path folder;
    private ServedEngine server;
    private String[] guest;
    private String[] other;
    private String request;
    private String share;
    private String room;
    private final List<String> wrong = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        server = new ServedEngine(folder, "the-operators-own-token", null);
        room = server.post("/rooms", "{\"name\": \"inbox\"}", OPERATOR).expect(201).field("room_id");
        ServedEngine.Answer made = server.post("/rooms/inbox/requests", "", OPERATOR).expect(201);
        request = made.field("request_id");
        guest = new String[] {"Authorization", "Bearer " + made.field("token")};
        other = new String[] {"Authorization", "Bearer " + server.post("/rooms/inbox/requests", "", OPERATOR).expect(201).field("token")};
        share = server.post("/share/create/" + file(true, OPERATOR), "", OPERATOR).expect(201).field("token");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private String file(boolean whole, String... headers) {
        String id = server.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 7, \"room\": \"inbox\"}", headers).expect(201).field("file_id");
        if (whole) {
            server.put("/upload/" + id, CONTENT, headers).expect(200);
        }
        return id;
    }

    private ServedEngine.Answer ask(Routes.Route route, String file) {
        String path = route.pattern().replace("{file_id}", file).replace("{token}", share).replace("{chunk_index}", "0").replace("{filename}", "f")
                .replace("{name}", "f").replace("{room_id}", room).replace("{request_id}", request).replaceAll("\\{\\w+_id}", new UUID(1, 1).toString());
        return RouteCalls.send(server, route, path, file.equals("-") ? null : UUID.fromString(file), CONTENT, guest);
    }

    private void expect(Routes.Route route, String about, int wanted, ServedEngine.Answer answer) {
        boolean right = wanted == 200 ? answer.status() / 100 == 2 : answer.status() == wanted;
        if (!right) {
            wrong.add(route.method() + " " + route.pattern() + " about " + about + ": wanted " + wanted + ", got " + answer);
        }
        if (answer.text().contains("content")) {
            wrong.add(route.method() + " " + route.pattern() + " about " + about + " hands out the bytes");
        }
    }

    @Test
    void aGuestBringsFilesAndAsksForTheirStatusAndNothingElse() {
        for (Routes.Route route : server.routes()) {
            switch (RouteRules.all().get(route.method() + " " + route.pattern())) {
                case RouteRules.OnFile rule when rule.right() == Right.UPLOAD -> {
                    boolean whole = rule.state() == RouteRules.State.COMPLETED;
                    expect(route, "its own file", 200, ask(route, file(whole, guest)));
                    expect(route, "a file of another link's guest", 404, ask(route, file(whole, other)));
                    expect(route, "a file of the room", 404, ask(route, file(whole, OPERATOR)));
                }
                case RouteRules.AtAll(Right right) -> expect(route, "nothing", right == Right.UPLOAD ? 200 : 403, ask(route, "-"));
                case RouteRules.Open _, RouteRules.Signed _ -> { }
                case null, default -> {
                    // Not even about what it has brought itself. What needs any token is not for those who have none.
                    int refusal = route.need().right().isPresent() ? 403 : 401;
                    expect(route, "its own file", refusal, ask(route, file(true, guest)));
                    expect(route, "a file of the room", refusal, ask(route, file(true, OPERATOR)));
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void aGuestGetsNoLinkToWhatItHasSent() {
        String id = file(true, guest);
        for (ServedEngine.Answer answer : List.of(server.get("/upload/status/" + id, guest), server.post("/upload/merge/" + id, "", guest),
                server.put("/f", CONTENT, guest), server.put("/f", CONTENT, guest[0], guest[1], "Accept", "application/json"))) {
            assertFalse(answer.text().contains("http://"), answer.toString());
            assertEquals(null, answer.header("X-Delete-Url"));
        }
    }
}
