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

    @Test
    void aBodyThatWaitsForItsBandwidthIsNeitherStalledNorSlow() throws Exception {
        Throttle throttle = new Throttle(rates("none", "none", "none", "none"), slots(), hands.bandwidth("none", "none", "16KiB/s"));
        Duration soon = Duration.ofMillis(50);
        served = new ServedEngine(folder, OPERATOR, null, Bounds.NONE.throttle(throttle).connections(new Limits(soon, Duration.ofSeconds(20), 1 << 20, soon, 100, 100)));
        Future<Answer> upload = uploading(ANY, 256 * KIB);
        hands.awaitWaiting(1);
        assertThrows(TimeoutException.class, () -> upload.get(500, TimeUnit.MILLISECONDS));
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
