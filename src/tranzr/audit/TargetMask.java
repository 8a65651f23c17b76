package tranzr.audit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Takes what opens something out of request targets before they are logged: the tokens of share links and upload requests, delete keys, signatures, and
 * every value of a query but those known to be harmless. Whatever looks like a secret goes wherever it stands. What is masked is {@code *}; masking twice
 * changes nothing more.
 */
public final class TargetMask {

    private static final String MASK = "*";
    /** First segments after which the next one is a secret. */
    private static final Set<String> BEFORE_SECRET = Set.of("s", "r", "shares");
    /** First segments after which all but the next one are. */
    private static final Set<String> BEFORE_WORD_AND_SECRET = Set.of("share", "delete", "request", "requests");
    private static final Set<String> HARMLESS = Set.of("limit", "after", "before", "status", "chunk_index", "file_id", "wait", "from", "to", "action", "result", "format");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:+-]{0,64}");
    private static final int MAX_NAME = 32;
    /** So many characters without a break only chance made; a UUID has 36. */
    private static final int SECRET_LENGTH = 40;

    private TargetMask() {
    }

    /** @param target as it came: a path, and perhaps a query */
    public static String of(String target) {
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        return question < 0 ? path(path) : path(path) + "?" + query(target.substring(question + 1));
    }

    /** As {@link #of}, of a URL such as a Referer; without user, password and fragment. Anything else is masked whole. */
    public static String ofUrl(String url) {
        int scheme = url.indexOf("://");
        String name = scheme < 0 ? "" : url.substring(0, scheme).toLowerCase(Locale.ROOT);
        if (!name.equals("http") && !name.equals("https")) {
            return MASK;
        }
        int fragment = url.indexOf('#', scheme);
        String rest = url.substring(scheme + 3, fragment < 0 ? url.length() : Math.max(fragment, scheme + 3));
        int end = rest.length();
        for (char stop : new char[] {'/', '?', '\\'}) {
            int at = rest.indexOf(stop);
            end = at < 0 ? end : Math.min(end, at);
        }
        String host = rest.substring(rest.lastIndexOf('@', end - 1) + 1, end);
        return name + "://" + (looksSecret(host) ? MASK : host) + of(rest.substring(end));
    }

    /** Any text, such as a line of a log, in which whatever looks like a secret is masked; nothing else of it changes. */
    public static String ofText(String text) {
        StringBuilder masked = null;
        int done = 0;
        for (int from = 0; from < text.length();) {
            int to = from;
            while (to < text.length() && isOfSecret(text.charAt(to))) {
                to++;
            }
            if (to > from && looksSecret(text.substring(from, to))) {
                masked = masked == null ? new StringBuilder(text.length()) : masked;
                masked.append(text, done, from).append(MASK);
                done = to;
            }
            from = to + 1;
        }
        return masked == null ? text : masked.append(text, done, text.length()).toString();
    }

    private static String path(String path) {
        String[] segments = path.split("/", -1);
        int first = segments.length > 1 && segments[0].isEmpty() ? 1 : 0;
        // The router goes by decoded segments, so "%73" is an "s".
        String word = decoded(segments[first]).toLowerCase(Locale.ROOT);
        for (int i = 0; i < segments.length; i++) {
            boolean named = BEFORE_SECRET.contains(word) && i == first + 1
                    || BEFORE_WORD_AND_SECRET.contains(word) && i == first + 2 && !decoded(segments[first + 1]).equals("create");
            if (named && !segments[i].isEmpty() || looksSecret(decoded(segments[i]))) {
                segments[i] = MASK;
            }
        }
        return String.join("/", segments);
    }

    private static String query(String query) {
        StringBuilder masked = new StringBuilder();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            boolean tidy = isName(name) && !looksSecret(name);
            masked.append(masked.isEmpty() ? "" : "&").append(tidy ? name : MASK);
            if (equals >= 0) {
                boolean harmless = HARMLESS.contains(name) && PLAIN.matcher(value).matches() && !looksSecret(value);
                masked.append('=').append(harmless ? value : MASK);
            }
        }
        return masked.toString();
    }

    private static boolean isName(String text) {
        boolean name = !text.isEmpty() && text.length() <= MAX_NAME && isLetter(text.charAt(0));
        for (int i = 1; i < text.length() && name; i++) {
            name = isOfSecret(text.charAt(i));
        }
        return name;
    }

    /** Whether one of our own prefixes stands in it, or a run as long as a secret. Makes no object, since a target may have thousands of segments. */
    private static boolean looksSecret(String text) {
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            run = isOfSecret(c) ? run + 1 : 0;
            if (run >= SECRET_LENGTH || c == '_' && i >= 3 && text.startsWith("tz", i - 3) && isLetter(text.charAt(i - 1))) {
                return true;
            }
        }
        return false;
    }

    /** Of base64url. */
    private static boolean isOfSecret(char c) {
        return isLetter(c) || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    /** Percent-decoded as far as it goes; what is not well-formed stays. */
    private static String decoded(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(segment.length());
        byte[] raw = segment.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < raw.length; i++) {
            int high = raw[i] == '%' && i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(raw[i + 2], 16);
            if (low >= 0) {
                bytes.write(high << 4 | low);
                i += 2;
            } else {
                bytes.write(raw[i]);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
