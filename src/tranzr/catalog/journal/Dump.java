package tranzr.catalog.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import tranzr.catalog.Change;
import tranzr.disk.Disk;
import tranzr.journal.JournalScan;
import tranzr.model.Entity;
import tranzr.model.Scope;
import tranzr.model.Usage;

/** Prints a catalog's files in readable lines. Changes nothing, and goes on behind damage, of which it prints a line too. */
public final class Dump {

    private Dump() {
    }

    /**
     * Prints the newest snapshot that is whole, a line an upload, share or token, each beginning with {@code @} and the
     * number of the snapshot's last record; then the journal, a line a record: its number, the time it says or {@code -},
     * and its changes.
     *
     * @param directory where journal and snapshots lie
     * @return false when something was damaged, which is more than a torn tail
     * @throws IOException when a file cannot be read
     */
    public static boolean print(Disk disk, Path directory, Appendable out) throws IOException {
        AtomicBoolean whole = new AtomicBoolean(printSnapshot(disk, directory, out));
        StringBuilder problems = new StringBuilder();
        JournalScan.read(disk, directory, (file, offset, sequence, type, payload) -> {
            flush(problems, out);
            out.append(Long.toString(sequence)).append(' ').append(record(type, payload)).append('\n');
        }, problem -> {
            problems.append(line(problem));
            if (!problem.tornTail()) {
                whole.set(false);
            }
        });
        flush(problems, out);
        return whole.get();
    }

    private static void flush(StringBuilder problems, Appendable out) throws IOException {
        out.append(problems);
        problems.setLength(0);
    }

    private static String line(JournalScan.Problem problem) {
        return "! " + problem.file() + " at offset " + problem.offset() + ": " + problem.what()
                + (problem.tornTail() ? " (a torn tail, mended at the next start)" : "") + "\n";
    }

    /** Whether none had to be passed over. */
    private static boolean printSnapshot(Disk disk, Path directory, Appendable out) throws IOException {
        boolean whole = true;
        for (long sequence : Snapshot.list(disk, directory)) {
            try {
                printRows(Snapshot.read(disk, directory, sequence, null), out);
                return whole;
            } catch (BadRecordException e) {
                whole = false;
                out.append("! ").append(Snapshot.file(directory, sequence).toString()).append(": ").append(e.getMessage())
                        .append('\n');
            }
        }
        return whole;
    }

    private static void printRows(Snapshot snapshot, Appendable out) throws IOException {
        String prefix = "@" + snapshot.sequence() + " ";
        for (UploadRow row : snapshot.state().uploadRows()) {
            out.append(prefix).append(row.created().toString()).append(" upload: ").append(ChangeText.of(row.upload()))
                    .append('\n');
        }
        for (ShareRow row : snapshot.state().shareRows()) {
            out.append(prefix).append(row.created().toString()).append(" share: ").append(ChangeText.of(row.share()))
                    .append('\n');
        }
        for (Entity entity : snapshot.state().entities().stream().sorted(Comparator.comparing(Entity::created).reversed()).toList()) {
            out.append(prefix).append(entity.created().toString()).append(' ').append(ChangeText.of(entity)).append('\n');
        }
        for (Map.Entry<Scope, Usage> each : snapshot.state().usages().entrySet()) {
            out.append(prefix).append("- usage: ").append(ChangeText.of(each.getKey(), each.getValue())).append('\n');
        }
    }

    private static String record(byte type, ByteBuffer payload) {
        if (type != RecordCodec.COMMIT) {
            return "- unknown record type " + type;
        }
        try {
            List<Change> changes = RecordCodec.decode(payload);
            String time = changes.stream().map(ChangeText::time).filter(Objects::nonNull).findFirst().map(Instant::toString)
                    .orElse("-");
            return time + " " + changes.stream().map(ChangeText::of).collect(Collectors.joining(" | "));
        } catch (BadRecordException e) {
            return "- unreadable: " + e.getMessage();
        }
    }
}
