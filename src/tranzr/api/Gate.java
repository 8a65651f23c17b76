package tranzr.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import tranzr.access.Caller;
import tranzr.access.Permissions;
import tranzr.accounts.Identities;
import tranzr.accounts.LiveCallers;
import tranzr.accounts.SecondFactor;
import tranzr.accounts.SignedUrls;
import tranzr.http.BadRequestException;
import tranzr.http.Cors;
import tranzr.http.Handler;
import tranzr.http.Request;
import tranzr.http.WebSocketHandshake;
import tranzr.security.Tokens;
import tranzr.transfer.Failure;
import tranzr.transfer.FailureException;

/**
 * Finds out who asks, and lets through whoever has what a route needs. A token comes as {@code Authorization: Bearer}, as the password of
 * {@code Basic}, or as the cookie of a browser that has logged in.
 * <p>A server that asks for no token listens on loopback only, and there the browser of its own user is the way in for
 * others: a page whose name was rebound to 127.0.0.1 is told apart by its Host field, and a page of another site by what the
 * browser says of it.
 * <p>A cookie alone changes nothing: {@link #CSRF_HEADER} has to come with it, and the request from a page of this very origin, or of one that the operator has named
 * ({@link Cors}). Whoever sends a token beside it means the token.
 */
public final class Gate {

    /** The cookie of a browser that has logged in; the prefix binds it to this very origin (RFC 6265bis, 4.1.3.2). */
    public static final String SESSION_COOKIE = "__Host-tranzr";
    /** Must come with whatever changes something in the name of a cookie. */
    public static final String CSRF_HEADER = "X-CSRF-Token";

    /** A code of the token's second factor. */
    public static final String CODE_HEADER = "X-TOTP-Code";

    /** What a subprotocol begins with that is a token: a page cannot send {@code Authorization} with a request for a WebSocket. */
    public static final String BEARER_PROTOCOL = "bearer.";

    private static final int LOOK_AGAIN = 3;

    private final Identities identities;
    private final LiveCallers live;
    private final SecondFactor factor;
    private final SignedUrls signed;
    private final Cors cors;
    private final Optional<String> ownHost;

    /**
     * @param live told of every request that came in by a secret, until its answer is out
     * @param signed what lets in whoever has an address that it has signed
     * @param cors other origins whose pages are trusted like this server's own
     * @param baseUrl the configured one, whose host is allowed beside the names of loopback
     */
    public Gate(Identities identities, LiveCallers live, SecondFactor factor, SignedUrls signed, Cors cors, Optional<String> baseUrl) {
        this.identities = identities;
        this.live = live;
        this.factor = factor;
        this.signed = signed;
        this.cors = cors;
        this.ownHost = baseUrl.flatMap(Gate::hostOfUrl);
    }

    /**
     * The handler, behind a check of what it needs.
     *
     * @param sensitive whether it asks for the second factor of a token that has one
     */
    public Handler guard(Need need, boolean sensitive, Handler handler) {
        return request -> {
            admit(need, request);
            if (sensitive) {
                factor.require(Callers.of(request), codeOf(request));
            }
            return handler.handle(request);
        };
    }

    /** The code of a second factor that came with the request. */
    public static Optional<String> codeOf(Request request) {
        return request.header(CODE_HEADER).map(String::strip);
    }

    /** What a browser has to send as {@link #CSRF_HEADER}, beside its cookie. */
    public static String csrfToken(String cookie) {
        return Tokens.hash("csrf " + cookie).hex();
    }

    private void admit(Need need, Request request) {
        boolean tokenRequired = identities.isTokenRequired();
        if (!tokenRequired) {
            checkHost(request);
        }
        if (WebSocketHandshake.isAsked(request)) {
            checkSocketOrigin(request, tokenRequired);
        }
        boolean onlyReads = request.method().equals("GET") || request.method().equals("HEAD");
        if (need == Need.OPEN) {
            if (!onlyReads) {
                checkSite(request, false);
            }
            Callers.set(request, Caller.NOBODY);
            return;
        }
        if (need == Need.SIGNED) {
            // No page of another site has such an address but from somebody who may give it away.
            Callers.set(request, enter(request, () -> signed(request)));
            return;
        }
        if (need == Need.GUEST) {
            checkSite(request, false);
            identities.requestOf(request.path("link")).ifPresent(id -> Recorder.note(request, "request_id", id.toString()));
            Callers.set(request, enter(request, () -> identities.guest(request.path("link"), linkPassword(request).orElse(null), request.client())));
            return;
        }
        // A browser adds Basic and cookies by itself; Bearer it never does.
        if (bearerToken(request).isEmpty() && (!tokenRequired || !onlyReads || request.cookie(SESSION_COOKIE).isPresent())) {
            checkSite(request, onlyReads);
        }
        Caller caller = enter(request, () -> identify(request, tokenRequired, onlyReads));
        Callers.set(request, caller);
        if (need == Need.TOKEN && caller instanceof Caller.Guest) {
            throw refusal(ErrorCode.TOKEN_REQUIRED, "Authorization", "the link of an upload request is no token; it only brings files");
        }
        need.right().ifPresent(right -> {
            if (!Permissions.atAll(caller).contains(right)) {
                throw new FailureException(new Failure.Forbidden(right));
            }
        });
    }

    /** A token that is revoked between its look-up and its entry into the list of those under way is not overlooked. */
    private Caller enter(Request request, Supplier<Caller> identity) {
        Caller caller = Caller.NOBODY;
        for (int i = 0; i < LOOK_AGAIN; i++) {
            caller = identity.get();
            LiveCallers.Stay stay = live.enter(caller, request.pathIfAny("file_id").flatMap(Ids::parse).orElse(null), request::abort);
            request.whenEnded(_ -> stay.close());
            if (identities.isCurrent(caller)) {
                return caller;
            }
            stay.close();
        }
        throw new FailureException(caller instanceof Caller.Guest ? new Failure.RequestClosed()
                : caller instanceof Caller.Signed ? new Failure.SignatureInvalid() : new Failure.WrongToken());
    }

    /** What the address allows stays with the request. */
    private Caller signed(Request request) {
        SignedUrls.Granted granted = signed.check(new SignedUrls.Asked(request.method(), request.rawPath(), request.rawQuery().orElse(""), request.contentLength(), request.client()));
        request.attach(SignedUrls.Granted.class, granted);
        return granted.caller();
    }

    /** Basic carries it only where the token is in the path. */
    private static Optional<String> linkPassword(Request request) {
        return HeaderText.of(request, "X-Share-Password").or(() -> request.basicCredentials().map(Request.Credentials::password));
    }

    private Caller identify(Request request, boolean tokenRequired, boolean onlyReads) {
        Optional<String> token = bearerToken(request).or(() -> request.basicCredentials().map(Request.Credentials::password));
        if (token.isPresent() && (tokenRequired || token.get().startsWith(Tokens.Kind.REQUEST.prefix()))) {
            return identities.of(token.get(), HeaderText.of(request, "X-Share-Password").orElse(null), request.client());
        }
        Optional<String> cookie = request.cookie(SESSION_COOKIE);
        // Where no token is asked for, a cookie is a leftover, or of another server of this machine: cookies know no ports.
        if (token.isEmpty() && cookie.isPresent() && tokenRequired) {
            if (!onlyReads && !request.header(CSRF_HEADER).map(given -> Tokens.matches(given, csrfToken(cookie.get()))).orElse(false)) {
                throw refusal(ErrorCode.CSRF, CSRF_HEADER, "a browser that has logged in sends this field with whatever changes something");
            }
            return identities.ofSession(cookie.get(), request.client());
        }
        if (!tokenRequired) {
            return Caller.operator();
        }
        throw refusal(ErrorCode.TOKEN_REQUIRED, "Authorization",
                "send a token as 'Authorization: Bearer TOKEN', with curl: -u :TOKEN");
    }

    private static Optional<String> bearerToken(Request request) {
        return request.bearerToken().or(() -> !WebSocketHandshake.isAsked(request) ? Optional.empty()
                : WebSocketHandshake.offered(request).stream().filter(name -> name.startsWith(BEARER_PROTOCOL)).findFirst()
                        .map(name -> name.substring(BEARER_PROTOCOL.length())).filter(token -> !token.isEmpty()));
    }

    /**
     * A browser asks nobody before it lets a page open a WebSocket to another origin and talk there, in the name of a cookie, or to a server that wants no token;
     * but it always says in {@code Origin} whose page it is (RFC 6455, section 10.2). So that has to be this very origin, with its port, or a trusted one, whoever asks;
     * and a cookie without it is not taken for a browser's.
     */
    private void checkSocketOrigin(Request request, boolean tokenRequired) {
        Optional<String> origin = request.header("Origin");
        boolean byToken = tokenRequired && bearerToken(request).isPresent();
        boolean byCookie = tokenRequired && !byToken && request.cookie(SESSION_COOKIE).isPresent();
        boolean trusted = origin.isEmpty() ? !byCookie
                : byToken && cors.isAny() || cors.origins().contains(origin.get()) || isOwnOrigin(request, origin.get());
        if (!trusted) {
            throw refusal(ErrorCode.CROSS_SITE, "Origin", "a page of another origin may not open a WebSocket here");
        }
    }

    private static boolean isOwnOrigin(Request request, String origin) {
        boolean https = origin.startsWith("https://");
        Optional<String> from = placeOfUrl(origin);
        Optional<String> named = request.authority().flatMap(authority -> placeOfUrl((https ? "https://" : "http://") + authority));
        return from.isPresent() && (https || !request.isSecure()) && (from.equals(named) || from.equals(placeOfUrl(request.baseUrl())));
    }

    private void checkHost(Request request) {
        Optional<String> host = request.header("Host").flatMap(Gate::hostOfAuthority);
        // An HTTP/1.0 client may leave the field out; a browser never does.
        if (host.isPresent() && !isLoopback(host.get()) && !ownHost.equals(host)) {
            throw refusal(ErrorCode.FORBIDDEN_HOST, "Host", "this server is open to its own machine only and does not answer to this "
                    + "name; start it with --base-url to allow the name, or with a token");
        }
    }

    /**
     * Refuses what a page of another site, or of another origin of this site, sends, even if it only reads: a picture would be shown there. What a browser says of it in
     * {@code Sec-Fetch-Site} is exact; the host in {@code Origin} is what older ones say. Whoever follows a link of this site looks at the answer alone.
     */
    private void checkSite(Request request, boolean onlyReads) {
        Optional<String> origin = request.header("Origin");
        if (origin.isPresent() && cors.origins().contains(origin.get())) {
            return;
        }
        boolean link = onlyReads && request.header("Sec-Fetch-Mode").filter("navigate"::equalsIgnoreCase).isPresent();
        if (isFrom(request, "cross-site") || isFrom(request, "same-site") && !link) {
            throw refusal(ErrorCode.CROSS_SITE, "Sec-Fetch-Site", "a page of another site may not do this");
        }
        if (origin.isEmpty()) {
            return;
        }
        Optional<String> from = hostOfUrl(origin.get());
        Optional<String> here = request.header("Host").flatMap(Gate::hostOfAuthority);
        if (from.isEmpty() || !(from.equals(here) || from.equals(hostOfUrl(request.baseUrl())))) {
            throw refusal(ErrorCode.CROSS_SITE, "Origin", "a page of another site may not do this");
        }
    }

    private static boolean isFrom(Request request, String site) {
        return request.header("Sec-Fetch-Site").filter(site::equalsIgnoreCase).isPresent();
    }

    /** Whether a browser keeps a cookie that is for HTTPS only: over HTTPS, and on its own machine. */
    public static boolean keepsSecureCookies(Request request) {
        return request.isSecure() || request.header("Host").flatMap(Gate::hostOfAuthority).filter(Gate::isLoopback).isPresent();
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

    /** Host and port of a URL of HTTP or HTTPS. */
    private static Optional<String> placeOfUrl(String url) {
        int port = url.startsWith("https://") ? 443 : url.startsWith("http://") ? 80 : -1;
        return port < 0 ? Optional.empty() : hostOfUrl(url).map(host -> host + ":" + (URI.create(url).getPort() < 0 ? port : URI.create(url).getPort()));
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
