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

    /** Under which heading the help has it. */
    enum Group {
        TRANSFERS("Transfers"), SERVER("The server and its data"), ACCOUNTS("Tokens and rooms of a server"), PROGRAM("This program");

        private final String title;

        Group(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    default Group group() {
        return Group.SERVER;
    }

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

    /** Lines as they may be typed, for {@code --help}; each may end in a comment. */
    default List<String> examples() {
        return List.of();
    }

    /** What its first word can be, where that is one of a few. */
    default List<String> firstWords() {
        return List.of();
    }

    /** Options of {@link #switches} with a value that has to be one of a few words, by their name with the dashes. */
    default Map<String, List<String>> choices() {
        return Map.of();
    }

    /** @param arguments those after the name, without any for help */
    ExitCode run(List<String> arguments, Terminal terminal) throws ConfigException, StartException, IOException;
}
