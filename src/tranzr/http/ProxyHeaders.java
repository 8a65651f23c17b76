package tranzr.http;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tranzr.model.IpRange;

/**
 * Who asked, and for which URL, when a reverse proxy stands between: {@code Forwarded} (RFC 7239) or, without it, {@code X-Forwarded-For},
 * {@code -Proto} and {@code -Host}. They are believed only as far as trusted proxies wrote them: from the right, up to the first
 * address that is none.
 *
 * @param client the nearest address that is not a trusted proxy
 * @param scheme {@code http} or {@code https}; empty when no trusted proxy said so
 * @param authority host and port; empty when no trusted proxy said so
 */
record ProxyHeaders(InetAddress client, Optional<String> scheme, Optional<String> authority) {

    static ProxyHeaders read(InetAddress peer, Set<IpRange> trusted, Map<String, List<String>> headers) {
        if (!isTrusted(trusted, peer)) {
            return new ProxyHeaders(peer, Optional.empty(), Optional.empty());
        }
        List<String> forwarded = headers.getOrDefault("Forwarded", List.of());
        return forwarded.isEmpty() ? fromXForwarded(peer, trusted, headers)
                : fromForwarded(peer, trusted, String.join(",", forwarded));
    }

    static boolean isTrusted(Set<IpRange> trusted, InetAddress address) {
        return trusted.stream().anyMatch(range -> range.contains(address));
    }

    private static ProxyHeaders fromForwarded(InetAddress peer, Set<IpRange> trusted, String field) {
        InetAddress client = peer;
        Optional<String> scheme = Optional.empty();
        Optional<String> authority = Optional.empty();
        List<Map<String, String>> elements = elements(field);
        for (Map<String, String> element : elements.reversed()) {
            scheme = scheme(element.get("proto"));
            authority = authority(element.get("host"));
            Optional<InetAddress> node = node(element.get("for"));
            client = node.orElse(client);
            if (node.isEmpty() || !isTrusted(trusted, client)) {
                break;
            }
        }
        return new ProxyHeaders(client, scheme, authority);
    }

    private static ProxyHeaders fromXForwarded(InetAddress peer, Set<IpRange> trusted, Map<String, List<String>> headers) {
        InetAddress client = peer;
        for (String entry : list(headers, "X-Forwarded-For").reversed()) {
            Optional<InetAddress> node = node(entry);
            client = node.orElse(client);
            if (node.isEmpty() || !isTrusted(trusted, client)) {
                break;
            }
        }
        return new ProxyHeaders(client, scheme(last(headers, "X-Forwarded-Proto")), authority(last(headers, "X-Forwarded-Host")));
    }

    private static List<String> list(Map<String, List<String>> headers, String name) {
        return split(String.join(",", headers.getOrDefault(name, List.of())), ',').stream()
                .map(String::strip).filter(entry -> !entry.isEmpty()).toList();
    }

    private static String last(Map<String, List<String>> headers, String name) {
        List<String> values = list(headers, name);
        return values.isEmpty() ? null : values.getLast();
    }

    private static Optional<String> scheme(String text) {
        return Optional.ofNullable(text).map(scheme -> scheme.toLowerCase(Locale.ROOT))
                .filter(scheme -> scheme.equals("http") || scheme.equals("https"));
    }

    private static Optional<String> authority(String text) {
        return Optional.ofNullable(text).filter(RequestHead::isAuthority);
    }

    /** Parameters by lower-case name, an element a hop; quoted values unquoted. What has no {@code =} is left out. */
    private static List<Map<String, String>> elements(String field) {
        List<Map<String, String>> elements = new ArrayList<>();
        for (String element : split(field, ',')) {
            Map<String, String> parameters = new HashMap<>();
            for (String parameter : split(element, ';')) {
                int equals = parameter.indexOf('=');
                if (equals > 0) {
                    parameters.put(parameter.substring(0, equals).strip().toLowerCase(Locale.ROOT),
                            unquote(parameter.substring(equals + 1).strip()));
                }
            }
            elements.add(parameters);
        }
        return elements;
    }

    /** Splits at a separator that does not stand within quotes. */
    static List<String> split(String text, char separator) {
        List<String> pieces = new ArrayList<>();
        StringBuilder piece = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\' && i + 1 < text.length()) {
                piece.append(c).append(text.charAt(++i));
            } else if (c == separator && !quoted) {
                pieces.add(piece.toString());
                piece.setLength(0);
            } else {
                quoted ^= c == '"';
                piece.append(c);
            }
        }
        pieces.add(piece.toString());
        return pieces;
    }

    private static String unquote(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
    }

    /** An address, perhaps with a port; empty for {@code unknown}, for obfuscated names and for anything else (RFC 7239, section 6). */
    private static Optional<InetAddress> node(String text) {
        if (text == null) {
            return Optional.empty();
        }
        String host = text;
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            host = end < 0 ? "" : text.substring(1, end);
        } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
            host = text.substring(0, text.indexOf(':'));
        }
        boolean ipv6 = host.indexOf(':') >= 0;
        String allowed = ipv6 ? "0123456789abcdefABCDEF:." : "0123456789.";
        if (host.isEmpty() || !host.chars().allMatch(c -> allowed.indexOf(c) >= 0)
                || !ipv6 && host.chars().filter(c -> c == '.').count() != 3) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
