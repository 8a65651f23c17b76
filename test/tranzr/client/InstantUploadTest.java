package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Content that the server has already is not sent again. */
class InstantUploadTest extends UploadBase {

    private static final int LENGTH = 8 << 20;
    /** Slow enough that asking is worth it. */
    private static final Tuning SLOW = new Tuning(Tuning.MIN_CHUNK, false, 1, Priority.NORMAL, 10, Duration.ofSeconds(30), Duration.ofMinutes(1), 512 << 10);

    private Meddler meddler;

    private TranzrClient watched() {
        return client(http -> meddler = new Meddler(http));
    }

    @Test
    void aFileThatWasSentBeforeIsThereAtOnce() throws Exception {
        Path file = file("a", 1 << 20);
        Upload.Result first = done(upload(client(), file, FIXED));
        Upload.Result second = done(upload(watched(), file, FIXED));
        assertFalse(first.instant());
        assertTrue(second.instant());
        assertNotEquals(first.fileId(), second.fileId());
        assertEquals(1, meddler.requests.size(), meddler.requests.toString());
        assertThere(second, Files.readAllBytes(file));
        assertTrue(sessions.list().getFirst().finished());
    }

    @Test
    void aSmallFileOfKnownContentTakesOneRequest() throws Exception {
        done(upload(client(), file("a", 5000), FIXED));
        Upload.Result again = done(client(http -> meddler = new Meddler(http)).upload(file("a", 5000)).name("b").build());
        assertTrue(again.instant());
        assertEquals("b", again.name());
        assertEquals(1, meddler.requests.size(), meddler.requests.toString());
    }

    @Test
    void onASlowLinkItIsNoticedWhenTheDigestIsKnown() throws Exception {
        Path file = file("a", LENGTH);
        done(upload(client(), file, FIXED));
        Path copy = Files.copy(file, folder.resolve("copy"));
        Upload.Result result = done(upload(watched(), copy, SLOW));
        assertTrue(result.instant());
        assertEquals("copy", result.name());
        assertTrue(meddler.putBytes() > 0 && meddler.putBytes() < LENGTH, meddler.putBytes() + " bytes were sent");
        assertThere(result, Files.readAllBytes(file));
        assertEquals(2, there(), "the upload that had begun is still there");
        assertTrue(sessions.list().getFirst().finished());
    }

    @Test
    void itIsAskedOnceAndARefusalIsNoTrouble() throws Exception {
        UploadCalls calls = new UploadCalls(client(http -> meddler = new Meddler(http) {
            @Override
            void before(String request) throws RefusedException {
                throw new RefusedException(403, "forbidden", "not for you", null, Map.of());
            }
        }).http);
        FileUpload.Order order = new FileUpload.Order(folder.resolve("a"), "a", null, false, FIXED);
        InstantTry asking = new InstantTry(calls, order, LENGTH, LENGTH, 0);
        assertNull(asking.run("0".repeat(64), 1000));
        assertEquals(List.of(), meddler.requests, "so little is sent sooner than asked for");
        assertNull(asking.run("0".repeat(64), LENGTH / 2 + 1));
        assertNull(asking.run("0".repeat(64), LENGTH / 2));
        assertEquals(1, meddler.requests.size(), meddler.requests.toString());
    }

    @Test
    void whatTheServerHasNotAfterAllLeavesNothingBehind() throws Exception {
        String sha256 = done(upload(client(), file("a", 5000), FIXED)).sha256();
        UploadCalls calls = new UploadCalls(client(http -> new Meddler(http) {
            @Override
            public Answer call(String method, String path, Map<String, ?> body) throws IOException, RefusedException {
                Map<String, Object> without = body == null ? null : new HashMap<>(body);
                if (without != null) {
                    without.remove("sha256");
                }
                return super.call(method, path, without);
            }
        }).http);
        FileUpload.Order order = new FileUpload.Order(folder.resolve("a"), "b", null, false, FIXED);
        assertTrue(calls.has(sha256, 5000));
        assertFalse(calls.has(sha256, 5001));
        // As if it were larger, so that asking is worth it.
        assertNull(new InstantTry(calls, order, 5000, LENGTH, 0).run(sha256, LENGTH / 2));
        assertEquals(1, there());
    }
}
