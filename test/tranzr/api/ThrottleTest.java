package tranzr.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tranzr.limit.TransferSlots;
import tranzr.limit.TransferSlots.Kind;
import tranzr.model.IpRange;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Bounds;

/** How often and how many at a time, through the public door. */
class ThrottleTest extends LimitedServer {

    @Test
    void anAddressAsksExactlyItsBurstAndThenAsOftenAsItWasTold() throws Exception {
        serveAtRates("60/m burst 5", "none", "none", "none");
        for (int i = 0; i < 5; i++) {
            list(ANY).expect(200);
        }
        for (int i = 0; i < 3; i++) {
            assertEquals("1", list(ANY).expect(429, "too_many_requests").header("Retry-After"));
        }
        served.get("/health").expect(429);
        nanos.addAndGet(SECOND - 1);
        list(ANY).expect(429);
        nanos.addAndGet(1);
        list(ANY).expect(200);
        list(ANY).expect(429);
        nanos.addAndGet(60 * SECOND);
        for (int i = 0; i < 5; i++) {
            list(ANY).expect(200);
        }
        list(ANY).expect(429);
    }

    @Test
    void retryAfterIsWhenTheNextOneMayCome() throws Exception {
        serveAtRates("1/m", "none", "none", "none");
        list(ANY).expect(200);
        assertEquals("60", list(ANY).expect(429).header("Retry-After"));
        nanos.addAndGet(SECOND / 2);
        assertEquals("60", list(ANY).expect(429).header("Retry-After"), "rounded up");
        nanos.addAndGet(SECOND * 59);
        assertEquals("1", list(ANY).expect(429).header("Retry-After"));
        nanos.addAndGet(SECOND / 2);
        list(ANY).expect(200);
    }

    @Test
    void eachTokenHasARateOfItsOwnAndOnlyForWhatItOpens() throws Exception {
        serveAtRates("none", "3/h", "none", "none");
        String one = token("one");
        String two = token("two");
        for (String token : List.of(one, two)) {
            for (int i = 0; i < 3; i++) {
                list(token).expect(200);
            }
            list(token).expect(429, "too_many_requests");
        }
        list("Bearer wrong").expect(401);
        served.get("/health").expect(200);
    }

    @Test
    void ofManyAtATimeExactlyTheBurstPasses() throws Exception {
        serveAtRates("20/h", "none", "none", "none");
        List<Callable<Integer>> asking = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            asking.add(() -> list(ANY).status());
        }
        List<Integer> answers = new ArrayList<>();
        for (Future<Integer> answer : threads.invokeAll(asking)) {
            answers.add(answer.get());
        }
        assertEquals(20, answers.stream().filter(status -> status == 200).count(), answers::toString);
        assertEquals(CLIENTS - 20, answers.stream().filter(status -> status == 429).count(), answers::toString);
    }

    @Test
    void linksAreMadeLessOften() throws Exception {
        serveAtRates("none", "none", "none", "2/m");
        String file = served.put("/upload/" + begin(3), new byte[3], "Authorization", ANY).expect(200).field("file_id");
        for (String owner : List.of(ANY, token("other"))) {
            for (int i = 0; i < 2; i++) {
                served.post("/share/create/" + file, "{}", "Authorization", owner).expect(201);
            }
            assertEquals("30", served.post("/share/create/" + file, "{}", "Authorization", owner).expect(429, "too_many_requests").header("Retry-After"));
            list(owner).expect(200);
        }
    }

    @Test
    void tokensAreTriedNoOftenerThanLogins() throws Exception {
        serveAtRates("none", "none", "3/m", "none");
        for (int i = 0; i < 3; i++) {
            list("Bearer wrong" + i).expect(401, "wrong_token");
        }
        assertEquals("20", list("Bearer wrong").expect(429, "too_many_requests").header("Retry-After"));
        list(ANY).expect(200);
        nanos.addAndGet(20 * SECOND);
        list("Bearer wrong").expect(401);
        list("Bearer wrong").expect(429);
    }

    @Test
    void addressesCountForThemselvesBehindATrustedProxyOnlyAndIpv6ByNetwork() throws Exception {
        Throttle throttle = new Throttle(rates("2/h", "none", "none", "none"), slots(), anyBandwidth());
        served = new ServedEngine(folder, OPERATOR, null, Bounds.NONE.throttle(throttle).trustedProxies(Set.of(IpRange.of(InetAddress.getLoopbackAddress()))));
        for (String address : List.of("198.51.100.1", "198.51.100.2", "2001:db8:1:2::1")) {
            for (int i = 0; i < 2; i++) {
                served.get("/health", "X-Forwarded-For", address).expect(200);
            }
            served.get("/health", "X-Forwarded-For", address).expect(429);
        }
        served.get("/health", "X-Forwarded-For", "2001:db8:1:2:ffff::9").expect(429);
        served.get("/health", "X-Forwarded-For", "2001:db8:1:3::1").expect(200);
        served.close();
        served = new ServedEngine(folder.resolve("untrusting"), OPERATOR, null, Bounds.NONE.throttle(new Throttle(rates("2/h", "none", "none", "none"), slots(), anyBandwidth())));
        List<Integer> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(served.get("/health", "X-Forwarded-For", "198.51.100." + i).status());
        }
        assertEquals(List.of(200, 200, 429, 429), answers);
    }

    /** Has so many clients begin at once. @param refused gets the answer of each that was not let in @return those that were */
    private List<Slow> flood(int clients, int room, String authorization, BlockingQueue<String> refused) throws Exception {
        BlockingQueue<Slow> answered = new LinkedBlockingQueue<>();
        List<Future<Slow>> connecting = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            connecting.add(threads.submit(() -> {
                Slow slow = new Slow(authorization);
                threads.submit(() -> {
                    String answer = slow.answer();
                    if (!answer.isEmpty() && !answer.contains(" 201 ")) {
                        refused.add(answer);
                        answered.add(slow);
                    }
                    return null;
                });
                return slow;
            }));
        }
        List<Slow> in = new ArrayList<>();
        for (Future<Slow> each : connecting) {
            in.add(each.get());
        }
        for (int i = 0; i < clients - room; i++) {
            Slow one = answered.poll(20, TimeUnit.SECONDS);
            assertTrue(one != null, "only " + i + " of " + clients + " were turned away");
            in.remove(one);
        }
        return in;
    }

    private void assertRefused(BlockingQueue<String> refused, int count, int status, String code) {
        assertEquals(count, refused.size());
        for (String answer : refused) {
            assertTrue(answer.startsWith("HTTP/1.1 " + status + " ") && answer.contains("(" + code + ")") && answer.matches("(?is).*\r\nretry-after: [1-9].*"), answer);
        }
        refused.clear();
    }

    /** As many as there is room for begin, and no more; then all of them break off. */
    private void expectRoomFor(TransferSlots slots, int room) throws Exception {
        BlockingQueue<String> refused = new LinkedBlockingQueue<>();
        List<Slow> in = flood(room + 5, room, ANY, refused);
        assertRefused(refused, 5, 503, "busy");
        assertEquals(room, slots.inUse(Kind.UPLOAD));
        for (Slow slow : in) {
            slow.close();
        }
        await(() -> slots.inUse(Kind.UPLOAD) == 0);
    }

    private List<Callable<?>> waysToFail() {
        String[] any = {"Authorization", ANY};
        String head = "PUT /x HTTP/1.1\r\nAuthorization: " + ANY + "\r\n";
        return List.of(
                () -> served.put("/upload/" + UUID.randomUUID(), new byte[5], any).expect(404),
                () -> served.put("/upload/" + begin(3), new byte[9], any).expect(400),
                () -> served.put("/x", new byte[5], "Authorization", ANY, "Content-Digest", "sha-256=:AAAA:").expect(400),
                // After some wrong tokens the address has to wait.
                this::bringWrongToken,
                () -> served.raw(head + "Host: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n"),
                () -> breakOff(head + "Content-Length: 99", new byte[3]),
                () -> breakOff(head + "Content-Length: 99\r\nExpect: 100-continue", new byte[0]));
    }

    private Void bringWrongToken() {
        int status = served.put("/x", new byte[5], "Authorization", "Bearer wrong").status();
        assertTrue(status == 401 || status == 429, "status " + status);
        return null;
    }

    private Void breakOff(String head, byte[] body) throws IOException {
        served.breakOff(head, body);
        return null;
    }

    @Test
    void asManyUploadsGoOnAsTheServerTakesAndNoneLeavesItsSlotTaken() throws Exception {
        int room = 10;
        TransferSlots slots = serveWithSlots(new TransferSlots(room, NONE, NONE, NONE));
        BlockingQueue<String> refused = new LinkedBlockingQueue<>();
        List<Slow> in = flood(CLIENTS, room, ANY, refused);
        assertRefused(refused, CLIENTS - room, 503, "busy");
        list(ANY).expect(200);
        for (Slow slow : in) {
            slow.send("whole");
        }
        await(() -> slots.inUse(Kind.UPLOAD) == 0);
        assertEquals(room, list(ANY).expect(200).list().size());
        expectRoomFor(slots, room);
        // Refused, aborted, failed: whatever becomes of them, and as many of each as there are slots.
        for (Callable<?> way : waysToFail()) {
            for (Future<?> each : threads.invokeAll(Collections.nCopies(room, way))) {
                each.get();
            }
            await(() -> slots.inUse(Kind.UPLOAD) == 0);
        }
        expectRoomFor(slots, room);
    }

    @Test
    void aTokenAndAnAddressHaveNoMoreTransfersThanTheirOwn() throws Exception {
        TransferSlots slots = serveWithSlots(new TransferSlots(NONE, NONE, 7, 12));
        String one = token("one");
        String two = token("two");
        BlockingQueue<String> refused = new LinkedBlockingQueue<>();
        List<Slow> first = flood(CLIENTS, 7, one, refused);
        assertRefused(refused, CLIENTS - 7, 429, "too_many_transfers");
        List<Slow> second = flood(CLIENTS, 5, two, refused);
        assertRefused(refused, CLIENTS - 5, 429, "too_many_transfers");
        assertEquals(12, slots.inUse(Kind.UPLOAD));
        served.get("/download/" + UUID.randomUUID(), "Authorization", ANY).expect(429, "too_many_transfers");
        for (Slow slow : first) {
            slow.close();
        }
        await(() -> slots.inUse(Kind.UPLOAD) == 5);
        served.get("/download/" + UUID.randomUUID(), "Authorization", two).expect(404);
        for (Slow slow : second) {
            slow.close();
        }
        await(() -> slots.inUse(Kind.UPLOAD) == 0);
    }

    @Test
    void downloadsHaveSlotsOfTheirOwnWhichComeBackFromReadersWhoLeave() throws Exception {
        TransferSlots slots = serveWithSlots(new TransferSlots(NONE, 4, NONE, NONE));
        byte[] bytes = ServedEngine.bytes(32 << 20, 1);
        String id = served.put("/upload/" + begin(bytes.length), bytes, "Authorization", ANY).expect(200).field("file_id");
        for (int round = 0; round < 3; round++) {
            List<Socket> readers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Socket socket = new Socket(served.address().getAddress(), served.address().getPort());
                socket.getOutputStream().write(("GET /download/" + id + " HTTP/1.1\r\nHost: a\r\nAuthorization: " + ANY + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
                assertEquals('H', socket.getInputStream().read());
                readers.add(socket);
            }
            assertEquals("2", served.get("/download/" + id, "Authorization", ANY).expect(503, "busy").header("Retry-After"));
            for (Socket socket : readers) {
                socket.close();
            }
            await(() -> slots.inUse(Kind.DOWNLOAD) == 0);
            served.head("/download/" + id, "Authorization", ANY).expect(200);
            served.get("/download/" + id, "Authorization", ANY, "Range", "bytes=99999999-").expect(416);
            served.get("/download/" + id, "Authorization", ANY, "If-None-Match", "*").expect(304);
            await(() -> slots.inUse(Kind.DOWNLOAD) == 0);
        }
    }
}
