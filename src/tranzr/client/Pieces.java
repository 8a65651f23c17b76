package tranzr.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tranzr.model.ByteRange;
import tranzr.model.Crc32c;

/**
 * What has come of a file: pieces, each with the CRC-32C of its bytes. Neighbours grow together, but never beyond a segment's end, so that a wrong byte on the disk costs one segment
 * and not all. Not safe for several threads.
 */
final class Pieces {

    private static final long MIN_SEGMENT = 16 << 20;
    private static final long SEGMENTS = 1024;
    private static final long STEP = 1 << 20;
    private static final int MAX_PIECES = 100_000;

    /** @param end exclusive */
    private record Piece(long end, int crc) {
    }

    private final long size;
    private final long segment;
    private final TreeMap<Long, Piece> byStart = new TreeMap<>();
    private long total;

    /** Of a file of this size, nothing of which is there. */
    Pieces(long size) {
        this.size = size;
        this.segment = Math.max(MIN_SEGMENT, (size / SEGMENTS + STEP - 1) / STEP * STEP);
    }

    /** Where the segment that this byte lies in begins. */
    long segmentStart(long offset) {
        return offset / segment * segment;
    }

    /** Where the segment that this byte lies in ends, exclusive. */
    long segmentEnd(long offset) {
        return Math.min(segmentStart(offset) + segment, size);
    }

    /** @throws IllegalArgumentException when it overlaps what is there, leads out of the file, or lies in more than one segment */
    void add(ByteRange range, int crc) {
        if (range.isEmpty()) {
            return;
        }
        if (range.end() > segmentEnd(range.start()) || nextStart(range.start()) < range.end()) {
            throw new IllegalArgumentException(range + " does not fit");
        }
        long start = range.start();
        Piece piece = new Piece(range.end(), crc);
        Map.Entry<Long, Piece> left = byStart.lowerEntry(start);
        if (left != null && left.getValue().end == start && segmentStart(left.getKey()) == segmentStart(start)) {
            start = left.getKey();
            piece = new Piece(piece.end, Crc32c.combine(left.getValue().crc, piece.crc, range.length()));
        }
        Piece right = byStart.get(piece.end);
        if (right != null && piece.end < segmentEnd(start)) {
            byStart.remove(piece.end);
            piece = new Piece(right.end, Crc32c.combine(piece.crc, right.crc, right.end - piece.end));
        }
        byStart.put(start, piece);
        total += range.length();
    }

    /** Forgets every piece that has a byte of this range. */
    void drop(ByteRange range) {
        Long from = byStart.floorKey(range.start());
        var touched = byStart.subMap(from == null ? range.start() : from, true, range.end(), false);
        touched.entrySet().removeIf(entry -> {
            boolean goes = entry.getValue().end > range.start();
            if (goes) {
                total -= entry.getValue().end - entry.getKey();
            }
            return goes;
        });
    }

    /** Whether these bytes are one piece with this checksum. */
    boolean proves(ByteRange range, int crc) {
        Piece piece = byStart.get(range.start());
        return piece != null && piece.end == range.end() && piece.crc == crc;
    }

    /** How far the bytes reach from here without a gap; the offset itself when that byte is not there. */
    long contiguousEnd(long offset) {
        long at = offset;
        for (Map.Entry<Long, Piece> entry = byStart.floorEntry(at); entry != null && entry.getValue().end > at; entry = byStart.floorEntry(at)) {
            at = entry.getValue().end;
        }
        return at;
    }

    /** What is not there, ascending. */
    List<ByteRange> missing(ByteRange within) {
        List<ByteRange> gaps = new ArrayList<>();
        for (long at = contiguousEnd(within.start()); at < within.end();) {
            long until = Math.min(nextStart(at), within.end());
            gaps.add(new ByteRange(at, until));
            at = contiguousEnd(until);
        }
        return gaps;
    }

    private long nextStart(long offset) {
        Map.Entry<Long, Piece> before = byStart.floorEntry(offset);
        if (before != null && before.getValue().end > offset) {
            return offset;
        }
        Long next = byStart.ceilingKey(offset);
        return next == null ? Long.MAX_VALUE : next;
    }

    /** Bytes in all. */
    long total() {
        return total;
    }

    /** Where the last one ends; 0 when there is none. */
    long end() {
        return byStart.isEmpty() ? 0 : byStart.lastEntry().getValue().end;
    }

    Pieces copy() {
        Pieces copy = new Pieces(size);
        copy.byStart.putAll(byStart);
        copy.total = total;
        return copy;
    }

    /** As JSON has it: start, end, checksum of each. */
    List<Object> toJson() {
        List<Object> list = new ArrayList<>(byStart.size());
        byStart.forEach((start, piece) -> list.add(List.of(start, piece.end, piece.crc)));
        return list;
    }

    /** What {@link #toJson} gave; nothing for whatever it did not give. */
    static Pieces ofJson(long size, Object json) {
        Pieces pieces = new Pieces(size);
        if (json instanceof List<?> list && list.size() <= MAX_PIECES) {
            for (Object each : list) {
                if (!(each instanceof List<?> piece && piece.size() == 3 && piece.get(0) instanceof Number start && piece.get(1) instanceof Number end
                        && piece.get(2) instanceof Number crc)) {
                    return new Pieces(size);
                }
                try {
                    ByteRange range = new ByteRange(start.longValue(), end.longValue());
                    if (range.start() >= size) {
                        return new Pieces(size);
                    }
                    pieces.add(range, crc.intValue());
                } catch (IllegalArgumentException e) {
                    return new Pieces(size);
                }
            }
        }
        return pieces;
    }
}
