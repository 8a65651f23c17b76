package tranzr.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tranzr.client.RefusedException;
import tranzr.client.TranzrClient;
import tranzr.server.ConfigException;

/** Removes files from the server. Asks nothing: an id is not typed by mistake, and a script could not answer. */
final class DeleteCommand extends ClientCommand {

    @Override
    public String name() {
        return "delete";
    }

    @Override
    public String arguments() {
        return "ID... [OPTION...]";
    }

    @Override
    public String summary() {
        return "remove files, or uploads that are under way, from the server for good, with their links; asks nothing";
    }

    @Override
    Map<String, String> ownOptions() {
        return Map.of();
    }

    @Override
    ExitCode run(Arguments given, Reach reach, Terminal terminal) throws ConfigException, IOException {
        List<UUID> ids = new ArrayList<>();
        for (String text : given.rest("ID")) {
            ids.add(id(text));
        }
        ExitCode code = ExitCode.OK;
        try (TranzrClient client = reach.open()) {
            for (UUID id : ids) {
                try {
                    client.delete(id);
                    terminal.complain("deleted " + id);
                } catch (RefusedException e) {
                    terminal.complain(id + ": " + Visible.of(String.valueOf(e.getMessage())));
                    code = ExitCode.FAILED;
                }
            }
        }
        return code;
    }
}
