package tranzr.api.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;
import tranzr.webhook.Receiver;

/** Webhooks as tokens make, see and try them. */
class WebhookRoutesTest {

    private static final String OPERATOR = "operator-token-0123456789";
    private static final String GONE = "00000000-0000-4000-8000-000000000000";

    @TempDir
    Path folder;
    private ServedEngine server;
    private Receiver receiver;

    @BeforeEach
    void start() throws IOException {
        server = new ServedEngine(folder, OPERATOR, null);
        receiver = Receiver.answering(Receiver.OK);
    }

    @AfterEach
    void stop() throws IOException {
        receiver.close();
        server.close();
    }

    private static String[] as(String token) {
        return new String[] {"Authorization", "Bearer " + token};
    }

    private String token(String rights) {
        return server.post("/tokens", "{\"name\": \"t\", \"rights\": " + rights + "}", as(OPERATOR)).expect(201).field("token");
    }

    private Answer make(String token, String events) {
        return server.post("/webhooks", "{\"url\": \"" + receiver.url() + "\", \"events\": " + events + "}", as(token));
    }

    private Answer change(String hook, String json, String token) {
        return server.send("PATCH", "/webhooks/" + hook, BodyPublishers.ofString(json), as(token));
    }

    @Test
    void theKeyIsToldOnceAndWhatIsSetIsSeen() {
        Answer made = make(OPERATOR, "[\"file-added\"]").expect(201);
        String id = made.field("webhook_id");
        assertEquals(List.of("/webhooks/" + id, "no-store"), List.of(made.header("Location"), made.header("Cache-Control")));
        assertTrue(made.field("key").startsWith("whsec_"));
        Answer seen = server.get("/webhooks/" + id, as(OPERATOR)).expect(200);
        assertEquals(Map.of("url", receiver.url(), "events", List.of("file-added"), "active", true, "waiting", 0, "given_up", 0, "dropped", 0),
                seen.json().entrySet().stream().filter(entry -> List.of("url", "events", "active", "waiting", "given_up", "dropped").contains(entry.getKey()))
                        .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        assertNull(seen.field("key"));
        assertFalse(server.get("/webhooks", as(OPERATOR)).expect(200).text().contains("whsec_"));
        assertFalse(change(id, "{\"events\": null, \"active\": false}", OPERATOR).expect(200).text().contains("whsec_"));
        assertEquals(List.of("[]", "false", receiver.url()), List.of(server.get("/webhooks/" + id, as(OPERATOR)).field("events"),
                server.get("/webhooks/" + id, as(OPERATOR)).field("active"), server.get("/webhooks/" + id, as(OPERATOR)).field("url")));
        server.delete("/webhooks/" + id, as(OPERATOR)).expect(204);
        server.get("/webhooks/" + id, as(OPERATOR)).expect(404, "webhook_not_found");
    }

    @Test
    void anotherTokensWebhookIsNotThereButForAdministrators() {
        String mine = token("[\"list\", \"upload\"]");
        String other = token("[\"list\", \"upload\"]");
        String id = make(mine, "[]").expect(201).field("webhook_id");
        make(token("[\"upload\"]"), "[]").expect(403, "forbidden");
        assertEquals(0, server.get("/webhooks", as(other)).expect(200).list().size());
        server.get("/webhooks/" + id, as(other)).expect(404, "webhook_not_found");
        change(id, "{\"url\": \"http://example.org/\"}", other).expect(404, "webhook_not_found");
        server.delete("/webhooks/" + id, as(other)).expect(404, "webhook_not_found");
        server.post("/webhooks/" + id + "/test", "", as(other)).expect(404, "webhook_not_found");
        server.get("/webhooks/" + id + "/deliveries", as(other)).expect(404, "webhook_not_found");
        server.post("/webhooks/" + id + "/deliveries/" + GONE + "/redeliver", "", as(other)).expect(404, "webhook_not_found");
        server.post("/webhooks/" + id + "/deliveries/" + GONE + "/redeliver", "", as(mine)).expect(404, "delivery_not_found");
        server.get("/webhooks/x", as(mine)).expect(404, "webhook_not_found");
        server.get("/webhooks/" + id, as(OPERATOR)).expect(200);
        assertEquals(1, server.get("/webhooks", as(OPERATOR)).expect(200).list().size());
    }

    @Test
    void whatMakesNoSenseIsRefusedByName() {
        for (String body : List.of("{}", "{\"url\": 5}", "{\"url\": \"ftp://example.org/\"}", "{\"url\": \"http://u:p@example.org/\"}", "{\"url\": \"\"}")) {
            assertEquals("url", server.post("/webhooks", body, as(OPERATOR)).expect(400, "invalid_value").field("field"));
        }
        assertEquals("events", make(OPERATOR, "[\"file-eaten\"]").expect(400, "invalid_value").field("field"));
        make(OPERATOR, "[5]").expect(400, "invalid_value");
        assertEquals("after", server.get("/webhooks?after=" + GONE, as(OPERATOR)).expect(400, "invalid_value").field("field"));
        assertEquals("after", server.get("/webhooks?after=x", as(OPERATOR)).expect(400, "invalid_value").field("field"));
    }

    @Test
    void aTokenHasTwentyAtMost() {
        String token = token("[\"list\"]");
        for (int i = 0; i < 20; i++) {
            make(token, "[]").expect(201);
        }
        assertEquals("20", make(token, "[]").expect(409, "too_many").field("limit"));
        make(token("[\"list\"]"), "[]").expect(201);
        Answer page = server.get("/webhooks?limit=15", as(token)).expect(200);
        assertEquals(15, page.list().size());
        String next = page.header("Link").replaceAll("<(.*)>.*", "$1");
        assertEquals(5, server.get(next, as(token)).expect(200).list().size());
    }

    @Test
    void aPingGoesOutAndAFailedDeliveryIsSentAgainByHand() {
        String id = make(OPERATOR, "[\"file-added\"]").expect(201).field("webhook_id");
        String event = server.post("/webhooks/" + id + "/test", "", as(OPERATOR)).expect(202).field("event_id");
        assertEquals(event, receiver.next("ping").field("X-Tranzr-Delivery"));
        tranzr.e2e.Http.await("the ping has arrived", () -> server.get("/webhooks/" + id + "/deliveries", as(OPERATOR)).list().isEmpty());

        receiver.script(Receiver.always("HTTP/1.1 500 No\r\n\r\n"));
        server.put("/a.txt", new byte[10], as(OPERATOR)).expect(201);
        String sent = receiver.next("file-added").field("X-Tranzr-Delivery");
        tranzr.e2e.Http.await("the failure is written down", () -> server.get("/webhooks/" + id + "/deliveries", as(OPERATOR)).list().stream()
                .anyMatch(each -> "status 500".equals(each.get("last_result"))));
        Map<String, Object> waiting = server.get("/webhooks/" + id + "/deliveries", as(OPERATOR)).expect(200).list().getFirst();
        assertEquals(List.of(sent, "file-added", 1), List.of(waiting.get("event_id"), waiting.get("type"), waiting.get("attempts")));
        receiver.script(Receiver.always(Receiver.OK));
        server.post("/webhooks/" + id + "/deliveries/" + waiting.get("delivery_id") + "/redeliver", "", as(OPERATOR)).expect(202);
        assertEquals(sent, receiver.next("file-added").field("X-Tranzr-Delivery"));
        tranzr.e2e.Http.await("nothing waits", () -> server.get("/webhooks/" + id + "/deliveries", as(OPERATOR)).list().isEmpty());
        change(id, "{\"active\": false}", OPERATOR).expect(200);
        assertEquals("active", server.post("/webhooks/" + id + "/test", "", as(OPERATOR)).expect(400, "invalid_value").field("field"));
    }

    @Test
    void theWebhooksOfARevokedTokenGo() {
        Answer token = server.post("/tokens", "{\"name\": \"t\", \"rights\": [\"list\"]}", as(OPERATOR)).expect(201);
        String id = make(token.field("token"), "[]").expect(201).field("webhook_id");
        server.delete("/tokens/" + token.field("token_id"), as(OPERATOR)).expect(204);
        tranzr.e2e.Http.await("it is gone", () -> server.get("/webhooks/" + id, as(OPERATOR)).status() == 404);
    }
}
