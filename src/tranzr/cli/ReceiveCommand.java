package tranzr.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tranzr.client.Download;
import tranzr.client.Listing;
import tranzr.client.LocalFiles;
import tranzr.client.TransferException;
import tranzr.client.TransferException.Kind;
import tranzr.client.TranzrClient;
import tranzr.server.ConfigException;

/** Fetches a file from the server, or all files of a link. */
final class ReceiveCommand extends TransferCommand {

    private static final String OUTPUT = "--output";
    private static final String OVERWRITE = "--overwrite";
    private static final String STREAM = "-";

    @Override
    public String name() {
        return "receive";
    }

    @Override
    public String arguments() {
        return "ID|LINK [OPTION...]";
    }

    @Override
    public String summary() {
        return "fetch a file by its id, or what a share link leads to, verify it, and print where it is; interrupted, the same command goes on where it was";
    }

    @Override
    public List<String> examples() {
        return List.of("tranzr receive https://files.example.org/s/TOKEN/holiday.tar   # asks for the password, if the link has one",
                "tranzr receive LINK --output inbox/                                  # all files of a link; LINK?file=0 is the first of them",
                "tranzr receive 7d1e2a30-52c1-4f0e-9a41-1f0a6c2b9d55 --output backup/", "tranzr receive LINK --output - | tar -x");
    }

    @Override
    Map<String, String> furtherOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(OUTPUT + " PATH", "where it goes: a file, a folder, or - for standard output (default: the working directory); several files want a folder");
        options.put(OVERWRITE, "replace another file that lies there, once the new one is whole");
        options.put(Secret.PASSWORD_FILE + " FILE", "take the link's password from the first line of this file (mode 0600 or 0400)");
        return options;
    }

    @Override
    ExitCode move(Arguments given, Reach reach, Transfers transfers) throws ConfigException, IOException {
        String what = given.word("ID or LINK");
        given.requireNoMore();
        Optional<String> output = given.value(OUTPUT);
        boolean toStream = output.equals(Optional.of(STREAM));
        if (toStream && transfers.isJson()) {
            throw new ConfigException(JSON + " has no place where " + OUTPUT + " - brings the file");
        }
        Path target = output.isEmpty() || toStream ? Path.of("") : Reach.path(OUTPUT, output.get());
        Passwords passwords = new Passwords(given.value(Secret.PASSWORD_FILE));
        transfers.howToGoOn(toStream ? null : goOn(given));
        boolean isLink = Reach.isLink(what);
        URI link = isLink ? Reach.link(what) : null;
        try (TranzrClient client = isLink ? reach.openFor(link) : reach.open()) {
            Optional<Listing.Contents> contents = Optional.empty();
            if (isLink) {
                contents = look(what, client.listing(link), passwords, transfers);
                if (contents.isEmpty()) {
                    return ExitCode.OK; // it is told
                }
                if (contents.get().areSeveral()) {
                    requireFolder(contents.get(), output);
                    transfers.onlyTheSameCommandGoesOn();
                    new Receiving(client, transfers, target, given.has(OVERWRITE)).receive(contents.get());
                    return ExitCode.OK;
                }
            }
            Download.Builder builder = isLink ? client.download(contents.get(), null) : client.download(id(what));
            if (toStream) {
                builder.to(new Pipe(transfers.terminal().out()));
            } else {
                builder.to(target).overwrite(given.has(OVERWRITE));
            }
            receive(what, builder.password(() -> transfers.undisturbed(passwords::next)), passwords, transfers);
        }
        return ExitCode.OK;
    }

    /** What the link leads to; empty when that could not be found out, which is told. */
    private static Optional<Listing.Contents> look(String what, Listing.Builder builder, Passwords passwords, Transfers transfers) throws ConfigException {
        Watch watch = transfers.watch(what);
        try {
            Listing listing = builder.tuning(transfers.tuning()).password(() -> transfers.undisturbed(passwords::next)).listener(watch.untilDone()).build();
            return Optional.of(transfers.look(watch, listing));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage());
        } catch (TransferException e) {
            failed(watch, e, passwords, transfers);
            return Optional.empty();
        }
    }

    private static void requireFolder(Listing.Contents contents, Optional<String> output) throws ConfigException {
        if (output.isPresent() && (output.get().equals(STREAM) || LocalFiles.kind(Path.of(output.get())) != LocalFiles.Kind.DIRECTORY)) {
            throw new ConfigException("the link leads to " + contents.files().size() + " files, which want a folder that is there: " + OUTPUT + " '" + Visible.of(output.get())
                    + "' is none; with ?file=0 behind the link it leads to the first of them");
        }
    }

    /** To its end, and tells of it. */
    static void receive(String what, Download.Builder builder, Passwords passwords, Transfers transfers) {
        Watch watch = transfers.watch(what);
        try {
            String line = received(watch, builder.tuning(transfers.tuning()), transfers);
            if (!line.isEmpty()) {
                transfers.out(line);
            }
        } catch (TransferException e) {
            failed(watch, e, passwords, transfers);
        }
    }

    private static void failed(Watch watch, TransferException e, Passwords passwords, Transfers transfers) {
        Optional<String> trouble = e.kind() == Kind.INPUT ? passwords.trouble() : Optional.empty();
        transfers.failed(watch, trouble.isEmpty() ? e : new TransferException(Kind.INPUT, trouble.get(), e.getCause()), Map.of());
    }

    /** The same, without telling of a failure. @return what is printed of it; empty for nothing */
    static String received(Watch watch, Download.Builder builder, Transfers transfers) throws TransferException {
        Download.Result result = transfers.run(watch, built(builder.listener(watch).notices(transfers.notices(watch))));
        transfers.tell((result.already() ? "already there: " : "received ") + Visible.of(result.name(), transfers.terminal().err().charset()) + ", " + watch.summary(result.size()));
        if (!transfers.isJson()) {
            return result.path() == null ? "" : result.path().toString();
        }
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("event", "done");
        event.put("file", watch.file());
        event.put("path", result.path().toString());
        event.put("filename", result.name());
        event.put("file_size", result.size());
        event.put("file_hash", result.sha256());
        event.put("already", result.already());
        return json(event);
    }

    private static Download built(Download.Builder builder) throws TransferException {
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new TransferException(Kind.INPUT, e.getMessage(), e);
        }
    }

    /** What answers for the password of a link: a file, once, or a person, a few times. */
    static final class Passwords {

        private static final int TRIES = 3;

        private final Optional<String> fromFile;
        private int asked;
        private String trouble;

        Passwords(Optional<String> file) throws ConfigException {
            fromFile = file.isEmpty() ? Optional.empty() : Optional.of(Secret.ofFile(file.get()));
        }

        /** Null when there is no other. */
        synchronized String next() {
            asked++;
            if (asked > (fromFile.isPresent() ? 1 : TRIES)) {
                trouble = "the password is wrong";
                return null;
            }
            if (fromFile.isPresent()) {
                return fromFile.get();
            }
            String typed = Secret.ask(asked == 1 ? "password of the link: " : "that was wrong; password of the link: ").orElse(null);
            trouble = typed == null ? "the link wants a password, and nobody types it; there is " + Secret.PASSWORD_FILE + " FILE" : null;
            return typed;
        }

        /** Why there was no further password. */
        synchronized Optional<String> trouble() {
            return Optional.ofNullable(trouble);
        }
    }

    /** Standard output, which tells when nobody reads it any more. */
    private static final class Pipe extends OutputStream {

        private final PrintStream out;

        Pipe(PrintStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] { (byte) b }, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            if (out.checkError()) {
                throw new IOException("standard output is closed");
            }
        }
    }
}
