package tranzr.http;

import java.io.IOException;
import java.io.InputStream;

/**
 * A stream cut into sections by a delimiter of bytes. Reads ahead into one buffer, and searches it with Horspool's method, which looks
 * at about one byte in as many as the delimiter has. Used by one thread.
 */
final class DelimitedStream {

    private final InputStream in;
    private final byte[] delimiter;
    /** How far the search may move when this byte stands at the delimiter's last position. */
    private final int[] shift = new int[256];
    private final byte[] buffer;
    private int position;
    private int limit;
    /** Bytes from {@link #position} up to here are known to belong to the section. */
    private int sectionEnd;
    private boolean delimiterAtSectionEnd;

    /** @param prefix bytes that the stream is taken to begin with */
    DelimitedStream(InputStream in, byte[] prefix, byte[] delimiter, int bufferSize) {
        this.in = in;
        this.delimiter = delimiter;
        this.buffer = new byte[Math.max(bufferSize, 4 * delimiter.length)];
        System.arraycopy(prefix, 0, buffer, 0, prefix.length);
        limit = prefix.length;
        java.util.Arrays.fill(shift, delimiter.length);
        for (int i = 0; i < delimiter.length - 1; i++) {
            shift[delimiter[i] & 0xff] = delimiter.length - 1 - i;
        }
        search();
    }

    /** Bytes of the section that can be had at once; waits for some. 0 at the section's end, -1 when the stream ends within it. */
    int ready() throws IOException {
        while (position == sectionEnd && !delimiterAtSectionEnd) {
            if (!fill()) {
                return -1;
            }
            search();
        }
        return sectionEnd - position;
    }

    /** @param count at most what {@link #ready} said */
    void take(byte[] target, int offset, int count) {
        System.arraycopy(buffer, position, target, offset, count);
        position += count;
    }

    /** @param count at most what {@link #ready} said */
    void skip(int count) {
        position += count;
    }

    /** Steps over the delimiter, at the section's end. What follows is read with {@link #read} up to {@link #beginSection}. */
    void passDelimiter() {
        position += delimiter.length;
        sectionEnd = position;
        delimiterAtSectionEnd = false;
    }

    /** The next byte, without looking for delimiters; -1 at the end of the stream. */
    int read() throws IOException {
        if (position == limit && !fill()) {
            return -1;
        }
        int b = buffer[position++] & 0xff;
        sectionEnd = position;
        return b;
    }

    /** A section begins at the next byte. */
    void beginSection() {
        sectionEnd = position;
        delimiterAtSectionEnd = false;
        search();
    }

    /** Makes room, keeping what is not taken yet: at most the beginning of a delimiter. @return false at the end of the stream */
    private boolean fill() throws IOException {
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        sectionEnd -= position;
        limit -= position;
        position = 0;
        int count = in.read(buffer, limit, buffer.length - limit);
        limit += Math.max(0, count);
        return count > 0;
    }

    /** Looks from {@link #sectionEnd} on. What may be the beginning of a delimiter stays out of the section. */
    private void search() {
        int last = delimiter.length - 1;
        int at = sectionEnd;
        while (at + last < limit) {
            int i = last;
            while (i >= 0 && buffer[at + i] == delimiter[i]) {
                i--;
            }
            if (i < 0) {
                sectionEnd = at;
                delimiterAtSectionEnd = true;
                return;
            }
            at += shift[buffer[at + last] & 0xff];
        }
        sectionEnd = Math.min(at, limit);
    }
}
