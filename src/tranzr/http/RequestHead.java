package tranzr.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The request line and the header fields of one request, checked for what the JDK's server lets through although HTTP does not
 * allow it.
 *
 * @param rawPath not decoded; begins with a slash
 * @param rawQuery null when there is none
 * @param authority host and port as the client named them; null when an HTTP/1.0 client named none
 * @param contentLength in bytes; 0 without a body, -1 when chunked
 */
record RequestHead(String method, String rawPath, String rawQuery, String authority, Headers headers, long contentLength) {

    /** @throws BadRequestException with one of the codes below */
    static RequestHead check(HttpExchange exchange) {
        Headers headers = exchange.getRequestHeaders();
        String protocol = exchange.getProtocol();
        boolean oldest = protocol.equals("HTTP/1.0");
        if (!oldest && !protocol.equals("HTTP/1.1")) {
            throw bad("invalid_http_version", null, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
        }
        if (!Syntax.isToken(exchange.getRequestMethod())) {
            throw bad("invalid_method", null, "The method is not a token (RFC 9110, section 9.1).");
        }
        headers.forEach(RequestHead::checkValues);
        String host = host(headers, oldest);
        long contentLength = contentLength(headers, oldest);
        checkExpectation(headers);

        // The URI class takes a target like //a/b for an authority, so the path is cut from what was really sent.
        String target = exchange.getRequestURI().toString();
        String authority = host;
        if (!target.startsWith("/")) {
            URI uri = exchange.getRequestURI();
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (!web || uri.getRawAuthority() == null || !isAuthority(uri.getRawAuthority())) {
                throw bad("invalid_request_target", null, "The request target is neither a path nor an http URL.");
            }
            authority = uri.getRawAuthority(); // RFC 9112, section 3.2.2: it replaces Host
            target = target.substring(target.indexOf("//") + 2 + authority.length());
            target = target.startsWith("/") ? target : "/" + target;
        }
        if (target.indexOf('#') >= 0) {
            throw bad("invalid_request_target", null, "A request target has no fragment.");
        }
        int query = target.indexOf('?');
        return new RequestHead(exchange.getRequestMethod(), query < 0 ? target : target.substring(0, query),
                query < 0 ? null : target.substring(query + 1), authority, headers, contentLength);
    }

    boolean hasBody() {
        return headers.containsKey("Content-Length") || headers.containsKey("Transfer-Encoding");
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    boolean isChunked() {
        return contentLength < 0;
    }

    /** Whether the client does not want to use the connection again (RFC 9112, section 9.6); the server below misses it in a list. */
    boolean wantsClose() {
        return headers.getOrDefault("Connection", List.of()).stream()
                .anyMatch(line -> (',' + line.toLowerCase(Locale.ROOT).replaceAll("\\s", "") + ',').contains(",close,"));
    }

    private static void checkValues(String name, List<String> values) {
        for (String value : values) {
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c < ' ' && c != '\t' || c == 0x7f) {
                    throw bad("invalid_header", name, "A control character in the value of a header field (RFC 9110, section 5.5).");
                }
            }
        }
    }

    private static String host(Headers headers, boolean oldest) {
        List<String> hosts = headers.getOrDefault("Host", List.of());
        if (hosts.isEmpty() && oldest) {
            return null;
        }
        if (hosts.size() != 1) {
            throw bad("invalid_host", "Host", "A request has exactly one Host field (RFC 9112, section 3.2).");
        }
        if (!isAuthority(hosts.getFirst())) {
            throw bad("invalid_host", "Host", "The Host field does not name a host, or a host and a port.");
        }
        return hosts.getFirst();
    }

    /**
     * A host name, an IPv4 address or an IPv6 address in brackets, and perhaps a port. Stricter than RFC 3986, section 3.2.2, which also
     * allows signs no name in the DNS has: the host appears in links that people copy.
     */
    static boolean isAuthority(String text) {
        int colon = text.startsWith("[") ? text.indexOf(':', Math.max(0, text.indexOf(']'))) : text.indexOf(':');
        String host = colon < 0 ? text : text.substring(0, colon);
        String port = colon < 0 ? "80" : text.substring(colon + 1);
        boolean portFits = Syntax.isDigits(port) && port.length() <= 5 && Integer.parseInt(port) <= 65_535;
        if (host.startsWith("[")) {
            return portFits && host.endsWith("]") && host.length() > 3
                    && host.substring(1, host.length() - 1).chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80 || c == ':' || c == '.');
        }
        return portFits && !host.isEmpty() && host.length() <= 255
                && host.chars().allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || c == '-' || c == '.' || c == '_' || c == '~'));
    }

    private static long contentLength(Headers headers, boolean oldest) {
        if (headers.containsKey("Transfer-Encoding")) { // the server below has refused all but a single "chunked"
            if (oldest) {
                throw bad("invalid_transfer_encoding", "Transfer-Encoding",
                        "HTTP/1.0 has no transfer codings (RFC 9112, section 6.1).");
            }
            return -1;
        }
        String length = headers.getFirst("Content-Length");
        if (length == null) {
            return 0;
        }
        if (!Syntax.isDigits(length)) {
            throw bad("invalid_content_length", "Content-Length", "Content-Length is not a number of digits only.");
        }
        return Long.parseLong(length); // the server below has read it as a long
    }

    private static void checkExpectation(Headers headers) {
        for (String expectation : headers.getOrDefault("Expect", List.of())) {
            if (!expectation.equalsIgnoreCase("100-continue")) {
                throw new BadRequestException(417, "expectation_failed", "Expect", "The only expectation known here is 100-continue.");
            }
        }
    }

    static BadRequestException bad(String code, String field, String detail) {
        return new BadRequestException(400, code, field, detail);
    }

    /** The answer to a request that never becomes a {@link Request}. */
    static Response refusal(BadRequestException e) {
        String title = switch (e.status()) {
            case 408 -> "Request timeout";
            case 413 -> "Content too large";
            case 414 -> "URI too long";
            case 417 -> "Expectation failed";
            case 431 -> "Request header fields too large";
            case 404 -> "Not found";
            case 501 -> "Not implemented";
            default -> e.status() < 500 ? "Bad request" : "Internal error";
        };
        boolean retryable = e.status() == 408;
        return Response.problem(e.status(), e.code(), title, e.getMessage(),
                e.field() == null ? Map.of("retryable", retryable) : Map.of("field", e.field(), "retryable", retryable));
    }
}
