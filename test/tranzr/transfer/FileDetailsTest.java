package tranzr.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.access.Caller;
import tranzr.model.Upload;
import tranzr.transfer.FileDetails.Details;

class FileDetailsTest {

    private static final byte[] BYTES = {1, 2, 3};

    @TempDir
    Path folder;
    private EngineFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new EngineFixture(folder);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private Upload file(Instant expires) {
        Uploads uploads = fixture.uploads();
        return uploads.receive(new NewUpload(uploads.newId(), "old.txt", 3, 3, 0, -1, null, null), new TestBody(BYTES), DigestClaim.NONE, expires, List.of());
    }

    private Upload change(UUID id, FileDetails.Edit edit) {
        return fixture.engine.details(Caller.SYSTEM).change(id, edit);
    }

    private Failure failure(UUID id, FileDetails.Edit edit) {
        return assertThrows(FailureException.class, () -> change(id, edit)).failure();
    }

    @Test
    void aNewNameAndTimeAreThereAfterARestartAndTheBytesAsTheyWere() throws Exception {
        Upload file = file(null);
        fixture.pass(Duration.ofHours(1));
        Instant later = fixture.time.get().plus(Duration.ofDays(3));
        Upload changed = change(file.id(), now -> new Details("new name.txt", later));
        assertEquals(file.withDetails("new name.txt", fixture.time.get(), later), changed);
        fixture.reopen();
        assertEquals(changed, fixture.uploads().get(file.id()));
        assertEquals(3, fixture.read(file.id()).length);
    }

    @Test
    void whatIsAsItWasIsNotWrittenAgain() {
        Upload file = file(null);
        fixture.pass(Duration.ofHours(1));
        assertEquals(file, change(file.id(), Details::of));
    }

    @Test
    void onlyNamesThatAnUploadCouldHaveAreTakenAndOnlyForWhatIsComplete() {
        Upload file = file(null);
        for (String name : List.of("", "../up", "a\u0000b", "a\u202Eb", "x".repeat(256), "a//b")) {
            assertInstanceOf(Failure.InvalidValue.class, failure(file.id(), now -> new Details(name, null)), name);
        }
        assertEquals("old.txt", fixture.uploads().get(file.id()).filename());
        assertInstanceOf(Failure.NotCompleted.class, failure(fixture.start(5, 5).id(), now -> new Details("b", null)));
        assertInstanceOf(Failure.UnknownFile.class, failure(new UUID(9, 9), now -> new Details("b", null)));
    }

    @Test
    void aFileThatIsGivenMoreTimeIsNotRemovedByACleanUpThatSawItsTimeIsOver() {
        Upload file = file(fixture.time.get().plus(Duration.ofHours(1)));
        fixture.pass(Duration.ofHours(2));
        Instant now = fixture.time.get();
        change(file.id(), found -> new Details(found.filename(), now.plus(Duration.ofDays(1))));
        assertFalse(fixture.uploads().removeDue(file.id(), now));
        fixture.engine.cleanup().run();
        assertEquals(file.id(), fixture.uploads().get(file.id()).id());
        fixture.pass(Duration.ofDays(2));
        assertEquals(1, fixture.engine.cleanup().run().removedRecords());
        assertInstanceOf(Failure.UnknownFile.class, failure(file.id(), Details::of));
    }

    @Test
    void changesOfOneFileAtTheSameTimeLoseNothingOfEachOther() throws Exception {
        Upload file = file(fixture.time.get().plus(Duration.ofHours(1)));
        int each = 20;
        CyclicBarrier together = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> names = threads.submit(() -> repeat(together, each, () -> change(file.id(), now -> new Details(now.filename() + "x", now.expires()))));
            Future<?> times = threads.submit(() -> repeat(together, each, () -> change(file.id(), now -> new Details(now.filename(), now.expires().plusSeconds(1)))));
            names.get();
            times.get();
        }
        assertEquals(file.filename() + "x".repeat(each), fixture.uploads().get(file.id()).filename());
        assertEquals(file.expires().plusSeconds(each), fixture.uploads().get(file.id()).expires());
    }

    private static Void repeat(CyclicBarrier together, int times, Runnable what) throws Exception {
        for (int i = 0; i < times; i++) {
            together.await();
            what.run();
        }
        return null;
    }
}
