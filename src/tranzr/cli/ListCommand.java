package tranzr.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tranzr.client.RefusedException;
import tranzr.client.TranzrClient;
import tranzr.server.ConfigException;

/** Lists what is at the server. */
final class ListCommand extends ClientCommand {

    private static final String ROOM = "--room";

    @Override
    public String name() {
        return "list";
    }

    @Override
    public String summary() {
        return "list the files and uploads at the server, newest first";
    }

    @Override
    Map<String, String> ownOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(ROOM + " ROOM", "only what is in this room, by id or name");
        options.put(JSON, "print a JSON object a line, with the fields of the API");
        return options;
    }

    @Override
    ExitCode run(Arguments given, Reach reach, Terminal terminal) throws ConfigException, RefusedException, IOException {
        given.requireNoMore();
        Optional<String> room = given.value(ROOM);
        try (TranzrClient client = reach.open()) {
            List<Map<String, Object>> files = client.list("/files" + room.map(name -> "?room=" + segment(name)).orElse(""), "file_id");
            if (given.has(JSON)) {
                files.forEach(file -> terminal.out().println(json(file)));
                return ExitCode.OK;
            }
            if (files.isEmpty()) {
                terminal.complain("there is no file");
                return ExitCode.OK;
            }
            List<List<String>> rows = new ArrayList<>();
            for (Map<String, Object> file : files) {
                rows.add(List.of(text(file, "file_id"), text(file, "filename"), file.get("file_size") instanceof Number size ? ProgressText.size(size.longValue()) : "?",
                        text(file, "status"), text(file, "updated_at").replaceFirst("\\.\\d+(?=Z)", "")));
            }
            new Table(List.of("ID", "NAME", "SIZE", "STATUS", "CHANGED"), 1).print(rows, terminal);
            return ExitCode.OK;
        }
    }

    static String text(Map<String, Object> fields, String name) {
        Object value = fields.get(name);
        return value == null ? "" : value.toString();
    }
}
