package tranzr.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.access.Caller;
import tranzr.catalog.Change;
import tranzr.events.Transfer.Kind;
import tranzr.events.Transfer.State;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.RangeSet;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.transfer.DigestClaim;
import tranzr.transfer.Download;
import tranzr.transfer.FailureException;
import tranzr.transfer.NewUpload;
import tranzr.transfer.Peer;
import tranzr.transfer.TestBody;
import tranzr.transfer.Uploads;

/** What is known of uploads and downloads under way, and how often it is told. */
class TransfersTest {

    private static final Caller ADMIN = Caller.operator();
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;
    private EventFixture at;
    private Peer peer;

    @BeforeEach
    void open() throws IOException {
        at = new EventFixture(folder);
        peer = new Peer(InetAddress.getByName("192.0.2.7"), "agent");
    }

    @AfterEach
    void close() throws IOException {
        at.close();
    }

    private static Map<String, Object> last(Subscription subscription) {
        List<Batch.Entry> entries = EventFixture.take(subscription);
        assertEquals(Set.of(Events.PROGRESS), new HashSet<>(EventFixture.types(entries)));
        return EventFixture.json(entries.getLast());
    }

    @Test
    void anUploadIsToldWithItsBytesSpeedAndRest() throws Exception {
        UUID id = at.start(ADMIN, 10 * MIB);
        Subscription watching = at.watch(ADMIN, id, -1);
        Map<String, Object> begin = last(watching);
        assertEquals(List.of("waiting", 0, 10 * MIB, 0.0, 0), List.of(begin.get("state"), begin.get("bytesUploaded"), begin.get("totalBytes"), begin.get("percentage"),
                begin.get("uploadSpeed")));
        assertNull(begin.get("estimatedTimeRemaining"));
        StepBody body = new StepBody(10 * MIB);
        CountDownLatch ended = new CountDownLatch(1);
        at.bring(peer, id, 0, body, ended);
        for (int second = 1; second <= 5; second++) {
            body.give(MIB);
            long bytes = (long) second * MIB;
            EventFixture.await("a piece", () -> at.transfer().bytes() == bytes);
            at.nanos.addAndGet(EventFixture.SECOND);
        }
        at.hub.tick();
        Map<String, Object> middle = last(watching);
        assertEquals(List.of("uploading", 5 * MIB, 50.0), List.of(middle.get("state"), middle.get("bytesUploaded"), middle.get("percentage")));
        assertEquals(MIB, ((Number) middle.get("uploadSpeed")).doubleValue(), 0.3 * MIB);
        assertEquals(5, ((Number) middle.get("estimatedTimeRemaining")).doubleValue(), 2);
        assertEquals(Set.of("eventId", "type", "time", "fileId", "uploadId", "fileName", "totalBytes", "bytesUploaded", "percentage", "uploadSpeed",
                "estimatedTimeRemaining", "state"), middle.keySet());
        assertEquals(id.toString(), middle.get("fileId"));
        Transfer transfer = at.transfer();
        assertEquals(List.of(Kind.UPLOAD, State.ACTIVE, 1, 0, "agent", peer.address()), List.of(transfer.kind(), transfer.state(), transfer.connections(),
                transfer.retries(), transfer.agent(), transfer.address()));
        body.give(5 * MIB);
        ended.await();
        assertEquals(List.of(State.WAITING, 0, 10L * MIB), List.of(at.transfer().state(), at.transfer().connections(), at.transfer().bytes()));
        at.engine.uploads(ADMIN).complete(id, null, Duration.ofSeconds(20));
        assertEquals(State.DONE, at.transfer().state());
    }

    @Test
    void thereAreAtMostFourProgressEventsASecondAndTheLastIsTold() {
        UUID id = at.start(ADMIN, 100);
        Subscription watching = at.watch(ADMIN, id, -1);
        EventFixture.take(watching);
        int told = 0;
        for (int i = 0; i < 99; i++) {
            at.engine.uploads(ADMIN).writeRange(id, i, -1, -1, new TestBody(new byte[1]), DigestClaim.NONE);
            at.nanos.addAndGet(EventFixture.SECOND / 100);
            at.hub.tick();
            told += EventFixture.take(watching).size();
        }
        assertTrue(told >= 2 && told <= 3, "so many in a second: " + told);
        at.engine.uploads(ADMIN).writeRange(id, 99, -1, -1, new TestBody(new byte[1]), DigestClaim.NONE);
        at.engine.uploads(ADMIN).complete(id, null, Duration.ofSeconds(20));
        List<Batch.Entry> end = EventFixture.take(watching);
        assertEquals(List.of(Events.PROGRESS, Events.COMPLETED, Events.ADDED), EventFixture.types(end));
        assertEquals(List.of(100, 100.0, "completed"), List.of(EventFixture.json(end.getFirst()).get("bytesUploaded"), EventFixture.json(end.getFirst()).get("percentage"),
                EventFixture.json(end.getFirst()).get("state")));
        at.tick();
        assertEquals(List.of(), EventFixture.take(watching));
    }

    @Test
    void theLastBytesOfAnUploadThatStopsAreToldToo() {
        UUID id = at.start(ADMIN, 1000);
        Subscription watching = at.watch(ADMIN, id, -1);
        at.tick();
        EventFixture.take(watching);
        at.engine.uploads(ADMIN).writeRange(id, 0, -1, -1, new TestBody(new byte[5]), DigestClaim.NONE);
        at.hub.tick();
        at.tick();
        assertEquals(5, last(watching).get("bytesUploaded"));
        List<Integer> speeds = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            at.tick();
            EventFixture.take(watching).forEach(entry -> speeds.add((Integer) EventFixture.json(entry).get("uploadSpeed")));
        }
        assertTrue(speeds.size() < 20, "told for ever: " + speeds);
        assertEquals(0, speeds.getLast());
    }

    @Test
    void whatOfABrokenBodyIsNotKeptIsTakenBack() throws Exception {
        UUID id = at.start(ADMIN, 10 * MIB);
        Subscription watching = at.watch(ADMIN);
        EventFixture.take(watching);
        StepBody body = new StepBody(2 * MIB);
        CountDownLatch ended = new CountDownLatch(1);
        Thread.startVirtualThread(() -> {
            try {
                at.engine.uploads(ADMIN).writeRange(id, 0, -1, -1, body, DigestClaim.of(Digest.sha256(new byte[1])));
            } catch (FailureException wrong) {
                ended.countDown();
            }
        });
        body.give(MIB);
        EventFixture.await("half of it", () -> at.transfer().bytes() == MIB);
        body.give(MIB);
        ended.await();
        Transfer after = at.transfer();
        assertEquals(List.of(0L, 1, State.WAITING, "ChecksumMismatch"), List.of(after.bytes(), after.retries(), after.state(), after.failure().code()));
        Map<String, Object> error = EventFixture.json(EventFixture.take(watching).getLast());
        assertEquals(List.of(Events.ERROR, "upload", "ChecksumMismatch", id.toString()), List.of(error.get("type"), error.get("operation"), error.get("code"), error.get("fileId")));
        at.bring(peer, id, 0, new StepBody(3 * MIB).give(MIB).breakOff(), new CountDownLatch(1));
        EventFixture.await("the break", () -> at.transfer().retries() == 2);
        assertEquals(MIB, at.transfer().bytes());
        assertEquals(at.engine.uploads(ADMIN).get(id).ranges().total(), at.transfer().bytes());
    }

    @Test
    void severalBodiesOfOneUploadAreOneTransfer() throws Exception {
        UUID id = at.start(ADMIN, 8 * MIB);
        List<StepBody> bodies = new ArrayList<>();
        CountDownLatch ended = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            bodies.add(new StepBody(2 * MIB).give(MIB));
            at.bring(peer, id, 2L * i * MIB, bodies.getLast(), ended);
        }
        EventFixture.await("half of each", () -> at.transfer().bytes() == 4 * MIB && at.transfer().connections() == 4);
        bodies.forEach(body -> body.give(MIB));
        ended.await();
        assertEquals(List.of(8L * MIB, 0), List.of(at.transfer().bytes(), at.transfer().connections()));
        assertEquals(at.engine.uploads(ADMIN).get(id).ranges().total(), at.transfer().bytes());
    }

    @Test
    void aFloodOfErrorsOfOneUploadIsToldOnceASecond() {
        UUID id = at.start(ADMIN, 10);
        Subscription watching = at.watch(ADMIN, id, -1);
        EventFixture.take(watching);
        for (int i = 0; i < 100; i++) {
            assertThrows(FailureException.class, () -> at.engine.uploads(ADMIN).writeRange(id, 0, -1, -1, new TestBody(new byte[5]),
                    DigestClaim.of(Digest.sha256(new byte[1]))));
            at.nanos.addAndGet(EventFixture.SECOND / 50);
        }
        assertEquals(List.of(Events.ERROR, Events.ERROR), EventFixture.types(EventFixture.take(watching)));
        assertEquals(100, at.transfer().retries());
    }

    @Test
    void anUploadThatIsGivenUpOrNotWhatItShouldBeFails() {
        UUID id = at.start(ADMIN, 10);
        at.engine.uploads(ADMIN).abort(id);
        assertEquals(List.of(State.FAILED, Events.ABORTED), List.of(at.transfer().state(), at.transfer().failure().code()));
        UUID wrong = at.start(ADMIN, 1);
        Subscription watching = at.watch(ADMIN, wrong, -1);
        EventFixture.take(watching);
        at.engine.uploads(ADMIN).writeRange(wrong, 0, -1, -1, new TestBody(new byte[1]), DigestClaim.NONE);
        assertThrows(FailureException.class, () -> at.engine.uploads(ADMIN).complete(wrong, Digest.sha256(new byte[2]), Duration.ofSeconds(20)));
        assertTrue(EventFixture.take(watching).stream().anyMatch(entry -> entry.type().equals(Events.ERROR) && EventFixture.json(entry).get("code").equals("HashMismatch")));
        at.engine.uploads(ADMIN).abort(wrong);
        Transfer failed = at.hub.transfers().getFirst();
        assertEquals(List.of(wrong, State.FAILED, "HashMismatch"), List.of(failed.file(), failed.state(), failed.failure().code()));
    }

    @Test
    void aSmallBodyThatComesWholeIsATransferToo() {
        Uploads uploads = at.engine.uploads(ADMIN, peer);
        UUID id = uploads.newId();
        NewUpload spec = new NewUpload(id, "a", 3, 3, 0, -1, null, null);
        uploads.receive(spec, new TestBody(new byte[3]), DigestClaim.NONE, null, List.of());
        assertEquals(List.of(State.DONE, 3L, 0, "agent"), List.of(at.transfer().state(), at.transfer().bytes(), at.transfer().connections(), at.transfer().agent()));
    }

    @Test
    void aDownloadIsOneTransferHoweverManyConnectionsFetchIt() throws IOException {
        byte[] bytes = new byte[3 * MIB];
        Uploads uploads = at.engine.uploads(ADMIN);
        Upload file = uploads.receive(new NewUpload(uploads.newId(), "a", bytes.length, bytes.length, 0, -1, null, null), new TestBody(bytes), DigestClaim.NONE, null, List.of());
        fetch(file, peer, new ByteRange(0, MIB));
        Transfer half = at.hub.transfers().getFirst();
        assertEquals(List.of(Kind.DOWNLOAD, State.WAITING, (long) MIB), List.of(half.kind(), half.state(), half.bytes()));
        fetch(file, peer, new ByteRange(2 * MIB, 3 * MIB));
        fetch(file, new Peer(peer.address(), "another"), new ByteRange(0, 3 * MIB));
        fetch(file, peer, new ByteRange(MIB, 2 * MIB));
        List<Transfer> downloads = at.hub.transfers().stream().filter(transfer -> transfer.kind() == Kind.DOWNLOAD).toList();
        assertEquals(List.of(State.DONE, State.DONE), downloads.stream().map(Transfer::state).toList());
        assertEquals(List.of(3L * MIB, 3L * MIB), downloads.stream().map(Transfer::bytes).toList());
    }

    private void fetch(Upload file, Peer who, ByteRange range) throws IOException {
        try (Download download = at.engine.downloads(ADMIN, who).open(file.id())) {
            download.writeTo(OutputStream.nullOutputStream(), range);
            download.end(true);
        }
    }

    @Test
    void aDownloadThatBreaksIsToldAndFailsWhenNobodyGoesOn() {
        Upload file = at.file(ADMIN);
        Subscription watching = at.watch(ADMIN);
        EventFixture.take(watching);
        try (Download download = at.engine.downloads(ADMIN, peer).open(file.id())) {
            assertThrows(IOException.class, () -> download.writeTo(new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    throw new IOException("gone");
                }
            }, new ByteRange(0, 3)));
        }
        Map<String, Object> error = EventFixture.json(EventFixture.take(watching).getFirst());
        assertEquals(List.of(Events.ERROR, "download", file.id().toString()), List.of(error.get("type"), error.get("operation"), error.get("fileId")));
        assertEquals(List.of(State.WAITING, 1), List.of(at.hub.transfers().getFirst().state(), at.hub.transfers().getFirst().retries()));
        at.nanos.addAndGet(31 * EventFixture.SECOND);
        at.hub.tick();
        Transfer failed = at.hub.transfers().getFirst();
        assertEquals(State.FAILED, failed.state());
        assertEquals("broken_off", failed.failure().code());
    }

    @Test
    void onlySoMuchIsRemembered() {
        for (int i = 0; i < Transfers.ENDED + 5; i++) {
            at.file(ADMIN);
        }
        assertEquals(Transfers.ENDED, at.hub.transfers().size());
        at.nanos.addAndGet(11 * EventFixture.SECOND);
        at.hub.tick();
        List<UUID> started = new ArrayList<>();
        while (started.size() < Transfers.MOST + 10) {
            List<Change> some = new ArrayList<>();
            for (int i = 0; i < 49; i++) {
                started.add(UUID.randomUUID());
                some.add(new Change.UploadCreated(new Upload(started.getLast(), "a", 1, 1, 1, 1, UploadState.INITIALIZED, RangeSet.EMPTY, null, null, null, at.time.get(),
                        at.time.get(), null)));
            }
            at.nanos.incrementAndGet();
            at.commit(some.toArray(new Change[0]));
        }
        Set<UUID> known = new HashSet<>(at.hub.transfers().stream().map(Transfer::file).toList());
        assertTrue(known.size() <= Transfers.MOST + Transfers.ENDED, "so many: " + known.size());
        assertFalse(known.contains(started.getFirst()));
        assertTrue(known.contains(started.getLast()));
    }

    @Test
    void anUploadOfUnknownLengthHasNoPercentage() {
        Uploads uploads = at.engine.uploads(ADMIN);
        UUID id = uploads.start(new NewUpload(uploads.newId(), "a", Upload.UNKNOWN_LENGTH, Upload.UNKNOWN_LENGTH, 0, -1, null, null)).id();
        Subscription watching = at.watch(ADMIN, id, -1);
        uploads.writeRange(id, 0, -1, -1, new TestBody(new byte[100]), DigestClaim.NONE);
        at.tick();
        Map<String, Object> told = last(watching);
        assertEquals(100, told.get("bytesUploaded"));
        assertFalse(told.containsKey("percentage") || told.containsKey("totalBytes") || told.containsKey("estimatedTimeRemaining"), told.toString());
        uploads.fixLength(id, 200);
        at.tick();
        assertEquals(50.0, last(watching).get("percentage"));
    }
}
