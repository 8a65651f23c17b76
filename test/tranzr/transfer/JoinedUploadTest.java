package tranzr.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.fault.Quiet;
import tranzr.model.Digest;
import tranzr.model.Notes;
import tranzr.model.Upload;
import tranzr.model.UploadState;
import tranzr.storage.Joining;

/** Uploads made of others, without a byte being moved. */
class JoinedUploadTest {

    private static final Duration LONG = Duration.ofSeconds(60);

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

    private static NewUpload spec(String name) {
        return new NewUpload(null, name, Upload.UNKNOWN_LENGTH, Upload.UNKNOWN_LENGTH, 0, -1, null, null);
    }

    /** An open upload that has all these bytes. */
    private UUID part(byte[] bytes) {
        Upload upload = fixture.start(bytes.length, 0);
        if (bytes.length > 0) {
            fixture.uploads().writeRange(upload.id(), 0, -1, -1, new TestBody(bytes), DigestClaim.NONE);
        }
        return upload.id();
    }

    private Upload joined(String name, UUID... parts) {
        Joined joined = fixture.uploads().join(spec(name), List.of(parts));
        return fixture.uploads().complete(joined.upload().id(), null, LONG).upload();
    }

    private static byte[] all(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private List<Fsck.Finding> check() throws IOException {
        List<Fsck.Finding> found = new ArrayList<>();
        Fsck.run(fixture.catalog, fixture.storage, false, found::add);
        return found;
    }

    private Failure refused(Callable<?> call) {
        return assertThrows(FailureException.class, call::call).failure();
    }

    @Test
    void theWholeHasAllBytesInOrderAndNeedsItsPartsNoMore() throws IOException {
        byte[] first = EngineFixture.random(300_000, 1);
        byte[] small = EngineFixture.random(700, 2);
        byte[] third = EngineFixture.random(600_001, 3);
        UUID a = part(first);
        UUID b = part(small);
        UUID c = part(third);
        UUID empty = part(new byte[0]);
        Upload whole = joined("whole", c, a, empty, b, a);
        byte[] expected = all(third, first, small, first);
        assertEquals(UploadState.COMPLETED, whole.state());
        assertEquals(expected.length, whole.length());
        assertEquals(Digest.sha256(expected), whole.sha256());
        assertArrayEquals(expected, fixture.read(whole.id()));
        assertEquals(Files.getAttribute(folder.resolve("store/files/" + a + ".data"), "unix:ino"),
                Files.getAttribute(folder.resolve("store/files/" + fixture.catalog.upload(whole.id()).orElseThrow().object() + ".join/1"), "unix:ino"), "its bytes were copied");
        assertEquals(UploadState.UPLOADING, fixture.uploads().get(a).state(), "a part is used up");
        assertEquals(List.of(), check());
        for (UUID part : List.of(a, b, c, empty)) {
            fixture.uploads().abort(part);
        }
        fixture.reopen();
        assertArrayEquals(expected, fixture.read(whole.id()));
        assertEquals(List.of(), check());
        Upload again = joined("again", whole.id(), whole.id());
        fixture.uploads().delete(whole.id());
        assertArrayEquals(all(expected, expected), fixture.read(again.id()));
        Upload copied = fixture.uploads().instant(new NewUpload(fixture.uploads().newId(), "copy", again.length(), again.length(), 0, -1, again.sha256(), null)).orElseThrow().file();
        fixture.uploads().delete(again.id());
        assertArrayEquals(all(expected, expected), fixture.read(copied.id()));
        assertEquals(List.of(), check());
        fixture.uploads().delete(copied.id());
        assertEquals(List.of(), fixture.storage.list());
    }

    @Test
    void nothingAtAllIsJoinedToAnEmptyFile() throws IOException {
        Upload whole = joined("nothing", part(new byte[0]));
        assertEquals(Digest.sha256(new byte[0]), whole.sha256());
        assertArrayEquals(new byte[0], fixture.read(whole.id()));
    }

    @Test
    void theSameRequestLeadsToTheSameFileAndAnotherToAnother() throws IOException {
        byte[] bytes = EngineFixture.random(1000, 1);
        UUID a = part(bytes);
        UUID b = part(bytes);
        UUID whole = fixture.uploads().join(spec("name"), List.of(a, b)).upload().id();
        fixture.uploads().complete(whole, null, LONG);
        Joined repeated = fixture.uploads().join(spec("name"), List.of(a, b));
        assertTrue(repeated.repeated());
        assertEquals(whole, repeated.upload().id());
        assertEquals(UploadState.COMPLETED, repeated.upload().state());
        fixture.reopen();
        fixture.uploads().abort(a);
        assertEquals(whole, fixture.uploads().join(spec("name"), List.of(a, b)).upload().id(), "a part is gone, but what was made of it is not");
        UUID c = part(bytes);
        Set<UUID> others = new HashSet<>(List.of(whole));
        assertTrue(others.add(fixture.uploads().join(spec("other"), List.of(b, c)).upload().id()));
        assertTrue(others.add(fixture.uploads().join(spec("name"), List.of(b, c)).upload().id()));
        assertTrue(others.add(fixture.uploads().join(spec("name"), List.of(c, b)).upload().id()));
        assertTrue(others.add(fixture.uploads().join(spec("name").with(new Notes("x", Map.of("k", "v"))), List.of(c, b)).upload().id()));
        assertTrue(others.add(fixture.uploads().join(spec("name").with(new Notes("x", Map.of("kv", ""))), List.of(c, b)).upload().id()));
    }

    @Test
    void whatWasRemovedIsMadeAnewUnderItsOldId() throws IOException {
        byte[] bytes = EngineFixture.random(400_000, 1);
        UUID a = part(bytes);
        Upload whole = joined("name", a);
        UUID object = whole.object();
        fixture.uploads().delete(whole.id());
        Upload second = joined("name", a);
        assertEquals(whole.id(), second.id());
        assertNotEquals(object, second.object());
        assertArrayEquals(bytes, fixture.read(whole.id()));
        fixture.reopen();
        assertArrayEquals(bytes, fixture.read(whole.id()));
    }

    @Test
    void manyWhoAskForTheSameAtOnceGetTheSame() throws Exception {
        UUID a = part(EngineFixture.random(100_000, 1));
        UUID b = part(EngineFixture.random(50_000, 2));
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Joined>> all = threads.invokeAll(Collections.nCopies(16, () -> fixture.uploads().join(spec("name"), List.of(a, b))));
            Set<UUID> ids = new HashSet<>();
            int made = 0;
            for (Future<Joined> each : all) {
                ids.add(each.get().upload().id());
                made += each.get().repeated() ? 0 : 1;
            }
            assertEquals(1, ids.size());
            assertEquals(1, made);
        }
        assertEquals(3, fixture.storage.list().size());
    }

    @Test
    void onlyWhatIsWholeAndThereIsJoined() {
        UUID a = part(EngineFixture.random(100, 1));
        Upload unfinished = fixture.start(500, 0);
        fixture.uploads().writeRange(unfinished.id(), 0, 100, -1, new TestBody(new byte[100]), DigestClaim.NONE);
        Upload endless = fixture.start(Upload.UNKNOWN_LENGTH, 0);
        assertInstanceOf(Failure.MissingChunks.class, refused(() -> fixture.uploads().join(spec("a"), List.of(a, unfinished.id()))));
        assertInstanceOf(Failure.LengthUnknown.class, refused(() -> fixture.uploads().join(spec("a"), List.of(a, endless.id()))));
        assertEquals(new Failure.UnknownFile(new UUID(1, 1)), refused(() -> fixture.uploads().join(spec("a"), List.of(a, new UUID(1, 1)))));
        assertInstanceOf(Failure.InvalidValue.class, refused(() -> fixture.uploads().join(spec("a"), List.of())));
        assertInstanceOf(Failure.InvalidValue.class, refused(() -> fixture.uploads().join(spec("a"), Collections.nCopies(Joining.MOST + 1, a))));
        assertInstanceOf(Failure.InvalidValue.class, refused(() -> fixture.uploads().join(spec(""), List.of(a))));
        NewUpload longer = new NewUpload(null, "a", 101, 101, 0, -1, null, null);
        assertEquals(new Failure.LengthMismatch(101, 100), refused(() -> fixture.uploads().join(longer, List.of(a))));
        Upload most = joined("a", Collections.nCopies(Joining.MOST, a).toArray(new UUID[0]));
        assertEquals(100L * Joining.MOST, most.length());
        assertInstanceOf(Failure.CannotJoin.class, refused(() -> fixture.uploads().join(spec("a"), List.of(most.id(), a))));
        assertEquals(4, fixture.catalog.uploads(null, 10, _ -> true).size());
    }

    @Test
    void rotInAPartBeforeTheWholeIsHashedIsFound() throws Exception {
        UUID a = part(EngineFixture.random(700_000, 1));
        fixture.rot(a, 400_000);
        Quiet.during("tranzr", () -> {
            Upload whole = fixture.uploads().join(spec("a"), List.of(a)).upload();
            // Also when the background finds it first, and this call only waits for it.
            assertInstanceOf(Failure.Corrupt.class, refused(() -> fixture.uploads().complete(whole.id(), null, LONG)));
            assertNotEquals(UploadState.COMPLETED, fixture.uploads().get(whole.id()).state());
        });
    }

    @Test
    void whatWasPendingAtAStopIsCompletedAtTheNextStart() throws IOException {
        byte[] bytes = EngineFixture.random(3_000_000, 1);
        UUID a = part(bytes);
        UUID whole = fixture.uploads().join(spec("a"), List.of(a, a)).upload().id();
        fixture.reopen();
        assertEquals(Digest.sha256(all(bytes, bytes)), fixture.uploads().complete(whole, null, LONG).upload().sha256());
    }

    @Test
    void whatWasJoinedWithoutARecordIsSetAsideAtTheNextStart() throws IOException {
        byte[] bytes = EngineFixture.random(700_000, 1);
        UUID a = part(bytes);
        assertTrue(fixture.storage.join(List.of(new Joining.Part(a, bytes.length), new Joining.Part(a, 10)), new UUID(3, 4)));
        fixture.reopen();
        assertEquals(List.of(a), fixture.storage.list());
        assertTrue(Files.list(folder.resolve("store/quarantine")).anyMatch(path -> path.toString().endsWith(new UUID(3, 4) + ".join")));
        fixture.pass(Duration.ofDays(2));
        fixture.engine.cleanup().run();
        assertEquals(0, Files.list(folder.resolve("store/quarantine")).count());
        assertArrayEquals(bytes, fixture.read(fixture.uploads().complete(a, null, LONG).upload().id()));
    }

    @Test
    void lostAndShortPiecesAreFoundByACheck() throws IOException {
        Upload one = joined("one", part(EngineFixture.random(300_000, 1)), part(EngineFixture.random(300_000, 2)));
        Upload two = joined("two", part(EngineFixture.random(300_000, 3)));
        Upload three = joined("three", part(EngineFixture.random(300_000, 4)));
        Files.delete(folder.resolve("store/files/" + one.object() + ".join/1"));
        Files.writeString(folder.resolve("store/files/" + two.object() + ".join/list"), "nonsense");
        Files.delete(folder.resolve("store/files/" + three.object() + ".join/list"));
        Map<UUID, Fsck.Kind> kinds = new java.util.HashMap<>();
        check().forEach(finding -> kinds.put(finding.id(), finding.kind()));
        assertEquals(Map.of(one.id(), Fsck.Kind.SHORT, two.id(), Fsck.Kind.UNREADABLE, three.id(), Fsck.Kind.MISSING), kinds);
        for (Upload each : List.of(two, three)) {
            assertInstanceOf(Failure.Corrupt.class, refused(() -> fixture.engine.downloads(tranzr.access.Caller.SYSTEM).open(each.id())));
        }
        assertThrows(IOException.class, () -> fixture.read(one.id()));
        assertFalse(fixture.storage.list().isEmpty());
    }
}
