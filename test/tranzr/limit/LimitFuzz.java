package tranzr.limit;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;
import tranzr.model.Priority;

/** Limits as operators write them. */
public final class LimitFuzz {

    private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
    private static final Instant MONDAY = Instant.parse("2026-03-23T00:00:00Z"); // the week in which summer time begins

    private LimitFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                Target.of("rate", "tranzr.limit.Rate").seeds("100/s", "600/m burst 50", "20/15m", "none", "1/1d burst 30", "1000000/s", "3 / 250ms")
                        .words("/", " burst ", "none", "999999999999999999", "ms", "d", "0", "1", " ").latin(LimitFuzz::rate),
                Target.of("byte-rate", "tranzr.limit.ByteRate").seeds("5MiB/s", "500KB/s", "none", "1000/s", "1TiB/s").words("/s", "/", "MiB", "K", ".", "none", "0", "9999999999").latin(LimitFuzz::byteRate),
                Target.of("schedule", "tranzr.limit.Schedule").seeds("mon-fri 08:00-18:00 5MiB/s; sat,sun 10MiB/s; 20MiB/s", "22:00-06:00 none", "fri-mon 1MB/s", "00:00-24:00 5MiB/s",
                        "Sat 08:00-09:00,10:00-11:00 500KB/s;none").words("mon", "sun", "-", ",", ";", " ", "24:00", "00:00", ":", "none", "5MiB/s").latin(LimitFuzz::schedule),
                Target.of("priority-name", "tranzr.model.Priority").seeds("high", "normal", "low", "HIGH").words("high", "\u0131", "low", " ").text(LimitFuzz::priority));
    }

    private static void refusal(IllegalArgumentException e) {
        Expect.that(e.getMessage() != null && !e.getMessage().isBlank(), "a refusal without words");
    }

    /** A rate that is taken can be kept: it lets exactly its burst pass, and says when the next one may. */
    private static void rate(String text) {
        try {
            Rate rate = Rate.parse(text);
            Expect.same(rate, Rate.parse(rate.toString()), "again");
            RateLimiter limiter = new RateLimiter(rate, () -> Long.MAX_VALUE - 1, 1);
            long tried = Math.min(rate.burst(), 100);
            for (long i = 0; i < tried; i++) {
                Expect.same(Duration.ZERO, limiter.acquire("key"), "within the burst of " + rate);
            }
            if (rate.burst() == tried) {
                Duration wait = limiter.acquire("key");
                Expect.that(wait.isPositive() && wait.compareTo(rate.per()) <= 0, rate + " waits for " + wait);
            }
        } catch (IllegalArgumentException e) {
            refusal(e);
        }
    }

    private static void byteRate(String text) {
        try {
            ByteRate rate = ByteRate.parse(text);
            Expect.that(rate.perSecond() >= ByteRate.LEAST, "out of bounds: " + rate);
            Expect.same(rate, ByteRate.parse(rate.toString()), "again");
        } catch (IllegalArgumentException e) {
            refusal(e);
        }
    }

    private static void schedule(String text) {
        try {
            Schedule schedule = Schedule.parse(text);
            Expect.that(!schedule.rules().isEmpty() && schedule.rules().size() <= Schedule.MAX_RULES, "rules: " + schedule.rules().size());
            boolean limited = false;
            for (int hour = 0; hour < 7 * 24; hour++) {
                limited |= !schedule.at(MONDAY.plus(Duration.ofHours(hour)), ZONE).isNone();
            }
            Expect.that(!schedule.isNone() || !limited, "a limit where there is none");
        } catch (IllegalArgumentException e) {
            refusal(e);
        }
    }

    private static void priority(String text) {
        try {
            Expect.same(text, Priority.parse(text).toString(), "again");
        } catch (IllegalArgumentException e) {
            refusal(e);
        }
    }
}
