package tranzr.limit;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tranzr.model.TimeSpan;

/**
 * How often something may happen: {@code count} times in each {@code per} on average, and {@code burst} times at once after a rest. In any window of length
 * {@code w} it happens at most {@code burst + count × w / per} times. Written {@code 100/s}, {@code 600/m burst 50}, {@code 20/15m} or {@code none}; without
 * a burst that is the count.
 *
 * @param count at least 1
 * @param per longer than nothing and at most a day
 * @param burst at least 1; what was used of it is back after at most 30 days
 */
public record Rate(long count, Duration per, long burst) {

    /** As often as anybody likes. */
    public static final Rate NONE = new Rate(Long.MAX_VALUE, Duration.ofSeconds(1), Long.MAX_VALUE);

    private static final String NONE_TEXT = "none";
    private static final Pattern GRAMMAR = Pattern.compile("([0-9]{1,18}) ?/ ?([0-9][0-9a-z]{0,15}|[a-z]{1,2})(?: burst ([0-9]{1,18}))?");
    private static final Duration LONGEST_PER = Duration.ofDays(1);
    private static final Duration LONGEST_RECOVERY = Duration.ofDays(30);
    private static final long MOST_A_SECOND = 1_000_000;

    /** @throws IllegalArgumentException for a value outside what the fields say, with a message that follows the quoted text */
    public Rate {
        if (count != Long.MAX_VALUE) {
            check(count, per, burst);
        }
    }

    /** @throws IllegalArgumentException for anything but a rate, with a message that follows the quoted text */
    public static Rate parse(String text) {
        if (text.equals(NONE_TEXT)) {
            return NONE;
        }
        Matcher matcher = GRAMMAR.matcher(text);
        if (text.length() > 64 || !matcher.matches()) {
            throw new IllegalArgumentException("is not a rate such as 100/s, 600/m burst 50, 20/15m or none");
        }
        long count = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2);
        Duration per = TimeSpan.parse(Character.isDigit(unit.charAt(0)) ? unit : "1" + unit);
        return new Rate(count, per, matcher.group(3) == null ? count : Long.parseLong(matcher.group(3)));
    }

    public boolean isNone() {
        return count == Long.MAX_VALUE;
    }

    /** {@link #parse} understands it. */
    @Override
    public String toString() {
        return isNone() ? NONE_TEXT : count + "/" + TimeSpan.format(per) + (burst == count ? "" : " burst " + burst);
    }

    /** The time between two when they come evenly, in nanoseconds, rounded up: never more than allowed. Not for {@link #NONE}. */
    long interval() {
        return Math.ceilDiv(per.toNanos(), count);
    }

    private static void check(long count, Duration per, long burst) {
        if (count < 1 || burst < 1) {
            throw new IllegalArgumentException("allows nothing at all");
        }
        if (!per.isPositive() || per.compareTo(LONGEST_PER) > 0) {
            throw new IllegalArgumentException("counts in a time that is not between 1ms and 1d");
        }
        if (per.toNanos() / count < 1_000_000_000 / MOST_A_SECOND) {
            throw new IllegalArgumentException("is more than a million a second; for no limit there is none");
        }
        if (burst > LONGEST_RECOVERY.toNanos() / Math.ceilDiv(per.toNanos(), count)) {
            throw new IllegalArgumentException("has a burst that takes more than 30 days to come back");
        }
    }
}
