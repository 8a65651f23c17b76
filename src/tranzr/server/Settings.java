package tranzr.server;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import tranzr.disk.OperatorFile;

/**
 * The settings as texts, gathered from where they may stand: a flag wins over the environment, that over the file of {@code --config}, that over the
 * default. What they mean is {@link Config}'s matter.
 */
public final class Settings {

    static final String VARIABLE_PREFIX = "TRANZR_";
    /** The only setting that has no flag: arguments can be read by every user of the machine. */
    static final String TOKEN_VARIABLE = VARIABLE_PREFIX + "TOKEN";

    /** Variables that only the commands of the client know; whoever has set them may start a server as well. */
    private static final Set<String> OF_THE_CLIENT = Set.of("TRANZR_SERVER", "TRANZR_MAX_RETRIES", "TRANZR_TIMEOUT", "TRANZR_PIN", "TRANZR_STATE");

    /** @param origin how to name it to the operator, such as {@code --port} or {@code TRANZR_PORT} */
    record Value(String text, String origin) {
    }

    private final Map<Option, Value> values = new EnumMap<>(Option.class);
    private final List<String> warnings = new ArrayList<>();
    private String token;

    private Settings() {
    }

    /**
     * Reads flags ({@code --flag value} or {@code --flag=value}), environment and file.
     *
     * @param allowed the options that may be flags here; those in the environment and in the file are read whatever they are
     * @throws ConfigException for anything unknown, incomplete, repeated or unreadable
     */
    public static Settings read(List<String> arguments, Map<String, String> environment, Set<Option> allowed) throws ConfigException {
        Settings settings = new Settings();
        settings.readFlags(arguments, allowed);
        settings.readEnvironment(environment);
        Value file = settings.values.get(Option.CONFIG);
        if (file != null) {
            settings.readFile(file);
        }
        return settings;
    }

    /** Given by a program that embeds the server. @param token null for none */
    public static Settings of(Map<Option, String> values, String token) {
        Settings settings = new Settings();
        values.forEach((option, text) -> settings.values.put(option, new Value(text, option.property())));
        settings.token = token;
        return settings;
    }

    /** Things that are odd but not wrong, one line each. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    Optional<Value> get(Option option) {
        return Optional.ofNullable(values.get(option));
    }

    /** The token itself, from the environment; null when not given there. */
    String token() {
        return token;
    }

    private void readFlags(List<String> arguments, Set<Option> allowed) throws ConfigException {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("--")) {
                throw new ConfigException("unexpected argument '" + argument + "'");
            }
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            Option option = Option.ofProperty(name.substring(2)).filter(allowed::contains)
                    .orElseThrow(() -> new ConfigException(unknownFlag(name)));
            String text;
            if (equals >= 0) {
                text = argument.substring(equals + 1);
            } else if (i + 1 < arguments.size() && !arguments.get(i + 1).startsWith("--")) {
                text = arguments.get(++i);
            } else {
                throw new ConfigException(name + " needs a value: " + option.value());
            }
            Value before = values.put(option, new Value(text, name));
            if (before != null && !option.isRepeatable()) {
                throw new ConfigException(name + " is given twice");
            }
            if (before != null) {
                values.put(option, new Value(before.text() + "," + text, name));
            }
        }
    }

    private static String unknownFlag(String name) {
        if (name.equals("--token")) {
            return "a token is never an argument, since every user of the machine can read those: use --token-file, or " + TOKEN_VARIABLE
                    + " in the environment";
        }
        return Option.ofProperty(name.substring(2)).isPresent() ? name + " does not apply to this command" : "unknown option " + name;
    }

    private void readEnvironment(Map<String, String> environment) {
        for (String name : new TreeSet<>(environment.keySet())) {
            if (!name.startsWith(VARIABLE_PREFIX)) {
                continue;
            }
            if (name.equals(TOKEN_VARIABLE)) {
                token = environment.get(name);
                continue;
            }
            Optional<Option> option = Option.ofProperty(name.substring(VARIABLE_PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '-'));
            if (option.isPresent() && option.get().variable().equals(name)) {
                values.putIfAbsent(option.get(), new Value(environment.get(name), name));
            } else if (!OF_THE_CLIENT.contains(name)) {
                warnings.add("the environment variable " + name + " is not known and has no effect");
            }
        }
    }

    private void readFile(Value file) throws ConfigException {
        Properties properties = new UniqueProperties();
        try {
            properties.load(new StringReader(OperatorFile.read(path(file))));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(file.origin() + ": " + file.text() + ": " + e.getMessage());
        } catch (IOException e) {
            throw new ConfigException(file.origin() + ": " + reason(e));
        }
        for (String name : new TreeSet<>(properties.stringPropertyNames())) {
            Option option = Option.ofProperty(name).filter(known -> known != Option.CONFIG).orElseThrow(() -> new ConfigException(
                    file.text() + ": unknown setting '" + name + "'; there are " + Option.allProperties().replace(", config", "")));
            values.putIfAbsent(option, new Value(properties.getProperty(name).strip(), name + " in " + file.text()));
        }
    }

    static Path path(Value value) throws ConfigException {
        try {
            if (!value.text().isEmpty()) {
                return Path.of(value.text());
            }
        } catch (InvalidPathException e) {
            throw new ConfigException(value.origin() + ": '" + value.text() + "' is not a path: " + e.getReason());
        }
        throw new ConfigException(value.origin() + ": the path is empty");
    }

    /** The failure of a file operation, in words that name the file. */
    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + " does not exist";
            case NotDirectoryException other -> other.getFile() + " is not a directory";
            case FileAlreadyExistsException other -> other.getFile() + " is in the way: it is not what it should be";
            case AccessDeniedException denied -> denied.getFile() + " may not be accessed";
            case FileSystemException other when other.getReason() != null -> other.getFile() + " " + other.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    /** {@link Properties} lets the last of two equal names win without a word. */
    private static final class UniqueProperties extends Properties {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Object put(Object name, Object value) {
            if (containsKey(name)) {
                throw new IllegalArgumentException("'" + name + "' is given twice");
            }
            return super.put(name, value);
        }
    }
}
