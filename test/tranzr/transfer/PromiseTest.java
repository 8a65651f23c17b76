package tranzr.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tranzr.access.Caller;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.HashAlgorithm;
import tranzr.model.Notes;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/** What a door may leave with an upload, have counted anew, and claim of its bytes. */
class PromiseTest {

    private static final byte[] BYTES = EngineFixture.random(200_000, 3);
    private static final Notes NOTES = new Notes("door", Map.of("as sent", "a b,c d"));

    @TempDir
    Path folder;
    private EngineFixture fixture;

    @BeforeEach
    void open() throws IOException {
        fixture = new EngineFixture(folder);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private Shares shares() {
        return fixture.engine.shares(Caller.operator());
    }

    private NewUpload spec(UUID id, int length, Digest expected, Shares.Promised promised) {
        return new NewUpload(id, "a.bin", length, length, 100_000, -1, expected, null).with(NOTES).with(promised.promise());
    }

    private Share shareOf(Shares.Promised promised) throws IOException {
        return shares().info(promised.token(), InetAddress.getLoopbackAddress()).share();
    }

    private Failure info(Shares.Promised promised) {
        return assertThrows(FailureException.class, () -> shareOf(promised)).failure();
    }

    @Test
    void aPromisedLinkLivesFromTheCompletionOnAlsoAfterARestart() throws IOException {
        Shares.Promised promised = shares().promise(new Shares.Terms(null, 3, "secret"), Duration.ofMinutes(5));
        UUID id = fixture.uploads().newId();
        fixture.uploads().start(spec(id, BYTES.length, null, promised));
        assertInstanceOf(Failure.UnknownShare.class, info(promised));
        fixture.reopen();
        fixture.time.set(fixture.time.get().plus(Duration.ofHours(2)));
        fixture.uploads().writeRange(id, 0, -1, -1, new TestBody(BYTES), DigestClaim.NONE);
        assertInstanceOf(Failure.UnknownShare.class, info(promised));
        Upload file = fixture.uploads().complete(id, null, Duration.ofMinutes(1)).upload();
        assertEquals(NOTES, file.notes());
        Share share = shareOf(promised);
        assertEquals(id, share.fileId());
        assertEquals(3, share.maxDownloads());
        assertEquals(fixture.time.get().plus(Duration.ofMinutes(5)), share.expires());
        Shares.Visitor visitor = new Shares.Visitor(InetAddress.getLoopbackAddress(), null, "wrong");
        assertInstanceOf(Failure.WrongPassword.class, assertThrows(FailureException.class, () -> shares().enter(promised.token(), visitor)).failure());
    }

    @Test
    void aPromiseIsKeptByWhateverWayTheFileComes() throws IOException {
        byte[] small = Arrays.copyOf(BYTES, 1000);
        Shares.Promised whole = shares().promise(new Shares.Terms(null, 0, null), null);
        fixture.uploads().receive(spec(fixture.uploads().newId(), small.length, null, whole), new TestBody(small), DigestClaim.NONE, null, List.of());
        assertNull(shareOf(whole).expires());
        Shares.Promised again = shares().promise(new Shares.Terms(null, 0, null), null);
        UUID id = fixture.uploads().newId();
        assertEquals(NOTES, fixture.uploads().instant(spec(id, small.length, Digest.sha256(small), again)).orElseThrow().file().notes());
        assertEquals(id, shareOf(again).fileId());
    }

    @Test
    void whatIsPromisedToAnUploadThatIsGivenUpNeverComes() {
        Shares.Promised promised = shares().promise(new Shares.Terms(null, 0, null), null);
        UUID id = fixture.uploads().newId();
        fixture.uploads().start(spec(id, BYTES.length, null, promised));
        fixture.uploads().abort(id);
        assertInstanceOf(Failure.UnknownShare.class, info(promised));
    }

    @Test
    void anIdThatIsInUseIsRefused() {
        UUID id = fixture.start(10, 10).id();
        Failure failure = assertThrows(FailureException.class, () -> fixture.uploads().start(new NewUpload(id, "b", 5, 5, 5, -1, null, null))).failure();
        assertInstanceOf(Failure.IdTaken.class, failure);
        assertEquals(10, fixture.uploads().get(id).length());
    }

    @Test
    void anUploadIsCountedInOtherChunksAndWhatIsThereCounts() throws IOException {
        Upload upload = fixture.start(BYTES.length, 100_000);
        fixture.uploads().writeChunk(upload.id(), 0, new TestBody(Arrays.copyOf(BYTES, 100_000)), DigestClaim.NONE);
        assertEquals(4, fixture.uploads().recut(upload.id(), 50_000, null).totalChunks());
        assertInstanceOf(Failure.InvalidValue.class, assertThrows(FailureException.class, () -> fixture.uploads().recut(upload.id(), 0, null)).failure());
        fixture.reopen();
        for (int index = 1; index < 4; index++) {
            byte[] chunk = Arrays.copyOfRange(BYTES, index * 50_000, (index + 1) * 50_000);
            assertEquals(index == 1, fixture.uploads().writeChunk(upload.id(), index, new TestBody(chunk), DigestClaim.NONE).duplicate());
        }
        Upload file = fixture.uploads().complete(upload.id(), Digest.sha256(BYTES), Duration.ofMinutes(1)).upload();
        assertEquals(UploadState.COMPLETED, file.state());
        assertInstanceOf(Failure.AlreadyCompleted.class, assertThrows(FailureException.class, () -> fixture.uploads().recut(file.id(), 10_000, null)).failure());
    }

    @ParameterizedTest
    @EnumSource(HashAlgorithm.class)
    void aDigestOfAnyAlgorithmIsCheckedAndKeepsNothingWhenItDiffers(HashAlgorithm algorithm) {
        byte[] right = algorithm.engine().digest(BYTES);
        assertEquals(algorithm.length(), right.length);
        byte[] wrong = right.clone();
        wrong[right.length - 1] ^= 1;
        Upload upload = fixture.start(BYTES.length, 100_000);
        Failure.ChecksumMismatch mismatch = assertInstanceOf(Failure.ChecksumMismatch.class, assertThrows(FailureException.class,
                () -> fixture.uploads().writeRange(upload.id(), 0, -1, -1, new TestBody(BYTES), DigestClaim.of(algorithm, wrong))).failure());
        assertEquals(HexFormat.of().formatHex(right), mismatch.actual());
        assertEquals(0, fixture.uploads().get(upload.id()).ranges().total());
        fixture.uploads().writeRange(upload.id(), 0, -1, -1, new TestBody(BYTES), DigestClaim.of(algorithm, right));
        byte[] small = Arrays.copyOf(BYTES, 100);
        NewUpload spec = new NewUpload(fixture.uploads().newId(), "small", 100, 100, 100, -1, null, null);
        assertInstanceOf(Failure.ChecksumMismatch.class, assertThrows(FailureException.class,
                () -> fixture.uploads().receive(spec, new TestBody(small), DigestClaim.of(algorithm, wrong), null, List.of())).failure());
        fixture.uploads().receive(spec, new TestBody(small), DigestClaim.of(algorithm, algorithm.engine().digest(small)), null, List.of());
        fixture.uploads().complete(upload.id(), Digest.sha256(BYTES), Duration.ofMinutes(1));
        // And a repetition of what is complete.
        assertInstanceOf(Failure.ChecksumMismatch.class, assertThrows(FailureException.class,
                () -> fixture.uploads().writeRange(upload.id(), 0, -1, -1, new TestBody(BYTES), DigestClaim.of(algorithm, wrong))).failure());
    }

    @Test
    void aRequestThatIsSaidToBeDeadEndsAtOnceAndWhatItBroughtCounts() throws Exception {
        Upload upload = fixture.start(BYTES.length, 100_000);
        TestBody dead = TestBody.hangingAt(BYTES, 70_000);
        Thread sender = Thread.ofVirtual().start(() -> assertThrows(FailureException.class,
                () -> fixture.uploads().writeRange(upload.id(), 0, -1, -1, dead, DigestClaim.NONE)));
        dead.reached.await();
        fixture.uploads().settle(upload.id(), new ByteRange(0, Long.MAX_VALUE), Duration.ZERO, System.nanoTime());
        sender.join();
        assertEquals(70_000, fixture.uploads().get(upload.id()).ranges().contiguousEnd(0));
    }

    /** A body whose request came at a moment. */
    private static final class Dated extends BodyFilter {
        private final long came;

        private Dated(Body body, long came) {
            super(body);
            this.came = came;
        }

        @Override
        public long came() {
            return came;
        }
    }

    private Failure late(Upload upload, long came) {
        return assertThrows(FailureException.class,
                () -> fixture.uploads().writeRange(upload.id(), 0, -1, -1, new Dated(new TestBody(BYTES), came), DigestClaim.NONE)).failure();
    }

    @Test
    void aRequestThatCameBeforeAnotherAndGetsToWorkAfterItDoesNotEndIt() throws Exception {
        Upload upload = fixture.start(BYTES.length, 100_000);
        long before = System.nanoTime();
        TestBody newer = TestBody.hangingAt(BYTES, 70_000);
        Thread sender = Thread.ofVirtual().start(() -> assertThrows(FailureException.class,
                () -> fixture.uploads().writeRange(upload.id(), 0, -1, -1, new Dated(newer, before + 1), DigestClaim.NONE)));
        newer.reached.await();
        assertInstanceOf(Failure.Superseded.class, late(upload, before));
        assertTrue(sender.isAlive(), "the newer one goes on");
        newer.abort();
        sender.join();
    }

    @Test
    void aRequestThatCameBeforeSomebodyWasToldTheOffsetChangesItNoMore() {
        Upload upload = fixture.start(BYTES.length, 100_000);
        long told = System.nanoTime();
        fixture.uploads().settle(upload.id(), new ByteRange(0, Long.MAX_VALUE), Duration.ZERO, told);
        assertInstanceOf(Failure.Superseded.class, late(upload, told - 1));
        assertEquals(0, fixture.uploads().get(upload.id()).ranges().total());
        fixture.uploads().writeRange(upload.id(), 0, -1, -1, new Dated(new TestBody(BYTES), told), DigestClaim.NONE);
        assertEquals(BYTES.length, fixture.uploads().get(upload.id()).ranges().total());
    }
}
