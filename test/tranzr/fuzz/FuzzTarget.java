package tranzr.fuzz;

import java.io.IOException;
import java.util.List;

/**
 * One parser, or several that work on the same input, and what must be true of it for any input at all. Used by one thread at a time.
 * Each new parser gets one, by a line in {@link Targets}.
 */
public interface FuzzTarget extends AutoCloseable {

    /** The longest input, in bytes. */
    int MAX_BYTES = 64 * 1024;

    /** Short and without spaces: it is typed after {@code --target}. */
    String name();

    /** Full names of the classes whose parsing it runs. */
    List<String> parsers();

    /** Inputs that are good, or were bad once; what is tried is made of them. At least one. */
    List<byte[]> seeds();

    /** What the grammar is made of, to be put into inputs. */
    List<byte[]> words();

    /**
     * Runs the parsers on one input and checks all there is to check. Refusals that are foreseen are caught in here.
     *
     * @throws Exception when anything else happens
     */
    void run(byte[] input) throws Exception;

    /** How many inputs are enough for each run of the tests. */
    int inputs();

    /** The most bytes that one input may make the parsers allocate. */
    default long maxAllocation() {
        return 16 << 20;
    }

    /** Whether other threads do the work, so that what they allocate has to be counted too. */
    default boolean usesOtherThreads() {
        return false;
    }

    /** Gives back what the first run opened. */
    @Override
    default void close() throws IOException {
    }
}
