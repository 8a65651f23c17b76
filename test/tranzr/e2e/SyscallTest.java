package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tranzr.TestMain;

/** The process ends, or its disk fails, exactly at the n-th call of a kind. */
@Tag(TestMain.ASIDE)
class SyscallTest {

    @BeforeAll
    static void needStrace(@TempDir Path folder) {
        assumeTrue(Shell.has("strace"), "strace is not installed");
        Shell.Result trial = Shell.run(folder, "strace", "-f", "-qq", "-o", folder.resolve("trace").toString(), "true");
        assumeTrue(trial.exit() == 0, () -> "strace may not trace here: " + trial.output());
    }

    private static List<String> injecting(Path folder, String calls, String fault) {
        return List.of("strace", "-f", "-qq", "-o", folder.resolve("trace").toString(), "-e", "trace=" + calls,
                "-e", "inject=" + calls + ":" + fault);
    }

    @ParameterizedTest
    @CsvSource({"fdatasync,1", "fdatasync,4", "fdatasync,9", "fdatasync,30", "fsync,1", "fsync,3", "fsync,6", "pwrite64,3", "pwrite64,25",
        "'rename,renameat,renameat2',1"})
    void whatWasAnsweredSurvivesAKillAtThisCall(String calls, int when, @TempDir Path folder) throws Exception {
        Path data = folder.resolve("data");
        ServerProcess.Launch killed = ServerProcess.Launch.on(data).before(injecting(folder, calls, "signal=KILL:when=" + when));
        AckLog log = new AckLog(null);
        try (ServerProcess server = ServerProcess.start(killed); Http http = new Http(server)) {
            log.with(http).workUntilItEnds(when, 3, 60, server::kill);
        } catch (IllegalStateException endedBeforeItListened) {
            assertTrue(log.answered() == 0, endedBeforeItListened.toString());
        }
        try (ServerProcess server = ServerProcess.start(data); Http http = new Http(server)) {
            log.with(http).verify();
            http.store("works", new byte[1000]);
        }
    }

    @ParameterizedTest
    @CsvSource({"fdatasync,3", "fdatasync,20"})
    void aFailedForceIsNeverAnsweredWithSuccess(String calls, int when, @TempDir Path folder) throws Exception {
        Path data = folder.resolve("data");
        ServerProcess.start(data).close();
        AckLog log = new AckLog(null);
        ServerProcess.Launch failing = ServerProcess.Launch.on(data).before(injecting(folder, calls, "error=EIO:when=" + when));
        try (ServerProcess server = ServerProcess.start(failing); Http http = new Http(server)) {
            log.with(http).workUntilItEnds(when, 3, 400, server::kill);
        }
        try (ServerProcess server = ServerProcess.start(data); Http http = new Http(server)) {
            log.with(http).verify();
        }
    }

    @Test
    void aServerWhoseDiskFailsEndsAndSaysSo(@TempDir Path folder) throws Exception {
        Path data = folder.resolve("data");
        ServerProcess.start(data).close();
        ServerProcess.Launch failing = ServerProcess.Launch.on(data).before(injecting(folder, "fdatasync", "error=EIO:when=6+"));
        try (ServerProcess server = ServerProcess.start(failing); Http http = new Http(server)) {
            new AckLog(http).workUntilItEnds(1, 2, 400, () -> { });
            assertNotEquals(0, server.waitForExit());
            assertTrue(server.output().lines().anyMatch(line -> line.matches("(?i).*(journal|disk|stor).*")), server.output());
        }
    }
}
