package tranzr.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs one target over inputs that follow from a seed. The first that fails, allocates too much or does not come to an end is made as short as it goes,
 * and reported with what repeats it.
 */
public final class Fuzzer {

    /** Far more than any input needs on any machine: what takes so long does not end. */
    private static final long HANGS_SECONDS = 60;
    private static final int SHRINKING_RUNS = 2_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final FuzzTarget target;
    private final long seed;
    private final Mutator mutator;
    private volatile byte[] current;
    private volatile long currentNumber;
    private volatile long begun;
    private volatile Failure failure;

    /** An input and what came of it. @param number negative for one of the target's own seeds */
    private record Failure(long number, byte[] input, Throwable thrown) {
    }

    public Fuzzer(FuzzTarget target, long seed) {
        this.target = target;
        this.seed = seed;
        this.mutator = new Mutator(target.seeds(), target.words(), seed);
    }

    /**
     * Tries the target's seeds and then the inputs with these numbers.
     *
     * @throws AssertionError naming the input when one fails
     */
    public void run(long first, long count) throws InterruptedException {
        begun = System.nanoTime();
        current = new byte[0];
        Thread worker = Thread.ofPlatform().daemon().name("fuzz-" + target.name()).start(() -> work(first, count));
        while (!worker.join(java.time.Duration.ofSeconds(1))) {
            if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(HANGS_SECONDS)) {
                AssertionError hangs = new AssertionError(told("hangs", currentNumber, current));
                hangs.setStackTrace(worker.getStackTrace());
                throw hangs;
            }
        }
        if (failure != null) {
            throw new AssertionError(told("fails: " + failure.thrown, failure.number, failure.input), failure.thrown);
        }
    }

    private void work(long first, long count) {
        List<byte[]> seeds = target.seeds();
        for (int i = 0; i < seeds.size() && failure == null; i++) {
            attempt(-1 - i, seeds.get(i), false); // the first inputs also load classes
        }
        for (long n = first; n < first + count && failure == null; n++) {
            attempt(n, mutator.input(n), true);
        }
        if (failure != null) {
            shrink();
        }
    }

    private void attempt(long number, byte[] input, boolean measured) {
        Throwable thrown = outcome(number, input, measured);
        if (thrown != null) {
            failure = new Failure(number, input, thrown);
        }
    }

    /** @return null when all was as it must be */
    private Throwable outcome(long number, byte[] input, boolean measured) {
        currentNumber = number;
        current = input;
        begun = System.nanoTime();
        long before = allocated();
        try {
            target.run(input.clone());
        } catch (Throwable thrown) { // an Error is what some parsers fail with
            return thrown;
        }
        long bytes = allocated() - before;
        return measured && bytes > target.maxAllocation() ? new AssertionError("allocates " + bytes + " bytes") : null;
    }

    private long allocated() {
        return target.usesOtherThreads() ? THREADS.getTotalThreadAllocatedBytes() : THREADS.getCurrentThreadAllocatedBytes();
    }

    /** Leaves out pieces, from large to small, as long as the same kind of failure comes. */
    private void shrink() {
        int runs = 0;
        for (int piece = Math.max(1, failure.input.length / 2); piece > 0; piece /= 2) {
            for (int at = 0; at < failure.input.length && runs < SHRINKING_RUNS; runs++) {
                byte[] shorter = Mutator.replaced(failure.input, at, Math.min(failure.input.length, at + piece), new byte[0]);
                Throwable thrown = outcome(failure.number, shorter, true);
                if (thrown != null && thrown.getClass() == failure.thrown.getClass()) {
                    failure = new Failure(failure.number, shorter, thrown);
                } else {
                    at += piece;
                }
            }
        }
    }

    private String told(String what, long number, byte[] input) {
        String again = number < 0 ? "its seed number " + (-number - 1)
                : "make fuzz ARGS='--target " + target.name() + " --seed " + seed + " --input " + number + "'";
        return "target " + target.name() + " " + what + "\n  again:  " + again + "\n  shortest: " + input.length + " bytes " + quoted(input);
    }

    /** As it can be put into Java source. */
    private static String quoted(byte[] input) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < Math.min(input.length, 2000); i++) {
            int b = input[i] & 0xff;
            switch (b) {
                case '\r' -> text.append("\\r");
                case '\n' -> text.append("\\n");
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                default -> text.append(b >= ' ' && b < 0x7f ? String.valueOf((char) b) : "\\u%04x".formatted(b));
            }
        }
        return text.append(input.length > 2000 ? "…" : "\"").toString();
    }
}
