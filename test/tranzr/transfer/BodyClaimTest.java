package tranzr.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Crc32c;
import tranzr.model.Digest;
import tranzr.model.Upload;

/** Bodies of several strides that come with a checksum. */
class BodyClaimTest {

    private static final int LENGTH = 20 << 20;
    private static final byte[] BYTES = EngineFixture.random(LENGTH, 7);

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

    private static DigestClaim crc(byte[] bytes) {
        return DigestClaim.of(null, Crc32c.of(bytes, 0, bytes.length));
    }

    private Uploads.Written write(Upload upload, Body body, DigestClaim claim) {
        return fixture.uploads().writeRange(upload.id(), 0, -1, -1, body, claim);
    }

    private long received(Upload upload) {
        return fixture.uploads().get(upload.id()).ranges().total();
    }

    @Test
    void aBodyOfSeveralStridesIsCheckedByItsCrc() throws IOException {
        Upload upload = fixture.start(LENGTH, 1 << 20);
        Failure failure = assertThrows(FailureException.class, () -> write(upload, new TestBody(BYTES), crc(new byte[1]))).failure();
        assertInstanceOf(Failure.ChecksumMismatch.class, failure);
        assertEquals(0, received(upload));
        assertEquals(LENGTH, received(write(upload, new TestBody(BYTES), crc(BYTES)).upload()));
        fixture.uploads().complete(upload.id(), Digest.sha256(BYTES), Duration.ofMinutes(1));
        assertArrayEquals(BYTES, fixture.read(upload.id()));
    }

    @Test
    void whatIsThereAlreadyCountsForTheCrc() {
        Upload upload = fixture.start(LENGTH, 1 << 20);
        for (int at : new int[] {0, 3 << 20, LENGTH - 100_000}) {
            byte[] part = Arrays.copyOfRange(BYTES, at, at + 100_000);
            fixture.uploads().writeRange(upload.id(), at, -1, -1, new TestBody(part), DigestClaim.NONE);
        }
        assertTrue(assertThrows(FailureException.class, () -> write(upload, new TestBody(BYTES), crc(new byte[1]))).failure() instanceof Failure.ChecksumMismatch);
        assertEquals(300_000, received(upload));
        assertEquals(LENGTH, received(write(upload, new TestBody(BYTES), crc(BYTES)).upload()));
        assertTrue(write(upload, new TestBody(BYTES), crc(BYTES)).duplicate());
    }

    @Test
    void bytesThatConflictAreReadToTheEndForTheCrc() {
        Upload upload = fixture.start(LENGTH, 1 << 20);
        write(upload, new TestBody(BYTES), DigestClaim.NONE);
        byte[] other = BYTES.clone();
        other[5]++;
        assertInstanceOf(Failure.ChunkConflict.class, assertThrows(FailureException.class, () -> write(upload, new TestBody(other), crc(other))).failure());
        assertInstanceOf(Failure.ChecksumMismatch.class, assertThrows(FailureException.class, () -> write(upload, new TestBody(other), crc(BYTES))).failure());
    }

    @Test
    void whatABrokenBodyBroughtIsKeptUnchecked() {
        Upload upload = fixture.start(LENGTH, 1 << 20);
        Failure.BodyBroken broken = assertInstanceOf(Failure.BodyBroken.class, assertThrows(FailureException.class,
                () -> write(upload, TestBody.breakingAt(BYTES, 12 << 20), crc(BYTES))).failure());
        assertEquals(12 << 20, broken.kept());
        assertEquals(12 << 20, received(upload));
    }
}
