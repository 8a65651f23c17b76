package tranzr.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import tranzr.fault.Network;
import tranzr.fault.Network.Cuts;

/**
 * Sends and receives files of random size over connections that are cut, and kills the client, the server or both in the middle, over new seeds without end. With a seed it does that one alone. A
 * failure prints its seed and ends the program with 1.
 */
public final class TransferSearch {

    private static final long CUT_EVERY = 20_000_000;
    private static final long BYTES_PER_SECOND = 30_000_000;
    private static final int MOST_BYTES = 96 << 20;
    private static final int MOST_KILLS = 8;

    private TransferSearch() {
    }

    /** @param seeds none for all, or one */
    public static void search(String... seeds) {
        Random fresh = new Random();
        int kills = 0;
        for (int n = 1; n == 1 || seeds.length == 0; n++) {
            long seed = seeds.length == 0 ? fresh.nextLong() : Long.parseLong(seeds[0]);
            try {
                kills += run(seed);
            } catch (Exception | AssertionError e) {
                System.out.println("FAILED: transfers, seed " + seed);
                e.printStackTrace(System.out);
                System.out.flush();
                System.exit(1);
            }
            System.out.println(n + " files there and back, " + kills + " kills, nothing lost");
        }
    }

    /** @return how many processes were killed */
    private static int run(long seed) throws Exception {
        Random random = new Random(seed);
        Path folder = Files.createTempDirectory("tranzr-search");
        try (TwoEnds ends = TwoEnds.of(folder, Network.CLEAN.rate(BYTES_PER_SECOND).cuts(Cuts.every(CUT_EVERY)), seed)) {
            long size = 1 + random.nextInt(MOST_BYTES);
            Path file = ends.file("search.bin", size, seed);
            KillLoop up = new KillLoop(ends, random.nextLong());
            String id = up.run(() -> ends.startSend(file), ends.proxy::bytesUp, size, 1 + random.nextInt(MOST_KILLS)).fileId();
            ends.assertStored(id, file);
            KillLoop down = new KillLoop(ends, random.nextLong());
            Path target = folder.resolve("back.bin");
            down.run(() -> ends.startReceive(id, target), ends.proxy::bytesDown, size, 1 + random.nextInt(MOST_KILLS));
            TwoEnds.assertSame(file, target);
            return up.kills() + down.kills();
        } finally {
            Shell.run(folder, "rm", "-rf", folder.toString()).expectSuccess();
        }
    }
}
