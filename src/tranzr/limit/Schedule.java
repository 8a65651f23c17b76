package tranzr.limit;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@link ByteRate} for each time of the week, such as {@code mon-fri 08:00-18:00 5MiB/s; sat,sun 10MiB/s; 20MiB/s}.
 * <pre>
 * schedule = rule *( ";" rule )
 * rule     = [ days ] [ times ] rate
 * days     = day [ "-" day ] *( "," day [ "-" day ] )     mon tue wed thu fri sat sun; fri-mon goes over the weekend
 * times    = HH:MM "-" HH:MM *( "," HH:MM "-" HH:MM )     from 00:00 to 24:00, the end not included; 22:00-06:00 goes over midnight
 * rate     = a size and "/s", or "none" for no limit
 * </pre>
 * The first rule that matches counts. A rule without days and times always matches and can only be the last; where none matches, there is no limit. Times over
 * midnight belong to the day on which they begin: {@code fri 22:00-06:00} ends on Saturday morning. Times are those of the clock on the wall in the server's
 * zone: an hour that daylight saving leaves out does not occur, one that it repeats counts twice.
 *
 * @param rules in the order in which they are tried
 */
public record Schedule(List<Rule> rules) {

    /** Never a limit. */
    public static final Schedule NONE = always(ByteRate.NONE);

    static final int MAX_RULES = 64;
    private static final int MAX_LENGTH = 4096;
    private static final int DAY = 24 * 60;
    private static final String DAY_NAMES = "montuewedthufrisatsun";
    private static final Pattern TIMES = Pattern.compile("([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})");
    private static final Pattern DAYS = Pattern.compile("([a-z]{3})(?:-([a-z]{3}))?");

    /** From one minute of the day to another, not included; over midnight when that is not later. */
    record Span(int from, int to) {
        boolean holds(Set<DayOfWeek> days, DayOfWeek today, int minute) {
            if (from < to) {
                return days.contains(today) && minute >= from && minute < to;
            }
            return days.contains(today) && minute >= from || days.contains(today.minus(1)) && minute < to;
        }
    }

    /** What counts on some days at some times. Made by {@link #parse}. */
    public record Rule(Set<DayOfWeek> days, List<Span> spans, ByteRate rate) {

        private static final Set<DayOfWeek> EVERY_DAY = Set.of(DayOfWeek.values());
        private static final List<Span> ALL_DAY = List.of(new Span(0, DAY));

        private boolean holds(DayOfWeek today, int minute) {
            return spans.stream().anyMatch(span -> span.holds(days, today, minute));
        }

        private boolean isAlways() {
            return days.equals(EVERY_DAY) && spans.equals(ALL_DAY);
        }
    }

    public Schedule {
        rules = List.copyOf(rules);
    }

    /** The same rate at all times. */
    public static Schedule always(ByteRate rate) {
        return new Schedule(List.of(new Rule(Rule.EVERY_DAY, Rule.ALL_DAY, rate)));
    }

    /** @throws IllegalArgumentException for anything but a schedule, with a message that follows the quoted text */
    public static Schedule parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("is longer than " + MAX_LENGTH + " characters");
        }
        String[] parts = text.split(";", -1);
        if (parts.length > MAX_RULES) {
            throw new IllegalArgumentException("has more than " + MAX_RULES + " rules");
        }
        List<Rule> rules = new ArrayList<>();
        for (String part : parts) {
            if (!rules.isEmpty() && rules.getLast().isAlways()) {
                throw new IllegalArgumentException("has a rule after one that always holds: '" + part.strip() + "'");
            }
            try {
                rules.add(rule(part.strip().toLowerCase(Locale.ROOT), part.strip()));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(parts.length == 1 ? e.getMessage() : "has '" + part.strip() + "', which " + e.getMessage(), e);
            }
        }
        return new Schedule(rules);
    }

    /** What counts at this moment. */
    public ByteRate at(Instant moment, ZoneId zone) {
        ZonedDateTime local = moment.atZone(zone);
        int minute = local.getHour() * 60 + local.getMinute();
        for (Rule rule : rules) {
            if (rule.holds(local.getDayOfWeek(), minute)) {
                return rule.rate();
            }
        }
        return ByteRate.NONE;
    }

    /** Whether there is no limit at any time. */
    public boolean isNone() {
        return rules.stream().allMatch(rule -> rule.rate().isNone());
    }

    private static Rule rule(String small, String asWritten) {
        String[] words = small.split(" +");
        if (words.length > 3 || small.isEmpty()) {
            throw new IllegalArgumentException("is not a limit such as 5MiB/s, mon-fri 08:00-18:00 5MiB/s, or none");
        }
        int next = 0;
        Set<DayOfWeek> days = Rule.EVERY_DAY;
        List<Span> spans = Rule.ALL_DAY;
        if (next < words.length - 1 && !Character.isDigit(words[next].charAt(0))) {
            days = days(words[next++]);
        }
        if (next < words.length - 1) {
            spans = spans(words[next++]);
        }
        if (next != words.length - 1) {
            throw new IllegalArgumentException("is not days, times and a rate, in this order");
        }
        // As it was written, since a rate says itself which letters it takes.
        return new Rule(days, spans, ByteRate.parse(asWritten.substring(asWritten.lastIndexOf(' ') + 1)));
    }

    private static Set<DayOfWeek> days(String text) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String each : text.split(",", -1)) {
            Matcher matcher = DAYS.matcher(each);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("has '" + each + "' where days such as mon-fri or sat stand");
            }
            DayOfWeek day = day(matcher.group(1));
            DayOfWeek last = matcher.group(2) == null ? day : day(matcher.group(2));
            days.add(day);
            while (day != last) {
                day = day.plus(1);
                days.add(day);
            }
        }
        return Set.copyOf(days);
    }

    private static DayOfWeek day(String name) {
        int place = DAY_NAMES.indexOf(name);
        if (place < 0 || place % 3 != 0) {
            throw new IllegalArgumentException("has an unknown day '" + name + "'; there are mon tue wed thu fri sat sun");
        }
        return DayOfWeek.of(place / 3 + 1);
    }

    private static List<Span> spans(String text) {
        List<Span> spans = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            Matcher matcher = TIMES.matcher(each);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("has '" + each + "' where times such as 08:00-18:00 stand");
            }
            int from = minute(matcher.group(1), matcher.group(2));
            int to = minute(matcher.group(3), matcher.group(4));
            if (from == to || from == DAY) {
                throw new IllegalArgumentException("has '" + each + "', which is no time at all; the whole day is 00:00-24:00");
            }
            spans.add(new Span(from, to));
        }
        return List.copyOf(spans);
    }

    private static int minute(String hours, String minutes) {
        int minute = Integer.parseInt(hours) * 60 + Integer.parseInt(minutes);
        if (Integer.parseInt(minutes) > 59 || minute > DAY) {
            throw new IllegalArgumentException("has " + hours + ":" + minutes + ", which is not between 00:00 and 24:00");
        }
        return minute;
    }
}
