package tranzr.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import tranzr.disk.DiskFile;

/**
 * Walks one segment through a window of bounded size, changing nothing, and says how it ends. Not for several threads.
 */
final class SegmentReader {

    /** How the frames of a segment end. */
    enum Ending {
        /** With a footer. */
        SEALED,
        /** With nothing of this segment after them. */
        OPEN,
        /** With bytes that can be the remains of a write that was cut off: nothing after them shows that they were ever durable. */
        TORN,
        /** With bytes that cannot be what was written. */
        CORRUPT
    }

    /**
     * @param offset where the frames end: the first byte that is not part of a good one
     * @param last number of the last good record
     * @param flaw what is wrong there; null when nothing is
     * @param remains where ends what a write that was cut off may have left; {@code offset} when there is nothing
     */
    record Walk(Ending ending, long offset, long last, String flaw, long remains) {

        private static Walk clean(Ending ending, long offset, long last) {
            return new Walk(ending, offset, last, null, offset);
        }

        private static Walk corrupt(long offset, long last, String flaw) {
            return new Walk(Ending.CORRUPT, offset, last, flaw, offset);
        }
    }

    /** Receives the good frames. */
    interface FrameVisitor {
        void frame(Frame frame) throws IOException;
    }

    private static final int WINDOW = 256 << 10;
    private static final int LONGEST = Frame.OVERHEAD + Journal.MAX_PAYLOAD;

    private final Path path;
    private final DiskFile file;
    private final long size;
    private ByteBuffer window;
    private long windowStart;
    private byte[] store;
    private boolean reused;
    private String flaw;
    private FrameSums sums;
    private long sumsFrom;

    SegmentReader(Path path, DiskFile file) throws IOException {
        this.path = path;
        this.file = file;
        size = file.size();
        window = ByteBuffer.allocate((int) Math.min(size, WINDOW)).limit(0);
    }

    /**
     * Reads the header; needed before any frame.
     *
     * @param first the sequence number that the file's name carries
     * @throws CorruptJournalException when it is not what was written
     * @throws IOException also when it is of a newer version
     */
    Segment.Header header(long first) throws IOException {
        Segment.Header header = has(0, Segment.Header.BYTES) ? Segment.Header.decode(view(0, Segment.Header.BYTES)) : null;
        if (header == null) {
            throw new CorruptJournalException(path, 0, "not the header of a journal segment");
        }
        if (header.version() != Segment.Header.BLANK && header.version() != Segment.Header.REUSED) {
            throw new IOException(path + " has journal format version " + Integer.toUnsignedString(header.version())
                    + ", this program knows only versions up to " + Segment.Header.REUSED);
        }
        if (header.first() != first) {
            throw new CorruptJournalException(path, 0, "begins with record " + header.first() + " by its header, with "
                    + first + " by its name");
        }
        if (header.size() != size) {
            throw new CorruptJournalException(path, Math.min(size, header.size()),
                    "is " + size + " bytes long, was made with " + header.size());
        }
        store = Frame.bytesOf(header.store());
        reused = header.version() == Segment.Header.REUSED;
        return header;
    }

    /** Whether the whole file is zeros. */
    boolean isBlank() throws IOException {
        return contentEnd(0) == 0;
    }

    /** Hands the good frames from {@code offset} on to the visitor, until the first that is not good. */
    Walk walk(long offset, long firstInSegment, long due, FrameVisitor visitor) throws IOException {
        long at = offset;
        long sequence = due;
        for (;;) {
            Frame frame = frame(at);
            if (frame == null) {
                return ending(at, sequence);
            }
            if (frame.sequence() != sequence) {
                flaw = "record " + frame.sequence() + " where " + sequence + " is due";
                boolean before = reused && frame.sequence() < firstInSegment;
                return before ? ending(at, sequence) : Walk.corrupt(at, sequence - 1, flaw);
            }
            if (frame.type() == Frame.FOOTER) {
                return footer(frame, firstInSegment);
            }
            visitor.frame(frame);
            at += frame.bytes();
            sequence++;
        }
    }

    private static Walk footer(Frame footer, long firstInSegment) {
        long last = footer.sequence() - 1;
        long count = last - firstInSegment + 1;
        return footer.payload().remaining() == Long.BYTES && footer.payload().getLong(0) == count
                ? Walk.clean(Ending.SEALED, footer.offset() + footer.bytes(), last)
                : Walk.corrupt(footer.offset(), last, "the footer does not count " + count + " records");
    }

    /**
     * The record that is due at {@code offset} is not there. A later one that was written after it had become durable
     * proves damage; without one the bytes are what a cut-off write may leave. Older records in a file that is used again
     * tell nothing.
     */
    private Walk ending(long offset, long due) throws IOException {
        String what = flaw;
        long remains = reused ? claimedEnd(offset) : contentEnd(offset);
        boolean found = reused ? what != null : remains > offset;
        if (!found && !reused) {
            return Walk.clean(Ending.OPEN, offset, due - 1);
        }
        if (what == null) {
            what = "zeros before the end of what is written";
        }
        for (Frame later = next(offset + 1, due); later != null; later = next(later.offset() + 1, due)) {
            if (later.groupFirst() > due) {
                return Walk.corrupt(offset, due - 1, what + ", but record " + later.sequence() + " follows at " + later.offset());
            }
            found = true;
            remains = Math.max(remains, later.offset() + later.bytes());
        }
        return found ? new Walk(Ending.TORN, offset, due - 1, what, remains) : Walk.clean(Ending.OPEN, offset, due - 1);
    }

    /** Where the frame at an offset would end by its length; where its head would when it cannot be so long. */
    private long claimedEnd(long offset) throws IOException {
        if (!has(offset, Integer.BYTES)) {
            return size;
        }
        int length = window.getInt(index(offset));
        return plausibleLength(offset, length) ? offset + Integer.BYTES + length : Math.min(size, offset + Frame.HEAD);
    }

    /** The next good frame of a record numbered {@code above} or higher at or after an offset; null when there is none. */
    Frame next(long offset, long above) throws IOException {
        long highest = above + size / Frame.OVERHEAD;
        long at = offset;
        while (has(at, Frame.OVERHEAD)) {
            int index = numbered(index(at), above, highest);
            at = windowStart + index;
            if (index <= window.limit() - Frame.OVERHEAD) {
                int length = window.getInt(index);
                Frame frame = plausibleLength(at, length) && sums(offset).matches(at, length) ? frame(at) : null;
                if (frame != null) {
                    return frame;
                }
                at++;
            }
        }
        return null;
    }

    /**
     * Where in the window, from an index on, a frame could begin by its number; the first place with no room for one when it could nowhere. A file that is used again is looked through to
     * its end at each start, so this has to be quick.
     */
    private int numbered(int from, long above, long highest) {
        int end = window.limit() - Frame.OVERHEAD;
        boolean isShort = highest <= 0xFFFF_FFFFL;
        byte[] bytes = window.array();
        int at = from;
        while (at <= end) {
            if (isShort && bytes[at + 7] != 0) {
                at += 4; // of a number that begins here, or at one of the next three bytes, this would be among the four that are zero
            } else if (window.getLong(at + Integer.BYTES) >= above && window.getLong(at + Integer.BYTES) <= highest) {
                return at;
            } else {
                at++;
            }
        }
        return end + 1;
    }

    /** Made when first needed: a journal that ends as it should never does. */
    private FrameSums sums(long offset) throws IOException {
        if (sums == null || offset < sumsFrom) {
            sums = new FrameSums(file, offset, size, store);
            sumsFrom = offset;
        }
        return sums;
    }

    /** The frame at an offset; null, with {@link #flaw} saying why unless nothing was written there, when none is. */
    private Frame frame(long offset) throws IOException {
        flaw = null;
        if (!has(offset, Integer.BYTES)) {
            return null;
        }
        int length = window.getInt(index(offset));
        if (length == 0) {
            return null;
        }
        if (!plausibleLength(offset, length)) {
            flaw = "a record cannot be " + Integer.toUnsignedString(length) + " bytes long here";
            return null;
        }
        int bytes = Integer.BYTES + length;
        if (!has(offset, bytes)) {
            throw new IOException(path + " became shorter while it was read");
        }
        int start = index(offset);
        int payloadEnd = start + bytes - Integer.BYTES;
        if (window.getInt(payloadEnd) != Frame.checksum(store, window, start, payloadEnd)) {
            flaw = "the checksum does not match";
            return null;
        }
        return new Frame(offset, window.getLong(start + 4), window.getInt(start + 12), window.get(start + 16),
                window.slice(start + Frame.HEAD, length - Frame.LEAST_LENGTH));
    }

    /** Bounds what is read, and so allocated, for a frame before it is. */
    private boolean plausibleLength(long offset, int length) {
        return length >= Frame.LEAST_LENGTH && length <= LONGEST - Integer.BYTES && offset + Integer.BYTES + length <= size;
    }

    /** The offset after the last byte that is not zero; {@code offset} when there is none from there on. */
    private long contentEnd(long offset) throws IOException {
        long end = offset;
        for (long at = offset; at < size; ) {
            boolean filled = has(at, 1);
            if (!filled) {
                break;
            }
            int from = index(at);
            int last = lastNonZero(from);
            end = last < 0 ? end : windowStart + last + 1;
            at = windowStart + window.limit();
        }
        return end;
    }

    private int lastNonZero(int from) {
        int i = window.limit();
        while (i - from >= Long.BYTES && window.getLong(i - Long.BYTES) == 0) {
            i -= Long.BYTES;
        }
        while (i > from && window.get(i - 1) == 0) {
            i--;
        }
        return i > from ? i - 1 : -1;
    }

    /** Copies a part of the file, at most a window of it. */
    ByteBuffer copy(long offset, long end) throws IOException {
        int length = (int) Math.min(end - offset, WINDOW);
        if (!has(offset, length)) {
            throw new IOException(path + " became shorter while it was read");
        }
        return ByteBuffer.allocate(length).put(0, window, index(offset), length);
    }

    private ByteBuffer view(long offset, int length) {
        return window.slice(index(offset), length);
    }

    private int index(long offset) {
        return (int) (offset - windowStart);
    }

    /** Brings a stretch into the window. @return false when the file ends before */
    private boolean has(long offset, int length) throws IOException {
        if (offset >= windowStart && offset + length <= windowStart + window.limit()) {
            return true;
        }
        if (offset + length > size) {
            return false;
        }
        if (length > window.capacity()) {
            window = ByteBuffer.allocate(LONGEST);
        }
        window.clear();
        windowStart = offset;
        window.limit((int) Math.min(window.capacity(), size - offset));
        int read = file.read(window, offset);
        window.position(0).limit(read);
        return length <= read;
    }
}
