package tranzr.cli;

import java.io.IOException;
import java.util.Map;
import tranzr.client.RefusedException;
import tranzr.client.TranzrClient;
import tranzr.server.ConfigException;

/** Ends a share link. */
final class RevokeCommand extends ClientCommand {

    @Override
    public String name() {
        return "revoke";
    }

    @Override
    public String arguments() {
        return "TOKEN|LINK|SHARE_ID [OPTION...]";
    }

    @Override
    public String summary() {
        return "end a share link at once, also the downloads that are under way by it; the file stays";
    }

    @Override
    Map<String, String> ownOptions() {
        return Map.of();
    }

    @Override
    ExitCode run(Arguments given, Reach reach, Terminal terminal) throws ConfigException, RefusedException, IOException {
        String link = given.word("TOKEN, LINK or SHARE_ID");
        given.requireNoMore();
        String token = Reach.isLink(link) ? Reach.tokenOf(Reach.link(link)) : link;
        try (TranzrClient client = reach.open()) {
            client.revoke(token);
        }
        terminal.complain("revoked");
        return ExitCode.OK;
    }
}
