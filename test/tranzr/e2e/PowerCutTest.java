package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tranzr.TestMain;

/** The power goes under the running server, on a real file system; what was answered before is there afterwards. */
@Tag(TestMain.ASIDE)
class PowerCutTest {

    private static final long SEED = 20260801;

    @ParameterizedTest
    @CsvSource({"ext4,256,5", "xfs,400,2"})
    void whatWasAnsweredSurvivesPowerCuts(String type, int mebibytes, int rounds, @TempDir Path folder) throws Exception {
        Random random = new Random(SEED);
        try (LoopMount disk = LoopMount.make(folder, type, mebibytes);
                ServerProcess server = ServerProcess.start(disk.directory().resolve("data"), "--reserve", "1MiB");
                Http http = new Http(server)) {
            AckLog log = new AckLog(http);
            for (int round = 0; round < rounds; round++) {
                log.workUntilItEnds(SEED + round, 4, 5 + random.nextInt(30), disk::cutPower);
                server.kill();
                disk.powerOn();
                server.restart();
                log.verify();
            }
            log.verifyAll();
            assertTrue(log.filesAcknowledged() > rounds, "too little was done to prove anything");
        }
    }

    /** The control: where force does nothing, the same cut loses files, so the test above can see a loss. */
    @Test
    void withoutForceTheSameCutLosesFiles(@TempDir Path folder) throws Exception {
        assumeTrue(Shell.has("strace"), "strace is not installed");
        List<String> noForce = List.of("strace", "-f", "-qq", "-o", folder.resolve("trace").toString(), "-e",
                "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:retval=0");
        try (LoopMount disk = LoopMount.make(folder, "ext4", 128)) {
            Path data = disk.directory().resolve("data");
            ServerProcess.start(data, "--reserve", "1MiB").close();
            try (ServerProcess server = ServerProcess.start(ServerProcess.Launch.on(data, "--reserve", "1MiB").before(noForce));
                    Http http = new Http(server)) {
                AckLog log = new AckLog(http);
                log.workUntilItEnds(SEED, 2, 40, disk::cutPower);
                server.kill();
                disk.powerOn();
                assertTrue(losesSomething(data, log), "nothing was lost although nothing was forced");
            }
        }
    }

    private static boolean losesSomething(Path data, AckLog log) {
        try (ServerProcess after = ServerProcess.start(data, "--reserve", "1MiB"); Http http = new Http(after)) {
            log.with(http).verify();
            return false;
        } catch (AssertionError | IllegalStateException lost) {
            return true;
        }
    }

    @Test
    void aFullDiskRefusesNewFilesAndKeepsTheOldOnes(@TempDir Path folder) throws Exception {
        try (LoopMount disk = LoopMount.make(folder, "ext4", 48);
                ServerProcess server = ServerProcess.start(disk.directory().resolve("data"), "--reserve", "1MiB");
                Http http = new Http(server)) {
            byte[] kept = Http.bytes(3 << 20, 1);
            String id = http.store("kept", kept);
            http.postJson("/upload/start", "{\"filename\": \"huge\", \"file_size\": \"1GiB\"}").expect(507, "no_space");
            String open = http.begin("open", 8 << 20, 1 << 20);
            http.chunk(open, 0, Http.bytes(1 << 20, 2)).expect(200);
            fill(disk.directory().resolve("foreign"));
            http.chunk(open, 1, Http.bytes(1 << 20, 3)).expect(507, "no_space");
            http.put("/more", Http.bytes(500_000, 4)).expect(507);
            assertEquals(Http.sha256(kept), Http.sha256(http.get("/download/" + id).expect(200).body()));
            assertEquals(List.of(0), http.status(open).json().get("uploaded_chunks"));
            server.kill();
            server.restart();
            assertEquals(Http.sha256(kept), Http.sha256(http.get("/download/" + id).expect(200).body()));
            assertTrue(http.delete("/files/" + id).status() < 300, "a full disk must not keep anybody from deleting");
            http.get("/download/" + id).expect(404);
            Files.delete(disk.directory().resolve("foreign"));
            Http.await("room again", () -> http.chunk(open, 1, Http.bytes(1 << 20, 3)).status() == 200);
            assertEquals(List.of(0, 1), http.status(open).json().get("uploaded_chunks"));
        }
    }

    private static void fill(Path file) {
        byte[] block = new byte[64 * 1024];
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertTrue(String.valueOf(full.getMessage()).contains("No space"), full.toString());
        }
    }
}
