package tranzr.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tranzr.access.Caller;
import tranzr.catalog.journal.JournalCatalog;
import tranzr.fault.CrashDisk;
import tranzr.fault.Quiet;
import tranzr.model.Digest;
import tranzr.model.Quota;
import tranzr.model.Upload;
import tranzr.security.CountedPassword;
import tranzr.storage.StoredObject;
import tranzr.storage.local.LocalStorage;

/** What uploads have announced is theirs, on a disk of which every byte is counted. */
class SpaceTest {

    private static final int MIB = 1 << 20;
    private static final long RESERVE = 4 * MIB;
    private static final Path JOURNAL = CrashDisk.ROOT.resolve("journal");

    private final CrashDisk disk = new CrashDisk();
    private final AtomicReference<Instant> time = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private LocalStorage storage;
    private JournalCatalog catalog;
    private Engine engine;

    @BeforeEach
    void open() throws IOException {
        InstantSource clock = time::get;
        storage = LocalStorage.open(disk, CrashDisk.ROOT.resolve("store"), clock);
        catalog = JournalCatalog.open(disk, JOURNAL, new UUID(1, 2), new JournalCatalog.Options(1 << 20, 64 << 20, _ -> { }), (id, offset, bytes) -> {
            try (StoredObject object = EngineFixture.openOrCreate(storage, id)) {
                object.write(offset, bytes);
            }
        }, storage::sync);
        EngineSettings settings = new EngineSettings(Duration.ofDays(7), Duration.ofDays(1000), 1L << 40, MIB, RESERVE, Duration.ofMinutes(10), Duration.ofDays(7),
                Duration.ofHours(24), Quota.NONE);
        awaitSpareSegments();
        engine = Engine.open(catalog, storage, settings, clock, new SecureRandom(), new CountedPassword(10).passwords(), _ -> { });
    }

    /** The journal makes two segments ahead in the background, which must not take room while it is counted here. */
    private void awaitSpareSegments() throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        for (int spares = 0; spares < 2;) {
            assertTrue(System.nanoTime() < deadline, "no spare segments");
            Thread.onSpinWait();
            spares = 0;
            for (String name : disk.list(JOURNAL)) {
                if (name.startsWith("spare-") && disk.size(JOURNAL.resolve(name)) == MIB) {
                    spares++;
                }
            }
        }
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
        catalog.close();
        storage.close();
    }

    /** Leaves exactly so much to be promised. */
    private void leave(long bytes) {
        disk.capacity(disk.used() + RESERVE + bytes);
        assertEquals(bytes, engine.core().availableSpace());
    }

    private long available() {
        return engine.core().availableSpace();
    }

    private Uploads uploads() {
        return engine.uploads(Caller.SYSTEM);
    }

    private Upload start(long length) {
        return uploads().start(spec(length, length));
    }

    private NewUpload spec(long length, long announced) {
        return new NewUpload(uploads().newId(), "file.bin", length, announced, MIB, -1, null, null);
    }

    private Failure.NoSpace refused(Callable<?> work) {
        return (Failure.NoSpace) assertThrows(FailureException.class, work::call).failure();
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static Failure failureOf(Callable<?> work) throws Exception {
        try {
            work.call();
            return null;
        } catch (FailureException e) {
            return e.failure();
        }
    }

    @Test
    void twoUploadsThatFitEachButNotBothDoNotBothBegin() {
        leave(10 * MIB);
        start(6 * MIB);
        Failure.NoSpace refusal = refused(() -> start(6 * MIB));
        assertEquals(6 * MIB, refusal.needed());
        assertTrue(refusal.available() <= 4 * MIB, refusal::toString);
        start(3 * MIB);
    }

    @Test
    void ofAHundredStartsAtATimeExactlyThoseBeginForWhichThereIsRoom() throws Exception {
        // 37 MiB less what the records of the catalog may take.
        leave(37 * MIB + MIB / 2);
        List<Failure> failures = together(100, i -> () -> start(MIB));
        assertEquals(37, failures.stream().filter(failure -> failure == null).count());
        assertTrue(failures.stream().allMatch(failure -> failure == null || failure instanceof Failure.NoSpace), failures::toString);
        assertEquals(37L * MIB, engine.core().space.promised());
    }

    @Test
    void whoWasPromisedRoomIsNeverRefusedHoweverManyOthersAsk() throws Exception {
        leave(24 * MIB);
        List<Upload> begun = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            begun.add(start(2 * MIB));
        }
        List<Failure> failures = together(60, i -> () -> i < 20
                ? uploads().writeChunk(begun.get(i / 2).id(), i % 2, new TestBody(bytes(MIB)), DigestClaim.NONE)
                : uploads().receive(spec(MIB, MIB), new TestBody(bytes(MIB)), DigestClaim.NONE, null, List.of()));
        for (int i = 0; i < failures.size(); i++) {
            assertTrue(failures.get(i) == null || i >= 20 && failures.get(i) instanceof Failure.NoSpace, i + " " + failures);
        }
        assertTrue(disk.usableSpace(CrashDisk.ROOT) >= RESERVE - 2 * MIB, "the reserve was touched by more than records: " + disk.usableSpace(CrashDisk.ROOT));
        assertEquals(0, engine.core().space.promised());
        begun.forEach(upload -> assertTrue(uploads().complete(upload.id(), null, Duration.ofMinutes(1)).upload().isWhole()));
    }

    @Test
    void whatIsWrittenIsNotCountedTwiceEvenBeforeItIsCommitted() throws Exception {
        leave(20 * MIB);
        Upload upload = start(16 * MIB);
        long before = available();
        TestBody body = TestBody.hangingAt(bytes(16 * MIB), 7 * MIB);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Failure> written = threads.submit(() -> failureOf(() -> uploads().writeRange(upload.id(), 0, -1, -1, body, DigestClaim.NONE)));
            body.reached.await();
            assertTrue(Math.abs(available() - before) <= MIB, "before " + before + ", now " + available());
            start(2 * MIB);
            body.abort();
            assertTrue(written.get() instanceof Failure.BodyBroken);
        }
        assertEquals(9L * MIB + 2 * MIB, engine.core().space.promised());
    }

    @Test
    void whatIsNotBroughtIsGivenBack() throws Exception {
        leave(10 * MIB);
        Upload aborted = start(8 * MIB);
        uploads().writeChunk(aborted.id(), 3, new TestBody(bytes(MIB)), DigestClaim.NONE);
        refused(() -> start(8 * MIB));
        uploads().abort(aborted.id());
        Upload expired = start(8 * MIB);
        refused(() -> start(8 * MIB));
        time.updateAndGet(now -> now.plus(Duration.ofDays(8)));
        assertEquals(1, engine.cleanup().run().expiredUploads());
        Upload refusedInUse = start(8 * MIB);
        assertThrows(FailureException.class, () -> uploads().start(new NewUpload(refusedInUse.id(), "again", MIB, MIB, MIB, -1, null, null)));
        assertEquals(8L * MIB, engine.core().space.promised());
        uploads().delete(refusedInUse.id());
        assertThrows(FailureException.class, () -> uploads().receive(spec(8 * MIB, 8 * MIB), TestBody.breakingAt(bytes(8 * MIB), 0), DigestClaim.NONE, null, List.of()));
        Digest other = Digest.sha256(new byte[1]);
        assertThrows(FailureException.class, () -> uploads().receive(spec(8 * MIB, 8 * MIB), new TestBody(bytes(8 * MIB)), DigestClaim.of(other), null, List.of()));
        assertEquals(0, engine.core().space.promised());
        assertThrows(FailureException.class, () -> uploads().get(expired.id()));
    }

    @Test
    void aChunkThatIsWrongKeepsThePromiseOfItsPlace() throws Exception {
        leave(10 * MIB);
        Upload upload = start(4 * MIB);
        Digest other = Digest.sha256(new byte[1]);
        for (int i = 0; i < 3; i++) {
            assertThrows(FailureException.class, () -> uploads().writeChunk(upload.id(), 0, new TestBody(bytes(MIB)), DigestClaim.of(other)));
            assertEquals(4L * MIB, engine.core().space.promised());
        }
        for (int i = 0; i < 4; i++) {
            uploads().writeChunk(upload.id(), i, new TestBody(bytes(MIB)), DigestClaim.NONE);
            uploads().writeChunk(upload.id(), i, new TestBody(bytes(MIB)), DigestClaim.NONE);
        }
        assertEquals(0, engine.core().space.promised());
    }

    @Test
    void anUploadOfUnknownLengthTakesNothingThatIsPromised() throws Exception {
        leave(24 * MIB);
        Upload known = start(12 * MIB);
        Upload unknown = start(Upload.UNKNOWN_LENGTH);
        uploads().writeChunk(unknown.id(), 1, new TestBody(bytes(MIB)), DigestClaim.NONE);
        assertEquals(13L * MIB, engine.core().space.promised(), "chunk 0, which must come, is promised with chunk 1");
        refused(() -> uploads().writeChunk(unknown.id(), 15, new TestBody(bytes(MIB)), DigestClaim.NONE));
        assertEquals(13L * MIB, engine.core().space.promised());
        refused(() -> uploads().writeRange(unknown.id(), 0, -1, 15 * MIB, new TestBody(bytes(MIB)), DigestClaim.NONE));
        Failure.NoSpace endless = refused(() -> uploads().receive(spec(Upload.UNKNOWN_LENGTH, 0), TestBody.ofUnknownLength(bytes(20 * MIB)), DigestClaim.NONE, null, List.of()));
        assertTrue(endless.available() < 12 * MIB, endless::toString);
        assertEquals(13L * MIB, engine.core().space.promised());
        uploads().receive(spec(Upload.UNKNOWN_LENGTH, 0), TestBody.ofUnknownLength(bytes(4 * MIB)), DigestClaim.NONE, null, List.of());
        assertEquals(13L * MIB, engine.core().space.promised());
        uploads().writeRange(known.id(), 0, -1, -1, new TestBody(bytes(12 * MIB)), DigestClaim.NONE);
    }

    @Test
    void aStartKnowsWhatWasPromisedBefore() throws IOException {
        leave(10 * MIB);
        Upload upload = start(6 * MIB);
        uploads().writeChunk(upload.id(), 2, new TestBody(bytes(MIB)), DigestClaim.NONE);
        close();
        open();
        assertEquals(5L * MIB, engine.core().space.promised());
        refused(() -> start(6 * MIB));
        for (int i = 0; i < 6; i++) {
            uploads().writeChunk(upload.id(), i, new TestBody(bytes(MIB)), DigestClaim.NONE);
        }
        assertEquals(0, engine.core().space.promised());
    }

    @Test
    void theDiskMayBeFilledByOthers() throws Exception {
        leave(10 * MIB);
        Upload upload = start(6 * MIB);
        disk.capacity(disk.used() + RESERVE + 2 * MIB);
        refused(() -> start(1));
        uploads().writeChunk(upload.id(), 0, new TestBody(bytes(MIB)), DigestClaim.NONE);
        Quiet.during("tranzr", () -> refused(() -> uploads().writeRange(upload.id(), MIB, -1, -1, new TestBody(bytes(5 * MIB)), DigestClaim.NONE)));
        assertEquals(5L * MIB, engine.core().space.promised());
    }

    @Test
    void smallFilesAtATimeLeaveThePromisedAlone() throws Exception {
        leave(8 * MIB);
        Upload upload = start(6 * MIB);
        List<Failure> failures = together(200, i -> () -> uploads().receive(spec(60_000, 60_000), new TestBody(bytes(60_000)), DigestClaim.NONE, null, List.of()));
        assertTrue(failures.stream().anyMatch(failure -> failure instanceof Failure.NoSpace));
        assertTrue(failures.stream().anyMatch(failure -> failure == null));
        uploads().writeRange(upload.id(), 0, -1, -1, new TestBody(bytes(6 * MIB)), DigestClaim.NONE);
    }

    /** Runs so many at the same moment. @return how each failed, null for not at all */
    private static List<Failure> together(int count, java.util.function.IntFunction<Callable<?>> work) throws InterruptedException, ExecutionException {
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Failure>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                Callable<?> one = work.apply(i);
                running.add(threads.submit(() -> {
                    go.await();
                    return failureOf(one);
                }));
            }
            go.countDown();
        }
        List<Failure> failures = new ArrayList<>();
        for (Future<Failure> each : running) {
            failures.add(each.get());
        }
        return failures;
    }
}
