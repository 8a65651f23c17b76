package tranzr.fault;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A file's bytes as an array of sectors that are never changed in place, so that images share them. */
final class Content {
    static final int SECTOR = 512;

    private static final byte[] ZEROS = new byte[SECTOR];

    /** A null is a hole. */
    private byte[][] sectors;
    private boolean shared;
    private long length;
    private int allocated;

    Content() {
        sectors = new byte[0][];
    }

    private Content(Content other) {
        sectors = other.sectors;
        shared = true;
        other.shared = true;
        length = other.length;
        allocated = other.allocated;
    }

    Content fork() {
        return new Content(this);
    }

    long length() {
        return length;
    }

    /** Sectors that take room on the disk. */
    int allocated() {
        return allocated;
    }

    boolean isHole(int index) {
        return index >= sectors.length || sectors[index] == null;
    }

    byte[] sector(int index) {
        return isHole(index) ? ZEROS : sectors[index];
    }

    void grow(long newLength) {
        length = Math.max(length, newLength);
    }

    void put(int index, byte[] sector) {
        own(index + 1);
        if (sectors[index] == null) {
            allocated++;
        }
        sectors[index] = sector;
    }

    /** Bytes beyond the end of a file are zeros, also when it grows again. */
    void truncate(long newLength) {
        if (newLength >= length) {
            return;
        }
        length = newLength;
        int whole = Math.toIntExact((newLength + SECTOR - 1) / SECTOR);
        own(whole);
        for (int i = whole; i < sectors.length; i++) {
            if (sectors[i] != null) {
                sectors[i] = null;
                allocated--;
            }
        }
        int rest = (int) (newLength % SECTOR);
        if (rest > 0 && !isHole(whole - 1)) {
            byte[] last = sectors[whole - 1].clone();
            Arrays.fill(last, rest, SECTOR, (byte) 0);
            sectors[whole - 1] = last;
        }
    }

    private void own(int least) {
        if (shared || sectors.length < least) {
            int capacity = least <= sectors.length ? sectors.length : Math.max(least, sectors.length * 3 / 2);
            sectors = Arrays.copyOf(sectors, capacity);
            shared = false;
        }
    }

    int read(ByteBuffer target, long position) {
        int total = (int) Math.max(0, Math.min(target.remaining(), length - position));
        int left = total;
        long at = position;
        while (left > 0) {
            int from = (int) (at % SECTOR);
            int n = Math.min(left, SECTOR - from);
            target.put(sector((int) (at / SECTOR)), from, n);
            at += n;
            left -= n;
        }
        return total;
    }

    /** The sectors as they are after a write; the content itself is left alone. */
    byte[][] after(ByteBuffer source, long position) {
        int first = Math.toIntExact(position / SECTOR);
        int last = Math.toIntExact((position + source.remaining() - 1) / SECTOR);
        byte[][] written = new byte[last - first + 1][];
        int from = (int) (position % SECTOR);
        for (int i = 0; i < written.length; i++, from = 0) {
            int n = Math.min(source.remaining(), SECTOR - from);
            byte[] sector = n == SECTOR ? new byte[SECTOR] : sector(first + i).clone();
            source.get(sector, from, n);
            written[i] = Arrays.equals(sector, ZEROS) ? ZEROS : sector;
        }
        return written;
    }
}
