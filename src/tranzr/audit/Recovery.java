package tranzr.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;
import tranzr.disk.NoSpaceException;

/**
 * Finds where the log goes on after a stop of any kind. Each record tells up to which one the log was on the disk when it was written. So where a line is
 * not a good one, the records after it decide: if one of them says that the missing one had been on the disk, this is damage, which is left for
 * {@link AuditCheck} to tell; if none does, it is what a crash may leave of writes that were not forced, and everything from there on is cut off
 * and set aside.
 *
 * @param segment the one to go on with
 * @param length of what is kept of it, in bytes
 * @param seq the last record's number; 0 when there is none
 * @param hash the last record's
 */
record Recovery(Segment segment, long length, long seq, String hash) {

    private static final int COPY = 64 * 1024;

    /** Empty when there is no log yet. */
    static Optional<Recovery> look(Disk disk, Path directory) throws IOException {
        List<Segment> segments = Segment.list(disk, directory);
        if (segments.isEmpty()) {
            return Optional.empty();
        }
        Segment last = segments.getLast();
        try (DiskFile file = disk.open(last.file(), Disk.Mode.READ)) {
            long size = file.size();
            long kept = size;
            Line top = null;
            boolean bad = false;
            long durable = 0;
            Pieces pieces = Pieces.backward(file, size);
            for (Piece piece = pieces.previous(); piece != null; piece = pieces.previous()) {
                Line line = piece.whole().orElse(null);
                if (line == null) {
                    bad = true;
                    continue;
                }
                if (bad && durable > line.seq()) {
                    return Optional.of(new Recovery(last, kept, top.seq(), top.hash()));
                }
                if (bad) {
                    kept = piece.end();
                }
                top = bad || top == null ? line : top;
                bad = false;
                durable = Math.max(durable, line.durable());
                if (line.seq() <= durable) {
                    return Optional.of(new Recovery(last, kept, top.seq(), top.hash()));
                }
            }
            if (top != null && (!bad || durable >= last.first())) {
                return Optional.of(new Recovery(last, kept, top.seq(), top.hash()));
            }
            return Optional.of(before(disk, segments));
        }
    }

    /** Nothing of the last segment is kept. */
    private static Recovery before(Disk disk, List<Segment> segments) throws IOException {
        Segment last = segments.getLast();
        if (segments.size() > 1) {
            Segment previous = segments.get(segments.size() - 2);
            try (DiskFile file = disk.open(previous.file(), Disk.Mode.READ)) {
                Pieces pieces = Pieces.backward(file, file.size());
                for (Piece piece = pieces.previous(); piece != null; piece = pieces.previous()) {
                    Line line = piece.whole().orElse(null);
                    if (line != null) {
                        // If it is not the one right before, records are missing, and the hash of this one links to what there is.
                        return new Recovery(last, 0, last.first() - 1, line.hash());
                    }
                }
            }
        }
        return new Recovery(last, 0, last.first() - 1, Line.NO_HASH);
    }

    /**
     * Cuts off what is not kept, after a copy of it was made durable in a file beside.
     *
     * @return what to record of it; empty when there was nothing to cut off
     */
    Map<String, Object> cutOff(Disk disk, DiskFile file) throws IOException {
        long size = file.size();
        if (size == length) {
            return Map.of();
        }
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("file", segment.name());
        told.put("bytes", size - length);
        Path torn = free(disk);
        try (DiskFile copy = disk.open(torn, Disk.Mode.CREATE)) {
            ByteBuffer buffer = ByteBuffer.allocate(COPY);
            for (long at = length; at < size; at += COPY) {
                buffer.clear().limit((int) Math.min(COPY, size - at));
                file.read(buffer, at);
                copy.write(buffer.flip(), at - length);
            }
            copy.force(true);
            disk.forceDirectory(torn.getParent());
            told.put("torn_file", torn.getFileName().toString());
        } catch (NoSpaceException e) {
            // A full disk must not keep the server from starting; the record tells that there was something.
            disk.delete(torn);
        }
        file.truncate(length);
        return told;
    }

    private Path free(Disk disk) throws IOException {
        String name = segment.name() + ".torn";
        Path file = segment.file().resolveSibling(name);
        for (int i = 2; disk.exists(file); i++) {
            file = segment.file().resolveSibling(name + "." + i);
        }
        return file;
    }
}
