package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tranzr.e2e.TwoEnds.MIB;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tranzr.TestMain;
import tranzr.e2e.ClientProcess.Done;
import tranzr.fault.Network;
import tranzr.fault.Network.Cut;
import tranzr.fault.Network.Cuts;
import tranzr.fault.Network.End;

/** Transfers over connections that break, stand still or cannot be made: each ends well by itself, and not much is sent twice. */
@Tag(TestMain.ASIDE)
class BadNetworkTest {

    private static final long SEED = 20261121;
    private static final long CUT_EVERY = 20_000_000;
    private static final int BIG = 128 * MIB;
    /** Slower than this machine reads, so that what waits to be read when a connection is reset, which the kernel then throws away, is what is under way, as on a real network. */
    private static final long SPEED = 30_000_000;

    @TempDir
    Path folder;

    @Test
    void aFileArrivesOverConnectionsThatAreCutEveryTwentyMegabytes() throws Exception {
        try (TwoEnds ends = TwoEnds.of(folder, Network.CLEAN.rate(SPEED).cuts(Cuts.every(CUT_EVERY)), SEED)) {
            Path file = ends.file("big.bin", BIG, SEED);
            Done sent = ends.send(file).expect(0);
            ends.assertStored(sent.fileId(), file);
            assertTrue(ends.proxy.broken() >= 3, ends.proxy.broken() + " connections were cut");
            assertFewTwice("sent", ends.proxy.bytesUp(), BIG);

            int before = ends.proxy.broken();
            Path target = folder.resolve("back.bin");
            ends.receive(sent.fileId(), target).expect(0);
            TwoEnds.assertSame(file, target);
            assertTrue(ends.proxy.broken() - before >= 3, ends.proxy.broken() - before + " connections were cut");
            assertFewTwice("received", ends.proxy.bytesDown(), BIG);
        }
    }

    private static void assertFewTwice(String what, long bytes, long size) {
        assertTrue(bytes <= size + size / 50, bytes - size + " bytes were " + what + " beyond the file's " + size);
    }

    @Test
    void aTransferGoesOnByItselfWhenTheNetworkIsBack() throws Exception {
        try (TwoEnds ends = TwoEnds.of(folder, Network.CLEAN.rate(40_000_000), SEED)) {
            Path file = ends.file("away.bin", 32 * MIB, SEED);
            try (ClientProcess sending = ends.startSend(file)) {
                awayInTheMiddle(ends, sending, 8 * MIB);
                Done done = sending.await().expect(0);
                ends.assertStored(done.fileId(), file);
                Path target = folder.resolve("back.bin");
                try (ClientProcess receiving = ends.startReceive(done.fileId(), target)) {
                    awayInTheMiddle(ends, receiving, ends.proxy.bytesDown() + 8 * MIB);
                    receiving.await().expect(0);
                }
                TwoEnds.assertSame(file, target);
            }
        }
    }

    /** Takes the network away until the client has tried in vain, which shows in nothing but that it is still there. */
    private static void awayInTheMiddle(TwoEnds ends, ClientProcess client, long after) {
        Http.await("bytes", () -> Math.max(ends.proxy.bytesUp(), ends.proxy.bytesDown()) >= after || !client.isAlive());
        assertTrue(client.isAlive(), "it was faster than the test");
        ends.proxy.away();
        Path elsewhere = ends.folder.resolve("elsewhere");
        // Another command, which has to find the network gone, takes as long as any.
        ends.user.run("receive", "00000000-0000-4000-8000-000000000000", "--output", elsewhere.toString(), "--wait", "1s").expect(6);
        assertTrue(client.isAlive(), "it gave up");
        ends.proxy.back();
    }

    @Test
    void aServerThatIsKilledAndComesBackIsWaitedFor() throws Exception {
        try (TwoEnds ends = TwoEnds.of(folder, Network.CLEAN.rate(40_000_000), SEED)) {
            Path file = ends.file("restart.bin", 32 * MIB, SEED);
            try (ClientProcess sending = ends.startSend(file)) {
                Http.await("bytes", () -> ends.proxy.bytesUp() >= 10 * MIB || !sending.isAlive());
                ends.server.kill();
                ends.server.restart();
                Done done = sending.await().expect(0);
                ends.assertStored(done.fileId(), file);
                Path target = folder.resolve("back.bin");
                try (ClientProcess receiving = ends.startReceive(done.fileId(), target)) {
                    Http.await("bytes", () -> ends.proxy.bytesDown() >= 10 * MIB || !receiving.isAlive());
                    ends.server.terminate();
                    ends.server.restart();
                    receiving.await().expect(0);
                }
                TwoEnds.assertSame(file, target);
            }
        }
    }

    @Test
    void connectionsThatStandStillAreGivenUpAndReplaced() throws Exception {
        Cuts stallTheFirst = (connection, random) -> connection < 2 ? new Cut(3_000_000, 3_000_000, End.STALL) : Cut.NEVER;
        try (TwoEnds ends = TwoEnds.of(folder, Network.CLEAN.cuts(stallTheFirst), SEED)) {
            Path file = ends.file("still.bin", 24 * MIB, SEED);
            Done sent = ends.send(file, "--timeout", "2s").expect(0);
            ends.assertStored(sent.fileId(), file);
            assertTrue(ends.proxy.broken() >= 1, "nothing stood still");
        }
        AtomicInteger stalls = new AtomicInteger();
        Cuts stallTwo = (connection, random) -> stalls.incrementAndGet() <= 2 ? new Cut(Long.MAX_VALUE, 3_000_000, End.STALL) : Cut.NEVER;
        try (TwoEnds ends = TwoEnds.of(folder, Network.CLEAN.cuts(stallTwo), SEED)) {
            Path file = folder.resolve("still.bin");
            String id = ends.store(file);
            Path target = folder.resolve("back.bin");
            ends.receive(id, target, "--timeout", "2s").expect(0);
            TwoEnds.assertSame(file, target);
            assertTrue(ends.proxy.broken() >= 1, "nothing stood still");
        }
    }

    @Test
    void aNetworkThatStaysAwayEndsResumablyAndTheSameCommandGoesOn() throws Exception {
        try (TwoEnds ends = TwoEnds.of(folder, Network.CLEAN.rate(40_000_000), SEED)) {
            Path file = ends.file("gone.bin", 24 * MIB, SEED);
            long sentBefore;
            try (ClientProcess sending = ends.startSend(file, "--wait", "1s")) {
                Http.await("bytes", () -> ends.proxy.bytesUp() >= 12 * MIB || !sending.isAlive());
                ends.proxy.away();
                sentBefore = ends.proxy.bytesUp();
                Done gone = sending.await().expect(6);
                assertFalse(gone.err().isBlank(), "it did not say why");
            }
            ends.proxy.back();
            Done sent = ends.send(file).expect(0);
            ends.assertStored(sent.fileId(), file);
            assertTrue(ends.proxy.bytesUp() - sentBefore < 24 * MIB - 4 * MIB, "it began anew");

            Path target = folder.resolve("back.bin");
            long before = ends.proxy.bytesDown();
            try (ClientProcess receiving = ends.startReceive(sent.fileId(), target, "--wait", "1s")) {
                Http.await("bytes", () -> ends.proxy.bytesDown() >= before + 12 * MIB || !receiving.isAlive());
                ends.proxy.away();
                receiving.await().expect(6);
                assertFalse(Files.exists(target), "half a file has its name");
            }
            ends.proxy.back();
            ends.receive(sent.fileId(), target).expect(0);
            TwoEnds.assertSame(file, target);
        }
    }

    @Test
    void aSlowAndNarrowNetworkIsNoTrouble() throws Exception {
        Network slow = Network.CLEAN.delay(Duration.ofMillis(200)).window(32 << 10).rate(1_000_000).cuts(Cuts.every(500_000));
        try (TwoEnds ends = TwoEnds.of(folder, slow, SEED)) {
            Path file = ends.file("slow.bin", MIB + 4711, SEED);
            Done sent = ends.send(file).expect(0);
            ends.assertStored(sent.fileId(), file);
            Path target = folder.resolve("back.bin");
            ends.receive(sent.fileId(), target).expect(0);
            TwoEnds.assertSame(file, target);
            assertEquals(Files.size(file), Files.size(target));
        }
    }
}
