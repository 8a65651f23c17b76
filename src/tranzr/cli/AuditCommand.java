package tranzr.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tranzr.audit.AuditCheck;
import tranzr.audit.AuditQuery;
import tranzr.audit.AuditReader;
import tranzr.json.Json;
import tranzr.model.TimeSpan;
import tranzr.server.Config;
import tranzr.server.ConfigException;
import tranzr.server.Maintenance;
import tranzr.server.Option;
import tranzr.server.Settings;
import tranzr.server.StartException;

/** Checks or shows the audit log; it only reads, so a server may run meanwhile. */
final class AuditCommand implements Command {

    private static final String EXPECT = "--expect";
    private static final String JSON = "--json";
    private static final String LIMIT = "--limit";
    private static final Set<String> FILTERS = Set.of("--from", "--to", "--actor", "--action", "--result", "--file-id", "--share", "--address");
    private static final long USUAL_LIMIT = 100;
    private static final int PAGE = 1000;

    @Override
    public String name() {
        return "audit";
    }

    @Override
    public String arguments() {
        return "verify|show [OPTION...]";
    }

    @Override
    public String summary() {
        return "verify the chain of the audit log, or show its records, newest first; also while a server runs";
    }

    @Override
    public List<String> firstWords() {
        return List.of("verify", "show");
    }

    @Override
    public Set<Option> options() {
        return EnumSet.of(Option.DATA, Option.CONFIG);
    }

    @Override
    public Map<String, String> switches() {
        return Map.of(EXPECT + " SEQ:HASH", "verify: fail unless this record, told by a verify before, is in the chain",
                JSON, "show: print each record as its JSON",
                LIMIT + " NUMBER", "show: the most records (default: " + USUAL_LIMIT + ")",
                "--from TIME", "show: not older than this; such as 2026-01-31T12:00:00Z, or 2h for two hours ago",
                "--to TIME", "show: older than this",
                "--actor ID", "show: done with this token",
                "--action NAME", "show: what begins so, such as share or share.create",
                "--result CODE", "show: with this result, such as ok",
                "--file-id, --share ID", "show: done to this file or share",
                "--address IP", "show: from this address");
    }

    @Override
    public ExitCode run(List<String> arguments, Terminal terminal) throws ConfigException, StartException, IOException {
        String verb = arguments.isEmpty() ? "" : arguments.getFirst();
        if (!verb.equals("verify") && !verb.equals("show")) {
            throw new ConfigException("audit needs to know what to do: verify or show");
        }
        List<String> rest = new ArrayList<>(arguments.subList(1, arguments.size()));
        if (verb.equals("verify")) {
            String expected = take(rest, Set.of(EXPECT)).get(EXPECT);
            return verify(data(rest, terminal), expected == null ? null : anchor(expected), terminal);
        }
        boolean json = rest.remove(JSON);
        Map<String, String> filters = take(rest, FILTERS);
        long limit = limit(take(rest, Set.of(LIMIT)).get(LIMIT));
        AuditQuery query = query(filters, InstantSource.system().instant());
        return show(data(rest, terminal), query, limit, json, terminal);
    }

    private Path data(List<String> arguments, Terminal terminal) throws ConfigException {
        Settings settings = Settings.read(arguments, terminal.environment(), options());
        settings.warnings().forEach(terminal::complain);
        return Config.dataOf(settings);
    }

    private static ExitCode verify(Path data, AuditCheck.Anchor expected, Terminal terminal) throws StartException, IOException {
        AuditCheck.Summary summary = Maintenance.checkAudit(data, expected, finding -> terminal.out().println("error " + finding.kind().name().toLowerCase(Locale.ROOT)
                + (finding.file().isEmpty() ? "" : " " + finding.file() + (finding.line() > 0 ? " line " + finding.line() : "")) + " seq " + finding.seq() + ": " + finding.what()));
        if (summary.unfinished()) {
            terminal.out().println("note: the log ends within a line, as it does while one is written and after a crash");
        }
        if (summary.last() == null) {
            terminal.out().println("checked " + summary.files() + " files: there is no record");
        } else {
            terminal.out().println("checked " + summary.records() + " records in " + summary.files() + " files, " + summary.first() + " to " + summary.last().seq() + ": "
                    + (summary.problems() == 0 ? "nothing is wrong" : summary.problems() + " problems"));
            terminal.out().println("last record " + summary.last());
        }
        return summary.problems() == 0 ? ExitCode.OK : ExitCode.DAMAGED;
    }

    private static ExitCode show(Path data, AuditQuery query, long limit, boolean json, Terminal terminal) throws StartException, IOException {
        AuditReader reader = Maintenance.audit(data);
        long before = AuditReader.NEWEST;
        long left = limit;
        long unreadable = 0;
        while (before != AuditReader.NO_MORE && left > 0) {
            AuditReader.Page page = reader.read(query, (int) Math.min(left, PAGE), before);
            page.records().forEach(fields -> terminal.out().println(json ? new String(Json.write(fields), StandardCharsets.UTF_8) : line(fields)));
            left -= page.records().size();
            unreadable += page.unreadable();
            before = page.next();
            if (terminal.out().checkError()) {
                break; // whoever read this has seen enough
            }
        }
        if (unreadable > 0) {
            terminal.complain("passed over " + unreadable + " lines that are no records; 'audit verify' tells which");
        }
        return ExitCode.OK;
    }

    /** For a person: what is in every record first, the rest by name. The log's own escapes are put back, so that no value can play with the terminal. */
    private static String line(Map<String, Object> fields) {
        Map<String, Object> rest = new LinkedHashMap<>(fields);
        StringBuilder line = new StringBuilder();
        for (String name : List.of("time", "seq", "action", "result")) {
            line.append(line.isEmpty() ? "" : " ").append(plain(rest.remove(name)));
        }
        for (String chain : List.of("durable", "prev", "hash")) {
            rest.remove(chain);
        }
        rest.forEach((name, value) -> {
            if (value instanceof Map<?, ?> members) {
                members.forEach((member, part) -> line.append(' ').append(plain(member)).append('=').append(quoted(part)));
            } else {
                line.append(' ').append(plain(name)).append('=').append(quoted(value));
            }
        });
        return line.toString();
    }

    private static String quoted(Object value) {
        String text = plain(value);
        return text.matches("[^ \"=]+") ? text : "\"" + text.replace("\"", "\\\"") + "\"";
    }

    private static String plain(Object value) {
        StringBuilder plain = new StringBuilder();
        String.valueOf(value).codePoints().forEach(c -> {
            int type = Character.getType(c);
            boolean hidden = type == Character.CONTROL || type == Character.FORMAT || type == Character.SURROGATE || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR;
            plain.append(hidden ? "\\u" + "%04x".formatted(c) : Character.toString(c));
        });
        return plain.toString();
    }

    /** Takes flags with their values out of the arguments. */
    private static Map<String, String> take(List<String> arguments, Set<String> flags) throws ConfigException {
        Map<String, String> taken = new LinkedHashMap<>();
        for (int i = 0; i < arguments.size();) {
            String argument = arguments.get(i);
            int equals = argument.indexOf('=');
            String flag = equals < 0 ? argument : argument.substring(0, equals);
            if (!flags.contains(flag)) {
                i++;
                continue;
            }
            arguments.remove(i);
            String value = equals >= 0 ? argument.substring(equals + 1) : i < arguments.size() && !arguments.get(i).startsWith("--") ? arguments.remove(i) : "";
            if (value.isEmpty()) {
                throw new ConfigException(flag + " needs a value");
            }
            if (taken.put(flag, value) != null) {
                throw new ConfigException(flag + " is given twice");
            }
        }
        return taken;
    }

    private static AuditQuery query(Map<String, String> filters, Instant now) throws ConfigException {
        return new AuditQuery(time("--from", filters, now), time("--to", filters, now), filters.get("--actor"), filters.get("--action"), filters.get("--result"),
                filters.get("--file-id"), filters.get("--share"), filters.get("--address"));
    }

    private static Instant time(String flag, Map<String, String> filters, Instant now) throws ConfigException {
        String text = filters.get(flag);
        if (text == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            try {
                Duration ago = TimeSpan.parse(text);
                return now.minus(ago);
            } catch (IllegalArgumentException | DateTimeException f) {
                throw new ConfigException(flag + ": '" + text + "' is neither a time such as 2026-01-31T12:00:00Z nor a length of time such as 2h");
            }
        }
    }

    private static AuditCheck.Anchor anchor(String text) throws ConfigException {
        try {
            return AuditCheck.Anchor.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(EXPECT + ": '" + text + "' " + e.getMessage());
        }
    }

    private static long limit(String text) throws ConfigException {
        if (text == null) {
            return USUAL_LIMIT;
        }
        if (!text.matches("[1-9][0-9]{0,17}")) {
            throw new ConfigException(LIMIT + ": '" + text + "' is not a number of at least 1");
        }
        return Long.parseLong(text);
    }
}
