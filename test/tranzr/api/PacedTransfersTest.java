package tranzr.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import tranzr.http.Limits;
import tranzr.limit.TransferSlots;
import tranzr.limit.TransferSlots.Kind;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Answer;
import tranzr.server.ServedEngine.Bounds;

/** How fast, through the public door, by a clock that moves on only when everybody waits. */
class PacedTransfersTest extends LimitedServer {

    private Future<Answer> uploading(String authorization, int size, String... more) {
        return threads.submit(() -> served.put("/file.bin", ServedEngine.bytes(size, 1), headers(authorization, more)));
    }

    private static String[] headers(String authorization, String... more) {
        List<String> headers = new ArrayList<>(List.of("Authorization", authorization));
        headers.addAll(List.of(more));
        return headers.toArray(String[]::new);
    }

    /** By the clock of the limits: no sooner than the rate allows, and not much later. @param burst what may pass at once after a rest */
    private static void assertTook(long bytes, long perSecond, long burst, long took) {
        long soonest = (bytes - burst) * SECOND / perSecond;
        assertTrue(took >= soonest && took <= bytes * SECOND / perSecond + SECOND / 4, bytes + " bytes at " + perSecond + "/s took " + took + " ns");
    }

    @Test
    void aTransferIsAsFastAsItMayBothWays() throws Exception {
        serveAtBandwidth("none", "none", "256KiB/s");
        Future<Answer> upload = uploading(ANY, 1024 * KIB);
        assertTook(1024 * KIB, 256 * KIB, 64 * KIB, hands.passUntilDone(List.of(upload))[0]);
        long before = hands.nanos();
        String id = upload.get().expect(201).header("X-File-Id");
        Future<Answer> download = threads.submit(() -> served.get("/download/" + id, "Authorization", ANY));
        long took = hands.passUntilDone(List.of(download))[0] - before;
        assertTook(1024 * KIB, 256 * KIB, 64 * KIB, took);
        assertArrayEquals(ServedEngine.bytes(1024 * KIB, 1), download.get().expect(200).body());
    }

    @Test
    void transfersOfATokenShareItsBandwidthAndAllOfThemThatOfTheServer() throws Exception {
        serveAtBandwidth("none", "256KiB/s", "none");
        String one = token("one");
        String two = token("two");
        List<Future<Answer>> uploads = List.of(uploading(one, 512 * KIB), uploading(one, 512 * KIB), uploading(two, 512 * KIB));
        long[] took = hands.passUntilDone(uploads);
        assertTook(1024 * KIB, 256 * KIB, 64 * KIB, Math.max(took[0], took[1]));
        assertTook(512 * KIB, 256 * KIB, 64 * KIB, took[2]);
        served.close();
        served = null;
        long before = hands.nanos();
        folder = folder.resolve("total");
        serveAtBandwidth("256KiB/s", "none", "none");
        token("one");
        token("two");
        took = hands.passUntilDone(List.of(uploading(one, 512 * KIB), uploading(two, 512 * KIB)));
        assertTook(1024 * KIB, 256 * KIB, 64 * KIB, Math.max(took[0], took[1]) - before);
    }

    @Test
    void thePriorityFieldDecidesWhoGetsMore() throws Exception {
        serveAtBandwidth("256KiB/s", "none", "none");
        List<Future<Answer>> uploads = List.of(uploading(ANY, 1024 * KIB, "Priority", "u=7"), uploading(ANY, 1024 * KIB, "Priority", "u=0, i"));
        long[] took = hands.passUntilDone(uploads);
        for (Future<Answer> upload : uploads) {
            upload.get().expect(201);
        }
        assertTook(2048 * KIB, 256 * KIB, 64 * KIB, took[0]);
        assertTrue(took[1] < 6 * SECOND, "with four fifths of the bandwidth: " + took[1]);
    }

    private String begin(int size, String priority) {
        String json = "{\"filename\": \"f\", \"file_size\": " + size + ", \"chunk_size\": " + size + ", \"priority\": " + priority + "}";
        return served.post("/upload/start", json, "Authorization", ANY).expect(201).field("file_id");
    }

    /** The same bytes for two uploads, low and high, by one of the doors. @return how long each took */
    private long[] race(BiFunction<String, byte[], Answer> door) throws Exception {
        byte[] bytes = ServedEngine.bytes(1024 * KIB, 1);
        String low = begin(bytes.length, "\"low\"");
        String high = begin(bytes.length, "\"high\"");
        long before = hands.nanos();
        List<Future<Answer>> both = List.of(threads.submit(() -> door.apply(low, bytes)), threads.submit(() -> door.apply(high, bytes)));
        long[] took = hands.passUntilDone(both);
        for (Future<Answer> each : both) {
            each.get().expect(200);
        }
        return new long[] {took[0] - before, took[1] - before};
    }

    private void assertRanked(long[] took) {
        assertTook(2048 * KIB, 256 * KIB, 64 * KIB, took[0]);
        assertTrue(took[1] < 6 * SECOND, "with four fifths of the bandwidth: " + took[1]);
    }

    @Test
    void anUploadIsWorthWhatItsStartSaidByEveryDoor() throws Exception {
        serveAtBandwidth("256KiB/s", "none", "none");
        assertRanked(race((id, bytes) -> served.put("/upload/" + id, bytes, "Authorization", ANY)));
        assertRanked(race((id, bytes) -> served.put("/uploads/" + id + "/chunks/0", bytes, "Authorization", ANY)));
        assertRanked(race((id, bytes) -> served.form().field("file_id", id).field("chunk_index", 0).file("f", "x", bytes)
                .send("POST", "/upload/chunk", "Authorization", ANY)));
        // Both say that they are worth the same, whatever their starts said.
        long[] took = race((id, bytes) -> served.put("/upload/" + id, bytes, "Authorization", ANY, "Priority", "u=3"));
        assertTrue(took[1] > 7 * SECOND, "with half of the bandwidth: " + took[1]);
    }

    @Test
    void thePriorityIsKeptAndShown() throws Exception {
        serveAtBandwidth("none", "none", "none");
        String id = begin(5, "\"high\"");
        assertEquals("high", served.get("/upload/status/" + id, "Authorization", ANY).expect(200).field("priority"));
        assertEquals("high", served.get("/files/" + id, "Authorization", ANY).expect(200).field("priority"));
        assertEquals("normal", served.get("/files/" + begin(5, "null"), "Authorization", ANY).expect(200).field("priority"));
        for (String wrong : List.of("\"urgent\"", "\"\"", "5", "\"HIGH\"")) {
            assertEquals("priority", served.post("/upload/start", "{\"filename\": \"f\", \"file_size\": 1, \"priority\": " + wrong + "}", "Authorization", ANY)
                    .expect(400, "invalid_value").field("field"));
        }
    }

    @Test
    void aBodyThatWaitsForItsBandwidthIsNeitherStalledNorSlow() throws Exception {
        Throttle throttle = new Throttle(rates("none", "none", "none", "none"), slots(), hands.bandwidth("none", "none", "16KiB/s"));
        Duration soon = Duration.ofMillis(400);
        served = new ServedEngine(folder, OPERATOR, null, Bounds.NONE.throttle(throttle).connections(new Limits(soon, Duration.ofSeconds(20), 1 << 20, soon, 100, 100)));
        Future<Answer> upload = uploading(ANY, 256 * KIB);
        hands.awaitWaiting(1);
        assertThrows(TimeoutException.class, () -> upload.get(1000, TimeUnit.MILLISECONDS));
        hands.passUntilDone(List.of(upload));
        upload.get().expect(201);
    }

    @Test
    void aRevokedTokenDoesNotWaitForBandwidth() throws Exception {
        TransferSlots slots = slots();
        serve(new Throttle(rates("none", "none", "none", "none"), slots, hands.bandwidth("none", "none", "16KiB/s")));
        UUID id = new UUID(5, 5);
        String token = token("revoked", id);
        List<Slow> uploads = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            uploads.add(new Slow(token));
        }
        List<Future<Answer>> more = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            more.add(uploading(token, 256 * KIB));
        }
        hands.awaitWaiting(20);
        await(() -> slots.inUse(Kind.UPLOAD) == 40);
        served.delete("/tokens/" + id, "Authorization", ANY).expect(204);
        for (Slow slow : uploads) {
            assertFalse(slow.answer().contains(" 201 "));
        }
        for (Future<Answer> each : more) {
            assertThrows(Exception.class, each::get);
        }
        await(() -> slots.inUse(Kind.UPLOAD) == 0 && hands.waiting() == 0);
        list(token).expect(401);
        assertEquals(0, list(ANY).list().stream().filter(file -> "completed".equals(file.get("status"))).count());
    }
}
