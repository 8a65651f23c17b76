package tranzr.model;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lengths of time as people write them: whole numbers, each with its unit, from the largest to the smallest: {@code 7d}, {@code 90s}, {@code 1h30m},
 * {@code 250ms}. The units are {@code w d h m s ms}; a day has 24 hours. A number alone is refused, since nothing says what it counts.
 */
public final class TimeSpan {

    private static final Pattern GRAMMAR = Pattern.compile(
            "(?=[0-9])(?:([0-9]{1,9})w)?(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m(?!s))?(?:([0-9]{1,9})s)?(?:([0-9]{1,9})ms)?");
    private static final Duration[] UNITS = { Duration.ofDays(7), Duration.ofDays(1), Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofSeconds(1),
            Duration.ofMillis(1) };
    private static final String[] NAMES = { "w", "d", "h", "m", "s", "ms" };

    /** The longest there is, so that adding one to any time of our days is a time that can be written. */
    public static final Duration MAX = Duration.ofDays(365_000);

    private TimeSpan() {
    }

    /**
     * A length of at least 0 and at most {@link #MAX}.
     *
     * @throws IllegalArgumentException for anything else, with a message that follows the quoted text
     */
    public static Duration parse(String text) {
        Matcher matcher = GRAMMAR.matcher(text);
        if (text.length() > 64 || !matcher.matches()) {
            throw new IllegalArgumentException("is not a length of time such as 7d, 90s or 1h30m");
        }
        Duration sum = Duration.ZERO;
        for (int i = 0; i < UNITS.length; i++) {
            if (matcher.group(i + 1) != null) {
                sum = sum.plus(UNITS[i].multipliedBy(Long.parseLong(matcher.group(i + 1))));
            }
        }
        if (sum.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("is more than 1000 years");
        }
        return sum;
    }

    /** The shortest form without weeks: {@code 7d}, {@code 1h30m}; {@code 0s} for zero. Below a millisecond it is cut. {@link #parse} understands it. */
    public static String format(Duration span) {
        StringBuilder text = new StringBuilder();
        Duration rest = span;
        for (int i = 1; i < UNITS.length; i++) {
            long count = rest.dividedBy(UNITS[i]);
            if (count > 0) {
                text.append(count).append(NAMES[i]);
                rest = rest.minus(UNITS[i].multipliedBy(count));
            }
        }
        return text.isEmpty() ? "0s" : text.toString();
    }
}
