package tranzr.cli;

import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tranzr.client.Download;
import tranzr.client.Session;
import tranzr.client.TransferException;
import tranzr.client.TranzrClient;
import tranzr.client.Upload;
import tranzr.server.ConfigException;

/** Goes on with transfers that are not finished. */
final class ResumeCommand extends TransferCommand {

    @Override
    public String name() {
        return "resume";
    }

    @Override
    public String arguments() {
        return "[NAME|all] [OPTION...]";
    }

    @Override
    public String summary() {
        return "go on with transfers that are not finished: that of this name or path, or all";
    }

    @Override
    Map<String, String> furtherOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(Secret.PASSWORD_FILE + " FILE", "take the password of a link from the first line of this file (mode 0600 or 0400)");
        return options;
    }

    @Override
    ExitCode move(Arguments given, Reach reach, Transfers transfers) throws ConfigException, IOException {
        Optional<String> name = given.optionalWord();
        given.requireNoMore();
        List<Session> chosen = StatusCommand.chosen(reach.sessions(), name);
        // A token is for one server, and must not come to another; where there is none, nothing can be told to the wrong one.
        List<Session> here = chosen.stream().filter(session -> isLink(session) || reach.isMeant(session.server())).toList();
        chosen.stream().filter(session -> !here.contains(session)).map(Session::server).distinct().forEach(other -> transfers.complain(
                "what is unfinished with " + other + " is left alone; it goes on by: tranzr resume " + Reach.SERVER + " " + other));
        if (here.isEmpty()) {
            transfers.tell(chosen.isEmpty() ? "nothing is unfinished" : "nothing to do here");
            return ExitCode.OK;
        }
        ReceiveCommand.Passwords passwords = new ReceiveCommand.Passwords(given.value(Secret.PASSWORD_FILE));
        transfers.howToGoOn(goOn(given));
        for (Session session : here) {
            if (transfers.isStopping()) {
                break;
            }
            try (TranzrClient client = isLink(session) ? reach.openFor(URI.create(session.remote())) : reach.at(session.server()).open()) {
                if (session.kind() == Session.Kind.DOWNLOAD) {
                    receive(client, session, passwords, transfers);
                } else {
                    send(client, session, transfers);
                }
            }
        }
        return ExitCode.OK;
    }

    private static boolean isLink(Session session) {
        return session.kind() == Session.Kind.DOWNLOAD && session.remote() != null && Reach.isLink(session.remote());
    }

    private static void receive(TranzrClient client, Session session, ReceiveCommand.Passwords passwords, Transfers transfers) {
        Download.Builder builder = isLink(session) ? client.download(URI.create(session.remote())) : client.download(UUID.fromString(session.remote()));
        ReceiveCommand.receive(session.remote(), builder.to(session.path()).password(() -> transfers.undisturbed(passwords::next)), passwords, transfers);
    }

    private static void send(TranzrClient client, Session session, Transfers transfers) {
        Watch watch = transfers.watch(session.path().toString());
        Upload.Builder builder = client.upload(session.path()).name(session.name());
        if (session.more().get("room") instanceof String room) {
            builder.room(room);
        }
        try {
            Upload.Result result = transfers.run(watch, builder.tuning(transfers.tuning()).listener(watch).notices(transfers.notices(watch)).build());
            Sending.tellDone(transfers, watch, result);
            transfers.out(Sending.line(transfers, session.path().toString(), result, Optional.empty()));
        } catch (TransferException e) {
            transfers.failed(watch, e, Map.of());
        }
    }
}
