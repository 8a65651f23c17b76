package tranzr.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.access.Caller;
import tranzr.catalog.Change;
import tranzr.catalog.ConflictException;
import tranzr.model.AccessToken;
import tranzr.model.Quota;
import tranzr.model.Right;
import tranzr.model.Scope;
import tranzr.model.Upload;
import tranzr.security.Tokens;

/** Quotas are exact however many ask for their rest at the same moment, and in whatever way the bytes come. */
class QuotaRaceTest {

    private static final int THREADS = 200;
    private static final int SMALL = 1000;
    private static final int LARGE = 100_000;
    private static final UUID TOKEN = new UUID(3, 3);

    private EngineFixture fixture;

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        fixture = new EngineFixture(folder);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    /** The engine as a token with this quota sees it. */
    private Uploads within(Quota quota) throws ConflictException {
        AccessToken token = new AccessToken(TOKEN, Tokens.hash("secret"), "name", Instant.EPOCH, Right.ALL, Map.of(), quota, null, List.of(), null);
        fixture.engine.core().commit(List.of(new Change.EntityAdded(token)));
        return fixture.engine.uploads(Caller.of(token));
    }

    private static NewUpload spec(Uploads uploads, long length) {
        return new NewUpload(uploads.newId(), "file.bin", length, length, 64 << 10, -1, null, null);
    }

    private int succeeded(Callable<?> work) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Boolean>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < THREADS; i++) {
                running.add(threads.submit(() -> {
                    go.await();
                    try {
                        work.call();
                        return true;
                    } catch (FailureException e) {
                        assertTrue(e.failure() instanceof Failure.QuotaExceeded, e::toString);
                        return false;
                    }
                }));
            }
            go.countDown();
        }
        int succeeded = 0;
        for (Future<Boolean> each : running) {
            succeeded += each.get() ? 1 : 0;
        }
        return succeeded;
    }

    private void assertUsed(long bytes, long files) {
        assertEquals(bytes, fixture.catalog.usage(Scope.token(TOKEN)).bytes());
        assertEquals(files, fixture.catalog.usage(Scope.token(TOKEN)).files());
    }

    @Test
    void ofSmallFilesExactlyThoseAreTakenForWhichThereIsRoom() throws Exception {
        Uploads uploads = within(new Quota(17L * SMALL + SMALL / 2, Long.MAX_VALUE, Long.MAX_VALUE));
        assertEquals(17, succeeded(() -> uploads.receive(spec(uploads, SMALL), new TestBody(new byte[SMALL]), DigestClaim.NONE, null, List.of())));
        assertUsed(17L * SMALL, 17);
        assertEquals(17, fixture.storage.list().size(), "what was refused leaves nothing behind");
    }

    @Test
    void ofLargeFilesExactlyThoseAreTakenForWhichThereIsRoom() throws Exception {
        Uploads uploads = within(new Quota(11L * LARGE, Long.MAX_VALUE, Long.MAX_VALUE));
        assertEquals(11, succeeded(() -> uploads.receive(spec(uploads, LARGE), new TestBody(new byte[LARGE]), DigestClaim.NONE, null, List.of())));
        assertUsed(11L * LARGE, 11);
        assertEquals(11, fixture.storage.list().size());
    }

    @Test
    void ofChunkedUploadsExactlyThoseBeginForWhichThereIsRoomAndAbortsGiveItBack() throws Exception {
        Uploads uploads = within(new Quota(Long.MAX_VALUE, 9, Long.MAX_VALUE));
        for (int round = 0; round < 3; round++) {
            List<UUID> begun = Collections.synchronizedList(new ArrayList<>());
            assertEquals(9, succeeded(() -> begun.add(uploads.start(spec(uploads, LARGE)).id())));
            assertUsed(9L * LARGE, 9);
            begun.forEach(uploads::abort);
            assertUsed(0, 0);
        }
    }

    @Test
    void uploadsOfUnknownLengthTogetherNeverPassTheQuota() throws Exception {
        long quota = 6L * LARGE + 5;
        Uploads uploads = within(new Quota(quota, Long.MAX_VALUE, Long.MAX_VALUE));
        int taken = succeeded(() -> uploads.receive(spec(uploads, Upload.UNKNOWN_LENGTH), TestBody.ofUnknownLength(new byte[LARGE]), DigestClaim.NONE, null, List.of()));
        assertEquals(6, taken);
        assertUsed(6L * LARGE, 6);
    }

    @Test
    void chunksThatLengthenAnUploadTogetherNeverPassTheQuota() throws Exception {
        int chunk = 64 << 10;
        Uploads uploads = within(new Quota(20L * chunk, Long.MAX_VALUE, Long.MAX_VALUE));
        UUID id = uploads.start(spec(uploads, Upload.UNKNOWN_LENGTH)).id();
        AtomicInteger index = new AtomicInteger();
        int taken = succeeded(() -> uploads.writeChunk(id, index.getAndIncrement(), new TestBody(new byte[chunk]), DigestClaim.NONE));
        assertEquals(20, taken, "the chunks 0 to 19 and no other");
        assertUsed(20L * chunk, 1);
    }
}
