package tranzr.model;

/**
 * The most that may be used; each {@link Long#MAX_VALUE} for no limit.
 *
 * @param bytes stored, unfinished uploads counted with the length they announced
 * @param files of whatever state but expired
 * @param monthlyBytes brought in one calendar month (UTC), whether they are still there or not
 */
public record Quota(long bytes, long files, long monthlyBytes) {

    public static final Quota NONE = new Quota(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
    /** Nothing at all; a precondition that something is empty. */
    public static final Quota EMPTY = new Quota(0, 0, Long.MAX_VALUE);

    public Quota {
        if (bytes < 0 || files < 0 || monthlyBytes < 0) {
            throw new IllegalArgumentException("a quota is not negative: " + bytes + ", " + files + ", " + monthlyBytes);
        }
    }

    public boolean isNone() {
        return equals(NONE);
    }

    public boolean allows(Usage usage) {
        return usage.bytes() <= bytes && usage.files() <= files && usage.monthlyBytes() <= monthlyBytes;
    }
}
