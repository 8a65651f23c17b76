package tranzr.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.model.Upload;

/** What the engine tells of that clients had to do again. */
class TransferWatchTest {

    private static final int CHUNK = 100_000;
    private static final byte[] BYTES = EngineFixture.random(3 * CHUNK, 1);

    @TempDir
    Path folder;

    private final List<String> told = new ArrayList<>();
    private EngineFixture at;

    @BeforeEach
    void open() throws IOException {
        at = new EngineFixture(folder);
        watch();
    }

    private void watch() {
        at.engine.watch(new TransferWatch() {
            @Override
            public void repeated(UUID id) {
                told.add("repeated");
            }

            @Override
            public void resumed(UUID id) {
                told.add("resumed");
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        at.close();
    }

    @Test
    void anUploadWithoutTroubleIsNotToldOf() {
        Upload upload = at.start(BYTES.length, CHUNK);
        for (int chunk = 2; chunk >= 0; chunk--) {
            send(upload, chunk);
        }
        at.file(BYTES);
        at.file(new byte[] {1});
        assertEquals(List.of(), told);
    }

    @Test
    void aChunkThatIsThereIsToldAlsoWhenTheFileIsComplete() {
        Upload upload = at.start(BYTES.length, CHUNK);
        send(upload, 0);
        send(upload, 0);
        assertEquals(List.of("repeated"), told);
        send(upload, 1);
        send(upload, 2);
        at.uploads().complete(upload.id(), null, java.time.Duration.ofMinutes(1));
        send(upload, 1);
        assertEquals(List.of("repeated", "repeated"), told);
    }

    @Test
    void whatGoesOnAfterABreakIsToldOnce() {
        Upload upload = at.start(BYTES.length, CHUNK);
        assertThrows(FailureException.class, () -> at.uploads().writeChunk(upload.id(), 0, TestBody.breakingAt(part(0), CHUNK / 2), DigestClaim.NONE));
        assertEquals(List.of(), told);
        send(upload, 0);
        send(upload, 1);
        assertEquals(List.of("resumed"), told);
    }

    @Test
    void whatGoesOnAfterAStartIsToldOnceAndWhatOnlyBeginsThenIsNot() throws IOException {
        Upload begun = at.start(BYTES.length, CHUNK);
        Upload empty = at.start(BYTES.length, CHUNK);
        send(begun, 1);
        at.reopen();
        watch();
        send(empty, 0);
        assertEquals(List.of(), told);
        send(begun, 0);
        send(begun, 2);
        assertEquals(List.of("resumed"), told);
    }

    private void send(Upload upload, int chunk) {
        at.uploads().writeChunk(upload.id(), chunk, new TestBody(part(chunk)), DigestClaim.NONE);
    }

    private static byte[] part(int chunk) {
        return Arrays.copyOfRange(BYTES, chunk * CHUNK, (chunk + 1) * CHUNK);
    }
}
