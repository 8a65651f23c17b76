package tranzr.cli;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import tranzr.client.RefusedException;
import tranzr.client.TransferException;
import tranzr.json.Json;
import tranzr.server.ConfigException;

/** What the commands that talk to a server have in common: how they get there, and how they say what went wrong. */
abstract class ClientCommand implements Command {

    static final String JSON = "--json";
    private static final Pattern ID = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    @Override
    public final Group group() {
        return Group.TRANSFERS;
    }

    @Override
    public final Map<String, String> switches() {
        Map<String, String> switches = new LinkedHashMap<>(ownOptions());
        if (needsServer()) {
            switches.put(Reach.SERVER + " URL", "the server (environment: TRANZR_SERVER; default: " + ClientSetting.SERVER.standard() + ")");
            switches.put(Reach.TOKEN_FILE + " FILE", "file (mode 0600 or 0400) with the token that opens it; or put the token itself into TRANZR_TOKEN");
            switches.put(Reach.PIN + " HEX", "SHA-256 of the server's certificate, the only one that is trusted then (environment: TRANZR_PIN)");
            switches.put(Reach.TIMEOUT + " TIME", "how long a request may stand still (environment: TRANZR_TIMEOUT; default: 30s)");
        }
        return switches;
    }

    /** With the value each takes, and the meaning. */
    abstract Map<String, String> ownOptions();

    /** Whether it talks to one. */
    boolean needsServer() {
        return true;
    }

    abstract ExitCode run(Arguments given, Reach reach, Terminal terminal) throws ConfigException, RefusedException, TransferException, IOException;

    @Override
    public final ExitCode run(List<String> arguments, Terminal terminal) throws ConfigException {
        Set<String> valued = new HashSet<>();
        Set<String> plain = new HashSet<>();
        switches().keySet().forEach(name -> (name.contains(" ") ? valued : plain).add(name.replaceFirst(" .*", "")));
        if (arguments.stream().takeWhile(each -> !each.equals("--")).anyMatch(each -> each.equals("--token") || each.startsWith("--token="))) {
            throw new ConfigException("a token is never an argument, since every user of the machine can read those: use " + Reach.TOKEN_FILE
                    + ", or TRANZR_TOKEN in the environment");
        }
        Arguments given = Arguments.of(arguments, valued, Set.of(), plain);
        for (Map.Entry<String, List<String>> choice : choices().entrySet()) {
            String text = given.value(choice.getKey()).orElse(choice.getValue().getFirst());
            if (!choice.getValue().contains(text)) {
                throw new ConfigException(choice.getKey() + ": '" + text + "' is none of " + String.join(", ", choice.getValue()));
            }
        }
        LogLine.install();
        try {
            return run(given, Reach.of(given, terminal), terminal);
        } catch (RefusedException e) {
            terminal.complain(Visible.of(String.valueOf(e.getMessage())));
            return e.status() == 400 ? ExitCode.USAGE : ExitCode.FAILED;
        } catch (TransferException e) {
            terminal.complain(Visible.of(String.valueOf(e.getMessage())));
            return ExitCode.of(e.kind());
        } catch (IOException e) {
            terminal.complain(Visible.of(reason(e)));
            return ExitCode.FAILED;
        }
    }

    /** In words that name what it is about. */
    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + " does not exist";
            case AccessDeniedException denied -> denied.getFile() + " may not be accessed";
            case FileSystemException other when other.getReason() != null -> other.getFile() + ": " + other.getReason();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    static UUID id(String text) throws ConfigException {
        if (!isId(text)) {
            throw new ConfigException("'" + Visible.of(text) + "' is not the id of a file, such as 7d1e2a30-52c1-4f0e-9a41-1f0a6c2b9d55");
        }
        return UUID.fromString(text);
    }

    /** One segment of a path, or one value of a query. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** A line of JSON in ASCII, whatever the locale. */
    static String json(Object value) {
        String text = new String(Json.write(value), StandardCharsets.UTF_8);
        StringBuilder ascii = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            ascii.append(c < 0x7F ? Character.toString(c) : "\\u%04x".formatted((int) c));
        }
        return ascii.toString();
    }
}
