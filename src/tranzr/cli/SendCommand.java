package tranzr.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tranzr.client.Listing;
import tranzr.client.LocalFiles;
import tranzr.client.TranzrClient;
import tranzr.server.ConfigException;

/** Brings files to the server. */
final class SendCommand extends TransferCommand {

    static final String STREAM = "-";
    private static final String SHARE = "--share";
    private static final String ONE_LINK = "--one-link";
    private static final String NAME = "--name";
    private static final String ROOM = "--room";
    private static final String REHASH = "--rehash";

    @Override
    public String name() {
        return "send";
    }

    @Override
    public String arguments() {
        return "FILE...|DIR...|- [OPTION...]";
    }

    @Override
    public String summary() {
        return "send files, folders with all that is in them, or standard input; interrupted, the same command goes on where it was";
    }

    @Override
    public List<String> examples() {
        return List.of("tranzr send holiday.tar                               # prints its id and name", "tranzr send holiday.tar --share --expires 2h          # prints the link",
                "tranzr send photos notes.txt --room Sales             # a folder goes as its files, with relative paths",
                "tranzr send photos notes.txt --share --one-link       # one link for all of them, the only line on standard output",
                "pg_dump shop | tranzr send - --name shop.sql --share  # length and digest come at the end",
                "link=$(tranzr send report.pdf --share --password)     # asks for the password at the terminal");
    }

    @Override
    Map<String, String> furtherOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(SHARE, "make a link for each file; printed at the end on standard output, a line each, in the order of the files");
        options.put(ONE_LINK, "with " + SHARE + ": make one link for all files together, " + Listing.MOST_FILES + " at most; printed at the end, alone on standard output");
        options.putAll(ShareOptions.options("with " + SHARE + ": "));
        options.put(NAME + " NAME", "what the file is called at the server; for a single file or -");
        options.put(ROOM + " ROOM", "id or name of the room that it is for");
        options.put(REHASH, "take the digest of a file anew, although it seems unchanged since it was sent");
        return options;
    }

    @Override
    ExitCode move(Arguments given, Reach reach, Transfers transfers) throws ConfigException {
        List<String> words = given.rest("FILE, DIR or -");
        Optional<String> name = given.value(NAME);
        if (name.isPresent() && (words.size() > 1 || LocalFiles.kind(Reach.path("FILE", words.getFirst())) == LocalFiles.Kind.DIRECTORY)) {
            throw new ConfigException(NAME + " goes with a single file or -");
        }
        if (words.stream().filter(STREAM::equals).count() > 1) {
            throw new ConfigException("standard input can be sent only once");
        }
        for (String option : Stream.concat(Stream.of(ONE_LINK), ShareOptions.ALL.stream()).toList()) {
            if (!given.has(SHARE) && (given.has(option) || given.value(option).isPresent())) {
                throw new ConfigException(option + " goes with " + SHARE);
            }
        }
        transfers.howToGoOn(words.equals(List.of(STREAM)) ? null : goOn(given));
        if (given.has(ONE_LINK)) {
            transfers.onlyTheSameCommandGoesOn();
        }
        try (TranzrClient client = reach.open()) {
            Sending sending = new Sending(client, transfers, new Sending.Wish(name, given.value(ROOM), given.has(REHASH),
                    given.has(SHARE) ? Optional.of(ShareOptions.terms(given)) : Optional.empty(), given.has(ONE_LINK)));
            sending.send(words);
            return ExitCode.OK;
        }
    }
}
