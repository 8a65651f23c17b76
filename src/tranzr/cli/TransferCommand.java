package tranzr.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tranzr.client.Priority;
import tranzr.client.RefusedException;
import tranzr.client.TransferException;
import tranzr.client.Tuning;
import tranzr.model.ByteSize;
import tranzr.model.TimeSpan;
import tranzr.server.ConfigException;

/** What the commands that move bytes have in common: how they go about it, and what they tell meanwhile. */
abstract class TransferCommand extends ClientCommand {

    private static final String CHUNK_SIZE = "--chunk-size";
    private static final String ADAPTIVE = "--adaptive";
    private static final String NO_ADAPTIVE = "--no-adaptive";
    private static final String PARALLEL = "--parallel";
    private static final String PRIORITY = "--priority";
    private static final String MAX_RETRIES = "--max-retries";
    private static final String LIMIT_RATE = "--limit-rate";
    private static final String WAIT = "--wait";
    private static final String VERBOSE = "--verbose";
    private static final String QUIET = "--quiet";

    /** Beside those of moving bytes. */
    abstract Map<String, String> furtherOptions();

    @Override
    final Map<String, String> ownOptions() {
        Tuning standard = Tuning.STANDARD;
        Map<String, String> options = new LinkedHashMap<>(furtherOptions());
        options.put(CHUNK_SIZE + " SIZE", "size of the first chunks, 64KiB to 64MiB (environment: TRANZR_CHUNK_SIZE; default: " + ByteSize.format(standard.chunkSize()) + ")");
        options.put(ADAPTIVE, "let size and number of chunks follow what the network does; this is the default");
        options.put(NO_ADAPTIVE, "keep them as they are given");
        options.put(PARALLEL + " NUMBER", "most chunks at a time (default: " + standard.parallel() + ")");
        options.put(PRIORITY + " WORD", "what the server serves first when its bandwidth is short: high, normal or low (default: normal)");
        options.put(MAX_RETRIES + " NUMBER", "retries of one chunk before the transfer takes a rest (environment: TRANZR_MAX_RETRIES; default: " + standard.maxRetries() + ")");
        options.put(LIMIT_RATE + " RATE", "most bytes a second, all files together, such as 2MiB (default: none)");
        options.put(WAIT + " TIME", "how long in all to wait for a network or server that is away (default: " + TimeSpan.format(standard.patience()) + ")");
        options.put(Reach.STATE + " DIRECTORY", "where unfinished transfers are remembered (environment: TRANZR_STATE)");
        options.put(JSON, "tell everything on standard output, a JSON object a line");
        options.put(VERBOSE, "also tell of chunk sizes, retries and why");
        options.put(QUIET, "tell of nothing but failures");
        return options;
    }

    @Override
    public final Map<String, List<String>> choices() {
        return Map.of(PRIORITY, List.of("normal", "high", "low"));
    }

    abstract ExitCode move(Arguments given, Reach reach, Transfers transfers) throws ConfigException, RefusedException, TransferException, IOException;

    @Override
    final ExitCode run(Arguments given, Reach reach, Terminal terminal) throws ConfigException, RefusedException, TransferException, IOException {
        if (given.has(QUIET) && given.has(VERBOSE)) {
            throw new ConfigException(QUIET + " and " + VERBOSE + " exclude each other");
        }
        Transfers.Tone tone = given.has(QUIET) ? Transfers.Tone.QUIET : given.has(VERBOSE) ? Transfers.Tone.VERBOSE : Transfers.Tone.NORMAL;
        Tuning tuning = tuning(given, reach.timeout(), terminal.environment());
        try (Transfers transfers = new Transfers(terminal, tone, given.has(JSON), tuning)) {
            ExitCode code = move(given, reach, transfers);
            return transfers.finish(code);
        }
    }

    /** The command that goes on after an interruption: there, with the same token and state. */
    static String goOn(Arguments given) {
        StringBuilder command = new StringBuilder("tranzr resume");
        for (String flag : List.of(Reach.SERVER, Reach.TOKEN_FILE, Reach.PIN, Reach.STATE)) {
            given.value(flag).ifPresent(text -> command.append(' ').append(flag).append(' ')
                    .append(text.matches("[\\w./:@%+=,-]+") ? text : "'" + text.replace("'", "'\\''") + "'"));
        }
        return command.toString();
    }

    private static Tuning tuning(Arguments given, Duration timeout, Map<String, String> environment) throws ConfigException {
        if (given.has(ADAPTIVE) && given.has(NO_ADAPTIVE)) {
            throw new ConfigException(ADAPTIVE + " and " + NO_ADAPTIVE + " exclude each other");
        }
        Tuning standard = Tuning.STANDARD;
        Optional<String> rate = given.value(LIMIT_RATE);
        Optional<String> wait = given.value(WAIT);
        int parallel = given.value(PARALLEL).isEmpty() ? standard.parallel() : number(new ClientSetting.Value(given.value(PARALLEL).get(), PARALLEL), 1, 64);
        Optional<ClientSetting.Value> retries = Reach.said(given, MAX_RETRIES, ClientSetting.MAX_RETRIES, environment);
        // Whoever says how many gets no more; otherwise a long way with small windows may take more of them.
        int most = given.value(PARALLEL).isEmpty() ? standard.most() : parallel;
        return new Tuning(chunkSize(given, environment), !given.has(NO_ADAPTIVE), parallel, most,
                Priority.valueOf(given.value(PRIORITY).orElse("normal").toUpperCase(java.util.Locale.ROOT)),
                retries.isEmpty() ? standard.maxRetries() : number(retries.get(), 0, 1000), timeout,
                wait.isEmpty() ? standard.patience() : checked(WAIT, wait.get(), TimeSpan::parse),
                rate.isEmpty() ? 0 : checked(LIMIT_RATE, rate.get(), TransferCommand::rate));
    }

    private static long chunkSize(Arguments given, Map<String, String> environment) throws ConfigException {
        Optional<String> flag = given.value(CHUNK_SIZE);
        if (flag.isPresent()) {
            long bytes = checked(CHUNK_SIZE, flag.get(), ByteSize::parse);
            if (bytes < Tuning.MIN_CHUNK || bytes > Tuning.MAX_CHUNK) {
                throw new ConfigException(CHUNK_SIZE + ": '" + flag.get() + "' is not within 64KiB and 64MiB");
            }
            return bytes;
        }
        Optional<ClientSetting.Value> said = ClientSetting.CHUNK_SIZE.in(environment);
        // The variable is the server's, too, which has wider bounds.
        return said.isEmpty() ? Tuning.STANDARD.chunkSize()
                : Math.clamp(checked(said.get().origin(), said.get().text(), ByteSize::parse), Tuning.MIN_CHUNK, Tuning.MAX_CHUNK);
    }

    private static long rate(String text) {
        long bytes = ByteSize.parse(text.replaceFirst("/s$", ""));
        if (bytes == 0) {
            throw new IllegalArgumentException("lets nothing through");
        }
        return bytes;
    }

    /** @return the value; {@link IllegalArgumentException} says what is wrong in words that follow the quoted text */
    interface Parser<T> {
        T value(String text);
    }

    static <T> T checked(String origin, String text, Parser<T> parser) throws ConfigException {
        try {
            return parser.value(text.strip());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(origin + ": '" + text + "' " + e.getMessage());
        }
    }

    static int number(ClientSetting.Value value, int least, int most) throws ConfigException {
        if (value.text().matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(value.text());
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw new ConfigException(value.origin() + ": '" + value.text() + "' is not a number from " + least + " to " + most);
    }
}
