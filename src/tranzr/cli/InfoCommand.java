package tranzr.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import tranzr.client.RefusedException;
import tranzr.client.TranzrClient;
import tranzr.server.ConfigException;

/** Tells what the server knows of a file, or of what a link leads to. */
final class InfoCommand extends ClientCommand {

    @Override
    public String name() {
        return "info";
    }

    @Override
    public String arguments() {
        return "ID|LINK [OPTION...]";
    }

    @Override
    public String summary() {
        return "tell all that the server tells of a file or upload, or of what a share link leads to";
    }

    @Override
    Map<String, String> ownOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(JSON, "print it as one JSON object, with the fields of the API");
        return options;
    }

    @Override
    ExitCode run(Arguments given, Reach reach, Terminal terminal) throws ConfigException, RefusedException, IOException {
        String what = given.word("ID or LINK");
        given.requireNoMore();
        boolean isLink = Reach.isLink(what);
        String path = isLink ? "/share/info/" + Reach.tokenOf(Reach.link(what)) : "/files/" + id(what);
        try (TranzrClient client = isLink ? reach.openFor(Reach.link(what)) : reach.open()) {
            Map<String, Object> fields = client.call("GET", path, null);
            if (given.has(JSON)) {
                terminal.out().println(json(fields));
                return ExitCode.OK;
            }
            int width = fields.keySet().stream().mapToInt(String::length).max().orElse(0);
            fields.forEach((name, value) -> terminal.out().println(Visible.padded(Visible.of(name), width) + "  "
                    + Visible.of(value == null ? "-" : value instanceof String text ? text : json(value), terminal.out().charset())));
            return ExitCode.OK;
        }
    }
}
