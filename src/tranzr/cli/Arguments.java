package tranzr.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tranzr.server.ConfigException;

/** The arguments of a command that has words of its own: words, options with a value ({@code --name value} or {@code --name=value}), and switches. What follows {@code --} is words. */
final class Arguments {

    private final List<String> words = new ArrayList<>();
    private final Map<String, List<String>> values = new LinkedHashMap<>();
    private final Set<String> switches = new TreeSet<>();
    private int next;

    private Arguments() {
    }

    /**
     * @param valued options that take a value, with their dashes
     * @param several those of them that may come several times
     * @param plain switches
     * @throws ConfigException for anything else
     */
    static Arguments of(List<String> arguments, Set<String> valued, Set<String> several, Set<String> plain) throws ConfigException {
        Arguments parsed = new Arguments();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--")) {
                parsed.words.addAll(arguments.subList(i + 1, arguments.size()));
                return parsed;
            }
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (argument.startsWith("-") && !argument.startsWith("--") && argument.length() > 1) {
                throw new ConfigException("unknown option " + argument + "; a file of that name can follow --");
            }
            if (!argument.startsWith("--")) {
                parsed.words.add(argument);
            } else if (plain.contains(argument)) {
                parsed.switches.add(argument);
            } else if (!valued.contains(name)) {
                throw new ConfigException("unknown option " + name);
            } else if (equals < 0 && (i + 1 == arguments.size() || arguments.get(i + 1).startsWith("--"))) {
                throw new ConfigException(name + " needs a value");
            } else {
                List<String> before = parsed.values.computeIfAbsent(name, first -> new ArrayList<>());
                if (!before.isEmpty() && !several.contains(name)) {
                    throw new ConfigException(name + " is given twice");
                }
                before.add(equals < 0 ? arguments.get(++i) : argument.substring(equals + 1));
            }
        }
        return parsed;
    }

    /** The next word. @param what it has to be, in capitals */
    String word(String what) throws ConfigException {
        if (next == words.size()) {
            throw new ConfigException("missing " + what);
        }
        return words.get(next++);
    }

    /** All the words that are left, at least one. @param what they have to be, in capitals */
    List<String> rest(String what) throws ConfigException {
        List<String> rest = List.copyOf(words.subList(next, words.size()));
        next = words.size();
        if (rest.isEmpty()) {
            throw new ConfigException("missing " + what);
        }
        return rest;
    }

    /** The next word, if there is one. */
    Optional<String> optionalWord() {
        return next == words.size() ? Optional.empty() : Optional.of(words.get(next++));
    }

    /** Complains about words that nobody has asked for. */
    void requireNoMore() throws ConfigException {
        if (next < words.size()) {
            throw new ConfigException("unexpected argument '" + words.get(next) + "'");
        }
    }

    /** Complains about words that nobody has asked for, and options that are none of these. */
    void requireOnly(Set<String> allowed) throws ConfigException {
        requireNoMore();
        for (String name : values.keySet()) {
            if (!allowed.contains(name)) {
                throw new ConfigException(name + " does not apply here");
            }
        }
        for (String name : switches) {
            if (!allowed.contains(name)) {
                throw new ConfigException(name + " does not apply here");
            }
        }
    }

    boolean has(String plain) {
        return switches.contains(plain);
    }

    Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name)).map(List::getFirst);
    }

    List<String> values(String name) {
        return values.getOrDefault(name, List.of());
    }
}
