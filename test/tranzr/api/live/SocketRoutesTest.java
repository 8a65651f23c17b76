package tranzr.api.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.access.Caller;
import tranzr.events.Batch;
import tranzr.events.Subscription;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Bounds;
import tranzr.transfer.Peer;

/** What is told over the event socket, to whom, and what a client may say there. */
class SocketRoutesTest {

    private static final String OPERATOR = "the-operators-own-token";
    private static final String[] AS_OPERATOR = {"Authorization", "Bearer " + OPERATOR};

    @TempDir
    Path folder;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<SocketClient> open = new ArrayList<>();
    private ServedEngine server;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder, OPERATOR, null);
    }

    @AfterEach
    void stop() throws IOException {
        open.forEach(SocketClient::close);
        http.shutdownNow();
        server.close();
    }

    private SocketClient socket(String... fields) {
        SocketClient client = new SocketClient(http, URI.create(server.url().replace("http", "ws") + "/ws"), fields);
        open.add(client);
        return client;
    }

    private String[] token(String rights) {
        return new String[] {"Authorization", "Bearer " + server.post("/tokens", "{\"name\": \"t\", \"rights\": [" + rights + "]}", AS_OPERATOR).expect(201).field("token")};
    }

    private String begin(String[] as) {
        return server.post("/upload/start", "{\"filename\": \"f.bin\", \"file_size\": 2000, \"chunk_size\": 2000}", as).expect(201).field("file_id");
    }

    private void finish(String id, String[] as) {
        server.put("/upload/" + id, ServedEngine.bytes(2000, 1), as).expect(200);
    }

    private static void expectError(SocketClient client, String code, String field) {
        Map<String, Object> error = client.await("error");
        assertEquals(code, error.get("code"), error::toString);
        assertEquals(field, error.get("field"), error::toString);
        assertFalse(error.containsKey("eventId"), error::toString);
        assertFalse(error.get("detail").toString().isBlank());
    }

    @Test
    void theSameIsToldAsToAllOthersAndWhereToGoOn() {
        SocketClient client = socket(AS_OPERATOR).say("{\"type\":\"subscribe\"}");
        assertEquals("subscribed", client.next().get("type"));
        try (Subscription other = server.events().subscribe(Caller.SYSTEM, Peer.UNKNOWN, null, OptionalLong.empty())) {
            other.next(Duration.ZERO); // from here on it misses nothing
            String id = begin(AS_OPERATOR);
            finish(id, AS_OPERATOR);
            server.delete("/files/" + id, AS_OPERATOR).expect(204);
            List<String> told = new ArrayList<>();
            for (String type = ""; !type.equals("file-deleted");) {
                String text = client.nextText();
                Map<String, Object> event = tranzr.json.Json.readObject(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
                type = event.get("type").toString();
                if (!type.equals("file-upload-progress")) {
                    assertEquals(id, event.get("fileId"));
                    assertTrue(text.startsWith("{\"lastEventId\":"), text);
                    told.add(text.replaceFirst("\"lastEventId\":\\d+,", ""));
                }
            }
            List<String> expected = new ArrayList<>();
            for (Batch batch = other.next(Duration.ZERO); !batch.entries().isEmpty(); batch = other.next(Duration.ZERO)) {
                batch.entries().stream().filter(entry -> !entry.type().equals("file-upload-progress")).map(Batch.Entry::text).forEach(expected::add);
            }
            assertEquals(expected, told);
            assertEquals(4, told.size());
        }
    }

    @Test
    void whoComesBackHearsWhatItHasMissed() {
        SocketClient first = socket(AS_OPERATOR).say("{\"type\":\"subscribe\"}");
        first.await("subscribed");
        String id = begin(AS_OPERATOR);
        long last = (Long) first.await(message -> message.get("type").equals("file-upload-started") && message.containsKey("lastEventId")).get("lastEventId");
        first.close();
        finish(id, AS_OPERATOR);
        SocketClient second = socket(AS_OPERATOR).say("{\"type\":\"subscribe\",\"lastEventId\":" + last + "}");
        second.await("subscribed");
        List<Object> types = new ArrayList<>();
        while (!types.contains("file-added")) {
            types.add(second.next().get("type"));
        }
        assertTrue(types.contains("file-upload-completed") && !types.contains("file-upload-started") && !types.contains("reset"), types::toString);
        SocketClient third = socket(AS_OPERATOR).say("{\"type\":\"subscribe\",\"lastEventId\":5}");
        third.await("reset");
    }

    @Test
    void nobodyHearsOfOthersFiles() {
        String[] owner = token("\"upload\", \"list\", \"delete\"");
        String[] stranger = token("\"upload\", \"list\"");
        SocketClient hears = socket(stranger).say("{\"type\":\"subscribe\"}");
        hears.await("subscribed");
        String strange = begin(owner);
        finish(strange, owner);
        String own = begin(stranger);
        assertEquals(own, hears.await("file-upload-started").get("fileId"));
        hears.say("{\"type\":\"subscribe\",\"fileId\":\"" + strange + "\"}");
        expectError(hears, "not_found", null);
        hears.say("{\"type\":\"progress\",\"uploadId\":\"" + strange + "\",\"bytesHashed\":1}");
        expectError(hears, "not_found", null);
    }

    @Test
    void whoMayNotListHearsOfTheUploadsThatItNamesOnly() {
        String[] uploader = token("\"upload\"");
        String id = begin(uploader);
        String other = begin(uploader);
        SocketClient client = socket(uploader).say("{\"type\":\"subscribe\"}");
        expectError(client, "forbidden", null);
        client.say("{\"type\":\"subscribe\",\"fileId\":\"" + id + "\"}");
        assertEquals(id, client.await("subscribed").get("fileId"));
        finish(other, uploader);
        finish(id, uploader);
        assertEquals(id, client.await("file-upload-completed").get("fileId"));
        String[] reader = token("\"list\"");
        SocketClient hears = socket(reader).say("{\"type\":\"subscribe\"}");
        hears.await("subscribed");
        hears.say("{\"type\":\"progress\",\"uploadId\":\"" + id + "\"}");
        expectError(hears, "not_found", null);
    }

    @Test
    void aNewSubscriptionTakesThePlaceOfTheOldOne() {
        SocketClient client = socket(AS_OPERATOR).say("{\"type\":\"subscribe\"}");
        client.await("subscribed");
        String one = begin(AS_OPERATOR);
        client.await("file-upload-started");
        client.say("{\"type\":\"subscribe\",\"fileId\":\"" + one + "\"}");
        client.await("unsubscribed");
        assertEquals("subscribed", client.next().get("type"));
        String two = begin(AS_OPERATOR);
        finish(two, AS_OPERATOR);
        finish(one, AS_OPERATOR);
        assertEquals(one, client.await("file-upload-completed").get("fileId"));
        client.say("{\"type\":\"unsubscribe\"}");
        assertEquals(one, client.await("unsubscribed").get("fileId"));
        assertEquals(0, server.events().subscribers());
        client.say("{\"type\":\"unsubscribe\"}").say("{\"type\":\"subscribe\",\"fileId\":\"" + two + "\"}");
        client.await("subscribed");
        server.delete("/files/" + two, AS_OPERATOR).expect(204);
        client.await("file-deleted");
        assertEquals(two, client.await("unsubscribed").get("fileId"));
    }

    @Test
    void whatMakesNoSenseIsToldSoAndTheSocketGoesOn() {
        SocketClient client = socket(AS_OPERATOR);
        for (String[] both : new String[][] {{"", "invalid_json", null}, {"[]", "invalid_json", null}, {"{", "invalid_json", null}, {"{}", "invalid_value", "type"},
            {"{\"type\":5}", "invalid_value", "type"}, {"{\"type\":\"authenticate\"}", "invalid_value", "type"}, {"{\"type\":\"subscribe\",\"fileId\":\"x\"}", "not_found", "file_id"},
            {"{\"type\":\"subscribe\",\"fileId\":5}", "invalid_value", "fileId"}, {"{\"type\":\"subscribe\",\"lastEventId\":\"a\"}", "invalid_value", "lastEventId"},
            {"{\"type\":\"subscribe\",\"lastEventId\":-1}", "invalid_value", "lastEventId"}, {"{\"type\":\"subscribe\",\"lastEventId\":1.5}", "invalid_value", "lastEventId"},
            {"{\"type\":\"progress\"}", "invalid_value", "uploadId"}, {"{\"type\":\"subscribe\",\"type\":\"subscribe\"}", "invalid_json", null},
            {"{\"type\":\"subscribe\",\"fileId\":\"00000000-0000-4000-8000-000000000000\"}", "not_found", null}}) {
            expectError(client.say(both[0]), both[1], both[2]);
        }
        client.say("{\"type\":\"subscribe\"}").await("subscribed");
    }

    @Test
    void whatAClientTellsOfItselfIsToldBesideWhatTheServerKnows() {
        String[] owner = token("\"upload\", \"list\"");
        String id = server.post("/upload/start", "{\"filename\": \"f.bin\", \"file_size\": 4000, \"chunk_size\": 2000}", owner).expect(201).field("file_id");
        SocketClient watches = socket(AS_OPERATOR).say("{\"type\":\"subscribe\",\"fileId\":\"" + id + "\"}");
        watches.await("subscribed");
        SocketClient tells = socket(owner);
        tells.say("{\"type\":\"progress\",\"uploadId\":\"" + id + "\",\"state\":\"hashing\",\"bytesHashed\":1500}");
        Map<String, Object> told = watches.await(message -> message.containsKey("client"));
        assertEquals("file-upload-progress", told.get("type"));
        assertEquals(Map.of("state", "hashing", "bytesHashed", 1500), told.get("client"));
        assertEquals(0, told.get("bytesUploaded"));
        // What it knows itself wins, and makes what the client said obsolete.
        server.put("/uploads/" + id + "/chunks/0", ServedEngine.bytes(2000, 1), owner).expect(200);
        assertFalse(watches.await(message -> Integer.valueOf(2000).equals(message.get("bytesUploaded"))).containsKey("client"));
        tells.say("{\"type\":\"progress\",\"uploadId\":\"" + id + "\",\"state\":\"paused\",\"bytesUploaded\":10}");
        told = watches.await(message -> message.containsKey("client"));
        assertEquals(Map.of("state", "paused", "bytesUploaded", 2000), told.get("client"));
        assertEquals(2000, told.get("bytesUploaded"));
        tells.say("{\"type\":\"progress\",\"uploadId\":\"" + id + "\",\"bytesUploaded\":3500}");
        told = watches.await(message -> message.get("client") instanceof Map<?, ?> client && client.get("state").equals("uploading"));
        assertEquals(2000, told.get("bytesUploaded"));
        assertEquals(50, ((Number) told.get("percentage")).intValue());
    }

    @Test
    void whatAClientTellsIsHeldAgainstTheUpload() {
        String[] owner = token("\"upload\", \"list\"");
        String id = begin(owner);
        SocketClient tells = socket(owner);
        String about = "{\"type\":\"progress\",\"uploadId\":\"" + id + "\",";
        expectError(tells.say(about + "\"bytesHashed\":2001}"), "invalid_value", "bytesHashed");
        expectError(tells.say(about + "\"bytesUploaded\":2001}"), "invalid_value", "bytesUploaded");
        expectError(tells.say(about + "\"bytesUploaded\":-1}"), "invalid_value", "bytesUploaded");
        expectError(tells.say(about + "\"bytesUploaded\":99999999999999999999}"), "invalid_value", "bytesUploaded");
        expectError(tells.say(about + "\"state\":\"done\"}"), "invalid_value", "state");
        String[] other = token("\"upload\"");
        expectError(socket(other).say(about + "\"bytesHashed\":1}"), "not_found", null);
        finish(id, owner);
        expectError(tells.say(about + "\"bytesHashed\":1}"), "already_completed", null);
    }

    @Test
    void messagesComeAtABoundedRate() {
        SocketClient client = socket(AS_OPERATOR);
        for (int i = 0; i < 200; i++) {
            client.say("{\"type\":\"unsubscribe\"}");
        }
        expectError(client, "too_many_requests", null);
    }

    @Test
    void aRevokedTokenHearsNothingMore() {
        String[] watcher = token("\"list\", \"admin\"");
        String id = server.get("/tokens/self", watcher).expect(200).field("token_id");
        SocketClient client = socket(watcher).say("{\"type\":\"subscribe\"}");
        client.await("subscribed");
        begin(AS_OPERATOR);
        client.await("file-upload-started");
        server.delete("/tokens/" + id, AS_OPERATOR).expect(204);
        begin(AS_OPERATOR);
        Map<String, Object> end = client.next();
        while (!"closed".equals(end.get("type"))) {
            assertFalse("file-upload-started".equals(end.get("type")), "it hears of what came after");
            end = client.next();
        }
        assertEquals(1008, end.get("code"));
    }

    @Test
    void aServerThatStopsSaysSo() throws IOException {
        SocketClient idle = socket(AS_OPERATOR);
        SocketClient client = socket(AS_OPERATOR).say("{\"type\":\"subscribe\"}");
        client.await("subscribed");
        server.close();
        assertEquals(1001, idle.next().get("code"));
        Map<String, Object> end = client.next();
        while (!"closed".equals(end.get("type"))) {
            end = client.next();
        }
        assertEquals(1001, end.get("code"));
        server = new ServedEngine(folder.resolve("next"), OPERATOR, null);
    }

    @Test
    void whoHearsNothingLearnsWhereItStands() throws IOException {
        server.close();
        server = new ServedEngine(folder.resolve("beating"), OPERATOR, null, Bounds.NONE.heartbeat(Duration.ofMillis(30)));
        SocketClient client = socket(token("\"list\"")).say("{\"type\":\"subscribe\"}");
        long first = (Long) client.await("heartbeat").get("lastEventId");
        begin(AS_OPERATOR); // of which it hears nothing
        client.await(message -> message.get("type").equals("heartbeat") && (Long) message.get("lastEventId") > first);
    }

    @Test
    void aTokenComesAsASubprotocolAndIsNotToldBack() {
        SocketClient client = socket("Protocols", "tranzr.events.v1, bearer." + OPERATOR);
        assertEquals("tranzr.events.v1", client.protocol());
        client.say("{\"type\":\"subscribe\"}").await("subscribed");
        assertNull(server.recorded().stream().filter(entry -> entry.toString().contains(OPERATOR)).findAny().orElse(null));
    }
}
