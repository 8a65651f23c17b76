package tranzr.limit;

import tranzr.model.ByteSize;

/**
 * How many bytes may pass in a second: {@code 5MiB/s}, {@code 500KB/s}, {@code none}.
 *
 * @param perSecond from {@value #LEAST} to 1 TiB, or {@link Long#MAX_VALUE} for no limit
 */
public record ByteRate(long perSecond) {

    public static final ByteRate NONE = new ByteRate(Long.MAX_VALUE);

    /** Below this a limit is more likely a unit left away than meant. */
    public static final long LEAST = 1000;

    private static final long MOST = 1L << 40;
    private static final String NONE_TEXT = "none";
    private static final String SUFFIX = "/s";

    /** @throws IllegalArgumentException for a value outside, with a message that follows the quoted text */
    public ByteRate {
        if (perSecond < LEAST) {
            throw new IllegalArgumentException("is less than 1KB/s");
        }
        if (perSecond > MOST && perSecond != Long.MAX_VALUE) {
            throw new IllegalArgumentException("is more than 1TiB/s; for no limit there is none");
        }
    }

    /** @throws IllegalArgumentException for anything but a rate, with a message that follows the quoted text */
    public static ByteRate parse(String text) {
        if (text.equals(NONE_TEXT)) {
            return NONE;
        }
        if (!text.endsWith(SUFFIX)) {
            throw new IllegalArgumentException("is not a rate such as 5MiB/s, 500KB/s or none");
        }
        long bytes = ByteSize.parse(text.substring(0, text.length() - SUFFIX.length()));
        return new ByteRate(Math.min(bytes, Long.MAX_VALUE - 1));
    }

    public boolean isNone() {
        return perSecond == Long.MAX_VALUE;
    }

    /** {@link #parse} understands it. */
    @Override
    public String toString() {
        return isNone() ? NONE_TEXT : ByteSize.format(perSecond) + SUFFIX;
    }
}
