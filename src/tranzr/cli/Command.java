package tranzr.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tranzr.server.ConfigException;
import tranzr.server.Option;
import tranzr.server.StartException;

/** One thing the program does, chosen by the first argument. */
interface Command {

    /** As it is typed. */
    String name();

    /** What stands after the name, for {@code --help}. */
    default String arguments() {
        return "[OPTION...]";
    }

    /** What it does, in one sentence. */
    String summary();

    /** Its options that take a value. */
    default Set<Option> options() {
        return Set.of();
    }

    /** Its options that take none, each with its meaning. */
    default Map<String, String> switches() {
        return Map.of();
    }

    /** @param arguments those after the name, without any for help */
    ExitCode run(List<String> arguments, Terminal terminal) throws ConfigException, StartException, IOException;
}
