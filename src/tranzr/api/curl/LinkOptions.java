package tranzr.api.curl;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tranzr.api.Fields;
import tranzr.api.HeaderText;
import tranzr.http.Request;
import tranzr.model.IpRange;
import tranzr.model.Right;
import tranzr.model.TimeSpan;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;
import tranzr.transfer.Shares;

/**
 * What the sender wants of the link, and of the file: each option as a header field, a query parameter, or a field of the form.
 *
 * @param maxDownloads 0 for no limit
 * @param life how long link and file live; null for until they are deleted
 * @param password null for none
 * @param room for which the file is, by id or name; null for none
 * @param addresses from where the link may be used; empty for anywhere
 * @param oneTime whether the link is for one download, for good
 * @param notice whether the sender wants to hear of each use
 */
record LinkOptions(long maxDownloads, Duration life, String password, String room, List<IpRange> addresses, boolean oneTime, boolean notice) {

    private static final long MAX_DAYS = 36_525;
    /** The header field of each option by the name it has in a query or a form. */
    private static final Map<String, String> HEADERS = Map.of("max_downloads", "Max-Downloads", "max_days", "Max-Days",
            "expires_in", "Expires-In", "password", "Share-Password", "room", "Room", "addresses", "Share-From", "one_time", "One-Time",
            "notice", "Notice");

    /** The option that a form's field or a query parameter of this name is, be it written as the header field; overlooking one would mean "no limit". */
    static Optional<String> named(String field) {
        return HEADERS.entrySet().stream().filter(option -> option.getKey().equalsIgnoreCase(field) || option.getValue().equalsIgnoreCase(field))
                .map(Map.Entry::getKey).findAny();
    }

    /** @throws tranzr.http.BadRequestException for a value that is not what it should be, which never means "no limit" */
    static LinkOptions of(Request request, Map<String, String> form) {
        Map<String, String> given = new HashMap<>(form);
        HEADERS.forEach((name, header) -> HeaderText.of(request, header).ifPresent(text -> note(given, name, text.strip())));
        for (String parameter : request.queryNames()) {
            named(parameter).ifPresent(name -> request.query(parameter).ifPresent(text -> note(given, name, text)));
        }
        Fields fields = Fields.written(given);
        long maxDownloads = fields.whole("max_downloads").orElse(0L);
        if (fields.has("max_downloads") && maxDownloads < 1) {
            throw Fields.invalid("max_downloads", "must be at least 1; leave it out for no limit");
        }
        String password = given.get("password");
        if (password != null && password.isEmpty()) {
            throw Fields.invalid("password", "must not be empty; leave it out for none");
        }
        boolean oneTime = fields.flag("one_time").orElse(false);
        if (oneTime && maxDownloads > 1) {
            throw Fields.invalid("max_downloads", "is 1 for a one-time link, for good");
        }
        List<IpRange> addresses = fields.ranges("addresses").orElse(List.of());
        if (fields.has("addresses") && addresses.isEmpty()) {
            throw Fields.invalid("addresses", "must not be empty; leave it out for anywhere");
        }
        return new LinkOptions(maxDownloads, life(fields).orElse(null), password, given.get("room"), addresses, oneTime, fields.flag("notice").orElse(false));
    }

    private static void note(Map<String, String> given, String name, String text) {
        String before = given.putIfAbsent(name, text);
        if (before != null && !before.equals(text)) {
            throw Fields.invalid(name, "is given twice, with different values");
        }
    }

    private static Optional<Duration> life(Fields fields) {
        if (fields.has("max_days") && fields.has("expires_in")) {
            throw Fields.invalid("expires_in", "cannot be given together with max_days");
        }
        Optional<Duration> days = fields.whole("max_days").map(count -> {
            if (count < 1 || count > MAX_DAYS) {
                throw Fields.invalid("max_days", "must be 1 to " + MAX_DAYS);
            }
            return Duration.ofDays(count);
        });
        return days.or(() -> fields.text("expires_in").map(LinkOptions::span));
    }

    private static Duration span(String text) {
        try {
            Duration span = TimeSpan.parse(text);
            if (span.isZero() || span.toDays() > MAX_DAYS) {
                throw Fields.invalid("expires_in", "must be more than 0 and at most " + MAX_DAYS + "d");
            }
            return span;
        } catch (IllegalArgumentException e) {
            throw Fields.invalid("expires_in", "the text " + e.getMessage());
        }
    }

    /** Whether anything was asked that concerns the link alone. */
    boolean isAny() {
        return maxDownloads != 0 || password != null || !addresses.isEmpty() || oneTime || notice;
    }

    /** Fails with Forbidden: whoever brings files by an upload request decides nothing about links. */
    void requireNoneByGuests() {
        if (isAny() || life != null || room != null) {
            throw new FailureException(new Failure.Forbidden(Right.SHARE));
        }
    }

    /** When link and file end; null for never. */
    Instant expires(Instant now) {
        return life == null ? null : now.plus(life);
    }

    Shares.Terms terms(Instant now) {
        return new Shares.Terms(expires(now), maxDownloads, password, addresses, oneTime, notice);
    }

    @Override
    public String toString() {
        return "LinkOptions[" + maxDownloads + ", " + life + "]";
    }
}
