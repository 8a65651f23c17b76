package tranzr.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Consumer;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;

/**
 * Reads a journal that nobody writes to, repairs nothing, and goes on behind every problem: for checking, for printing,
 * and to see what could be salvaged.
 */
public final class JournalScan {

    /** Receives the good records, in the order of their segments. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * @param offset in bytes from the file's start
         * @param payload valid only during the call
         */
        void record(Path file, long offset, long sequence, byte type, ByteBuffer payload) throws IOException;
    }

    /**
     * Something that is not as it was written.
     *
     * @param offset in bytes from the file's start
     * @param tornTail whether it is what a power cut may leave and {@link Journal#open} mends; damage otherwise
     */
    public record Problem(Path file, long offset, boolean tornTail, String what) {
    }

    /**
     * What was read.
     *
     * @param store the identity in the first good header; null when there is none
     * @param last number of the last good record; 0 when there is none
     */
    public record Summary(UUID store, int segments, long records, long first, long last) {
    }

    private final Disk disk;
    private final Visitor visitor;
    private final Consumer<Problem> problems;
    private UUID store;
    private long records;
    private long firstRecord;
    private long lastRecord;
    /** The number that the next record must have; 0 when nothing is known before it. */
    private long due;

    private JournalScan(Disk disk, Visitor visitor, Consumer<Problem> problems) {
        this.disk = disk;
        this.visitor = visitor;
        this.problems = problems;
    }

    /** @throws IOException when a file cannot be read, or the visitor says so */
    public static Summary read(Disk disk, Path directory, Visitor visitor, Consumer<Problem> problems) throws IOException {
        JournalScan scan = new JournalScan(disk, visitor, problems);
        long[] firsts = Recovery.firsts(disk.list(directory));
        for (int i = 0; i < firsts.length; i++) {
            scan.segment(Segment.file(directory, firsts[i]), firsts[i], i == firsts.length - 1);
        }
        return new Summary(scan.store, firsts.length, scan.records, scan.firstRecord, scan.lastRecord);
    }

    private void segment(Path path, long first, boolean isLast) throws IOException {
        if (due != 0 && due != first) {
            problem(path, 0, "begins with record " + first + ", but " + due + " is due");
        }
        due = first;
        try (DiskFile file = disk.open(path, Disk.Mode.READ)) {
            SegmentReader reader = new SegmentReader(path, file);
            Segment.Header header;
            try {
                header = reader.header(first);
            } catch (CorruptJournalException e) {
                problem(path, e.offset(), e.what());
                due = 0;
                return;
            }
            if (store == null) {
                store = header.store();
            } else if (!store.equals(header.store())) {
                problem(path, 0, "belongs to store " + header.store() + ", not to " + store);
            }
            records(path, reader, first, isLast);
        }
    }

    private void records(Path path, SegmentReader reader, long first, boolean isLast) throws IOException {
        SegmentReader.Walk walk = walk(path, reader, Segment.Header.BYTES, first);
        while (walk.ending() == SegmentReader.Ending.CORRUPT || walk.ending() == SegmentReader.Ending.TORN) {
            boolean torn = isLast && walk.ending() == SegmentReader.Ending.TORN;
            problems.accept(new Problem(path, walk.offset(), torn, walk.flaw()));
            Frame further = torn ? null : reader.next(walk.offset() + 1, due);
            if (further == null) {
                return;
            }
            due = further.sequence();
            walk = walk(path, reader, further.offset(), first);
        }
        if (walk.ending() == SegmentReader.Ending.OPEN && !isLast) {
            problem(path, walk.offset(), "no footer, but a later segment exists");
        }
    }

    private SegmentReader.Walk walk(Path path, SegmentReader reader, long offset, long first) throws IOException {
        SegmentReader.Walk walk = reader.walk(offset, first, due, frame -> {
            visitor.record(path, frame.offset(), frame.sequence(), frame.type(), frame.payload());
            records++;
            firstRecord = firstRecord == 0 ? frame.sequence() : firstRecord;
            lastRecord = frame.sequence();
        });
        due = walk.last() + 1;
        return walk;
    }

    private void problem(Path file, long offset, String what) {
        problems.accept(new Problem(file, offset, false, what));
    }
}
