package tranzr.client;

import java.net.http.HttpHeaders;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tranzr.model.ByteRange;
import tranzr.model.Digest;

/**
 * What a server says of the bytes that it hands out.
 *
 * @param tag the strong entity tag, for {@code If-Match}; null when there is none (a proxy may have weakened it)
 * @param sha256 of the whole
 * @param size in bytes
 * @param name as the server gives it, not safe yet; null when it gives none
 */
record RemoteContent(String tag, Digest sha256, long size, String name) {

    private static final Pattern TAG = Pattern.compile("\"sha256-([0-9a-f]{64})\"");
    private static final Pattern REPRESENTATION = Pattern.compile("(?:^|.*[,\\s])sha-256=:([A-Za-z0-9+/]{43}=):(?:[;,\\s].*)?");
    private static final Pattern RANGE = Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})");

    /** Where a part lies. @param size of the whole */
    record Part(ByteRange range, long size) {
    }

    /**
     * Of the head of an answer.
     *
     * @param size of the whole
     * @throws IllegalArgumentException when it tells no SHA-256, or several, with a message for a person
     */
    static RemoteContent of(HttpHeaders headers, long size) {
        Set<Digest> digests = new HashSet<>();
        String tag = headers.firstValue("ETag").map(String::strip).orElse(null);
        if (tag != null) {
            Matcher named = TAG.matcher(tag);
            if (named.matches()) {
                digests.add(Digest.ofHex(named.group(1)));
            } else if (!tag.startsWith("\"")) {
                tag = null;
            }
        }
        for (String field : headers.allValues("Repr-Digest")) {
            Matcher found = REPRESENTATION.matcher(field);
            if (found.matches()) {
                digests.add(Digest.of(Base64.getDecoder().decode(found.group(1))));
            }
        }
        headers.firstValue("X-Content-SHA256").filter(hex -> hex.matches("[0-9a-fA-F]{64}")).ifPresent(hex -> digests.add(Digest.ofHex(hex)));
        if (digests.isEmpty() && tag != null && tag.startsWith("\"zip-")) {
            throw new IllegalArgumentException("the link leads to several files; put ?file=0 behind it for the first of them, ?file=1 for the next");
        }
        if (digests.size() != 1) {
            throw new IllegalArgumentException(digests.isEmpty() ? "the server does not tell the SHA-256 of the file; is it a Tranzr server?"
                    : "the server tells different SHA-256 for one file");
        }
        return new RemoteContent(tag, digests.iterator().next(), size, headers.firstValue("Content-Disposition").flatMap(ReceivedName::parse).orElse(null));
    }

    /** What a {@code Content-Range} (RFC 9110, section 14.4) says; empty for one that is none, or contradicts itself. */
    static Optional<Part> parsePart(String field) {
        Matcher found = RANGE.matcher(field.strip());
        if (!found.matches()) {
            return Optional.empty();
        }
        long first = Long.parseLong(found.group(1));
        long last = Long.parseLong(found.group(2));
        long size = Long.parseLong(found.group(3));
        return first > last || last >= size ? Optional.empty() : Optional.of(new Part(new ByteRange(first, last + 1), size));
    }

    /** Whether both are the same bytes. */
    boolean isSame(RemoteContent other) {
        return size == other.size && sha256.equals(other.sha256);
    }

    ByteRange whole() {
        return new ByteRange(0, size);
    }
}
