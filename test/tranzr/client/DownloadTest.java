package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Digest;
import tranzr.server.ServedEngine;

/** Downloads by id from the real routes. */
class DownloadTest {

    private static final int MIB = 1 << 20;
    private static final String NAME = "file.bin";

    private ServedEngine server;
    private Fetching here;

    @BeforeEach
    void serve(@TempDir Path home) throws IOException {
        server = new ServedEngine(home.resolve("server"));
        here = new Fetching(server.url(), home);
    }

    @AfterEach
    void close() throws IOException {
        here.close();
        server.close();
    }

    private static TransferException.Kind kindOf(Download.Builder builder) {
        return Fetching.failureOf(builder).kind();
    }

    /** As fast as it needs to be for an interruption to come in time. */
    private static Tuning slow(int bytesPerSecond) {
        return new Tuning(256 << 10, false, 4, Priority.NORMAL, 3, Duration.ofSeconds(10), Duration.ofSeconds(5), bytesPerSecond);
    }

    private Download.Builder slowly(String id) {
        return here.of(id).tuning(slow(2 * MIB));
    }

    @Test
    void bringsFilesOfAnyLengthByteForByte() throws IOException {
        for (int length : new int[] {0, 1, MIB - 1, MIB, MIB + 1, 9 * MIB + 12_345}) {
            byte[] bytes = Fetching.content(length, length);
            Download.Result result = Fetching.fetch(here.of(server.store(bytes)).to(here.folder.resolve("of-" + length)));
            assertArrayEquals(bytes, Files.readAllBytes(result.path()));
            assertEquals(Digest.sha256(bytes).hex(), result.sha256());
            assertEquals(length, result.size());
            assertFalse(result.already());
        }
        assertEquals(6, here.names().size(), () -> "left over: " + here.names());
    }

    @Test
    void inAFolderItGetsItsOwnNameAndThePermissionsOfANewFile() throws IOException {
        Download.Result result = Fetching.fetch(here.of(server.store(Fetching.content(5, 1))));
        assertEquals(here.folder.resolve(NAME), result.path());
        Path fresh = Files.createFile(here.folder.resolve("fresh"));
        assertEquals(Files.getPosixFilePermissions(fresh), Files.getPosixFilePermissions(result.path()));
    }

    @Test
    void whatIsUnderWayIsForItsOwnerOnlyAndNotUnderTheFinalName() throws Exception {
        String id = server.store(Fetching.content(4 * MIB, 2));
        Download download = here.until(slowly(id), progress -> progress.done() > MIB);
        assertEquals(List.of(here.part(NAME).getFileName().toString()), here.names());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(here.part(NAME))));
        download.cancel();
        assertEquals(TransferException.Kind.CANCELLED, Fetching.failureOf(download).kind());
        assertEquals(List.of(), here.names());
        assertEquals(List.of(), here.sessions.list());
    }

    @Test
    void goesOnWhereAnotherProcessLeft() throws Exception {
        byte[] bytes = Fetching.content(6 * MIB, 3);
        String id = server.store(bytes);
        here.interrupt(slowly(id), 2 * MIB);
        assertEquals(List.of(false), here.sessions.list().stream().map(Session::finished).toList());
        Download download = here.of(id).build();
        download.start();
        Download.Result result = Fetching.resultOf(download);
        assertArrayEquals(bytes, Files.readAllBytes(result.path()));
        assertTrue(download.progress().moved() <= 4 * MIB, "fetched again: " + download.progress());
        assertEquals(List.of(), here.notices);
        assertEquals(List.of(NAME), here.names());
    }

    @Test
    void canBePausedAndResumed() throws Exception {
        byte[] bytes = Fetching.content(5 * MIB, 4);
        Download download = here.until(slowly(server.store(bytes)), progress -> progress.done() > MIB);
        download.pause();
        assertEquals(Progress.State.PAUSED, download.progress().state());
        download.resume();
        assertArrayEquals(bytes, Files.readAllBytes(Fetching.resultOf(download).path()));
        assertTrue(download.progress().moved() < 6 * MIB, "fetched again: " + download.progress());
    }

    @Test
    void damageToWhatHadComeIsFoundAndOnlyThatIsFetchedAgain() throws Exception {
        byte[] bytes = Fetching.content(40 * MIB, 5);
        String id = server.store(bytes);
        here.interrupt(here.of(id).tuning(slow(16 * MIB)), 34 * MIB);
        try (FileChannel part = FileChannel.open(here.part(NAME), StandardOpenOption.WRITE)) {
            part.write(java.nio.ByteBuffer.wrap(new byte[] {(byte) ~bytes[17 * MIB]}), 17 * MIB);
        }
        Download download = here.of(id).build();
        download.start();
        assertArrayEquals(bytes, Files.readAllBytes(Fetching.resultOf(download).path()));
        assertTrue(download.progress().moved() <= 23 * MIB, "more than a segment and the rest: " + download.progress());
        assertEquals(1, here.notices.size(), () -> here.notices.toString());
    }

    @Test
    void aPartialFileWithoutARecordIsUsedAsFarAsItIsRight() throws Exception {
        byte[] bytes = Fetching.content(6 * MIB, 6);
        String id = server.store(bytes);
        here.interrupt(slowly(id), 3 * MIB);
        here.sessions.remove(here.sessions.list().getFirst().key());
        Download download = here.of(id).build();
        download.start();
        assertArrayEquals(bytes, Files.readAllBytes(Fetching.resultOf(download).path()));
        assertTrue(download.progress().moved() < 4 * MIB, "fetched again: " + download.progress());
        assertEquals(1, here.notices.size(), () -> here.notices.toString());
    }

    @Test
    void aPartialFileThatIsNoPrefixCostsTimeAndNothingElse() throws IOException {
        byte[] bytes = Fetching.content(3 * MIB, 7);
        String id = server.store(bytes);
        for (int length : new int[] {1, 2 * MIB + 7, 3 * MIB, 5 * MIB}) {
            Files.write(here.part(NAME), Fetching.content(length, 8));
            Download.Result result = Fetching.fetch(here.of(id));
            assertArrayEquals(bytes, Files.readAllBytes(result.path()));
            assertEquals(List.of(NAME), here.names());
            Files.delete(result.path());
        }
        assertTrue(here.notices.contains("what lay here was not of this file; that much is fetched again"), () -> here.notices.toString());
    }

    @Test
    void whatCameOfAnotherFileIsNotMixedIn() throws Exception {
        byte[] bytes = Fetching.content(3 * MIB, 9);
        here.interrupt(slowly(server.store(Fetching.content(4 * MIB, 10))), 2 * MIB);
        assertArrayEquals(bytes, Files.readAllBytes(Fetching.fetch(here.of(server.store(bytes))).path()));
        assertEquals(List.of("what had come was of another file; beginning anew"), here.notices);
    }

    @Test
    void aFinishedFileIsVerifiedAndNotFetchedAgain() throws IOException {
        byte[] bytes = Fetching.content(2 * MIB, 11);
        String id = server.store(bytes);
        Path path = Fetching.fetch(here.of(id)).path();
        assertTrue(Fetching.fetch(here.of(id)).already());
        // Of the same length and time, but not the same file any more: only reading it can tell.
        FileTime time = Files.getLastModifiedTime(path);
        bytes[MIB] ^= 1;
        Files.write(path, bytes);
        Files.setLastModifiedTime(path, time);
        assertEquals(TransferException.Kind.INPUT, kindOf(here.of(id).rehash(true)));
        Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH));
        assertEquals(TransferException.Kind.INPUT, kindOf(here.of(id)));
    }

    @Test
    void aSmallFinishedFileIsVerifiedWithoutAnyRecord() throws IOException {
        String id = server.store(Fetching.content(1000, 12));
        Fetching.fetch(here.of(id));
        assertEquals(List.of(), here.sessions.list());
        assertTrue(Fetching.fetch(here.of(id)).already());
    }

    @Test
    void anotherFileInThePlaceIsLeftAloneUnlessItMayBeOverwritten() throws IOException {
        byte[] bytes = Fetching.content(2 * MIB, 13);
        String id = server.store(bytes);
        Path path = Files.writeString(here.folder.resolve(NAME), "precious");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
        assertEquals(TransferException.Kind.INPUT, kindOf(here.of(id)));
        assertEquals("precious", Files.readString(path));
        Fetching.fetch(here.of(id).overwrite(true));
        assertArrayEquals(bytes, Files.readAllBytes(path));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        assertEquals(List.of(NAME), here.names());
    }

    @Test
    void aFileThatComesIntoThePlaceMeanwhileIsNotOverwritten() throws Exception {
        String id = server.store(Fetching.content(3 * MIB, 14));
        Download download = here.until(slowly(id), progress -> progress.done() > MIB);
        Files.writeString(here.folder.resolve(NAME), "precious");
        assertEquals(TransferException.Kind.INPUT, Fetching.failureOf(download).kind());
        assertEquals("precious", Files.readString(here.folder.resolve(NAME)));
    }

    @Test
    void theBeginningThatAnotherProgramFetchedIsUsedWhenItMayBeOverwritten() throws IOException {
        byte[] bytes = Fetching.content(6 * MIB, 15);
        String id = server.store(bytes);
        Files.write(here.folder.resolve(NAME), Arrays.copyOf(bytes, 4 * MIB + 3));
        Download download = here.of(id).overwrite(true).build();
        download.start();
        assertArrayEquals(bytes, Files.readAllBytes(Fetching.resultOf(download).path()));
        assertTrue(download.progress().moved() < 2 * MIB, "fetched again: " + download.progress());
        Files.write(here.folder.resolve(NAME), Fetching.content(4 * MIB, 16));
        assertArrayEquals(bytes, Files.readAllBytes(Fetching.fetch(here.of(id).overwrite(true)).path()));
    }

    @Test
    void linksAndFoldersInThePlaceAreNotFollowed(@TempDir Path elsewhere) throws IOException {
        byte[] bytes = Fetching.content(MIB, 17);
        String id = server.store(bytes);
        Path outside = Files.writeString(elsewhere.resolve("outside"), "precious");
        Path place = Files.createSymbolicLink(here.folder.resolve(NAME), outside);
        assertEquals(TransferException.Kind.INPUT, kindOf(here.of(id)));
        Fetching.fetch(here.of(id).overwrite(true));
        assertTrue(Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS));
        Files.delete(place);
        Files.createSymbolicLink(here.part(NAME), outside);
        assertEquals(TransferException.Kind.INPUT, kindOf(here.of(id)));
        assertEquals("precious", Files.readString(outside));
        Files.delete(here.part(NAME));
        Files.createDirectory(place);
        assertEquals(TransferException.Kind.INPUT, kindOf(here.of(id).overwrite(true)));
    }

    @Test
    void whatCannotBeWrittenIsSaidBeforeAnythingIsFetched() throws IOException {
        String id = server.store(Fetching.content(MIB, 18));
        assertEquals(TransferException.Kind.INPUT, kindOf(here.of(id).to(here.folder.resolve("none").resolve("file"))));
        assertEquals(TransferException.Kind.INPUT, kindOf(here.of(id).to(Files.writeString(here.folder.resolve("plain"), "x").resolve("file"))));
        assertEquals(TransferException.Kind.INPUT, kindOf(here.of(UUID.randomUUID().toString())));
        assertEquals(TransferException.Kind.REFUSED, kindOf(here.of(server.begin(5, 1 << 20))));
    }

    @Test
    void twoProcessesDoNotFetchIntoOnePlace() throws Exception {
        String id = server.store(Fetching.content(3 * MIB, 19));
        Download first = here.until(slowly(id), progress -> progress.done() > 0);
        assertEquals(TransferException.Kind.IN_USE, kindOf(here.of(id)));
        try (TranzrClient other = TranzrClient.of(java.net.URI.create(server.url())).build()) {
            // Without records of its own there is still the lock of the partial file.
            assertEquals(TransferException.Kind.IN_USE, kindOf(other.download(UUID.fromString(id)).to(here.folder)));
        }
        Fetching.resultOf(first);
        assertNull(here.sessions.holder(here.sessions.list().getFirst().key()).orElse(null));
    }

    @Test
    void anotherProcessWithThePartialFileIsRespected() throws Exception {
        String id = server.store(Fetching.content(MIB, 20));
        try (FileChannel channel = FileChannel.open(here.part(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE); FileLock _ = channel.lock()) {
            assertEquals(TransferException.Kind.IN_USE, kindOf(here.of(id)));
        }
        Fetching.fetch(here.of(id));
    }

    @Test
    void withoutRecordsItGoesOnWithinTheProcess() throws Exception {
        byte[] bytes = Fetching.content(4 * MIB, 21);
        try (TranzrClient plain = TranzrClient.of(java.net.URI.create(server.url())).build()) {
            Download download = here.until(plain.download(UUID.fromString(server.store(bytes))).to(here.folder).tuning(slow(2 * MIB)), progress -> progress.done() > MIB);
            download.pause();
            download.resume();
            assertArrayEquals(bytes, Files.readAllBytes(Fetching.resultOf(download).path()));
            assertTrue(download.progress().moved() < 5 * MIB, "fetched again: " + download.progress());
        }
    }

    @Test
    void aFileRemovedAtTheServerMeanwhileIsSaidClearly() throws Exception {
        String id = server.store(Fetching.content(6 * MIB, 22));
        Download download = here.until(slowly(id), progress -> progress.done() > MIB);
        server.delete("/files/" + id).expect(204);
        TransferException end = Fetching.failureOf(download);
        assertEquals(TransferException.Kind.REFUSED, end.kind());
        assertEquals("not_found", end.code());
        assertFalse(Files.exists(here.folder.resolve(NAME)));
    }
}
