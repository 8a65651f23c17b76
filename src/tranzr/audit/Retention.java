package tranzr.audit;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;

/** Decides which files of the log are older than records are kept. A file goes as a whole, when the one after it began longer ago than that. */
final class Retention {

    /** A file is closed when it spans this part of the time, so that a log that grows slowly can be removed at all. */
    private static final int PARTS = 8;

    /**
     * The oldest files, to be removed.
     *
     * @param lastHash of the last record in them
     */
    record Removal(List<Segment> segments, long lastSeq, String lastHash) {

        Map<String, Object> told() {
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("first_seq", segments.getFirst().first());
            details.put("last_seq", lastSeq);
            details.put("last_hash", lastHash);
            return details;
        }
    }

    private final Disk disk;
    private final Path directory;
    private final Duration keep;

    Retention(Disk disk, Path directory, Duration keep) {
        this.disk = disk;
        this.directory = directory;
        this.keep = keep;
    }

    /** Whether a file that grows began so long ago that it should be closed. */
    boolean isRipe(Segment segment, Instant now) throws IOException {
        Line first = firstLine(segment);
        return first != null && first.time().isBefore(now.minus(keep.dividedBy(PARTS)));
    }

    /** Null when nothing is to be removed. */
    Removal due(Instant now) throws IOException {
        List<Segment> segments = Segment.list(disk, directory);
        Removal removal = null;
        for (int i = 1; i < segments.size(); i++) {
            Line next = firstLine(segments.get(i));
            if (next == null || !next.time().isBefore(now.minus(keep))) {
                break;
            }
            removal = new Removal(List.copyOf(segments.subList(0, i)), next.seq() - 1, next.prev());
        }
        return removal;
    }

    /** From the oldest on, so that what a crash leaves has no gap. */
    void remove(Removal removal) throws IOException {
        for (Segment segment : removal.segments()) {
            disk.delete(segment.file());
        }
        disk.forceDirectory(directory);
    }

    /** Null when it cannot be read: damage is not removed before somebody has seen it. */
    private Line firstLine(Segment segment) throws IOException {
        try (DiskFile file = disk.open(segment.file(), Disk.Mode.READ)) {
            Piece piece = Pieces.forward(file, 0, file.size()).next();
            return piece == null ? null : piece.whole().orElse(null);
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
