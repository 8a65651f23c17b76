package tranzr.journal;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Which records lie, or will lie, in which segments: the ones that are sealed, and the one that records are queued for.
 * Guarded by the journal's lock.
 */
final class Layout {
    private final Path directory;
    private final Deque<Segment> sealed = new ArrayDeque<>();
    /** Number of the tail's first record; 0 when there is no segment yet. */
    private long first;
    private long frameBytes;
    /** Bytes left in the tail, a footer's among them; none when it was found sealed. */
    private long room;
    private boolean tailSealed;

    Layout(Path directory) {
        this.directory = directory;
    }

    void start(Recovery.Found found) {
        sealed.addAll(found.older());
        if (found.tail() != null) {
            first = found.tail().first();
            frameBytes = found.tail().bytes();
            room = found.tailRoom();
            tailSealed = found.tailSealed();
        }
    }

    /** Whether the tail takes a frame and still a footer. */
    boolean fits(int bytes) {
        return bytes + Frame.FOOTER_BYTES <= room;
    }

    void add(int bytes) {
        room -= bytes;
        frameBytes += bytes;
    }

    /** Whether the tail holds a record. @param last number of the last one queued */
    boolean holdsRecords(long last) {
        return first != 0 && last >= first;
    }

    /** A footer's payload for the tail; null when it needs no footer, being empty or sealed already. */
    ByteBuffer footer(long last) {
        return holdsRecords(last) && !tailSealed ? ByteBuffer.allocate(Long.BYTES).putLong(0, last - first + 1) : null;
    }

    /**
     * Goes on in a new tail.
     *
     * @return the old one with its footer; null when it was empty: the new one then takes its place, and its name
     */
    Segment next(long last, int segmentBytes) {
        Segment old = null;
        if (holdsRecords(last)) {
            long footer = tailSealed ? 0 : Frame.FOOTER_BYTES;
            old = new Segment(Segment.file(directory, first), first, last, frameBytes + footer);
        }
        first = last + 1;
        frameBytes = 0;
        room = segmentBytes - Segment.Header.BYTES;
        tailSealed = false;
        return old;
    }

    /** The segment's seal is durable: it may be dropped from now on. */
    void sealed(Segment segment) {
        sealed.add(segment);
    }

    /** The oldest sealed segment, when it holds nothing above a number; null otherwise. */
    Segment oldestUpTo(long sequence) {
        Segment oldest = sealed.peek();
        return oldest != null && oldest.last() <= sequence ? oldest : null;
    }

    void dropped(Segment segment) {
        sealed.remove(segment);
    }

    long bytes() {
        return frameBytes + sealed.stream().mapToLong(Segment::bytes).sum();
    }
}
