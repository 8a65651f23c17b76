package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tranzr.e2e.TwoEnds.MIB;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;
import tranzr.e2e.ClientProcess.Done;
import tranzr.fault.Network;

/** Transfers whose file, session or server is not what it was when they began: what comes out is whole, or it is said why not. */
@Tag(TestMain.ASIDE)
class ChangedTransferTest {

    private static final long SEED = 77;
    private static final int SIZE = 16 * MIB;
    private static final Network SLOW = Network.CLEAN.rate(10_000_000);

    @TempDir
    Path folder;
    private Path file;

    @BeforeEach
    void makeFile() {
        file = TwoEnds.noise(folder.resolve("file.bin"), SIZE, SEED);
    }

    /** Has the client killed when half of the file has gone out. */
    private void sendHalf(TwoEnds ends) {
        try (ClientProcess sending = ends.startSend(file)) {
            Http.await("half of it", () -> ends.proxy.bytesUp() >= SIZE / 2 || !sending.isAlive());
            assertTrue(sending.isAlive(), "it was faster than the test");
            sending.kill();
        }
    }

    private static void change(Path file, long at) throws IOException {
        try (RandomAccessFile changed = new RandomAccessFile(file.toFile(), "rw")) {
            changed.seek(at);
            int old = changed.read();
            changed.seek(at);
            changed.write(old ^ 0xFF);
        }
    }

    private static List<Map<?, ?>> entries(TwoEnds ends) {
        return ends.http.get("/files?limit=100").expect(200).jsonList().stream().<Map<?, ?>>map(entry -> (Map<?, ?>) entry).toList();
    }

    private static long completed(TwoEnds ends) {
        return entries(ends).stream().filter(entry -> "completed".equals(entry.get("status"))).count();
    }

    @Test
    void aFileThatChangedBetweenAttemptsIsToldAndThenSentAsItIsNow() throws Exception {
        try (TwoEnds ends = TwoEnds.of(folder, SLOW, SEED)) {
            sendHalf(ends);
            change(file, 4711);
            Done told = ends.send(file);
            assertEquals(0, told.exit() == 1 ? completed(ends) : 0, "a mixed file");
            Done sent = told.exit() == 0 ? told : ends.send(file).expect(0);
            assertTrue(told.exit() == 0 || told.err().contains("chang"), told.toString());
            ends.assertStored(sent.fileId(), file);
            assertEquals(1, completed(ends));
        }
    }

    @Test
    void aFileThatChangesWhileItIsSentNeverArrivesMixed() throws Exception {
        try (TwoEnds ends = TwoEnds.of(folder, SLOW, SEED)) {
            try (ClientProcess sending = ends.startSend(file)) {
                Http.await("half of it", () -> ends.proxy.bytesUp() >= SIZE / 2 || !sending.isAlive());
                change(file, 100);
                change(file, SIZE - 100);
                Done told = sending.await().expect(1);
                assertTrue(told.err().contains("chang"), told.toString());
            }
            assertEquals(0, completed(ends));
            ends.assertStored(ends.send(file).expect(0).fileId(), file);
            assertEquals(1, entries(ends).size(), "the half of the old one is still there");
        }
    }

    @Test
    void anUploadThatTheServerHasDeletedIsBegunAnew() throws Exception {
        try (TwoEnds ends = TwoEnds.of(folder, SLOW, SEED)) {
            sendHalf(ends);
            String id = entries(ends).getFirst().get("file_id").toString();
            ends.http.delete("/files/" + id);
            Done sent = ends.send(file, "--verbose").expect(0);
            ends.assertStored(sent.fileId(), file);
            assertFalse(sent.fileId().equals(id));
            assertEquals(1, entries(ends).size());
        }
    }

    @Test
    void anUploadThatHasExpiredIsBegunAnew() throws Exception {
        try (TwoEnds ends = TwoEnds.of(folder, SLOW, SEED, "--upload-ttl", "3s", "--cleanup-interval", "1s")) {
            sendHalf(ends);
            String id = entries(ends).getFirst().get("file_id").toString();
            Http.await("the end of the upload", () -> ends.http.get("/upload/status/" + id).status() == 410);
            Done sent = ends.send(file).expect(0);
            ends.assertStored(sent.fileId(), file);
        }
    }

    @Test
    void aServerThatWasRestoredFromAnOlderCopyGetsWhatItLacks() throws Exception {
        Path data = folder.resolve("data");
        try (TwoEnds ends = TwoEnds.of(folder, SLOW, SEED)) {
            ends.server.terminate();
            Path empty = copy(data, "before");
            ends.server.restart();
            try (ClientProcess sending = ends.startSend(file)) {
                Http.await("a quarter of it", () -> ends.proxy.bytesUp() >= SIZE / 4 || !sending.isAlive());
                ends.server.terminate();
                Path quarter = copy(data, "quarter");
                ends.server.restart();
                Http.await("more", () -> ends.proxy.bytesUp() >= SIZE * 3L / 4 || !sending.isAlive());
                assertTrue(sending.isAlive(), "it was faster than the test");
                ends.server.kill();
                replace(data, quarter);
                ends.server.restart();
                Http.await("more again", () -> ends.proxy.bytesUp() >= SIZE * 7L / 8 || !sending.isAlive());
                sending.kill();
            }
            // And now from one that knows nothing of it.
            ends.server.kill();
            replace(data, empty);
            ends.server.restart();
            Done sent = ends.send(file).expect(0);
            ends.assertStored(sent.fileId(), file);
            assertEquals(1, entries(ends).size());
        }
    }

    private Path copy(Path from, String name) {
        Path copy = folder.resolve(name);
        Shell.run(folder, "cp", "-a", from.toString(), copy.toString()).expectSuccess();
        return copy;
    }

    private void replace(Path data, Path copy) {
        Shell.run(folder, "rm", "-rf", data.toString()).expectSuccess();
        Shell.run(folder, "cp", "-a", copy.toString(), data.toString()).expectSuccess();
    }

    @Test
    void aPartialFileThatIsNoPrefixIsReplaced() throws Exception {
        Path target = Files.createDirectory(folder.resolve("in")).resolve("back.bin");
        try (TwoEnds ends = TwoEnds.of(folder, SLOW, SEED)) {
            String id = ends.store(file);
            try (ClientProcess receiving = ends.startReceive(id, target)) {
                Http.await("half of it", () -> ends.proxy.bytesDown() >= SIZE / 2 || !receiving.isAlive());
                receiving.kill();
            }
            List<String> left = TwoEnds.names(target.getParent());
            assertEquals(1, left.stream().filter(name -> !name.equals("back.bin")).count(), left.toString());
            Path part = target.resolveSibling(left.getFirst());
            for (boolean remembered : new boolean[] {true, false}) {
                Files.deleteIfExists(target);
                TwoEnds.noise(part, SIZE + 1000, SEED + 1);
                if (!remembered) {
                    Shell.run(folder, "rm", "-rf", ends.user.state().toString()).expectSuccess();
                }
                ends.receive(id, target).expect(0);
                TwoEnds.assertSame(file, target);
                assertEquals(List.of("back.bin"), TwoEnds.names(target.getParent()));
            }
        }
    }

    @Test
    void anotherFileInThePlaceStaysUnlessItIsToBeReplaced() throws Exception {
        try (TwoEnds ends = TwoEnds.of(folder, Network.CLEAN, SEED)) {
            String id = ends.store(file);
            Path target = folder.resolve("back.bin");
            byte[] mine = Http.bytes(5000, 1);
            Files.write(target, mine);
            ends.receive(id, target).expect(2);
            assertEquals(Http.sha256(mine), Http.sha256(Files.readAllBytes(target)));
            ends.receive(id, target, "--overwrite").expect(0);
            TwoEnds.assertSame(file, target);
            // A file that is there is verified and not fetched.
            long before = ends.proxy.bytesDown();
            ends.receive(id, target).expect(0);
            assertTrue(ends.proxy.bytesDown() - before < 20_000);
        }
    }

    @Test
    void aFileThatIsDeletedWhileItIsReceivedEndsClearly() throws Exception {
        try (TwoEnds ends = TwoEnds.of(folder, SLOW, SEED)) {
            String id = ends.store(file);
            Path target = folder.resolve("back.bin");
            try (ClientProcess receiving = ends.startReceive(id, target)) {
                Http.await("a quarter of it", () -> ends.proxy.bytesDown() >= SIZE / 4 || !receiving.isAlive());
                assertTrue(ends.http.delete("/files/" + id).status() < 300);
                ends.proxy.cutAll(Network.End.RESET);
                Done gone = receiving.await();
                assertTrue(gone.exit() == 1 || gone.exit() == 2, gone.toString());
            }
            assertFalse(Files.exists(target));
        }
    }
}
