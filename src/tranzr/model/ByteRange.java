package tranzr.model;

/**
 * A run of bytes in an upload's byte space: {@code start} inclusive, {@code end} exclusive, both in bytes.
 * An empty range ({@code start == end}) is allowed.
 */
public record ByteRange(long start, long end) {

    /** @throws IllegalArgumentException when negative or reversed */
    public ByteRange {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("not a byte range: [" + start + ", " + end + ")");
        }
    }

    /** The number of bytes in it. */
    public long length() {
        return end - start;
    }

    public boolean isEmpty() {
        return start == end;
    }

    /** Whether the two share at least one byte. */
    public boolean overlaps(ByteRange other) {
        return start < other.end && other.start < end;
    }

    @Override
    public String toString() {
        return "[" + start + ", " + end + ")";
    }
}
