package tranzr.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tranzr.client.FileDigest;
import tranzr.client.LocalFiles;
import tranzr.client.RefusedException;
import tranzr.client.RemoteFile;
import tranzr.client.Session;
import tranzr.client.TransferException;
import tranzr.client.TranzrClient;
import tranzr.server.ConfigException;

/** Compares a file with what it should be. */
final class VerifyCommand extends ClientCommand {

    private static final String CHECKSUM = "--checksum";

    /** What it should be, and who says so. */
    private record Expected(String sha256, String origin) {
    }

    @Override
    public String name() {
        return "verify";
    }

    @Override
    public String arguments() {
        return "PATH [OPTION...]";
    }

    @Override
    public String summary() {
        return "compare a file's SHA-256 with that of its transfer, as the server or the state directory knows it, or with one that is given";
    }

    @Override
    Map<String, String> ownOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(CHECKSUM + " HASH", "what the SHA-256 should be, in 64 hexadecimal digits");
        options.put(Reach.STATE + " DIRECTORY", "where transfers are remembered (environment: TRANZR_STATE)");
        return options;
    }

    @Override
    ExitCode run(Arguments given, Reach reach, Terminal terminal) throws ConfigException, TransferException, IOException {
        Path file = Reach.path("PATH", given.word("PATH"));
        given.requireNoMore();
        Optional<String> checksum = given.value(CHECKSUM).map(text -> text.strip().toLowerCase(Locale.ROOT).replaceFirst("^sha256[:-]", ""));
        if (checksum.isPresent() && !checksum.get().matches("[0-9a-f]{64}")) {
            throw new ConfigException(CHECKSUM + ": '" + given.value(CHECKSUM).get() + "' is not a SHA-256 in 64 hexadecimal digits");
        }
        if (LocalFiles.kind(file) != LocalFiles.Kind.FILE) {
            throw new ConfigException("'" + Visible.of(file.toString()) + "' is no file");
        }
        String actual = FileDigest.sha256(file, bytes -> { }, () -> false);
        Optional<Expected> expected = checksum.isPresent() ? Optional.of(new Expected(checksum.get(), CHECKSUM)) : known(file, reach, terminal);
        terminal.out().println(actual);
        if (expected.isEmpty()) {
            terminal.complain("nothing tells what the digest of " + Visible.of(file.toString()) + " should be: no transfer of it is remembered, and there is no " + CHECKSUM);
            return ExitCode.USAGE;
        }
        if (!expected.get().sha256().equals(actual)) {
            terminal.complain(Visible.of(file.toString()) + " is not what it should be: " + expected.get().origin() + " says " + expected.get().sha256());
            return ExitCode.DAMAGED;
        }
        terminal.complain(Visible.of(file.toString()) + " is what " + expected.get().origin() + " says");
        return ExitCode.OK;
    }

    /** By the last transfer of the file: the server, if it still has it and answers, and else what was found then. */
    private static Optional<Expected> known(Path file, Reach reach, Terminal terminal) throws ConfigException, IOException {
        Path real = file.toRealPath();
        Path absolute = file.toAbsolutePath().normalize();
        List<Session> sessions = reach.sessions().list().stream().filter(session -> real.equals(session.path()) || absolute.equals(session.path())).toList();
        for (Session session : sessions) {
            if (reach.isMeant(session.server()) && session.remote() != null && isId(session.remote())) {
                try (TranzrClient client = reach.at(session.server()).open()) {
                    RemoteFile remote = client.info(UUID.fromString(session.remote()));
                    if (remote.sha256() != null) {
                        return Optional.of(new Expected(remote.sha256(), "the server"));
                    }
                } catch (RefusedException | IOException e) {
                    terminal.complain("the server does not tell: " + Visible.of(String.valueOf(e.getMessage())));
                }
            }
            if (session.sha256() != null) {
                return Optional.of(new Expected(session.sha256(), "the transfer of " + session.updated()));
            }
        }
        return Optional.empty();
    }
}
