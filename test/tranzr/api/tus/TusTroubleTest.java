package tranzr.api.tus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.api.Throttle;
import tranzr.http.Limits;
import tranzr.limit.Bandwidth;
import tranzr.limit.Concurrency;
import tranzr.limit.Rate;
import tranzr.limit.RateLimiter;
import tranzr.limit.Schedule;
import tranzr.limit.TransferSlots;
import tranzr.model.Digest;
import tranzr.model.Quota;
import tranzr.server.ServedEngine;
import tranzr.server.ServedEngine.Bounds;

/**
 * What clients of tus hear of trouble that passes: never a status by which they give an upload up. After a 4xx other than 409 and 423 they do not try again; after a 5xx to
 * HEAD they begin anew, from the first byte.
 */
class TusTroubleTest {

    private static final byte[] FILE = ServedEngine.bytes(1000, 1);

    @TempDir
    Path folder;
    private ServedEngine server;
    private RawTus tus;

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private void serve(Bounds bounds) throws IOException {
        server = new ServedEngine(folder, null, null, bounds);
        tus = new RawTus(server);
    }

    private static Throttle throttle(RateLimiter perAddress, TransferSlots slots) {
        AtomicLong nanos = new AtomicLong();
        RateLimiter none = new RateLimiter(Rate.NONE, nanos::get);
        return new Throttle(new Throttle.Rates(perAddress, none, none, none), slots,
                new Bandwidth(Schedule.NONE, Schedule.NONE, Schedule.NONE, ZoneOffset.UTC, InstantSource.system()));
    }

    @Test
    void tooManyRequestsAreATroubleThatPasses() throws Exception {
        AtomicLong nanos = new AtomicLong();
        serve(Bounds.NONE.throttle(throttle(new RateLimiter(new Rate(2, Duration.ofMinutes(1), 2), nanos::get), new TransferSlots(Concurrency.NONE, Concurrency.NONE, Concurrency.NONE, Concurrency.NONE))));
        String path = tus.begin(1000);
        tus.head(path).expect(200);
        RawTus.Answer patch = tus.patch(path, 0, FILE).expect(423, "too_many_requests");
        assertNotNull(patch.field("Retry-After"));
        assertEquals("1.0.0", patch.field("Tus-Resumable"));
        assertNull(tus.head(path).expect(423).field("Upload-Offset"));
        tus.ask("POST", "/tus", null, "Upload-Length: 5").expect(423);
    }

    @Test
    void tooManyTransfersAreATroubleThatPasses() throws Exception {
        TransferSlots slots = new TransferSlots(1, Concurrency.NONE, Concurrency.NONE, Concurrency.NONE);
        serve(Bounds.NONE.throttle(throttle(new RateLimiter(Rate.NONE, System::nanoTime), slots)));
        String path = tus.begin(1000);
        TransferSlots.Slot taken = taken(slots);
        RawTus.Answer busy = tus.patch(path, 0, FILE);
        assertTrue(busy.status() == 503 || busy.status() == 423, busy::toString);
        assertEquals(0, tus.head(path).expect(200).offset());
        taken.close();
        tus.patch(path, 0, FILE).expect(204);
    }

    /** A request has its answer before its slot is free again. */
    private static TransferSlots.Slot taken(TransferSlots slots) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (System.nanoTime() < deadline) {
            if (slots.tryAcquire(TransferSlots.Kind.UPLOAD, null, "another") instanceof TransferSlots.Slot slot) {
                return slot;
            }
        }
        throw new AssertionError("the slot never became free");
    }

    @Test
    void aServerThatCannotWorkTellsNoHeadToBeginAnew() throws Exception {
        serve(Bounds.NONE);
        String path = tus.begin(1000);
        tus.patch(path, 0, Arrays.copyOf(FILE, 500)).expect(204);
        server.engine().close();
        tus.patch(path, 500, Arrays.copyOfRange(FILE, 500, 1000)).expect(503, "unavailable");
        RawTus.Answer head = tus.head(path);
        assertTrue(head.status() == 423 || head.status() == 200 && head.offset() == 500, head::toString);
    }

    @Test
    void noSpaceAndNoQuotaAreWorthAnotherTry() throws Exception {
        serve(Bounds.NONE.quota(new Quota(1500, Long.MAX_VALUE, Long.MAX_VALUE)));
        tus.begin(1000);
        tus.ask("POST", "/tus", null, "Upload-Length: 1000").expect(507, "quota_exceeded");
        String deferred = tus.ask("POST", "/tus", null, "Upload-Defer-Length: 1").expect(201).field("Location");
        tus.patch(deferred, 0, FILE).expect(507, "quota_exceeded");
        assertEquals(0, tus.head(deferred).expect(200).offset());
    }

    @Test
    void aBodyThatStallsIsATroubleThatPassesAndItsBytesAreKept() throws Exception {
        serve(Bounds.NONE.connections(new Limits(Duration.ofMillis(300), Duration.ofSeconds(20), 0, Duration.ofSeconds(20), 4000, 4000)));
        String path = tus.begin(1000);
        try (Socket socket = tus.open()) {
            tus.send(socket, "PATCH", path, List.of(RawTus.VERSION, RawTus.BYTES, "Upload-Offset: 0", "Content-Length: 1000"));
            socket.getOutputStream().write(FILE, 0, 400);
            RawTus.Answer answer = RawTus.read(socket, false).expect(423, "body_incomplete");
            assertEquals("1.0.0", answer.field("Tus-Resumable"));
        }
        assertEquals(400, tus.head(path).expect(200).offset());
        // Where nobody speaks tus, nothing has changed.
        try (Socket socket = tus.open()) {
            tus.send(socket, "PUT", "/file", List.of("Content-Length: 1000"));
            socket.getOutputStream().write(FILE, 0, 400);
            RawTus.read(socket, false).expect(408, "request_timeout");
        }
    }

    /** As after a crash between the last byte and the completion: who looks then hears an offset that is the length, and never comes back. */
    @Test
    void whatIsWholeButNotCompletedIsCompletedByWhoeverLooks() throws Exception {
        serve(Bounds.NONE);
        String path = tus.begin(1000);
        String id = path.substring(5);
        server.put("/upload/" + id + "?complete=false", FILE, "Content-Range", "bytes 0-999/1000").expect(200);
        assertEquals("uploading", server.get("/files/" + id).field("status"));
        assertEquals(Digest.sha256(FILE).hex(), tus.head(path).expect(200).field("X-Content-SHA256"));
        assertEquals("completed", server.get("/files/" + id).field("status"));
        String other = tus.begin(1000);
        server.put("/upload/" + other.substring(5) + "?complete=false", FILE, "Content-Range", "bytes 0-999/1000").expect(200);
        assertEquals(Digest.sha256(FILE).hex(), tus.patch(other, 1000, new byte[0]).expect(204).field("X-Content-SHA256"));
    }

    @Test
    void anUploadGoesOnWhereOtherDoorsHaveLeftIt() throws Exception {
        serve(Bounds.NONE);
        byte[] file = ServedEngine.bytes(6000, 2);
        String id = server.begin(6000, 1024);
        for (int chunk : List.of(0, 1, 3)) {
            server.put("/uploads/" + id + "/chunks/" + chunk, Arrays.copyOfRange(file, chunk * 1024, chunk * 1024 + 1024)).expect(200);
        }
        String path = "/tus/" + id;
        assertEquals(2048, tus.head(path).expect(200).offset());
        assertNull(tus.head(path).field("Upload-Metadata"));
        // What lay beyond the gap is there, and need not be sent.
        assertEquals(4096, tus.patch(path, 2048, Arrays.copyOfRange(file, 2048, 3072)).expect(204).offset());
        server.put("/uploads/" + id + "/chunks/5", Arrays.copyOfRange(file, 5120, 6000)).expect(200);
        // It may be, when it is the same.
        tus.patch(path, 4096, Arrays.copyOfRange(file, 4096, 4100)).expect(204);
        assertEquals(6000, tus.patch(path, 4100, Arrays.copyOfRange(file, 4100, 6000)).expect(204).offset());
        assertEquals(Digest.sha256(file).hex(), tus.head(path).field("X-Content-SHA256"));
        // And the other way about.
        String begun = tus.begin(1000);
        tus.patch(begun, 0, Arrays.copyOf(FILE, 300)).expect(204);
        server.put("/upload/" + begun.substring(5), Arrays.copyOfRange(FILE, 300, 1000), "Content-Range", "bytes 300-999/1000").expect(200);
        assertEquals(1000, tus.head(begun).expect(200).offset());
    }

    @Test
    void theAuditLogHasTheBeginningAndTheEndAndNotEachPatch() throws Exception {
        serve(Bounds.NONE);
        String path = tus.begin(1000);
        tus.patch(path, 0, Arrays.copyOf(FILE, 300)).expect(204);
        tus.patch(path, 300, Arrays.copyOfRange(FILE, 300, 600)).expect(204);
        tus.patch(path, 0, FILE).expect(409);
        tus.patch(path, 600, Arrays.copyOfRange(FILE, 600, 1000)).expect(204);
        assertEquals(List.of("upload.start ok", "upload.put offset_mismatch", "upload.put ok"), server.recorded().stream().map(entry -> entry.action() + " " + entry.result()).toList());
        assertTrue(server.recorded().stream().allMatch(entry -> path.endsWith(String.valueOf(entry.subject().get("file_id")))), server.recorded()::toString);
    }
}
