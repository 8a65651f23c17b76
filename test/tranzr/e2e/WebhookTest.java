package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.webhook.Receiver;

/** Webhooks of the built jar. */
class WebhookTest {

    private static final int FILES = 10;

    /** Free a moment ago; nothing listens there. */
    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void whatWasAcknowledgedArrivesAcrossAKillWithTheIdItHadBefore(@TempDir Path folder) throws Exception {
        int port = freePort();
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), "--webhook-private", "allowed"); Http http = new Http(server)) {
            String hook = http.postJson("/webhooks", "{\"url\": \"http://127.0.0.1:" + port + "/\", \"events\": [\"file-added\"]}").expect(201).field("webhook_id");
            Set<String> files = new HashSet<>();
            Set<String> events = new HashSet<>();
            for (int i = 0; i < FILES; i++) {
                files.add(http.put("/" + i + ".txt", Http.bytes(100, i)).expect(201).header("X-File-Id"));
            }
            http.get("/webhooks/" + hook + "/deliveries").expect(200).jsonList().forEach(each -> events.add(((java.util.Map<?, ?>) each).get("event_id").toString()));
            server.kill();
            assertEquals(FILES, events.size());
            try (Receiver receiver = new Receiver(port, Receiver.always(Receiver.OK))) {
                server.restart();
                Set<String> heard = new HashSet<>();
                while (!files.isEmpty()) {
                    Receiver.Got got = receiver.next();
                    heard.add(got.field("X-Tranzr-Delivery"));
                    files.remove(got.member("fileId"));
                }
                assertEquals(events, heard);
                Http.await("nothing waits any more", () -> http.get("/webhooks/" + hook + "/deliveries").expect(200).jsonList().isEmpty());
            }
            assertEquals(0, server.terminate());
        }
    }

    @Test
    void withoutLeaveThisMachineIsNotConnectedTo(@TempDir Path folder) throws Exception {
        try (Receiver receiver = Receiver.answering(Receiver.OK); ServerProcess server = ServerProcess.start(folder.resolve("data")); Http http = new Http(server)) {
            for (String host : new String[] {"127.0.0.1", "localhost", "[::1]", "169.254.169.254", "[::ffff:127.0.0.1]", "0.0.0.0"}) {
                http.postJson("/webhooks", "{\"url\": \"http://" + host + ":" + receiver.port() + "/\"}").expect(400, "invalid_value");
            }
            // Such names mean this machine (RFC 6761, 6.3); whether they are known here or not, nothing is connected to.
            String hook = http.postJson("/webhooks", "{\"url\": \"http://inner.localhost:" + receiver.port() + "/\"}").expect(201).field("webhook_id");
            http.post("/webhooks/" + hook + "/test").expect(202);
            Http.await("it was tried", () -> http.get("/webhooks/" + hook).expect(200).field("last_result") != null);
            assertTrue(http.get("/webhooks/" + hook).field("last_result").contains("not public"), http.get("/webhooks/" + hook).text());
            assertEquals(0, receiver.connections());
        }
    }
}
