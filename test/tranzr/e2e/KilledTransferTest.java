package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tranzr.e2e.TwoEnds.MIB;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;
import tranzr.e2e.ClientProcess.Done;
import tranzr.fault.Network;

/** {@code kill -9} of the client, of the server and of both, and Ctrl-C: the same command goes on, and the bytes are the same in the end. */
@Tag(TestMain.ASIDE)
class KilledTransferTest {

    private static final long SEED = 9;
    private static final int SIZE = 48 * MIB;
    /** So that a kill comes in the middle and not afterwards. */
    private static final Network NETWORK = Network.CLEAN.rate(24_000_000);

    @TempDir
    Path folder;

    @Test
    void aFileThatIsSentSurvivesKillsOfBothSides() throws Exception {
        try (TwoEnds ends = TwoEnds.of(folder, NETWORK, SEED)) {
            KillLoop loop = new KillLoop(ends, SEED);
            Path file = ends.file("killed.bin", SIZE, SEED);
            Done sent = loop.run(() -> ends.startSend(file), ends.proxy::bytesUp, SIZE, 4);
            ends.assertStored(sent.fileId(), file);
            assertTrue(loop.kills() >= 3, loop.kills() + " kills");
            loop.assertLittleLost(SIZE);
        }
    }

    @Test
    void aFileThatIsReceivedSurvivesKillsOfBothSides() throws Exception {
        try (TwoEnds ends = TwoEnds.of(folder, NETWORK, SEED)) {
            KillLoop loop = new KillLoop(ends, SEED + 1);
            Path file = ends.file("killed.bin", SIZE, SEED);
            String id = ends.store(file);
            Path target = folder.resolve("back.bin");
            loop.run(() -> ends.startReceive(id, target), ends.proxy::bytesDown, SIZE, 4);
            TwoEnds.assertSame(file, target);
            assertTrue(loop.kills() >= 3, loop.kills() + " kills");
            loop.assertLittleLost(SIZE);
        }
    }

    @Test
    void ctrlCLeavesWhatTheSameCommandGoesOnWith() throws Exception {
        try (TwoEnds ends = TwoEnds.of(folder, NETWORK, SEED)) {
            Path file = ends.file("stopped.bin", SIZE, SEED);
            try (ClientProcess sending = ends.startSend(file, "--limit-rate", "8MiB")) {
                Http.await("bytes", () -> ends.proxy.bytesUp() >= SIZE / 4 || !sending.isAlive());
                sending.interrupt();
                Done stopped = sending.await().expect(6);
                assertTrue(stopped.err().contains("resume"), stopped.toString());
                assertEquals("", stopped.out());
            }
            long before = ends.proxy.bytesUp();
            assertTrue(ends.user.run("status").expect(0).out().contains("stopped.bin"));
            Done sent = ends.send(file).expect(0);
            ends.assertStored(sent.fileId(), file);
            assertTrue(ends.proxy.bytesUp() - before < SIZE * 7L / 8, "it began anew: " + (ends.proxy.bytesUp() - before));

            Path target = folder.resolve("back.bin");
            long downBefore = ends.proxy.bytesDown();
            try (ClientProcess receiving = ends.startReceive(sent.fileId(), target, "--limit-rate", "8MiB")) {
                Http.await("bytes", () -> ends.proxy.bytesDown() >= downBefore + SIZE / 4 || !receiving.isAlive());
                receiving.interrupt();
                receiving.await().expect(6);
                assertFalse(Files.exists(target), "half a file has its name");
            }
            long downThen = ends.proxy.bytesDown();
            ends.user.run("resume", "all").expect(0);
            TwoEnds.assertSame(file, target);
            assertTrue(ends.proxy.bytesDown() - downThen < SIZE * 7L / 8, "it began anew: " + (ends.proxy.bytesDown() - downThen));
        }
    }

    @Test
    void aSecondCommandForTheSameFileSaysWhoHasIt() throws Exception {
        try (TwoEnds ends = TwoEnds.of(folder, Network.CLEAN.rate(4_000_000), SEED)) {
            Path file = ends.file("twice.bin", 16 * MIB, SEED);
            String id;
            try (ClientProcess sending = ends.startSend(file)) {
                Http.await("bytes", () -> ends.proxy.bytesUp() >= MIB || !sending.isAlive());
                Done second = ends.send(file).expect(3);
                assertTrue(second.err().matches("(?s).*process \\d+.*"), second.toString());
                id = sending.await().expect(0).fileId();
            }
            ends.assertStored(id, file);
            Path target = folder.resolve("back.bin");
            long before = ends.proxy.bytesDown();
            try (ClientProcess receiving = ends.startReceive(id, target)) {
                Http.await("bytes", () -> ends.proxy.bytesDown() >= before + MIB || !receiving.isAlive());
                Done second = ends.receive(id, target).expect(3);
                assertTrue(second.err().matches("(?s).*process \\d+.*"), second.toString());
                receiving.await().expect(0);
            }
            TwoEnds.assertSame(file, target);
        }
    }

    @Test
    void standardInputOutlivesTheServer() throws Exception {
        try (TwoEnds ends = TwoEnds.of(folder, NETWORK, SEED)) {
            Path file = ends.file("stream.bin", 24 * MIB, SEED);
            Process cat = new ProcessBuilder("bash", "-c", "exec \"$@\" < " + file, "bash", Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar",
                    System.getProperty("tranzr.jar"), "send", "-", "--name", "stream.bin", "--server", ends.proxy.url(), "--state", folder.resolve("state").toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            Http.await("bytes", () -> ends.proxy.bytesUp() >= 10 * MIB || !cat.isAlive());
            ends.server.kill();
            ends.server.restart();
            String out = new String(cat.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertTrue(cat.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, cat.exitValue());
            ends.assertStored(out.split(" ")[0], file);
        }
    }
}
