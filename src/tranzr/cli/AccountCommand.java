package tranzr.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tranzr.client.RefusedException;
import tranzr.client.TranzrClient;
import tranzr.json.Json;
import tranzr.server.Config;
import tranzr.server.ConfigException;
import tranzr.server.Maintenance;
import tranzr.server.Option;
import tranzr.server.Settings;
import tranzr.server.StartException;

/**
 * What tokens and rooms have in common: the work is done by the API, of the server that is named or of one that runs for this command alone on the data
 * directory. So both ways do and record the same.
 */
abstract class AccountCommand implements Command {

    static final String SERVER = "--server";
    static final String JSON = "--json";
    static final String QUOTA_BYTES = "--quota-bytes";
    static final String QUOTA_FILES = "--quota-files";
    static final String QUOTA_MONTHLY = "--quota-monthly";
    private static final String ID = "\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}";

    /** The call in hand. */
    record Desk(TranzrClient api, Arguments arguments, Terminal terminal, boolean isOffline, boolean hasToken) {

        /** The answer as a line of JSON if that is wanted. @return whether it was */
        boolean printedAsJson(Object answer) {
            if (arguments.has(JSON)) {
                terminal.out().println(new String(Json.write(answer), StandardCharsets.UTF_8));
            }
            return arguments.has(JSON);
        }

        PrintStream out() {
            return terminal.out();
        }
    }

    @Override
    public Set<Option> options() {
        return EnumSet.of(Option.DATA, Option.TOKEN_FILE, Option.CONFIG);
    }

    @Override
    public Map<String, String> switches() {
        Map<String, String> switches = new LinkedHashMap<>(ownOptions());
        switches.put(SERVER + " URL", "ask this server, with TRANZR_TOKEN or " + Option.TOKEN_FILE.flag() + "; otherwise work on " + Option.DATA.flag()
                + " while no server runs there");
        switches.put(Reach.PIN + " HEX", "SHA-256 of the server's certificate, the only one that is trusted then (environment: TRANZR_PIN)");
        switches.put(JSON, "print the answer as JSON");
        return switches;
    }

    /** With the value each takes, and the meaning. */
    abstract Map<String, String> ownOptions();

    /** Own options that may come several times. */
    abstract Set<String> repeatable();

    /** The options that each of its words takes, beside those that all take; the words in the order of the help. */
    abstract Map<String, Set<String>> words();

    @Override
    public final List<String> firstWords() {
        return List.copyOf(words().keySet());
    }

    abstract ExitCode run(String word, Desk desk) throws ConfigException, RefusedException, IOException;

    @Override
    public ExitCode run(List<String> arguments, Terminal terminal) throws ConfigException, StartException, IOException {
        Set<String> valued = new HashSet<>(Set.of(Option.DATA.flag(), Option.TOKEN_FILE.flag(), Option.CONFIG.flag()));
        Set<String> plain = new HashSet<>();
        switches().keySet().forEach(name -> (name.contains(" ") ? valued : plain).add(name.replaceFirst(" .*", "")));
        Arguments given = Arguments.of(arguments, valued, repeatable(), plain);
        String word = given.word("one of " + String.join(", ", words().keySet()));
        if (!words().containsKey(word)) {
            throw new ConfigException("'" + name() + "' knows " + String.join(", ", words().keySet()) + ", but no '" + word + "'");
        }
        Settings settings = settings(given, terminal);
        LogLine.install();
        try {
            return given.value(SERVER).isPresent() ? online(word, given, settings, terminal) : offline(word, given, settings, terminal);
        } catch (RefusedException e) {
            terminal.complain(e.getMessage());
            return e.status() == 400 ? ExitCode.USAGE : ExitCode.FAILED;
        } catch (IOException e) {
            terminal.complain(ClientCommand.reason(e));
            return ExitCode.FAILED;
        }
    }

    private Settings settings(Arguments given, Terminal terminal) throws ConfigException {
        List<String> flags = new ArrayList<>();
        for (Option option : options()) {
            given.value(option.flag()).ifPresent(text -> flags.addAll(List.of(option.flag() + "=" + text)));
        }
        Settings settings = Settings.read(flags, terminal.environment(), options());
        settings.warnings().forEach(terminal::complain);
        return settings;
    }

    private ExitCode online(String word, Arguments given, Settings settings, Terminal terminal) throws ConfigException, RefusedException, IOException {
        if (given.value(Option.DATA.flag()).isPresent()) {
            throw new ConfigException(SERVER + " and " + Option.DATA.flag() + " exclude each other");
        }
        URI server = Reach.url(new ClientSetting.Value(given.value(SERVER).orElseThrow(), SERVER));
        Optional<String> token = Config.secretOf(settings);
        if (token.isPresent() && server.getScheme().equals("http") && !Reach.isLoopback(server.getHost())) {
            terminal.complain("warning: the token goes to " + server.getHost() + " unencrypted");
        }
        Optional<String> pin = Reach.said(given, Reach.PIN, ClientSetting.PIN, terminal.environment()).map(ClientSetting.Value::text);
        try (TranzrClient api = client(server, token.orElse(null), pin.orElse(null))) {
            return run(word, new Desk(api, given, terminal, false, token.isPresent()));
        }
    }

    private ExitCode offline(String word, Arguments given, Settings settings, Terminal terminal)
            throws ConfigException, StartException, RefusedException, IOException {
        if (given.value(Option.TOKEN_FILE.flag()).isPresent()) {
            throw new ConfigException(Option.TOKEN_FILE.flag() + " goes with " + SERVER);
        }
        if (given.value(Reach.PIN).isPresent()) {
            throw new ConfigException(Reach.PIN + " goes with " + SERVER);
        }
        Path data = Config.dataOf(settings);
        try (Maintenance.Alone alone = Maintenance.serveAlone(data); TranzrClient api = client(alone.uri(), alone.token(), null)) {
            return run(word, new Desk(api, given, terminal, true, true));
        } catch (StartException e) {
            if (e.kind() == StartException.Kind.IN_USE) {
                throw new StartException(e.kind(), e.getMessage() + "; if that is a server, ask it by " + SERVER + " URL", e);
            }
            throw e;
        }
    }

    private static TranzrClient client(URI server, String token, String pin) throws ConfigException {
        try {
            return TranzrClient.of(server).token(token).pin(pin).build();
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage());
        }
    }

    /** Complains about what this word does not take. */
    final void requireOnly(Desk desk, String word) throws ConfigException {
        Set<String> allowed = new TreeSet<>(words().get(word));
        allowed.addAll(Set.of(SERVER, Reach.PIN, JSON, Option.DATA.flag(), Option.TOKEN_FILE.flag(), Option.CONFIG.flag()));
        desk.arguments().requireOnly(allowed);
    }

    /** The quota of the options, as the API takes it; empty when none is given. */
    static Map<String, Object> quota(Arguments given) throws ConfigException {
        Map<String, Object> quota = new LinkedHashMap<>();
        given.value(QUOTA_BYTES).ifPresent(text -> quota.put("bytes", text));
        Optional<String> files = given.value(QUOTA_FILES);
        if (files.isPresent()) {
            if (!files.get().matches("[0-9]{1,18}")) {
                throw new ConfigException(QUOTA_FILES + ": '" + files.get() + "' is not a whole number");
            }
            quota.put("files", Long.parseLong(files.get()));
        }
        given.value(QUOTA_MONTHLY).ifPresent(text -> quota.put("monthly_bytes", text));
        return quota;
    }

    static Map<String, String> quotaOptions() {
        return Map.of(QUOTA_BYTES + " SIZE", "most bytes stored, unfinished uploads counted whole", QUOTA_FILES + " NUMBER", "most files and unfinished uploads",
                QUOTA_MONTHLY + " SIZE", "most bytes brought in a calendar month (UTC)");
    }

    /** One segment of a path. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The id of a token that is named by its id or, if no other has it, by its name. */
    static String tokenId(Desk desk, String idOrName) throws ConfigException, RefusedException, IOException {
        if (idOrName.matches(ID) || idOrName.equals("self") && !desk.isOffline()) {
            return idOrName;
        }
        List<String> ids = desk.api().list("/tokens", "token_id").stream().filter(token -> idOrName.equals(token.get("name")))
                .map(token -> (String) token.get("token_id")).toList();
        if (ids.isEmpty()) {
            throw new IOException("there is no token '" + idOrName + "'");
        }
        if (ids.size() > 1) {
            throw new ConfigException("several tokens are called '" + idOrName + "', name one by its id: " + String.join(", ", ids));
        }
        return ids.getFirst();
    }
}
