package tranzr.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import tranzr.disk.Disk;
import tranzr.disk.DiskFile;

/** Writes to the active segment. Used by one thread at a time; after any exception it must not be used again. */
final class SegmentWriter implements Closeable {
    private final Disk disk;
    private final Path directory;
    private final UUID store;
    private DiskFile file;
    private long position;
    private long size;

    SegmentWriter(Disk disk, Path directory, UUID store) {
        this.disk = disk;
        this.directory = directory;
        this.store = store;
    }

    /** Goes on in a segment that has room left. @param position where, in bytes */
    void resume(DiskFile open, long position) throws IOException {
        size = open.size();
        file = open;
        this.position = position;
    }

    /** Makes the batch durable: one write and one force, and the same again for each further segment. */
    void write(Batch batch) throws IOException {
        int from = 0;
        for (Batch.Switch change : batch.switches()) {
            append(batch.bytes(from, change.at()), 0);
            activate(change.to(), change.first());
            from = change.at();
        }
        append(batch.rest(from), Batch.END_BYTES);
    }

    /** @param ending how many of the bytes tell that nothing follows: they are left out where there is no room, and overwritten by the next */
    private void append(ByteBuffer bytes, int ending) throws IOException {
        int frames = bytes.remaining() - ending;
        if (frames > 0) {
            bytes.limit(bytes.position() + (int) Math.min(bytes.remaining(), size - position));
            file.write(bytes, position);
            file.force(false);
            position += frames;
        }
    }

    /**
     * Turns a spare into the active segment. Its header is durable before it has a segment's name, and its name before any
     * record is in it: so a segment with a bad header is damage, never the trace of a crash.
     */
    void activate(Spares.Spare spare, long first) throws IOException {
        if (file != null) {
            DiskFile sealed = file;
            file = null;
            sealed.close();
        }
        DiskFile next = spare.file();
        int version = spare.blank() ? Segment.Header.BLANK : Segment.Header.REUSED;
        ByteBuffer head = ByteBuffer.allocate(Segment.Header.BYTES + Batch.END_BYTES);
        head.put(new Segment.Header(version, spare.bytes(), store, first).encode());
        next.write(head.clear(), 0);
        next.force(false);
        disk.move(spare.path(), Segment.file(directory, first));
        disk.forceDirectory(directory);
        resume(next, Segment.Header.BYTES);
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            DiskFile last = file;
            file = null;
            last.close();
        }
    }
}
