package tranzr.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tranzr.catalog.Change;
import tranzr.model.AccessToken;
import tranzr.model.IpRange;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.security.Tokens;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;
import tranzr.server.ServedEngine.Bounds;

/** What a token may no longer do, while hundreds of requests are under way with it. */
class RevocationTest extends LimitedServer {

    private static final int CLIENTS = 100;
    private static final UUID ID = new UUID(5, 5);

    private Set<String> listed() {
        return Set.copyOf(list(ANY).expect(200).list().stream().map(file -> file.get("file_id").toString()).toList());
    }

    @Test
    void ofUploadsUnderWayWhatWasAcknowledgedStaysAndNothingComesAfter() throws Exception {
        served = new ServedEngine(folder, OPERATOR, null);
        String token = token("revoked", ID);
        Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
        CountDownLatch some = new CountDownLatch(2 * CLIENTS);
        List<Future<?>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int size = i % 2 == 0 ? 500 : 200_000;
            clients.add(threads.submit(() -> {
                for (;;) {
                    Answer answer;
                    try {
                        answer = served.put("/file.bin", ServedEngine.bytes(size, size), "Authorization", token);
                    } catch (AssertionError brokenOff) {
                        return;
                    }
                    if (answer.status() != 201) {
                        assertOpensNothing(answer);
                        return;
                    }
                    acknowledged.add(answer.header("X-File-Id"));
                    some.countDown();
                }
            }));
        }
        some.await();
        served.delete("/tokens/" + ID, "Authorization", ANY).expect(204);
        for (Future<?> client : clients) {
            client.get();
        }
        Set<String> afterwards = listed();
        assertOpensNothing(list(token));
        assertOpensNothing(served.put("/file.bin", new byte[5], "Authorization", token));
        for (String id : acknowledged) {
            served.head("/download/" + id, "Authorization", ANY).expect(200);
        }
        assertEquals(afterwards, listed());
    }

    /** So many clients of one address that go on with it meet the brakes on guessing tokens too. */
    private static void assertOpensNothing(Answer answer) {
        assertTrue(answer.status() == 401 && answer.text().contains("wrong_token") || answer.status() == 429 && answer.text().contains("too_many_attempts"),
                answer::toString);
    }

    @Test
    void downloadsUnderWayEndShort() throws Exception {
        served = new ServedEngine(folder, OPERATOR, null);
        String token = token("revoked", ID);
        int size = 64 << 20;
        String id = served.put("/upload/" + begin(size), new byte[size], "Authorization", ANY).expect(200).field("file_id");
        List<Socket> readers = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Socket socket = new Socket(served.address().getAddress(), served.address().getPort());
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(("GET /download/" + id + " HTTP/1.1\r\nHost: a\r\nAuthorization: " + token + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            assertEquals('H', socket.getInputStream().read());
            readers.add(socket);
        }
        served.delete("/tokens/" + ID, "Authorization", ANY).expect(204);
        for (Socket socket : readers) {
            assertTrue(rest(socket) < size, "it was served to the end");
        }
        served.get("/download/" + id, "Authorization", token).expect(401);
    }

    private static long rest(Socket socket) throws IOException {
        long count = 0;
        byte[] buffer = new byte[64 << 10];
        try (socket) {
            InputStream in = socket.getInputStream();
            for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
                count += got;
            }
        } catch (java.net.SocketException reset) {
            return count;
        }
        return count;
    }

    @Test
    void anExpiredTokenAndOneFromElsewhereOpenNothing() throws Exception {
        served = new ServedEngine(folder, OPERATOR, null, Bounds.NONE.trustedProxies(Set.of(IpRange.of(InetAddress.getLoopbackAddress()))));
        Instant end = served.engine().core().now().plus(Duration.ofHours(1));
        AccessToken bound = new AccessToken(ID, Tokens.hash("bound"), "bound", Instant.EPOCH, Right.ALL, Map.of(), Quota.NONE, end,
                List.of(IpRange.parse("198.51.100.0/24"), IpRange.parse("2001:db8::/32")), null);
        served.engine().core().commit(List.of(new Change.EntityAdded(bound)));
        for (String inside : List.of("198.51.100.7", "2001:db8::7", "::ffff:198.51.100.7")) {
            served.get("/files", "Authorization", "Bearer bound", "X-Forwarded-For", inside).expect(200);
        }
        for (String outside : List.of("198.51.101.7", "203.0.113.1", "2001:db9::7")) {
            served.get("/files", "Authorization", "Bearer bound", "X-Forwarded-For", outside).expect(403, "address_not_allowed");
        }
        list("Bearer bound").expect(403, "address_not_allowed");
        list(ANY).expect(200);
        served.pass(Duration.ofHours(1));
        served.get("/files", "Authorization", "Bearer bound", "X-Forwarded-For", "198.51.100.7").expect(401, "wrong_token");
        served.get("/files", "Authorization", "Bearer bound", "X-Forwarded-For", "203.0.113.1").expect(401, "wrong_token");
        list(ANY).expect(200);
    }
}
