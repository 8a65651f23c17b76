package tranzr.journal;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.disk.NoSpaceException;

/** Replays the segments of a directory at start and mends the tail that a cut-off write may have left. */
final class Recovery {

    /**
     * What there is to go on from.
     *
     * @param older segments before the last one, in order
     * @param tail the last segment, as far as it is filled; null when there is none yet
     * @param tailFile the tail, open for writing; null when it is sealed or missing
     * @param tailEnd where its frames end, in bytes
     * @param tailRoom bytes left in it; 0 when it is sealed
     * @param last number of the last record, 0 when there is none
     */
    record Found(List<Segment> older, Segment tail, DiskFile tailFile, long tailEnd, long tailRoom, long last) {

        boolean tailSealed() {
            return tail != null && tailFile == null;
        }
    }

    private static final System.Logger LOG = System.getLogger(Recovery.class.getName());

    private final Disk disk;
    private final Path directory;
    private final UUID store;
    private final long after;
    private final Journal.Visitor visitor;
    private final Collection<String> names;

    /** @param names of the files in the directory */
    Recovery(Disk disk, Path directory, Collection<String> names, UUID store, long after, Journal.Visitor visitor) {
        this.disk = disk;
        this.directory = directory;
        this.names = names;
        this.store = store;
        this.after = after;
        this.visitor = visitor;
    }

    static long[] firsts(Collection<String> names) {
        return names.stream().map(Segment::firstOf).filter(OptionalLong::isPresent).mapToLong(OptionalLong::getAsLong)
                .sorted().toArray();
    }

    Found run() throws IOException {
        long[] firsts = firsts(names);
        if (firsts.length == 0) {
            if (after > 0) {
                throw new CorruptJournalException(directory, 0, "no segments, but records up to " + after + " were written");
            }
            return new Found(List.of(), null, null, 0, 0, 0);
        }
        int needed = firsts.length - 1;
        while (needed > 0 && firsts[needed] > after + 1) {
            needed--;
        }
        List<Segment> older = new ArrayList<>();
        for (int i = 0; i < needed; i++) {
            Path file = Segment.file(directory, firsts[i]);
            older.add(new Segment(file, firsts[i], firsts[i + 1] - 1, disk.size(file)));
        }
        long due = Math.min(firsts[needed], after + 1);
        for (int i = needed; i < firsts.length - 1; i++) {
            requireNext(firsts[i], due);
            Segment segment = replaySealed(firsts[i]);
            older.add(segment);
            due = segment.last() + 1;
        }
        requireNext(firsts[firsts.length - 1], due);
        return replayLast(firsts[firsts.length - 1], older);
    }

    private void requireNext(long first, long due) throws CorruptJournalException {
        if (first != due) {
            throw new CorruptJournalException(Segment.file(directory, first), 0,
                    "begins with record " + first + ", but " + due + " is due");
        }
    }

    private Segment replaySealed(long first) throws IOException {
        Path path = Segment.file(directory, first);
        try (DiskFile file = disk.open(path, Disk.Mode.READ)) {
            SegmentReader reader = reader(path, file, first);
            SegmentReader.Walk walk = walk(reader, first);
            if (walk.ending() != SegmentReader.Ending.SEALED) {
                throw new CorruptJournalException(path, walk.offset(),
                        walk.flaw() == null ? "no footer, but a later segment exists" : walk.flaw());
            }
            return new Segment(path, first, walk.last(), walk.offset() - Segment.Header.BYTES);
        }
    }

    private SegmentReader reader(Path path, DiskFile file, long first) throws IOException {
        SegmentReader reader = new SegmentReader(path, file);
        Segment.Header header = reader.header(first);
        if (!header.store().equals(store)) {
            throw new IOException(path + " belongs to store " + header.store() + ", not to " + store);
        }
        return reader;
    }

    private SegmentReader.Walk walk(SegmentReader reader, long first) throws IOException {
        return reader.walk(Segment.Header.BYTES, first, first, frame -> {
            if (frame.sequence() > after) {
                visitor.record(frame.sequence(), frame.type(), frame.payload());
            }
        });
    }

    /**
     * Replays the last segment and makes what it was found to hold durable: a process that was killed may have written
     * it without forcing, and from here on others build on it.
     */
    private Found replayLast(long first, List<Segment> older) throws IOException {
        Path path = Segment.file(directory, first);
        DiskFile file = disk.open(path, Disk.Mode.WRITE);
        boolean keep = false;
        try {
            SegmentReader reader = reader(path, file, first);
            SegmentReader.Walk walk = walk(reader, first);
            if (walk.ending() == SegmentReader.Ending.CORRUPT) {
                throw new CorruptJournalException(path, walk.offset(), walk.flaw());
            }
            if (walk.last() < after) {
                throw new CorruptJournalException(path, walk.offset(),
                        "ends with record " + walk.last() + ", but records up to " + after + " were written");
            }
            if (walk.ending() == SegmentReader.Ending.TORN) {
                mend(path, file, reader, walk);
            }
            file.force(true);
            disk.forceDirectory(directory);
            Segment tail = new Segment(path, first, walk.last(), walk.offset() - Segment.Header.BYTES);
            keep = walk.ending() != SegmentReader.Ending.SEALED;
            return new Found(older, tail, keep ? file : null, walk.offset(), keep ? file.size() - walk.offset() : 0,
                    walk.last());
        } finally {
            if (!keep) {
                file.close();
            }
        }
    }

    private void mend(Path path, DiskFile file, SegmentReader reader, SegmentReader.Walk walk) throws IOException {
        long end = walk.remains();
        String kept;
        try {
            kept = "a copy is in " + keepAside(path, reader, walk.offset(), end);
        } catch (NoSpaceException e) {
            kept = "no room for a copy: " + e.getMessage();
        }
        // To the end of the file: nothing of it may ever be taken for what follows a record that is written here now.
        Spares.writeZeros(file, walk.offset(), file.size());
        LOG.log(Level.WARNING, "{0}: removed a torn tail of {1} bytes at offset {2} ({3}), after record {4}; {5}", path,
                Long.toString(end - walk.offset()), Long.toString(walk.offset()), walk.flaw(), Long.toString(walk.last()), kept);
    }

    private Path keepAside(Path path, SegmentReader reader, long from, long to) throws IOException {
        Path aside = path.resolveSibling(path.getFileName() + ".torn");
        for (int n = 2; disk.exists(aside); n++) {
            aside = path.resolveSibling(path.getFileName() + ".torn." + n);
        }
        try {
            copy(disk.open(aside, Disk.Mode.CREATE), reader, from, to);
        } catch (NoSpaceException e) {
            disk.delete(aside);
            intoSpare(aside, reader, from, to, e);
        }
        disk.forceDirectory(directory);
        return aside;
    }

    /** On a full disk the copy takes the place of a segment that was prepared and never used. */
    private void intoSpare(Path aside, SegmentReader reader, long from, long to, NoSpaceException full) throws IOException {
        String name = names.stream().filter(Spares::isSpare).findFirst().orElseThrow(() -> full);
        copy(disk.open(directory.resolve(name), Disk.Mode.WRITE), reader, from, to);
        disk.move(directory.resolve(name), aside);
        names.remove(name);
    }

    private static void copy(DiskFile target, SegmentReader reader, long from, long to) throws IOException {
        try (target) {
            for (long at = from; at < to; ) {
                ByteBuffer part = reader.copy(at, to);
                long bytes = part.remaining();
                target.write(part, at - from);
                at += bytes;
            }
            target.truncate(to - from);
            target.force(true);
        }
    }
}
