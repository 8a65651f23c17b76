package tranzr.api;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tranzr.model.IpRange;
import tranzr.transfer.Shares;

/** The terms of a share link as the fields of a request name them. A value that is not what it should be never means "no limit". */
public final class ShareTerms {

    /** The names of the fields. */
    public static final List<String> FIELDS = List.of("expire_minutes", "max_downloads", "password", "protected", "addresses", "one_time", "notice");

    private static final Duration DEFAULT_LIFE = Duration.ofMinutes(60);
    private static final long DEFAULT_DOWNLOADS = 5;
    /** A hundred years: later times mean a mistake, and would overflow the dates of some clients. */
    private static final BigDecimal MAX_MINUTES = BigDecimal.valueOf(Duration.ofDays(36_525).toMinutes());

    private ShareTerms() {
    }

    /**
     * The terms of a new link, without the time of its end, which is told by {@link #life}.
     *
     * @param generatePassword asked when the link is to have a password and the request names none
     * @throws tranzr.http.BadRequestException {@code invalid_value}
     */
    public static Shares.Terms of(Fields fields, Supplier<String> generatePassword) {
        boolean oneTime = fields.flag("one_time").orElse(false);
        long limit = fields.has("max_downloads") ? limit(fields) : oneTime ? 1 : DEFAULT_DOWNLOADS;
        requireOne(oneTime, limit);
        boolean guarded = fields.flag("protected").orElse(true);
        Optional<String> password = password(fields, guarded);
        return new Shares.Terms(null, limit, guarded ? password.orElseGet(generatePassword) : null, addresses(fields, List.of()), oneTime,
                fields.flag("notice").orElse(false));
    }

    /** How long a new link lasts; null for ever, which has to be said in so many words. @throws tranzr.http.BadRequestException {@code invalid_value} */
    public static Duration life(Fields fields) {
        return fields.has("expire_minutes") ? minutes(fields) : DEFAULT_LIFE;
    }

    /** What {@code expire_minutes} says, which is there; null for ever. @throws tranzr.http.BadRequestException {@code invalid_value} */
    public static Duration minutes(Fields fields) {
        if (fields.isNone("expire_minutes")) {
            return null;
        }
        BigDecimal minutes = fields.number("expire_minutes").orElseThrow();
        if (minutes.signum() <= 0 || minutes.compareTo(MAX_MINUTES) > 0) {
            throw Fields.invalid("expire_minutes", "must be more than 0 and at most " + MAX_MINUTES
                    + ", or null (in a query: none) for no expiry");
        }
        return Duration.ofMillis(Math.max(1, minutes.multiply(BigDecimal.valueOf(60_000)).longValue()));
    }

    /** 0 for none, which has to be said in so many words; the field is there. */
    public static long limit(Fields fields) {
        if (fields.isNone("max_downloads")) {
            return 0;
        }
        long limit = fields.whole("max_downloads").orElseThrow();
        if (limit < 1) {
            throw Fields.invalid("max_downloads", "must be at least 1, or null (in a query: none) for no limit");
        }
        return limit;
    }

    /** A link for one download is for one. */
    public static void requireOne(boolean oneTime, long limit) {
        if (oneTime && limit != 1) {
            throw Fields.invalid("max_downloads", "is 1 for a one-time link, for good");
        }
    }

    /** From where the link may be used; empty for anywhere. @param before when the fields do not say */
    public static List<IpRange> addresses(Fields fields, List<IpRange> before) {
        return fields.isNone("addresses") ? List.of() : fields.ranges("addresses").orElse(before);
    }

    /** The password that the fields name. @param guarded whether there may be one */
    public static Optional<String> password(Fields fields, boolean guarded) {
        Optional<String> password = fields.text("password");
        if (password.isPresent() && !guarded) {
            throw Fields.invalid("protected", "cannot be false beside a password");
        }
        return password;
    }
}
