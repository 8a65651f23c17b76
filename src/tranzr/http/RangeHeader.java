package tranzr.http;

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
        throw new UnsupportedOperationException();
    }

    /** @throws BadRequestException {@code invalid_content_range} */
    public static ContentRange parseContentRange(String header) {
        throw new UnsupportedOperationException();
    }
}
