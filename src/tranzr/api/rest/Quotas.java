package tranzr.api.rest;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import tranzr.api.Fields;
import tranzr.model.ByteSize;
import tranzr.model.Quota;
import tranzr.model.Usage;

/** Quotas and usages in JSON. A limit that is null is none. */
final class Quotas {

    private Quotas() {
    }

    /** The field {@code quota}: what is named changes, what is null has no limit. @param before what holds when there is no such field */
    static Quota of(Fields fields, Quota before) {
        if (fields.isNone("quota")) {
            return Quota.NONE;
        }
        return fields.object("quota").map(quota -> {
            for (String name : quota.names()) {
                if (!name.matches("bytes|files|monthly_bytes")) {
                    // Overlooking it would mean "no limit".
                    throw Fields.invalid("quota", "knows bytes, files and monthly_bytes, but no " + name);
                }
            }
            return new Quota(limit(quota, "bytes", before.bytes()), limit(quota, "files", before.files()), limit(quota, "monthly_bytes", before.monthlyBytes()));
        }).orElse(before);
    }

    private static long limit(Fields quota, String name, long before) {
        if (!quota.has(name)) {
            return before;
        }
        if (quota.isNone(name)) {
            return Long.MAX_VALUE;
        }
        if (quota.isText(name) && !name.equals("files")) {
            try {
                return ByteSize.parse(quota.text(name).orElseThrow().strip());
            } catch (IllegalArgumentException e) {
                throw Fields.invalid("quota." + name, "the text " + e.getMessage());
            }
        }
        long limit = quota.whole(name).orElseThrow();
        if (limit < 0) {
            throw Fields.invalid("quota." + name, "must be at least 0, or null for no limit");
        }
        return limit;
    }

    static Map<String, Object> view(Quota quota) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("bytes", orNull(quota.bytes()));
        view.put("files", orNull(quota.files()));
        view.put("monthly_bytes", orNull(quota.monthlyBytes()));
        return view;
    }

    /** @param now tells which month {@code monthly_bytes} is of */
    static Map<String, Object> view(Usage usage, Instant now) {
        ZonedDateTime time = now.atZone(ZoneOffset.UTC);
        boolean thisMonth = usage.month() == time.getYear() * 12 + time.getMonthValue() - 1;
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("bytes", usage.bytes());
        view.put("files", usage.files());
        view.put("monthly_bytes", thisMonth ? usage.monthlyBytes() : 0);
        return view;
    }

    private static Long orNull(long limit) {
        return limit == Long.MAX_VALUE ? null : limit;
    }
}
