package tranzr.audit;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;

/**
 * Reads the log from its end backwards, also while it is written. Bounded work a call: about 32 MiB, then it says where to go on. It does not check the chain,
 * and passes over what is no record; {@link AuditCheck} tells of that. Safe for several threads.
 */
public final class AuditReader {

    /** To begin at the newest record. */
    public static final long NEWEST = Long.MAX_VALUE;
    /** What a page's {@code next} is when there is nothing older. */
    public static final long NO_MORE = 0;

    /** How much of the log a call reads, in bytes. */
    static final long BUDGET = 32 << 20;
    /** A search for a record ends in so small a part of the file. */
    private static final int NARROW = 64 * 1024;

    private final Disk disk;
    private final Path directory;
    private final long budget;

    /**
     * Some records, newest first.
     *
     * @param records their fields, in the order of the line
     * @param next to be given as {@code before} to the next call, or {@link #NO_MORE}. There may be more although this page is not full
     * @param unreadable lines passed over since they are no records
     */
    public record Page(List<Map<String, Object>> records, long next, long unreadable) {
    }

    public AuditReader(Disk disk, Path directory) {
        this(disk, directory, BUDGET);
    }

    AuditReader(Disk disk, Path directory, long budget) {
        this.disk = disk;
        this.directory = directory;
        this.budget = budget;
    }

    /**
     * Finds the newest records that match.
     *
     * @param limit the most of them, at least 1
     * @param before only records with smaller numbers; {@link #NEWEST} for all
     */
    public Page read(AuditQuery query, int limit, long before) throws IOException {
        Search search = new Search(query, limit, before);
        List<Segment> segments;
        try {
            segments = Segment.list(disk, directory);
        } catch (NoSuchFileException e) {
            segments = List.of();
        }
        for (Segment segment : segments.reversed()) {
            if (segment.first() < before && !search.isDone()) {
                try (DiskFile file = disk.open(segment.file(), Disk.Mode.READ)) {
                    search.read(file);
                } catch (NoSuchFileException e) {
                    break; // removed by now, and so were those before
                }
            }
        }
        boolean more = search.stopped && !segments.isEmpty() && search.last > segments.getFirst().first();
        return new Page(search.found, more ? search.last : NO_MORE, search.unreadable);
    }

    /** The state of one call. */
    private final class Search {
        private final AuditQuery query;
        private final int limit;
        private final long before;
        private final List<Map<String, Object>> found = new ArrayList<>();
        private long last;
        private long unreadable;
        private long spent;
        /** It may go on at {@link #last}. */
        private boolean stopped;
        private boolean past;

        Search(AuditQuery query, int limit, long before) {
            this.query = query;
            this.limit = limit;
            this.before = before;
        }

        boolean isDone() {
            return stopped || past;
        }

        void read(DiskFile file) throws IOException {
            long size = file.size();
            Pieces pieces = Pieces.backward(file, before == NEWEST ? size : endOf(file, size));
            for (Piece piece = pieces.previous(); piece != null && !isDone(); piece = pieces.previous()) {
                Line line = piece.line(false).orElse(null);
                if (line == null) {
                    unreadable += piece.terminated() ? 1 : 0;
                } else if (line.seq() < before) {
                    take(line, spent + pieces.read());
                }
            }
            spent += pieces.read();
        }

        private void take(Line line, long read) {
            if (query.isPast(line)) {
                past = true;
                return;
            }
            last = line.seq();
            if (query.matches(line)) {
                found.add(line.fields());
            }
            stopped = found.size() >= limit || read >= budget;
        }

        /** An offset after all the records that are looked for, and soon after the last of them: as long as their numbers rise, by halving. */
        private long endOf(DiskFile file, long size) throws IOException {
            long low = 0;
            long high = size;
            while (high - low > NARROW) {
                long middle = low + (high - low) / 2;
                Line line = firstAfter(file, middle, Math.min(high, middle + NARROW));
                if (line != null && line.seq() >= before) {
                    high = middle;
                } else {
                    low = middle;
                }
            }
            // It lies within a line, whose end is somewhere behind.
            return Math.min(size, high + LineText.MAX_LINE);
        }

        private Line firstAfter(DiskFile file, long offset, long end) throws IOException {
            Pieces pieces = Pieces.forward(file, offset, end);
            pieces.next();
            for (Piece piece = pieces.next(); piece != null; piece = pieces.next()) {
                Line line = piece.line(false).orElse(null);
                if (line != null) {
                    return line;
                }
            }
            return null;
        }
    }
}
