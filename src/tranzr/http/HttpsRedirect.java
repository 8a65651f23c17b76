package tranzr.http;

import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;

/** Sends everybody who comes by plain HTTP to the same place by HTTPS (RFC 9110, section 15.4.9). Safe for several threads. */
public final class HttpsRedirect implements Handler {

    private static final int HTTPS_PORT = 443;

    private final Optional<String> baseUrl;
    private final IntSupplier port;

    /**
     * @param baseUrl where to, without a slash at the end; empty for the host that the client named
     * @param port of HTTPS on that host
     */
    public HttpsRedirect(Optional<String> baseUrl, IntSupplier port) {
        this.baseUrl = baseUrl;
        this.port = port;
    }

    @Override
    public Response handle(Request request) {
        String base = baseUrl.orElseGet(() -> "https://" + host(request) + (port.getAsInt() == HTTPS_PORT ? "" : ":" + port.getAsInt()));
        return Response.problem(308, "https_required", "Permanent redirect", "This is spoken by HTTPS only.", Map.of("retryable", false))
                .header("Location", base + request.rawPath() + request.rawQuery().map(query -> "?" + query).orElse(""));
    }

    /** Without the port. */
    private static String host(Request request) {
        String authority = request.authority()
                .orElseThrow(() -> RequestHead.bad("invalid_host", "Host", "Without a Host field nobody knows where to send you."));
        int colon = authority.indexOf(':', Math.max(0, authority.indexOf(']')));
        return colon < 0 ? authority : authority.substring(0, colon);
    }
}
