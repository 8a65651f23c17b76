package tranzr.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tranzr.access.Caller;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.Quota;
import tranzr.model.Upload;
import tranzr.model.UploadState;

class UploadsTest {

    private static final Duration WAIT = Duration.ofSeconds(30);

    @TempDir
    private Path folder;
    private EngineFixture fixture;

    @BeforeEach
    void open() throws IOException {
        fixture = new EngineFixture(folder);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private static byte[] part(byte[] bytes, ByteRange range) {
        return Arrays.copyOfRange(bytes, (int) range.start(), (int) range.end());
    }

    private Uploads.Written chunk(Upload upload, long index, byte[] bytes) {
        return fixture.uploads().writeChunk(upload.id(), index, new TestBody(part(bytes, upload.chunk(index))), DigestClaim.NONE);
    }

    private static <T extends Failure> T fails(Class<T> type, Runnable call) {
        return assertInstanceOf(type, assertThrows(FailureException.class, call::run).failure());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 65_536, 65_537, 262_144, 262_145, 1_000_000, 20_000_000})
    void anySizeGoesInWholeAndComesOutTheSame(int length) throws IOException {
        byte[] bytes = EngineFixture.random(length, length);
        Upload file = fixture.file(bytes);
        assertEquals(EngineFixture.sha(bytes), file.sha256());
        assertArrayEquals(bytes, fixture.read(file.id()));
        fixture.reopen();
        assertEquals(UploadState.COMPLETED, fixture.uploads().get(file.id()).state());
        assertArrayEquals(bytes, fixture.read(file.id()));
    }

    @ParameterizedTest
    @ValueSource(ints = {65_536, 200_000, 5_000_000})
    void aBodyWithoutALengthFixesItAtItsEnd(int length) throws IOException {
        byte[] bytes = EngineFixture.random(length, 1);
        Upload file = fixture.uploads().receive(new NewUpload(fixture.uploads().newId(), "f", -1, -1, 0, -1, null, null),
                TestBody.ofUnknownLength(bytes), DigestClaim.NONE, null, List.of());
        assertEquals(length, file.length());
        assertArrayEquals(bytes, fixture.read(file.id()));
    }

    @Test
    void chunksInAnyOrderInParallelWithARestartBetweenMakeTheSameFile() throws Exception {
        for (int seed = 0; seed < 12; seed++) {
            Random random = new Random(seed);
            byte[] bytes = EngineFixture.random(1 + random.nextInt(3_000_000), seed);
            Upload upload = fixture.start(bytes.length, 1 + random.nextInt(400_000));
            List<Long> order = new ArrayList<>();
            for (long i = 0; i < upload.totalChunks(); i++) {
                order.add(i);
                if (random.nextInt(4) == 0) {
                    order.add(i);
                }
            }
            Collections.shuffle(order, random);
            int half = order.size() / 2;
            sendAll(upload, bytes, order.subList(0, half));
            if (seed % 3 == 0) {
                fixture.reopen();
            }
            sendAll(upload, bytes, order.subList(half, order.size()));
            Upload done = fixture.uploads().complete(upload.id(), EngineFixture.sha(bytes), WAIT).upload();
            assertEquals(UploadState.COMPLETED, done.state(), "seed " + seed);
            assertArrayEquals(bytes, fixture.read(done.id()), "seed " + seed);
        }
    }

    private void sendAll(Upload upload, byte[] bytes, List<Long> order) throws Exception {
        try (ExecutorService senders = Executors.newFixedThreadPool(4)) {
            List<Future<?>> sent = new ArrayList<>();
            for (long index : order) {
                sent.add(senders.submit(() -> sendUntilTaken(upload, bytes, index)));
            }
            for (Future<?> each : sent) {
                each.get();
            }
        }
    }

    private void sendUntilTaken(Upload upload, byte[] bytes, long index) {
        while (true) {
            try {
                chunk(upload, index, bytes);
                return;
            } catch (FailureException e) {
                assertInstanceOf(Failure.Superseded.class, e.failure());
            }
        }
    }

    @Test
    void aRepeatedChunkIsHarmlessAndOtherBytesAreAConflict() throws IOException {
        byte[] bytes = EngineFixture.random(100_000, 1);
        Upload upload = fixture.start(bytes.length, 40_000);
        assertFalse(chunk(upload, 1, bytes).duplicate());
        assertTrue(chunk(upload, 1, bytes).duplicate());
        byte[] other = bytes.clone();
        other[50_000] ^= 1;
        Failure.ChunkConflict conflict = fails(Failure.ChunkConflict.class, () -> chunk(upload, 1, other));
        assertEquals(50_000, conflict.offset());
        chunk(upload, 0, bytes);
        chunk(upload, 2, bytes);
        fixture.uploads().complete(upload.id(), null, WAIT);
        assertArrayEquals(bytes, fixture.read(upload.id()));
    }

    @Test
    void aChunkWithAWrongDigestDoesNotExist() {
        byte[] bytes = EngineFixture.random(100_000, 1);
        Upload upload = fixture.start(bytes.length, 100_000);
        fails(Failure.ChecksumMismatch.class, () -> fixture.uploads().writeChunk(upload.id(), 0, new TestBody(bytes),
                DigestClaim.of(Digest.sha256(new byte[1]))));
        assertTrue(fixture.uploads().get(upload.id()).ranges().isEmpty());
        fixture.uploads().writeChunk(upload.id(), 0, new TestBody(bytes), DigestClaim.of(Digest.sha256(bytes)));
        assertEquals(Digest.sha256(bytes), fixture.uploads().complete(upload.id(), null, WAIT).upload().sha256());
    }

    @Test
    void wrongLengthsAndPlacesAreRefused() {
        Upload upload = fixture.start(100_000, 40_000);
        UUID id = upload.id();
        Uploads uploads = fixture.uploads();
        for (int length : new int[] {0, 39_999, 40_001}) {
            fails(Failure.WrongLength.class, () -> uploads.writeChunk(id, 0, new TestBody(new byte[length]), DigestClaim.NONE));
            fails(Failure.WrongLength.class, () -> uploads.writeChunk(id, 0, TestBody.ofUnknownLength(new byte[length]),
                    DigestClaim.NONE));
        }
        fails(Failure.WrongLength.class, () -> uploads.writeChunk(id, 2, new TestBody(new byte[40_000]), DigestClaim.NONE));
        fails(Failure.ChunkIndexOutOfRange.class, () -> uploads.writeChunk(id, 3, new TestBody(new byte[1]), DigestClaim.NONE));
        fails(Failure.ChunkIndexOutOfRange.class, () -> uploads.writeChunk(id, -1, new TestBody(new byte[1]), DigestClaim.NONE));
        fails(Failure.RangeOutOfBounds.class, () -> uploads.writeRange(id, 99_999, -1, -1, new TestBody(new byte[2]), DigestClaim.NONE));
        fails(Failure.RangeOutOfBounds.class, () -> uploads.writeRange(id, 0, 1, 5, new TestBody(new byte[1]), DigestClaim.NONE));
        fails(Failure.RangeOutOfBounds.class, () -> uploads.writeRange(id, 0, -1, -1,
                TestBody.ofUnknownLength(new byte[100_001]), DigestClaim.NONE));
        fails(Failure.UnknownFile.class, () -> uploads.writeChunk(new UUID(0, 0), 0, new TestBody(new byte[1]), DigestClaim.NONE));
        assertTrue(uploads.get(id).ranges().isEmpty());
        assertEquals(new ByteRange(0, 100_000),
                fails(Failure.MissingChunks.class, () -> uploads.complete(id, null, WAIT)).missing().getFirst());
    }

    @Test
    void aBodyBeyondTheLargestFileIsRefusedWhetherItSaysSoOrNot() throws IOException {
        fixture.close();
        fixture.settings = new EngineSettings(Duration.ofDays(7), Duration.ofDays(1000), 100_000, 8 << 20, 0,
                Duration.ofMinutes(10), Duration.ofDays(7), Duration.ofHours(24), Quota.NONE);
        fixture.open();
        byte[] bytes = new byte[100_001];
        for (Body body : List.of(new TestBody(bytes), TestBody.ofUnknownLength(bytes))) {
            fails(Failure.TooLarge.class, () -> fixture.uploads().receive(new NewUpload(fixture.uploads().newId(), "f", -1, -1, 0,
                    -1, null, null), body, DigestClaim.NONE, null, List.of()));
        }
        fails(Failure.TooLarge.class, () -> fixture.start(100_001, 0));
        assertEquals(List.of(), fixture.storage.list());
        assertEquals(100_000, fixture.file(new byte[100_000]).length());
    }

    @Test
    void theLastChunkFixesALengthThatWasOnlyAnnounced() throws IOException {
        byte[] bytes = EngineFixture.random(250_000, 1);
        Uploads uploads = fixture.uploads();
        Upload upload = uploads.start(new NewUpload(uploads.newId(), "f", -1, 260_000, 100_000, 3, null, null));
        uploads.writeChunk(upload.id(), 2, new TestBody(Arrays.copyOfRange(bytes, 200_000, 250_000)), DigestClaim.NONE);
        assertEquals(250_000, uploads.get(upload.id()).length());
        uploads.writeChunk(upload.id(), 0, new TestBody(Arrays.copyOf(bytes, 100_000)), DigestClaim.NONE);
        fails(Failure.WrongLength.class, () -> uploads.writeChunk(upload.id(), 2, new TestBody(new byte[50_001]), DigestClaim.NONE));
        uploads.writeChunk(upload.id(), 1, new TestBody(Arrays.copyOfRange(bytes, 100_000, 200_000)), DigestClaim.NONE);
        assertEquals(3, uploads.complete(upload.id(), null, WAIT).upload().totalChunks());
        assertArrayEquals(bytes, fixture.read(upload.id()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, 100_001, 9_000_000, 19_999_999})
    void whatABrokenBodyBroughtIsKeptAndTheRestFinishesIt(int breaksAt) throws IOException {
        byte[] bytes = EngineFixture.random(20_000_000, 1);
        Upload upload = fixture.start(bytes.length, 0);
        fails(Failure.BodyBroken.class, () -> fixture.uploads().writeRange(upload.id(), 0, -1, -1,
                TestBody.breakingAt(bytes, breaksAt), DigestClaim.NONE));
        if (breaksAt % 2 == 0) {
            fixture.reopen();
        }
        assertEquals(breaksAt, fixture.uploads().get(upload.id()).ranges().contiguousEnd(0));
        fixture.uploads().writeRange(upload.id(), breaksAt, bytes.length, bytes.length,
                new TestBody(Arrays.copyOfRange(bytes, breaksAt, bytes.length)), DigestClaim.NONE);
        assertEquals(EngineFixture.sha(bytes), fixture.uploads().complete(upload.id(), null, WAIT).upload().sha256());
        assertArrayEquals(bytes, fixture.read(upload.id()));
    }

    @Test
    void aNewerRequestEndsAStuckOneAndGoesOnFromWhereItCame() throws Exception {
        byte[] bytes = EngineFixture.random(1_000_000, 1);
        Upload upload = fixture.start(bytes.length, 0);
        TestBody stuck = TestBody.hangingAt(bytes, 300_000);
        try (ExecutorService sender = Executors.newSingleThreadExecutor()) {
            Future<?> older = sender.submit(() -> fails(Failure.Superseded.class,
                    () -> fixture.uploads().writeRange(upload.id(), 0, -1, -1, stuck, DigestClaim.NONE)));
            stuck.reached.await();
            fixture.uploads().writeRange(upload.id(), 0, -1, -1, new TestBody(bytes), DigestClaim.NONE);
            older.get();
        }
        fixture.uploads().complete(upload.id(), null, WAIT);
        assertArrayEquals(bytes, fixture.read(upload.id()));
    }

    @Test
    void aWrongDigestOfTheWholeKeepsItInvisibleAndTheRightOneCompletesIt() {
        byte[] bytes = EngineFixture.random(100_000, 1);
        Upload upload = fixture.start(bytes.length, 0);
        chunk(upload, 0, bytes);
        fails(Failure.HashMismatch.class, () -> fixture.uploads().complete(upload.id(), Digest.sha256(new byte[0]), WAIT));
        fails(Failure.NotCompleted.class, () -> fixture.engine.downloads(Caller.SYSTEM).open(upload.id()));
        fixture.uploads().complete(upload.id(), EngineFixture.sha(bytes), WAIT);
        fails(Failure.HashMismatch.class, () -> fixture.uploads().complete(upload.id(), Digest.sha256(new byte[0]), WAIT));
        assertTrue(chunk(upload, 0, bytes).duplicate());
        fails(Failure.AlreadyCompleted.class, () -> chunk(upload, 0, EngineFixture.random(100_000, 2)));
        assertEquals(UploadState.COMPLETED, fixture.uploads().complete(upload.id(), null, WAIT).upload().state());
    }

    @Test
    void rotBeforeCompletionIsFoundByTheSumOfWhatWasAcknowledged() throws IOException {
        byte[] bytes = EngineFixture.random(1_000_000, 1);
        Upload upload = fixture.start(bytes.length, 0);
        chunk(upload, 0, bytes);
        fixture.reopen();
        fixture.rot(upload.id(), 500_000);
        fails(Failure.Corrupt.class, () -> fixture.uploads().complete(upload.id(), null, WAIT));
        fixture.rot(upload.id(), 500_000);
        assertEquals(EngineFixture.sha(bytes), fixture.uploads().complete(upload.id(), null, WAIT).upload().sha256());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 262_143, 262_144, 600_000, 999_999})
    void rotInAFileIsFoundBeforeABadByteGoesOut(int offset) throws IOException {
        byte[] bytes = EngineFixture.random(1_000_000, 1);
        Upload file = fixture.file(bytes);
        fixture.rot(file.id(), offset);
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        try (Download download = fixture.engine.downloads(Caller.SYSTEM).open(file.id())) {
            assertThrows(IOException.class, () -> download.writeTo(out, new ByteRange(0, bytes.length)));
            fails(Failure.Corrupt.class, () -> download.check(new ByteRange(offset, offset + 1)));
        }
        assertArrayEquals(Arrays.copyOf(bytes, out.size()), out.toByteArray());
    }

    @Test
    void anAbortedUploadIsGoneWithItsBytesAndStopsItsWriter() throws Exception {
        byte[] bytes = EngineFixture.random(1_000_000, 1);
        Upload upload = fixture.start(bytes.length, 0);
        TestBody stuck = TestBody.hangingAt(bytes, 300_000);
        try (ExecutorService sender = Executors.newSingleThreadExecutor()) {
            Future<?> writer = sender.submit(() -> assertThrows(FailureException.class,
                    () -> fixture.uploads().writeRange(upload.id(), 0, -1, -1, stuck, DigestClaim.NONE)));
            stuck.reached.await();
            fixture.uploads().abort(upload.id());
            writer.get();
        }
        fails(Failure.UnknownFile.class, () -> fixture.uploads().get(upload.id()));
        assertEquals(List.of(), fixture.storage.list());
    }

    @Test
    void aDeletedFileIsGoneButADownloadUnderWayEndsWhole() throws IOException {
        byte[] bytes = EngineFixture.random(1_000_000, 1);
        Upload file = fixture.file(bytes);
        try (Download download = fixture.engine.downloads(Caller.SYSTEM).open(file.id())) {
            fails(Failure.AlreadyCompleted.class, () -> fixture.uploads().abort(file.id()));
            fixture.uploads().delete(file.id());
            java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
            download.writeTo(out, new ByteRange(0, bytes.length));
            assertArrayEquals(bytes, out.toByteArray());
        }
        fails(Failure.UnknownFile.class, () -> fixture.engine.downloads(Caller.SYSTEM).open(file.id()));
        assertEquals(List.of(), fixture.storage.list());
    }

    @Test
    void anAbandonedUploadExpiresAndIsToldSoForAWhile() throws IOException {
        Upload upload = fixture.start(100_000, 0);
        fixture.pass(Duration.ofDays(6));
        chunk(upload, 0, new byte[100_000]);
        fixture.pass(Duration.ofDays(6));
        assertEquals(0, fixture.engine.cleanup().run().expiredUploads());
        fixture.pass(Duration.ofDays(2));
        assertEquals(1, fixture.engine.cleanup().run().expiredUploads());
        assertEquals(List.of(), fixture.storage.list());
        fails(Failure.UploadExpired.class, () -> fixture.uploads().get(upload.id()));
        fails(Failure.UploadExpired.class, () -> chunk(upload, 0, new byte[100_000]));
        fixture.time.set(fixture.time.get().minus(Duration.ofDays(100)));
        fails(Failure.UploadExpired.class, () -> fixture.uploads().get(upload.id()));
        fixture.pass(Duration.ofDays(200));
        fixture.engine.cleanup().run();
        fails(Failure.UnknownFile.class, () -> fixture.uploads().get(upload.id()));
    }

    @Test
    void anUploadThatIsBeingWrittenDoesNotExpire() throws Exception {
        byte[] bytes = EngineFixture.random(100_000, 1);
        Upload upload = fixture.start(bytes.length, 0);
        TestBody slow = TestBody.hangingAt(bytes, 50_000);
        try (ExecutorService sender = Executors.newSingleThreadExecutor()) {
            Future<?> writer = sender.submit(() -> assertThrows(FailureException.class,
                    () -> fixture.uploads().writeRange(upload.id(), 0, -1, -1, slow, DigestClaim.NONE)));
            slow.reached.await();
            fixture.pass(Duration.ofDays(30));
            assertEquals(0, fixture.engine.cleanup().run().expiredUploads());
            slow.abort();
            writer.get();
        }
        assertEquals(50_000, fixture.uploads().get(upload.id()).ranges().total());
    }

    @Test
    void bytesThatNoRecordNamesAreSetAsideAndLaterDeleted() throws IOException {
        fixture.storage.create(new UUID(5, 5)).close();
        fixture.engine.cleanup().run();
        assertEquals(1, fixture.storage.list().size(), "it may belong to an upload that is just being committed");
        assertEquals(1, fixture.engine.cleanup().run().orphans());
        assertEquals(List.of(), fixture.storage.list());
        fixture.pass(Duration.ofDays(2));
        fixture.engine.cleanup().run();
        assertEquals(0, fixture.storage.purgeQuarantine(fixture.time.get().plus(Duration.ofDays(9))));
    }

    @Test
    void aPendingUploadIsCompletedInTheBackgroundAlsoAfterARestart() throws Exception {
        byte[] bytes = EngineFixture.random(3_000_000, 1);
        Upload upload = fixture.start(bytes.length, 1_000_000);
        for (long index : new long[] {2, 1, 0}) {
            chunk(upload, index, bytes);
        }
        fixture.reopen();
        Uploads.Assembly first = fixture.uploads().complete(upload.id(), EngineFixture.sha(bytes), Duration.ZERO);
        fixture.reopen();
        Upload done = fixture.uploads().complete(upload.id(), null, WAIT).upload();
        assertTrue(first.upload().state() != UploadState.UPLOADING);
        assertEquals(UploadState.COMPLETED, done.state());
        assertEquals(EngineFixture.sha(bytes), done.sha256());
    }
}
