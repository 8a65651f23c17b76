package tranzr.webhook;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a webhook's URL leads.
 *
 * @param host a name, or an IP address without brackets
 * @param path with its query, as it is sent
 */
record Target(boolean tls, String host, int port, String path) {

    static final int MAX_LENGTH = 2048;
    private static final Pattern IPV4 = Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})(?:\\.(?!$)|$)){4}");
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int MAX_PORT = 65_535;

    /** @throws IllegalArgumentException with a message that follows the field's name, for what is not an absolute URL of http or https without user */
    static Target parse(String url) {
        if (url.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("is longer than " + MAX_LENGTH + " characters");
        }
        if (!url.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("has characters that a URL writes as %XX, and its host as xn--…");
        }
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("is not a URL: " + e.getReason(), e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http") || uri.getHost() == null) {
            throw new IllegalArgumentException("must be a URL such as https://example.org/hook");
        }
        if (uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("must have neither a user nor a fragment");
        }
        if (uri.getHost().contains("%") || uri.getHost().matches("(.*\\.)?[0-9][^.\\[:]*\\.?") && !IPV4.matcher(uri.getHost()).matches()) {
            // One reader's 0177.0.0.1 is another's 127.0.0.1, and a scope is a network of this machine.
            throw new IllegalArgumentException("must have a host that is a name or a plain IP address");
        }
        boolean tls = scheme.equals("https");
        int port = uri.getPort() == -1 ? tls ? HTTPS_PORT : HTTP_PORT : uri.getPort();
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("must have a port from 1 to " + MAX_PORT);
        }
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return new Target(tls, uri.getHost().replaceAll("[\\[\\]]", ""), port, uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
    }

    /** The host where it is an IP address. */
    Optional<InetAddress> literal() {
        try {
            return Optional.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** As it stands in the Host field (RFC 9110, section 7.2). */
    String authority() {
        String name = host.contains(":") ? "[" + host + "]" : host;
        return port == (tls ? HTTPS_PORT : HTTP_PORT) ? name : name + ":" + port;
    }
}
