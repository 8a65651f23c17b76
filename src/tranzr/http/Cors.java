package tranzr.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which pages of other origins may use this server from a browser (WHATWG Fetch, section 3.2, "CORS protocol"). A page of a named origin may do what its user
 * may, with the user's credentials; with {@link #isAny} every page may call, but never with credentials that the browser adds by itself.
 *
 * @param origins each like {@code https://app.example.org}, in lower case, with its port when that is not the scheme's own
 * @param isAny every origin, {@code origins} being empty then
 */
public record Cors(Set<String> origins, boolean isAny) {

    /** No page of any other origin. */
    public static final Cors NONE = new Cors(Set.of(), false);

    private static final String MAX_AGE_SECONDS = "7200"; // no browser keeps it longer
    private static final Set<String> REQUEST_FIELDS = Set.of("authorization", "accept", "content-type", "content-range", "content-disposition", "range",
            "repr-digest", "content-digest", "digest", "want-repr-digest", "want-content-digest");
    private static final List<String> REQUEST_PREFIXES = List.of("x-", "if-", "tus-", "upload-");
    private static final String ANSWER_FIELDS = "Accept-Patch, Accept-Ranges, Allow, Content-Digest, Content-Disposition, Content-Range, ETag, Link, Location, Repr-Digest, "
            + "Retry-After, Tus-Checksum-Algorithm, Tus-Extension, Tus-Max-Size, Tus-Resumable, Tus-Version, Upload-Complete, Upload-Concat, Upload-Defer-Length, "
            + "Upload-Draft-Interop-Version, Upload-Expires, Upload-Incomplete, Upload-Length, Upload-Limit, Upload-Metadata, Upload-Offset, WWW-Authenticate, X-Content-SHA256, X-Delete-Url, "
            + "X-File-Id, X-Request-Id, X-Share-Password, X-Share-Url, X-Total-Count";

    public Cors {
        origins = Set.copyOf(origins);
    }

    /**
     * {@code none}, {@code *}, or origins separated by commas.
     *
     * @throws IllegalArgumentException with a message that follows the quoted text
     */
    public static Cors parse(String text) {
        if (text.equals("none")) {
            return NONE;
        }
        if (text.equals("*")) {
            return new Cors(Set.of(), true);
        }
        Set<String> origins = new LinkedHashSet<>();
        for (String each : text.split(",", -1)) {
            origins.add(origin(each.strip()).orElseThrow(() -> new IllegalArgumentException("has '" + each.strip()
                    + "', which is not an origin such as https://app.example.org; it has no path, and * stands alone")));
        }
        return new Cors(origins, false);
    }

    /** As a browser writes it (RFC 6454, section 6.2); empty for what is no origin of a page on the web. */
    private static Optional<String> origin(String text) {
        try {
            URI uri = new URI(text);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            boolean web = scheme.equals("http") || scheme.equals("https");
            if (!web || uri.getHost() == null || uri.getPort() > 65_535 || uri.getPort() == 0 || uri.getRawUserInfo() != null
                    || !uri.getRawPath().isEmpty() || uri.getRawQuery() != null || uri.getRawFragment() != null) {
                return Optional.empty();
            }
            boolean usual = uri.getPort() < 0 || uri.getPort() == (scheme.equals("http") ? 80 : 443);
            return Optional.of(scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + (usual ? "" : ":" + uri.getPort()));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** Whether a page of this origin may call, by the text of its {@code Origin} field. */
    public boolean allows(String origin) {
        return isAny || origins.contains(origin);
    }

    private boolean isOff() {
        return !isAny && origins.isEmpty();
    }

    /** Adds what the browser has to know. A preflight has come with the answer of {@link Router} to it. */
    void complete(Request request, Response response) {
        if (isOff()) {
            return;
        }
        String vary = response.headers().get("Vary");
        response.header("Vary", vary == null ? "Origin" : vary + ", Origin");
        List<String> origins = request.headers("Origin");
        if (origins.size() != 1 || !allows(origins.getFirst())) {
            return;
        }
        response.header("Access-Control-Allow-Origin", isAny ? "*" : origins.getFirst());
        if (!isAny) {
            response.header("Access-Control-Allow-Credentials", "true");
        }
        String allowed = response.headers().get("Allow");
        if (!isPreflight(request)) {
            response.header("Access-Control-Expose-Headers", ANSWER_FIELDS);
        } else if (allowed != null) {
            response.header("Access-Control-Allow-Methods", allowed);
            response.header("Access-Control-Max-Age", MAX_AGE_SECONDS);
            String fields = allowedFields(request);
            if (!fields.isEmpty()) {
                response.header("Access-Control-Allow-Headers", fields);
            }
        }
    }

    /** Whether a browser asks, without credentials, if it may send another request. */
    static boolean isPreflight(Request request) {
        return request.method().equals("OPTIONS") && !request.headers("Origin").isEmpty() && !request.headers("Access-Control-Request-Method").isEmpty();
    }

    private static String allowedFields(Request request) {
        return ProxyHeaders.split(String.join(",", request.headers("Access-Control-Request-Headers")), ',').stream()
                .map(field -> field.strip().toLowerCase(Locale.ROOT)).filter(Syntax::isToken)
                .filter(field -> REQUEST_FIELDS.contains(field) || REQUEST_PREFIXES.stream().anyMatch(field::startsWith))
                .distinct().collect(Collectors.joining(", "));
    }
}
