package tranzr.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
        Path file = file("a", LENGTH);
        Tuning fastEnough = new Tuning(Tuning.MIN_CHUNK, false, 1, Priority.NORMAL, 10, Duration.ofSeconds(30), Duration.ofMinutes(1), 1 << 20);
        Upload.Result result = done(upload(client(http -> meddler = new Meddler(http) {
            @Override
            void before(String request) throws IOException, RefusedException {
                if (request.startsWith("GET /files?")) {
                    throw new RefusedException(403, "forbidden", "not for you", null, Map.of());
                }
            }
        }), file, fastEnough));
        assertFalse(result.instant());
        assertEquals(LENGTH, meddler.putBytes());
        assertTrue(meddler.count("GET /files?") <= 1);
        assertThere(result, Files.readAllBytes(file));
    }
}
