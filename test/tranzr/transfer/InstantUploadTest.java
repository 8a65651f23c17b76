package tranzr.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tranzr.fault.Quiet;
import tranzr.model.Crc32c;
import tranzr.model.Digest;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/** Files made of bytes that are there already. */
class InstantUploadTest {

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

    private Optional<Uploads.Copied> again(byte[] bytes, String name) {
        return again(bytes.length, Digest.sha256(bytes), name);
    }

    private Optional<Uploads.Copied> again(long length, Digest digest, String name) {
        Uploads uploads = fixture.uploads();
        return uploads.instant(new NewUpload(uploads.newId(), name, length, length, 0, -1, digest, null));
    }

    private Path data(UUID id) {
        return folder.resolve("store/files/" + id + ".data");
    }

    private List<Fsck.Finding> check() throws IOException {
        List<Fsck.Finding> found = new ArrayList<>();
        Fsck.run(fixture.catalog, fixture.storage, false, found::add);
        return found;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 60_000, 262_144, 262_145, 3_000_000})
    void aFileOfTheSameBytesIsThereAtOnceAndLivesOnAlone(int length) throws IOException {
        byte[] bytes = EngineFixture.random(length, 1);
        Upload first = fixture.file(bytes);
        Uploads.Copied copied = again(bytes, "other").orElseThrow();
        Upload file = copied.file();
        assertEquals(first.id(), copied.source());
        assertNotEquals(first.id(), file.id());
        assertEquals("other", file.filename());
        assertEquals(UploadState.COMPLETED, file.state());
        assertEquals(first.sha256(), file.sha256());
        if (length > 0) {
            assertEquals(Files.getAttribute(data(first.id()), "unix:ino"), Files.getAttribute(data(file.id()), "unix:ino"), "its bytes were copied");
        }
        fixture.uploads().delete(first.id());
        assertArrayEquals(bytes, fixture.read(file.id()));
        fixture.reopen();
        assertArrayEquals(bytes, fixture.read(file.id()));
        assertEquals(List.of(), check());
        Upload third = again(bytes, "third").orElseThrow().file();
        fixture.uploads().delete(third.id());
        assertArrayEquals(bytes, fixture.read(file.id()));
    }

    @Test
    void otherBytesOrAnotherLengthOrNoDigestAreSent() {
        byte[] bytes = EngineFixture.random(1000, 1);
        fixture.file(bytes);
        assertTrue(again(EngineFixture.random(1000, 2), "a").isEmpty());
        assertTrue(again(999, Digest.sha256(bytes), "a").isEmpty());
        assertTrue(again(Upload.UNKNOWN_LENGTH, Digest.sha256(bytes), "a").isEmpty());
        assertTrue(again(1000, null, "a").isEmpty());
        Upload unfinished = fixture.start(5, 0);
        assertTrue(again(5, Digest.sha256(new byte[5]), "a").isEmpty());
        assertEquals(1, fixture.catalog.uploads(null, 10, upload -> upload.state() == UploadState.COMPLETED).size());
        assertEquals(2, fixture.catalog.uploads(null, 10, upload -> true).size());
        assertTrue(fixture.uploads().isKnown(unfinished.id()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 700_000})
    void whatHasRottedIsNotUsedAgain(int length) throws Exception {
        byte[] bytes = EngineFixture.random(length, 1);
        Upload rotten = fixture.file(bytes);
        fixture.rot(rotten.id(), length - 3);
        Quiet.during("tranzr", () -> assertTrue(again(bytes, "a").isEmpty()));
        assertEquals(List.of(rotten.id()), fixture.storage.list());
        Upload sound = fixture.file(bytes);
        Quiet.during("tranzr", () -> assertEquals(sound.id(), again(bytes, "a").orElseThrow().source()));
        fixture.uploads().delete(sound.id());
        Quiet.during("tranzr", () -> assertFalse(again(bytes, "b").isEmpty()));
    }

    @Test
    void rotUnderTwoFilesIsFoundInBoth() throws Exception {
        byte[] bytes = EngineFixture.random(700_000, 1);
        Upload first = fixture.file(bytes);
        Upload second = again(bytes, "a").orElseThrow().file();
        fixture.rot(first.id(), 300_000);
        assertEquals(List.of(Fsck.Kind.DAMAGED, Fsck.Kind.DAMAGED), check().stream().map(Fsck.Finding::kind).toList());
        Quiet.during("tranzr", () -> assertThrows(IOException.class, () -> fixture.read(second.id())));
    }

    @Test
    void aSecondNameWithoutARecordIsSetAsideAtTheNextStart() throws IOException {
        byte[] bytes = EngineFixture.random(700_000, 1);
        Upload file = fixture.file(bytes);
        UUID orphan = new UUID(3, 4);
        assertTrue(fixture.storage.copy(file.id(), orphan, bytes.length));
        fixture.reopen();
        assertEquals(List.of(file.id()), fixture.storage.list());
        assertArrayEquals(bytes, fixture.read(file.id()));
    }

    @Test
    void theSameBytesForAFileThatIsThereAreADuplicate() {
        byte[] bytes = EngineFixture.random(300_000, 1);
        fixture.file(bytes);
        Uploads uploads = fixture.uploads();
        Upload file = uploads.instant(new NewUpload(uploads.newId(), "a", bytes.length, bytes.length, 100_000, -1, Digest.sha256(bytes), null)).orElseThrow().file();
        byte[] second = java.util.Arrays.copyOfRange(bytes, 100_000, 200_000);
        Uploads.Written written = uploads.writeChunk(file.id(), 1, new TestBody(second), DigestClaim.of(Digest.sha256(second), Crc32c.of(second, 0, 100_000)));
        assertTrue(written.duplicate());
        assertEquals(UploadState.COMPLETED, written.upload().state());
        assertTrue(uploads.writeRange(file.id(), 0, -1, -1, TestBody.ofUnknownLength(bytes), DigestClaim.NONE).duplicate());
        refused(() -> uploads.writeChunk(file.id(), 2, new TestBody(second), DigestClaim.NONE));
        refused(() -> uploads.writeChunk(file.id(), 3, new TestBody(second), DigestClaim.NONE));
        refused(() -> uploads.writeChunk(file.id(), 1, new TestBody(bytes), DigestClaim.NONE));
        refused(() -> uploads.writeRange(file.id(), 0, -1, 5, new TestBody(second), DigestClaim.NONE));
        refused(() -> uploads.writeRange(file.id(), 250_000, -1, -1, new TestBody(second), DigestClaim.NONE));
        refused(() -> uploads.writeRange(file.id(), 250_000, -1, -1, TestBody.ofUnknownLength(second), DigestClaim.NONE));
        refused(() -> uploads.writeRange(file.id(), 400_000, -1, -1, new TestBody(second), DigestClaim.NONE));
        assertInstanceOf(Failure.ChecksumMismatch.class, assertThrows(FailureException.class,
                () -> uploads.writeChunk(file.id(), 1, new TestBody(second), DigestClaim.of(Digest.sha256(bytes)))).failure());
        assertInstanceOf(Failure.BodyBroken.class, assertThrows(FailureException.class,
                () -> uploads.writeChunk(file.id(), 1, TestBody.breakingAt(second, 500), DigestClaim.NONE)).failure());
    }

    private static void refused(Runnable call) {
        assertInstanceOf(Failure.AlreadyCompleted.class, assertThrows(FailureException.class, call::run).failure());
    }
}
