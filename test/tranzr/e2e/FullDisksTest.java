package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tranzr.e2e.TwoEnds.MIB;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.e2e.ClientProcess.Done;
import tranzr.fault.Network;

/** No room at the server, or at the receiver: it is said, and the same command goes on when there is room. */
class FullDisksTest {

    private static final long SEED = 31;
    private static final int SIZE = 12 * MIB;
    private static final Network SLOW = Network.CLEAN.rate(10_000_000);

    @TempDir
    Path folder;

    /** Until nothing fits any more. */
    private static void fill(Path file) {
        byte[] block = new byte[64 << 10];
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertTrue(String.valueOf(full.getMessage()).contains("No space"), full.toString());
        }
    }

    @Test
    void aServerWithoutRoomPausesTheUploadAndTheSameCommandGoesOn() throws Exception {
        try (LoopMount disk = LoopMount.make(folder, "ext4", 48);
                TwoEnds ends = TwoEnds.of(folder, ServerProcess.start(disk.directory().resolve("data"), "--reserve", "1MiB"), SLOW, SEED)) {
            Path file = ends.file("full.bin", SIZE, SEED);
            Path foreign = disk.directory().resolve("foreign");
            fill(foreign);
            Done refused = ends.send(file, "--wait", "1s").expect(6);
            assertTrue(refused.err().contains("space") || refused.err().contains("room"), refused.toString());
            Files.delete(foreign);
            try (ClientProcess sending = ends.startSend(file, "--wait", "1s")) {
                long half = ends.proxy.bytesUp() + SIZE / 2;
                Http.await("half of it", () -> ends.proxy.bytesUp() >= half || !sending.isAlive());
                fill(foreign);
                // The room was reserved for it or was not: it goes through or pauses, and never fails.
                Done met = sending.await();
                assertTrue(met.exit() == 0 || met.exit() == 6, met.toString());
            }
            Files.delete(foreign);
            Done sent = ends.send(file).expect(0);
            ends.assertStored(sent.fileId(), file);
        }
    }

    @Test
    void aReceiverWithoutRoomPausesAndTheSameCommandGoesOn() throws Exception {
        try (LoopMount disk = LoopMount.make(folder, "ext4", 32); TwoEnds ends = TwoEnds.of(folder, SLOW, SEED)) {
            Path file = ends.file("full.bin", SIZE, SEED);
            String id = ends.store(file);
            Path target = disk.directory().resolve("back.bin");
            Path foreign = disk.directory().resolve("foreign");
            fill(foreign);
            Done before = ends.receive(id, target).expect(6);
            assertTrue(before.err().contains("room") || before.err().contains("space"), before.toString());
            Files.delete(foreign);
            long downBefore = ends.proxy.bytesDown();
            try (ClientProcess receiving = ends.startReceive(id, target)) {
                Http.await("a third of it", () -> ends.proxy.bytesDown() >= downBefore + SIZE / 3 || !receiving.isAlive());
                fill(foreign);
                receiving.await().expect(6);
            }
            assertFalse(Files.exists(target), "half a file has its name");
            Files.delete(foreign);
            long downThen = ends.proxy.bytesDown();
            ends.receive(id, target).expect(0);
            TwoEnds.assertSame(file, target);
            assertTrue(ends.proxy.bytesDown() - downThen < SIZE, "it began anew");
            assertEquals(SIZE, Files.size(target));
        }
    }
}
