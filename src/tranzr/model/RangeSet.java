package tranzr.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The byte ranges of an upload that are durable: sorted, disjoint, never adjacent, each with the CRC-32C of its
 * bytes. Immutable, so that a snapshot, a status answer and a writer can hold one at the same time.
 * <p>The cost of {@link #plus} is linear in the number of gaps, which stays small when chunks come roughly in order;
 * {@link #MAX_RANGES} bounds it otherwise.
 */
public final class RangeSet {

    /** The most disjoint ranges one upload may have, so that a hostile order of chunks costs bounded memory. */
    public static final int MAX_RANGES = 32_768;

    public static final RangeSet EMPTY = new RangeSet(new long[0], new long[0], new int[0]);

    private final long[] starts;
    private final long[] ends;
    private final int[] crcs;

    private RangeSet(long[] starts, long[] ends, int[] crcs) {
        this.starts = starts;
        this.ends = ends;
        this.crcs = crcs;
    }

    /** The set of just {@code [0, length)}; empty for a length of 0. */
    public static RangeSet whole(long length, int crc) {
        return EMPTY.plus(new ByteRange(0, length), crc);
    }

    /**
     * The set of these ranges, as {@link #get} and {@link #crc} give them; in linear time, for readers of stored sets.
     * The arrays are kept: nobody may change them.
     *
     * @throws IllegalArgumentException when they are empty, not ascending, overlapping or adjacent, or too many
     */
    public static RangeSet ofSorted(long[] starts, long[] ends, int[] crcs) {
        if (starts.length != ends.length || starts.length != crcs.length || starts.length > MAX_RANGES) {
            throw new IllegalArgumentException(starts.length + " starts, " + ends.length + " ends, " + crcs.length + " sums");
        }
        for (int i = 0; i < starts.length; i++) {
            if (starts[i] < 0 || starts[i] >= ends[i] || i > 0 && starts[i] <= ends[i - 1]) {
                throw new IllegalArgumentException("no range set: [" + starts[i] + ", " + ends[i] + ") at " + i);
            }
        }
        return starts.length == 0 ? EMPTY : new RangeSet(starts, ends, crcs);
    }

    /**
     * This set with one more range, which must not overlap what is there; it is merged with its neighbours.
     *
     * @param crc the CRC-32C of the range's bytes
     * @throws IllegalArgumentException when the range overlaps this set, or there would be more than {@link #MAX_RANGES}
     */
    public RangeSet plus(ByteRange range, int crc) {
        if (range.isEmpty()) {
            return this;
        }
        int at = firstEndingAfter(range.start());
        if (at < starts.length && starts[at] < range.end()) {
            throw new IllegalArgumentException(range + " overlaps " + get(at));
        }
        boolean joinsLeft = at > 0 && ends[at - 1] == range.start();
        boolean joinsRight = at < starts.length && starts[at] == range.end();
        int from = joinsLeft ? at - 1 : at;
        int to = joinsRight ? at + 1 : at;
        if (starts.length - (to - from) + 1 > MAX_RANGES) {
            throw new IllegalArgumentException("more than " + MAX_RANGES + " separate ranges");
        }
        long start = joinsLeft ? starts[from] : range.start();
        long end = joinsRight ? ends[at] : range.end();
        int sum = joinsLeft ? Crc32c.combine(crcs[from], crc, range.length()) : crc;
        if (joinsRight) {
            sum = Crc32c.combine(sum, crcs[at], ends[at] - starts[at]);
        }
        int size = starts.length - (to - from) + 1;
        long[] newStarts = new long[size];
        long[] newEnds = new long[size];
        int[] newCrcs = new int[size];
        System.arraycopy(starts, 0, newStarts, 0, from);
        System.arraycopy(ends, 0, newEnds, 0, from);
        System.arraycopy(crcs, 0, newCrcs, 0, from);
        newStarts[from] = start;
        newEnds[from] = end;
        newCrcs[from] = sum;
        System.arraycopy(starts, to, newStarts, from + 1, starts.length - to);
        System.arraycopy(ends, to, newEnds, from + 1, starts.length - to);
        System.arraycopy(crcs, to, newCrcs, from + 1, starts.length - to);
        return new RangeSet(newStarts, newEnds, newCrcs);
    }

    /** The number of separate ranges. */
    public int size() {
        return starts.length;
    }

    public boolean isEmpty() {
        return starts.length == 0;
    }

    /** The i-th range in ascending order. */
    public ByteRange get(int i) {
        return new ByteRange(starts[i], ends[i]);
    }

    /** The CRC-32C of the i-th range's bytes. */
    public int crc(int i) {
        return crcs[i];
    }

    public List<ByteRange> ranges() {
        List<ByteRange> all = new ArrayList<>(starts.length);
        for (int i = 0; i < starts.length; i++) {
            all.add(get(i));
        }
        return all;
    }

    /** How many bytes are here in all. */
    public long total() {
        long sum = 0;
        for (int i = 0; i < starts.length; i++) {
            sum += ends[i] - starts[i];
        }
        return sum;
    }

    /** Where the last range ends; 0 when empty. */
    public long end() {
        return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    /** How far the bytes reach from {@code offset} without a gap; {@code offset} itself when that byte is not here. */
    public long contiguousEnd(long offset) {
        int at = firstEndingAfter(offset);
        return at < starts.length && starts[at] <= offset ? ends[at] : offset;
    }

    /** Where the next range at or after {@code offset} starts; {@link Long#MAX_VALUE} when there is none. */
    public long nextStart(long offset) {
        int at = firstEndingAfter(offset);
        return at < starts.length ? Math.max(starts[at], offset) : Long.MAX_VALUE;
    }

    /** Whether every byte of the range is here; true for an empty range. */
    public boolean contains(ByteRange range) {
        return range.isEmpty() || contiguousEnd(range.start()) >= range.end();
    }

    /** Whether any byte of the range is here. */
    public boolean overlaps(ByteRange range) {
        return !range.isEmpty() && nextStart(range.start()) < range.end();
    }

    /** The parts of {@code within} that are not here, ascending. */
    public List<ByteRange> missing(ByteRange within) {
        List<ByteRange> gaps = new ArrayList<>();
        long at = within.start();
        while (at < within.end()) {
            long have = contiguousEnd(at);
            if (have > at) {
                at = have;
                continue;
            }
            long until = Math.min(nextStart(at), within.end());
            gaps.add(new ByteRange(at, until));
            at = until;
        }
        return gaps;
    }

    /** The index of the first range whose end lies after {@code offset}. */
    private int firstEndingAfter(long offset) {
        int found = Arrays.binarySearch(ends, offset);
        return found >= 0 ? found + 1 : -found - 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RangeSet set && Arrays.equals(starts, set.starts) && Arrays.equals(ends, set.ends)
                && Arrays.equals(crcs, set.crcs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(starts) * 31 + Arrays.hashCode(ends);
    }

    @Override
    public String toString() {
        return ranges().toString();
    }
}
