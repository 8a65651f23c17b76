package tranzr.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import tranzr.client.RefusedException;
import tranzr.client.ShareLink;
import tranzr.client.ShareTerms;
import tranzr.client.TranzrClient;
import tranzr.server.ConfigException;

/** Makes a link to a file. */
final class ShareCommand extends ClientCommand {

    @Override
    public String name() {
        return "share";
    }

    @Override
    public String arguments() {
        return "ID [OPTION...]";
    }

    @Override
    public String summary() {
        return "make a share link for a file, and print it";
    }

    @Override
    Map<String, String> ownOptions() {
        Map<String, String> options = new LinkedHashMap<>(ShareOptions.options(""));
        options.put(JSON, "print it as one JSON object");
        return options;
    }

    @Override
    ExitCode run(Arguments given, Reach reach, Terminal terminal) throws ConfigException, RefusedException, IOException {
        UUID file = id(given.word("ID"));
        given.requireNoMore();
        ShareTerms terms = ShareOptions.terms(given);
        try (TranzrClient client = reach.open()) {
            ShareLink link = client.share(file, terms);
            if (given.has(JSON)) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("file_id", file.toString());
                fields.putAll(ShareOptions.fields(link));
                terminal.out().println(json(fields));
            } else {
                terminal.out().println(link.url());
            }
            return ExitCode.OK;
        }
    }
}
