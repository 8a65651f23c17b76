package tranzr.catalog.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import tranzr.catalog.Redo;
import tranzr.disk.Disk;
import tranzr.journal.JournalScan;
import tranzr.model.AccessToken;
import tranzr.model.Share;
import tranzr.model.Upload;
import tranzr.model.UploadState;

/**
 * Reads a catalog that no process has open, as {@link JournalCatalog#open} would, but changes nothing and says what is wrong
 * with it: damaged snapshots and records, records that contradict each other, shares without a file.
 */
public final class CatalogCheck {

    /**
     * What was read.
     *
     * @param store the identity of the store; null when no segment has a good header
     * @param records good records in the journal
     * @param lastSequence the number of the last record that could be applied, 0 for none
     * @param complete whether every record was applied, so that what was handed on is what the catalog would hold
     */
    public record Report(UUID store, long records, long lastSequence, int uploads, int shares, int tokens, boolean complete) {
    }

    private final Disk disk;
    private final Path directory;
    private final Consumer<JournalScan.Problem> problems;
    private boolean applying = true;

    private CatalogCheck(Disk disk, Path directory, Consumer<JournalScan.Problem> problems) {
        this.disk = disk;
        this.directory = directory;
        this.problems = problems;
    }

    /**
     * @param carried told of the bytes that the next start would write to the storage again
     * @param uploads told of every upload as the catalog would hold it, once the rest was read, newest first
     * @param problems told of each problem, with file and offset where there is one; a torn tail is mended by the next start
     * @throws IOException when a file cannot be read, or is of a newer version
     */
    public static Report run(Disk disk, Path directory, Redo carried, Consumer<Upload> uploads,
            Consumer<JournalScan.Problem> problems) throws IOException {
        return new CatalogCheck(disk, directory, problems).run(carried, uploads);
    }

    private Report run(Redo carried, Consumer<Upload> uploads) throws IOException {
        Snapshot snapshot = newestWhole();
        State state = snapshot.state();
        Replay replay = new Replay(state, snapshot.sequence(), carried);
        JournalScan.Summary journal = JournalScan.read(disk, directory,
                (file, offset, sequence, type, payload) ->
                        record(replay, snapshot.sequence(), file, offset, sequence, type, payload),
                problem -> {
                    applying &= problem.tornTail();
                    problems.accept(problem);
                });
        if (journal.last() < snapshot.sequence()) {
            report(Snapshot.file(directory, snapshot.sequence()), 0, "holds record " + snapshot.sequence()
                    + ", but the journal ends with record " + journal.last());
            applying = false;
        }
        state.uploadRows().forEach(row -> uploads.accept(row.upload()));
        state.shareRows().forEach(row -> checkShare(row.share(), state));
        return new Report(journal.store(), journal.records(), replay.last(), state.uploadCount(), state.shareCount(),
                (int) state.entities().stream().filter(AccessToken.class::isInstance).count(), applying);
    }

    private Snapshot newestWhole() throws IOException {
        return newestWhole(disk, directory, (file, what) -> report(file, 0, what)).orElseGet(() -> new Snapshot(new State(), 0, 0));
    }

    /**
     * Reads every snapshot, so that a damaged one is known before it is needed: {@link JournalCatalog#open} reads only as many as it
     * takes to find a whole one, and sets the damaged ones among them aside.
     *
     * @param damaged told of each that is not as it was written, with what is wrong in one line
     * @throws IOException when one is of a newer version
     */
    public static void snapshots(Disk disk, Path directory, BiConsumer<Path, String> damaged) throws IOException {
        newestWhole(disk, directory, damaged);
    }

    private static Optional<Snapshot> newestWhole(Disk disk, Path directory, BiConsumer<Path, String> damaged) throws IOException {
        Snapshot newest = null;
        for (long sequence : Snapshot.list(disk, directory)) {
            try {
                Snapshot snapshot = Snapshot.read(disk, directory, sequence, null);
                newest = newest == null ? snapshot : newest;
            } catch (BadRecordException e) {
                damaged.accept(Snapshot.file(directory, sequence), e.getMessage());
            }
        }
        return Optional.ofNullable(newest);
    }

    private void record(Replay replay, long after, Path file, long offset, long sequence, byte type, ByteBuffer payload)
            throws IOException {
        try {
            if (sequence <= after || !applying) {
                RecordCodec.decode(payload);
            } else {
                replay.record(sequence, type, payload);
            }
        } catch (BadRecordException e) {
            applying &= sequence <= after;
            report(file, offset, e.getMessage());
        }
    }

    private void checkShare(Share share, State state) {
        for (Share.Member member : share.contents().members()) {
            Upload file = state.upload(member.file());
            if (file == null || file.state() != UploadState.COMPLETED) {
                report(directory, 0, "a share of " + member.file() + ", which is " + (file == null ? "missing" : "not completed"));
            }
        }
    }

    private void report(Path file, long offset, String what) {
        problems.accept(new JournalScan.Problem(file, offset, false, what));
    }
}
