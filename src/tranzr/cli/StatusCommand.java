package tranzr.cli;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tranzr.client.Session;
import tranzr.client.SessionStore;
import tranzr.client.TransferException;
import tranzr.server.ConfigException;

/** Tells of the transfers that are not finished. */
final class StatusCommand extends ClientCommand {

    private static final String FORGET = "--forget";

    @Override
    public String name() {
        return "status";
    }

    @Override
    public String arguments() {
        return "[NAME|all] [OPTION...]";
    }

    @Override
    public String summary() {
        return "list own transfers that are not finished, and who has them in hand";
    }

    @Override
    boolean needsServer() {
        return false;
    }

    @Override
    Map<String, String> ownOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(FORGET, "forget these transfers; what came of them stays, here and at the server, until that cleans it away");
        options.put(Reach.STATE + " DIRECTORY", "where unfinished transfers are remembered (environment: TRANZR_STATE)");
        options.put(JSON, "print a JSON object a line");
        return options;
    }

    @Override
    ExitCode run(Arguments given, Reach reach, Terminal terminal) throws ConfigException, TransferException, IOException {
        Optional<String> name = given.optionalWord();
        given.requireNoMore();
        if (given.has(FORGET) && name.isEmpty()) {
            throw new ConfigException(FORGET + " wants a NAME, or all");
        }
        SessionStore store = reach.sessions();
        List<Session> chosen = chosen(store, name);
        if (given.has(FORGET)) {
            for (Session session : chosen) {
                try (SessionStore.Claim _ = store.claim(session.key())) {
                    store.remove(session.key());
                }
                terminal.complain("forgot " + Visible.of(nameOf(session)));
            }
            return ExitCode.OK;
        }
        if (given.has(JSON)) {
            for (Session session : chosen) {
                terminal.out().println(json(fields(session, store.holder(session.key()))));
            }
            return ExitCode.OK;
        }
        if (chosen.isEmpty()) {
            terminal.complain("nothing is unfinished");
            return ExitCode.OK;
        }
        Instant now = Instant.now();
        List<List<String>> rows = new ArrayList<>();
        for (Session session : chosen) {
            String size = session.size() < 0 ? "?" : ProgressText.size(session.size());
            rows.add(List.of(session.kind() == Session.Kind.UPLOAD ? "send" : "receive", nameOf(session), percent(session), size,
                    age(Duration.between(session.updated(), now)), session.server().toString(), store.holder(session.key()).orElse("nobody")));
        }
        new Table(List.of("WAY", "NAME", "DONE", "SIZE", "AGE", "SERVER", "IN HAND OF"), 1).print(rows, terminal);
        return ExitCode.OK;
    }

    /** The unfinished ones; of one name, if that is said. @throws ConfigException when nothing is called so */
    static List<Session> chosen(SessionStore store, Optional<String> name) throws ConfigException, IOException {
        List<Session> unfinished = store.list().stream().filter(session -> !session.finished()).toList();
        if (name.isEmpty() || name.get().equals("all")) {
            return unfinished;
        }
        String wanted = name.get();
        List<Session> chosen = unfinished.stream().filter(session -> wanted.equals(session.name()) || wanted.equals(session.remote()) || session.path() != null
                && (session.path().endsWith(wanted) || session.path().equals(java.nio.file.Path.of(wanted).toAbsolutePath().normalize()))).toList();
        if (chosen.isEmpty()) {
            throw new ConfigException("no unfinished transfer is called '" + Visible.of(wanted) + "'");
        }
        return chosen;
    }

    static String nameOf(Session session) {
        return session.name() != null ? session.name() : session.path() != null ? String.valueOf(session.path().getFileName()) : session.key();
    }

    private static String percent(Session session) {
        return session.size() <= 0 ? "?" : String.format(Locale.ROOT, "%.1f%%", Math.floor(1000.0 * session.done() / session.size()) / 10);
    }

    static String age(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        return seconds < 120 ? seconds + "s" : seconds < 7200 ? seconds / 60 + "m" : seconds < 172_800 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
    }

    private static Map<String, Object> fields(Session session, Optional<String> holder) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("direction", session.kind() == Session.Kind.UPLOAD ? "send" : "receive");
        fields.put("filename", nameOf(session));
        fields.put("path", session.path() == null ? null : session.path().toString());
        fields.put("server", session.server().toString());
        fields.put("remote", session.remote());
        fields.put("file_size", session.size() < 0 ? null : (Object) session.size());
        fields.put("done", session.done());
        fields.put("created_at", session.created().toString());
        fields.put("updated_at", session.updated().toString());
        fields.put("holder", holder.orElse(null));
        return fields;
    }
}
