package tranzr.fault;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import tranzr.e2e.TransferSearch;

/**
 * Runs the crash scenarios over new seeds: without end, or over as many seeds as the first argument says. With
 * {@code seed N} it repeats one. A failure prints its seed and ends the program with 1. {@code transfers}, and perhaps a seed, has real
 * clients and servers killed instead.
 */
public final class CrashSearch {

    /** All of them. */
    static final List<CrashScenario> SCENARIOS = List.of(new JournalScenario(), new StorageScenario(),
            new CatalogScenario(), new EngineScenario());

    private static final long REPORT_NANOS = 5_000_000_000L;

    private CrashSearch() {
    }

    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("transfers")) {
            TransferSearch.search(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        boolean one = args.length == 2 && args[0].equals("seed");
        long seeds = one ? 1 : args.length == 1 ? Long.parseLong(args[0]) : Long.MAX_VALUE;
        Random random = new Random();
        long states = 0;
        long reported = System.nanoTime();
        for (long n = 1; n <= seeds; n++) {
            long seed = one ? Long.parseLong(args[1]) : random.nextLong();
            for (CrashScenario scenario : SCENARIOS) {
                states += run(scenario, seed);
            }
            if (n == seeds || System.nanoTime() - reported > REPORT_NANOS) {
                reported = System.nanoTime();
                System.out.println(n + " seeds, " + states + " states, nothing lost");
            }
        }
    }

    private static long run(CrashScenario scenario, long seed) {
        try {
            return scenario.run(seed);
        } catch (Exception | AssertionError e) {
            System.out.println("FAILED: scenario " + scenario.name() + ", seed " + seed);
            e.printStackTrace(System.out);
            System.out.flush();
            System.exit(1);
            return 0;
        }
    }
}
