package tranzr.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Fuzzes without end, in turn over all targets, with new seeds. Arguments: {@code --target NAME} (again for several), {@code --seed N} for the first seed,
 * {@code --inputs N} to end after so many inputs of each, {@code --input N} for that one alone. A failure prints what repeats it and ends the program with 1.
 */
public final class FuzzSearch {

    private static final long INPUTS_A_TURN = 2_000;
    private static final long REPORT_NANOS = 5_000_000_000L;

    private FuzzSearch() {
    }

    public static void main(String[] args) throws Exception {
        List<String> names = new ArrayList<>();
        Random seeds = new Random();
        long seed = seeds.nextLong();
        long only = -1;
        long end = Long.MAX_VALUE;
        for (int i = 0; i + 1 < args.length; i += 2) {
            switch (args[i]) {
                case "--target" -> names.add(args[i + 1]);
                case "--seed" -> seed = Long.parseLong(args[i + 1]);
                case "--inputs" -> end = Long.parseLong(args[i + 1]);
                case "--input" -> only = Long.parseLong(args[i + 1]);
                default -> usage();
            }
        }
        List<FuzzTarget> targets = Targets.all().stream().filter(target -> names.isEmpty() || names.contains(target.name())).toList();
        if (args.length % 2 != 0 || targets.size() < names.size()) {
            usage();
        }
        try {
            if (only >= 0) {
                for (FuzzTarget target : targets) {
                    new Fuzzer(target, seed).run(only, 1);
                }
                System.out.println("nothing found");
            } else {
                search(targets, seed, end);
            }
        } catch (AssertionError e) {
            System.out.println("FAILED: " + e.getMessage());
            e.printStackTrace(System.out);
            System.out.flush();
            System.exit(1);
        }
        System.exit(0); // a listener's threads may still be there
    }

    private static void search(List<FuzzTarget> targets, long seed, long end) throws Exception {
        long reported = System.nanoTime();
        System.out.println("seed " + seed + ", " + targets.size() + " targets");
        for (long done = 0; done < end; done += INPUTS_A_TURN) {
            for (FuzzTarget target : targets) {
                long turn = Math.min(Math.min(INPUTS_A_TURN, target.inputs()), end - done);
                new Fuzzer(target, seed).run(done, turn);
                if (System.nanoTime() - reported > REPORT_NANOS) {
                    reported = System.nanoTime();
                    System.out.println("at input " + (done + turn) + " of " + target.name() + ", nothing found");
                }
            }
        }
        System.out.println("nothing found");
    }

    private static void usage() {
        System.err.println("fuzz: --target NAME, --seed N, --inputs N, --input N; the targets are "
                + String.join(", ", Targets.all().stream().map(FuzzTarget::name).toList()));
        System.exit(2);
    }
}
