package tranzr.http;

import java.util.List;
import java.util.Optional;

/** Conditions on a representation's strong entity tag (RFC 9110, sections 8.8.3 and 13.1). Tags are given with their quotes. */
public final class EntityTags {

    private EntityTags() {
    }

    /**
     * Whether {@code If-None-Match} (13.1.2) names the tag, or anything by {@code *}: answer GET and HEAD with 304. Compared weakly.
     *
     * @param current the tag as it is now; null when there is no representation
     */
    public static boolean noneMatchFails(List<String> lines, String current) {
        return current != null && matches(lines, current, true);
    }

    /**
     * Whether {@code If-Match} (13.1.1) is there and names another tag: answer 412. Compared strongly.
     *
     * @param current the tag as it is now; null when there is no representation
     */
    public static boolean matchFails(List<String> lines, String current) {
        return !lines.isEmpty() && (current == null || !matches(lines, current, false));
    }

    /**
     * Whether {@code Range} is to be heeded: there is no {@code If-Range} (13.1.5), or it names this tag, compared strongly. A date there
     * never does, since files carry no {@code Last-Modified} that is a strong validator.
     */
    public static boolean allowsRange(Optional<String> ifRange, String current) {
        return ifRange.map(value -> value.strip().equals(current)).orElse(true);
    }

    private static boolean matches(List<String> lines, String current, boolean weakly) {
        for (String line : lines) {
            for (String tag : ProxyHeaders.split(line, ',')) {
                String stripped = tag.strip();
                String comparable = weakly && stripped.startsWith("W/") ? stripped.substring(2) : stripped;
                if (comparable.equals(current) || stripped.equals("*")) {
                    return true;
                }
            }
        }
        return false;
    }
}
