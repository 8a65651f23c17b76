package tranzr.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tranzr.journal.JournalScan;
import tranzr.model.ByteSize;
import tranzr.server.Config;
import tranzr.server.ConfigException;
import tranzr.server.Maintenance;
import tranzr.server.Option;
import tranzr.server.Settings;
import tranzr.server.StartException;
import tranzr.transfer.Fsck;

/** Checks that everything that was acknowledged is there and unchanged. */
final class FsckCommand implements Command {

    private static final String REPAIR = "--repair";

    @Override
    public String name() {
        return "fsck";
    }

    @Override
    public String arguments() {
        return "[--repair] [OPTION...]";
    }

    @Override
    public String summary() {
        return "check the stored data while no server runs: journal, files, lengths, block checksums, SHA-256";
    }

    @Override
    public Set<Option> options() {
        return EnumSet.of(Option.DATA, Option.CONFIG);
    }

    @Override
    public Map<String, String> switches() {
        return Map.of(REPAIR, "also mend what can be mended without losing anything");
    }

    @Override
    public ExitCode run(List<String> arguments, Terminal terminal) throws ConfigException, StartException, IOException {
        List<String> rest = new ArrayList<>(arguments);
        boolean repair = rest.remove(REPAIR);
        Settings settings = Settings.read(rest, terminal.environment(), options());
        settings.warnings().forEach(terminal::complain);
        LogLine.install();
        Report report = new Report(terminal);
        Fsck.Summary summary = Maintenance.check(Config.dataOf(settings), repair, report);
        report.clearProgress();
        long problems = summary.problems() + report.ofRecords;
        terminal.out().println("checked " + summary.files() + " files and uploads with " + summary.bytes() + " bytes: " + (problems == 0
                ? "nothing is wrong" : problems + " problems, " + summary.repaired() + " of them repaired"));
        return report.damage ? ExitCode.DAMAGED : ExitCode.OK;
    }

    /** Prints findings, a line each, and how far it is when somebody watches. */
    private static final class Report implements Maintenance.Report {

        private final Terminal terminal;
        private final boolean watched;
        private boolean damage;
        /** Problems of journal and snapshots, which the summary does not count. */
        private long ofRecords;
        private long percent = -1;

        Report(Terminal terminal) {
            this.terminal = terminal;
            this.watched = terminal.isWatched();
        }

        @Override
        public void found(JournalScan.Problem problem) {
            ofRecords++;
            damage |= !problem.tornTail();
            terminal.out().println((problem.tornTail() ? "warning torn_tail " : "error journal ") + problem.file() + " at offset " + problem.offset() + ": "
                    + problem.what() + (problem.tornTail() ? " (what a crash leaves; set aside)" : ""));
        }

        @Override
        public void damagedSnapshot(Path file, String what) {
            ofRecords++;
            damage = true;
            terminal.out().println("error snapshot " + file + ": " + what);
        }

        @Override
        public void found(Fsck.Finding finding) {
            clearProgress();
            damage |= finding.severity() == Fsck.Severity.ERROR && !finding.repaired();
            String remedy = finding.repaired() ? " (repaired)" : finding.repairable() ? " (" + REPAIR + " mends it)" : "";
            terminal.out().println(word(finding.severity()) + " " + word(finding.kind()) + " " + finding.id() + ": " + finding.what() + remedy);
        }

        @Override
        public void progress(long bytesDone, long bytesTotal) {
            long now = bytesTotal == 0 ? 100 : (long) (100.0 * bytesDone / bytesTotal);
            if (watched && now != percent) {
                percent = now;
                terminal.err().print("\rchecking " + now + "% of " + ByteSize.format(bytesTotal) + " ");
                terminal.err().flush();
            }
        }

        void clearProgress() {
            if (percent >= 0) {
                terminal.err().print("\r\033[K");
                percent = -1;
            }
        }

        private static String word(Enum<?> value) {
            return value.name().toLowerCase(Locale.ROOT);
        }
    }
}
