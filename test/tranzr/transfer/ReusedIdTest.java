package tranzr.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tranzr.access.Caller;
import tranzr.model.ByteRange;
import tranzr.model.Digest;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/** An id that a client chose, for one upload after the other. What a crash makes of that is in {@link tranzr.fault.EngineScenario}. */
class ReusedIdTest {

    private static final UUID ID = UUID.fromString("6ba7b810-9dad-41d1-80b4-00c04fd430c8");
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

    private static NewUpload spec(long length, Digest expected) {
        return new NewUpload(ID, "chosen", length, length, 100_000, -1, expected, null);
    }

    private Upload file(byte[] bytes) {
        return fixture.uploads().receive(spec(bytes.length, null), new TestBody(bytes), DigestClaim.NONE, null, List.of());
    }

    @ParameterizedTest
    @CsvSource({"10, 20", "20, 10", "300000, 700001", "700001, 10", "10, 700001", "400000, 400000"})
    void theNextUploadOfAnIdHasNothingOfTheOneBefore(int first, int second) throws IOException {
        byte[] before = EngineFixture.random(first, 1);
        byte[] after = EngineFixture.random(second, 2);
        Upload old = file(before);
        Upload copy = fixture.uploads().instant(new NewUpload(fixture.uploads().newId(), "copy", first, first, 0, -1, old.sha256(), null)).orElseThrow().file();
        try (Download reading = fixture.engine.downloads(Caller.SYSTEM).open(ID)) {
            fixture.uploads().delete(ID);
            Upload next = file(after);
            assertNotEquals(old.object(), next.object());
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            reading.writeTo(read, new ByteRange(0, first));
            assertArrayEquals(before, read.toByteArray());
        }
        for (int start = 0; start < 2; start++) {
            assertArrayEquals(after, fixture.read(ID));
            assertArrayEquals(before, fixture.read(copy.id()));
            List<Fsck.Finding> found = new ArrayList<>();
            Fsck.run(fixture.catalog, fixture.storage, false, found::add);
            assertEquals(List.of(), found);
            assertEquals(0, fixture.engine.cleanup().run().orphans() + fixture.engine.cleanup().run().orphans());
            fixture.reopen();
        }
    }

    @Test
    void theHashOfTheOneBeforeIsForgotten() throws IOException {
        byte[] half = EngineFixture.random(500_000, 1);
        byte[] other = EngineFixture.random(500_000, 2);
        for (byte[] bytes : List.of(half, other)) {
            fixture.uploads().start(spec(bytes.length, null));
            fixture.uploads().writeRange(ID, 0, -1, -1, new TestBody(java.util.Arrays.copyOf(bytes, 300_000)), DigestClaim.NONE);
            if (bytes == half) {
                fixture.uploads().abort(ID);
            }
        }
        fixture.uploads().writeRange(ID, 300_000, -1, -1, new TestBody(java.util.Arrays.copyOfRange(other, 300_000, 500_000)), DigestClaim.NONE);
        assertEquals(Digest.sha256(other), fixture.uploads().complete(ID, null, LONG).upload().sha256());
        assertArrayEquals(other, fixture.read(ID));
    }

    @Test
    void anIdInUseIsRefusedByEveryWayToBeginAndNothingIsLeftOfThat() throws IOException {
        byte[] bytes = EngineFixture.random(50_000, 1);
        Upload file = file(bytes);
        byte[] long1 = EngineFixture.random(200_000, 2);
        List<Runnable> ways = List.of(() -> fixture.uploads().start(spec(5, null)), () -> file(new byte[7]), () -> file(long1),
                () -> fixture.uploads().instant(spec(bytes.length, file.sha256())));
        for (Runnable way : ways) {
            assertEquals(new Failure.IdTaken(), assertThrows(FailureException.class, way::run).failure());
        }
        assertEquals(List.of(file.object()), fixture.storage.list());
        assertArrayEquals(bytes, fixture.read(ID));
        assertEquals(UploadState.COMPLETED, fixture.uploads().get(ID).state());
    }

    @Test
    void whoeverWinsAnIdHasItAlone() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            for (int round = 0; round < 20; round++) {
                List<Future<Boolean>> all = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    byte[] bytes = EngineFixture.random(100 + 10_000 * i, i);
                    all.add(threads.submit(() -> began(bytes)));
                }
                int won = 0;
                for (Future<Boolean> each : all) {
                    won += each.get() ? 1 : 0;
                }
                assertTrue(won >= 1, "nobody has it");
                Upload file = fixture.catalog.upload(ID).orElse(null); // Who lost last may have removed what another has won.
                assertEquals(file == null ? List.of() : List.of(file.object()), fixture.storage.list());
                if (file != null) {
                    assertEquals(file.sha256(), Digest.sha256(fixture.read(ID)));
                    fixture.uploads().delete(ID);
                }
            }
        }
        assertEquals(List.of(), fixture.storage.list());
        assertEquals(null, fixture.failed.get());
    }

    /** Removes what is there now and then, so that removals and beginnings meet. */
    private boolean began(byte[] bytes) {
        for (int i = 0; i < 5; i++) {
            try {
                file(bytes);
                return true;
            } catch (FailureException e) {
                assertEquals(new Failure.IdTaken(), e.failure());
                try {
                    fixture.uploads().delete(ID);
                } catch (FailureException gone) {
                    assertEquals(new Failure.UnknownFile(ID), gone.failure());
                }
            }
        }
        return false;
    }
}
