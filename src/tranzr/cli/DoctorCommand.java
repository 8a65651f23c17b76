package tranzr.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tranzr.client.Checkup;
import tranzr.client.Checkup.Grade;
import tranzr.client.LocalFiles;
import tranzr.client.TranzrClient;
import tranzr.model.ByteSize;
import tranzr.server.ConfigException;

/** Looks why transfers fail or are slow, and says what to do. */
final class DoctorCommand extends ClientCommand {

    private static final String OUTPUT = "--output";
    private static final String SIZE = "--size";
    private static final long STANDARD_SIZE = 1 << 30;

    @Override
    public String name() {
        return "doctor";
    }

    @Override
    public String summary() {
        return "look what may be in the way of transfers: server, clock, token, proxies in between, speed, room on both sides; says what to do";
    }

    @Override
    Map<String, String> ownOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(OUTPUT + " PATH", "where received files are to go (default: the working directory)");
        options.put(SIZE + " SIZE", "how large a file shall find room on both sides (default: " + ByteSize.format(STANDARD_SIZE) + ")");
        options.put(Reach.STATE + " DIRECTORY", "where unfinished transfers are remembered (environment: TRANZR_STATE)");
        options.put(JSON, "print a JSON object a line");
        return options;
    }

    @Override
    ExitCode run(Arguments given, Reach reach, Terminal terminal) throws ConfigException {
        given.requireNoMore();
        Optional<String> size = given.value(SIZE);
        long space = size.isEmpty() ? STANDARD_SIZE : TransferCommand.checked(SIZE, size.get(), ByteSize::parse);
        Path target = given.value(OUTPUT).isEmpty() ? Path.of("") : Reach.path(OUTPUT, given.value(OUTPUT).get());
        ExitCode[] code = { ExitCode.OK };
        Consumer<Checkup.Finding> print = finding -> {
            print(finding, given.has(JSON), terminal);
            code[0] = finding.grade() == Grade.FAIL ? ExitCode.FAILED : code[0];
        };
        try (TranzrClient client = reach.open()) {
            place("disk", "the folder for received files", target, space, print);
            place("state", "the folder that remembers transfers", reach.state(), 1 << 20, print);
            Checkup.run(client, space, print);
        }
        return code[0];
    }

    private static void place(String check, String what, Path path, long space, Consumer<Checkup.Finding> findings) {
        String named = what + ", " + path.toAbsolutePath().normalize() + ",";
        try {
            if (!LocalFiles.isWritable(path)) {
                findings.accept(new Checkup.Finding(check, Grade.FAIL, named + " may not be written", "choose another, or change its owner or mode"));
                return;
            }
            long room = LocalFiles.usableSpace(path);
            boolean fits = room >= space;
            findings.accept(new Checkup.Finding(check, fits ? Grade.OK : Grade.WARN, named + " has room for " + ProgressText.size(room),
                    fits ? "" : "that is less than " + ByteSize.format(space) + ": make room, or choose another"));
        } catch (IOException e) {
            findings.accept(new Checkup.Finding(check, Grade.FAIL, named + " cannot be looked at: " + reason(e), ""));
        }
    }

    private static void print(Checkup.Finding finding, boolean json, Terminal terminal) {
        String grade = finding.grade().name().toLowerCase(Locale.ROOT);
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("check", finding.check());
            fields.put("grade", grade);
            fields.put("what", finding.what());
            fields.put("advice", finding.advice().isEmpty() ? null : finding.advice());
            terminal.out().println(json(fields));
            return;
        }
        terminal.out().println(Visible.padded(grade, 6) + Visible.padded(finding.check(), 11) + Visible.of(finding.what(), terminal.out().charset()));
        if (!finding.advice().isEmpty()) {
            terminal.out().println(" ".repeat(17) + "-> " + Visible.of(finding.advice(), terminal.out().charset()));
        }
    }
}
