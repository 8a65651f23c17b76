package tranzr.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import tranzr.http.BadRequestException;
import tranzr.http.Handler;
import tranzr.http.Request;
import tranzr.model.Digest;
import tranzr.security.Tokens;

/**
 * Lets through whoever has the right a route needs. A token comes as {@code Authorization: Bearer}, or as the password of
 * {@code Basic}; any token that is known gives every right.
 * <p>A server that asks for no token listens on loopback only, and there the browser of its own user is the way in for
 * others: a page whose name was rebound to 127.0.0.1 is told apart by its Host field, and a page of another site by what the
 * browser says of it.
 */
public final class Gate {

    private final boolean tokenRequired;
    private final Predicate<Digest> known;
    private final Optional<String> ownHost;

    /**
     * @param tokenRequired false for a server on loopback that is open to its machine
     * @param known whether a token with this SHA-256 is accepted; safe for several threads
     * @param baseUrl the configured one, whose host is allowed beside the names of loopback
     */
    public Gate(boolean tokenRequired, Predicate<Digest> known, Optional<String> baseUrl) {
        this.tokenRequired = tokenRequired;
        this.known = known;
        this.ownHost = baseUrl.flatMap(Gate::hostOfUrl);
    }

    /** The handler, behind a check of the right. */
    public Handler guard(Right right, Handler handler) {
        return request -> {
            check(right, request);
            return handler.handle(request);
        };
    }

    private void check(Right right, Request request) {
        if (!tokenRequired) {
            checkHost(request);
        }
        boolean onlyReads = request.method().equals("GET") || request.method().equals("HEAD");
        if (right == Right.OPEN) {
            if (!onlyReads) {
                checkSite(request);
            }
            return;
        }
        // A browser adds Basic by itself once its user has typed it; Bearer it never does.
        if (request.bearerToken().isEmpty() && (!tokenRequired || !onlyReads)) {
            checkSite(request);
        }
        if (tokenRequired) {
            checkToken(request.bearerToken().or(() -> request.basicCredentials().map(Request.Credentials::password)));
        }
    }

    private void checkToken(Optional<String> token) {
        if (token.isEmpty()) {
            throw refusal(ErrorCode.TOKEN_REQUIRED, "Authorization",
                    "send the server's token as 'Authorization: Bearer TOKEN', with curl: -u :TOKEN");
        }
        if (!known.test(Tokens.hash(token.get()))) {
            throw refusal(ErrorCode.WRONG_TOKEN, "Authorization", "this token is not known");
        }
    }

    private void checkHost(Request request) {
        Optional<String> host = request.header("Host").flatMap(Gate::hostOfAuthority);
        // An HTTP/1.0 client may leave the field out; a browser never does.
        if (host.isPresent() && !isLoopback(host.get()) && !ownHost.equals(host)) {
            throw refusal(ErrorCode.FORBIDDEN_HOST, "Host", "this server is open to its own machine only and does not answer to this "
                    + "name; start it with --base-url to allow the name, or with a token");
        }
    }

    private void checkSite(Request request) {
        if (request.header("Sec-Fetch-Site").filter(site -> site.equalsIgnoreCase("cross-site")).isPresent()) {
            throw refusal(ErrorCode.CROSS_SITE, "Sec-Fetch-Site", "a page of another site may not do this");
        }
        Optional<String> origin = request.header("Origin");
        if (origin.isEmpty()) {
            return;
        }
        Optional<String> from = hostOfUrl(origin.get());
        Optional<String> here = request.header("Host").flatMap(Gate::hostOfAuthority);
        if (from.isEmpty() || !(from.equals(here) || from.equals(hostOfUrl(request.baseUrl())))) {
            throw refusal(ErrorCode.CROSS_SITE, "Origin", "a page of another site may not do this");
        }
    }

    private static BadRequestException refusal(ErrorCode code, String field, String detail) {
        return new BadRequestException(code.status(), code.wireName(), field, detail);
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.endsWith(".localhost") || host.equals("[::1]") || host.equals("[0:0:0:0:0:0:0:1]")
                || host.matches("127(\\.\\d{1,3}){3}");
    }

    private static Optional<String> hostOfAuthority(String authority) {
        return hostOfUrl("http://" + authority);
    }

    /** In lower case, without the port; empty when there is none, as in {@code null} of a sandboxed page. */
    private static Optional<String> hostOfUrl(String url) {
        try {
            return Optional.ofNullable(new URI(url).getHost()).map(host -> host.toLowerCase(Locale.ROOT));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
