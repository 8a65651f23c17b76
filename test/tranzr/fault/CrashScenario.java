package tranzr.fault;

/** Something that a {@link CrashSearch} runs again and again. */
public interface CrashScenario {

    String name();

    /**
     * Runs once. The same seed does exactly the same.
     *
     * @return states checked
     * @throws AssertionError when an acknowledged thing was lost, saying what
     */
    long run(long seed) throws Exception;
}
