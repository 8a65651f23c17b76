package tranzr.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangeSetTest {

    private static ByteRange range(long start, long end) {
        return new ByteRange(start, end);
    }

    @Test
    void neighboursMergeAndCarryTheChecksumOfTheirBytesTogether() {
        byte[] bytes = new byte[1000];
        new Random(1).nextBytes(bytes);
        RangeSet set = RangeSet.EMPTY.plus(range(0, 10), Crc32c.of(bytes, 0, 10))
                .plus(range(500, 1000), Crc32c.of(bytes, 500, 500)).plus(range(10, 500), Crc32c.of(bytes, 10, 490));
        assertEquals(List.of(range(0, 1000)), set.ranges());
        assertEquals(Crc32c.of(bytes, 0, 1000), set.crc(0));
    }

    @Test
    void anOverlapIsRefused() {
        RangeSet set = RangeSet.EMPTY.plus(range(10, 20), 1);
        for (ByteRange bad : List.of(range(0, 11), range(10, 20), range(19, 30), range(12, 13), range(0, 100))) {
            assertThrows(IllegalArgumentException.class, () -> set.plus(bad, 0), bad.toString());
        }
    }

    @Test
    void moreSeparateRangesThanAllowedAreRefusedButGapsCanStillBeFilled() {
        RangeSet set = RangeSet.EMPTY;
        for (int i = 0; i < RangeSet.MAX_RANGES; i++) {
            set = set.plus(range(2L * i, 2L * i + 1), 0);
        }
        RangeSet full = set;
        assertThrows(IllegalArgumentException.class, () -> full.plus(range(1_000_000_000, 1_000_000_001), 0));
        assertEquals(RangeSet.MAX_RANGES - 1, full.plus(range(1, 2), 0).size());
    }

    @Test
    void agreesWithASetOfBitsForAnyOrder() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[200];
            random.nextBytes(bytes);
            List<ByteRange> parts = new ArrayList<>();
            for (int at = 0; at < bytes.length;) {
                int end = Math.min(bytes.length, at + 1 + random.nextInt(20));
                parts.add(range(at, end));
                at = end;
            }
            Collections.shuffle(parts, random);
            RangeSet set = RangeSet.EMPTY;
            BitSet bits = new BitSet();
            for (ByteRange part : parts) {
                set = set.plus(part, Crc32c.of(bytes, (int) part.start(), (int) part.length()));
                bits.set((int) part.start(), (int) part.end());
                assertEquals(bits.cardinality(), set.total());
                assertEquals(bits.length(), set.end());
                int probe = random.nextInt(bytes.length);
                assertEquals(bits.get(probe) ? bits.nextClearBit(probe) : probe, set.contiguousEnd(probe));
                int next = bits.nextSetBit(probe);
                assertEquals(next < 0 ? Long.MAX_VALUE : next, set.nextStart(probe));
                ByteRange window = range(probe, probe + random.nextInt(bytes.length - probe));
                BitSet missing = new BitSet();
                set.missing(window).forEach(gap -> missing.set((int) gap.start(), (int) gap.end()));
                BitSet expected = new BitSet();
                expected.set((int) window.start(), (int) window.end());
                expected.andNot(bits);
                assertEquals(expected, missing, "seed " + seed);
                assertEquals(expected.isEmpty(), set.contains(window));
            }
            assertEquals(RangeSet.whole(bytes.length, Crc32c.of(bytes, 0, bytes.length)), set, "seed " + seed);
        }
    }

    @Test
    void theEmptyRangeIsEverywhereAndAddsNothing() {
        assertTrue(RangeSet.EMPTY.contains(range(5, 5)));
        assertFalse(RangeSet.EMPTY.overlaps(range(5, 5)));
        assertTrue(RangeSet.EMPTY.plus(range(5, 5), 0).isEmpty());
        assertEquals(RangeSet.EMPTY, RangeSet.whole(0, 0));
    }

    @Test
    void aSetIsTheSameWhetherGrownOrReadBack() {
        RangeSet grown = RangeSet.EMPTY.plus(new ByteRange(30, 40), 3).plus(new ByteRange(0, 10), 1).plus(new ByteRange(12, 20), 2);
        RangeSet read = RangeSet.ofSorted(new long[] {0, 12, 30}, new long[] {10, 20, 40}, new int[] {1, 2, 3});
        assertEquals(grown, read);
        assertEquals(RangeSet.EMPTY, RangeSet.ofSorted(new long[0], new long[0], new int[0]));
    }

    @Test
    void whatIsNoRangeSetIsNotReadBackAsOne() {
        long[][][] wrong = {{{5}, {5}}, {{-1}, {5}}, {{9}, {5}}, {{0, 5}, {5, 9}}, {{0, 4}, {5, 9}}, {{7, 0}, {9, 5}}};
        for (long[][] set : wrong) {
            assertThrows(IllegalArgumentException.class, () -> RangeSet.ofSorted(set[0], set[1], new int[set[0].length]));
        }
        assertThrows(IllegalArgumentException.class, () -> RangeSet.ofSorted(new long[] {1}, new long[] {2}, new int[0]));
        long[] many = new long[RangeSet.MAX_RANGES + 1];
        assertThrows(IllegalArgumentException.class, () -> RangeSet.ofSorted(many, many, new int[many.length]));
    }
}
