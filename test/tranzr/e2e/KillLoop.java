package tranzr.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import tranzr.e2e.ClientProcess.Done;

/** Kills one side of a transfer or both, again and again, and has the same command begun anew until it ends well. */
final class KillLoop {

    /** What the server may hold of one connection without having made it durable, and a chunk that breaks. */
    private static final long LOST_AT_MOST = 4 * (8L << 20) + (4L << 20);

    private final TwoEnds ends;
    private final Random random;
    private int kills;
    private long bytes;

    KillLoop(TwoEnds ends, long seed) {
        this.ends = ends;
        this.random = new Random(seed);
    }

    int kills() {
        return kills;
    }

    /** @param passed bytes that have passed so far in the direction of the transfer */
    Done run(Supplier<ClientProcess> command, LongSupplier passed, long size, int rounds) {
        long before = passed.getAsLong();
        ClientProcess client = command.get();
        try {
            for (int round = 0; round < rounds; round++) {
                // From right at the beginning to somewhere near the middle of what is left.
                long until = passed.getAsLong() + 1 + (long) (random.nextDouble() * size / rounds);
                ClientProcess current = client;
                Http.await("bytes", () -> passed.getAsLong() >= until || !current.isAlive());
                if (!client.isAlive()) {
                    break;
                }
                kills++;
                client = strike(round % 3, client, command);
            }
            Done done = client.await().expect(0);
            bytes = passed.getAsLong() - before;
            return done;
        } finally {
            client.close();
        }
    }

    private ClientProcess strike(int whom, ClientProcess client, Supplier<ClientProcess> command) {
        if (whom != 1) {
            client.kill();
        }
        if (whom != 0) {
            ends.server.kill();
            ends.server.restart();
        }
        return whom == 1 ? client : command.get();
    }

    /** What a kill takes with it has a bound that does not depend on the file. */
    void assertLittleLost(long size) {
        assertTrue(bytes <= size + size / 20 + kills * LOST_AT_MOST, bytes + " bytes for " + size + ", " + kills + " kills");
    }
}
