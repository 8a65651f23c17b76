package tranzr.http;

import java.util.Locale;
import java.util.Optional;
import tranzr.model.ByteRange;

/** {@code Range} and {@code Content-Range} (RFC 9110, section 14) of a single byte range. */
public final class RangeHeader {

    /** What a Range header asks for of a representation. */
    public sealed interface Selection {
        /** All of it: no header, another unit, several ranges, or bad syntax, all of which a server may ignore (14.2). */
        record Whole() implements Selection {
        }

        record Part(ByteRange range) implements Selection {
        }

        /** 416. */
        record Unsatisfiable() implements Selection {
        }
    }

    /**
     * {@code bytes first-last/length}.
     *
     * @param total -1 for {@code *}
     */
    public record ContentRange(ByteRange range, long total) {
    }

    private RangeHeader() {
    }

    /** @param length of the representation in bytes */
    public static Selection select(Optional<String> header, long length) {
        String spec = header.map(RangeHeader::afterUnit).orElse(null);
        int dash = spec == null ? -1 : spec.indexOf('-');
        if (dash < 0) {
            return new Selection.Whole();
        }
        String first = spec.substring(0, dash);
        String last = spec.substring(dash + 1);
        if (first.isEmpty()) {
            return Syntax.isDigits(last) ? suffix(position(last), length) : new Selection.Whole();
        }
        if (!Syntax.isDigits(first) || !last.isEmpty() && !Syntax.isDigits(last)) {
            return new Selection.Whole();
        }
        long start = position(first);
        long end = last.isEmpty() ? Long.MAX_VALUE : position(last);
        if (end < start) {
            return new Selection.Whole();
        }
        if (start >= length) {
            return new Selection.Unsatisfiable();
        }
        return new Selection.Part(new ByteRange(start, Math.min(end, length - 1) + 1));
    }

    private static String afterUnit(String header) {
        String trimmed = header.strip();
        return trimmed.toLowerCase(Locale.ROOT).startsWith("bytes=") ? trimmed.substring("bytes=".length()).strip() : null;
    }

    private static Selection suffix(long bytes, long length) {
        if (bytes == 0 || length == 0) {
            return new Selection.Unsatisfiable();
        }
        return new Selection.Part(new ByteRange(Math.max(0, length - bytes), length));
    }

    /** A position beyond what a long holds lies beyond every representation: the largest stands for it. */
    private static long position(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    /** @throws BadRequestException {@code invalid_content_range} */
    public static ContentRange parseContentRange(String header) {
        String trimmed = header.strip();
        int dash = trimmed.indexOf('-');
        int slash = trimmed.indexOf('/');
        if (!trimmed.toLowerCase(Locale.ROOT).startsWith("bytes ") || dash < 0 || slash < dash) {
            throw invalid(header);
        }
        long first = exact(trimmed.substring("bytes ".length(), dash), header);
        long last = exact(trimmed.substring(dash + 1, slash), header);
        String length = trimmed.substring(slash + 1);
        long total = length.equals("*") ? -1 : exact(length, header);
        if (last < first || last == Long.MAX_VALUE || total >= 0 && last >= total) {
            throw invalid(header);
        }
        return new ContentRange(new ByteRange(first, last + 1), total);
    }

    private static long exact(String digits, String header) {
        if (!Syntax.isDigits(digits)) {
            throw invalid(header);
        }
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw invalid(header);
        }
    }

    private static BadRequestException invalid(String header) {
        return new BadRequestException(400, "invalid_content_range", "Content-Range",
                "Content-Range is not like \"bytes 0-99/100\" (RFC 9110, section 14.4): " + header);
    }
}
