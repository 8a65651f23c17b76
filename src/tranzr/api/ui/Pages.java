package tranzr.api.ui;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tranzr.api.Gate;
import tranzr.api.Problem;
import tranzr.api.Problems;
import tranzr.http.Handler;
import tranzr.http.Request;
import tranzr.http.Response;
import tranzr.transfer.FailureException;

/**
 * The pages: static documents, the same for everybody, which ask the API for all that they show. A page says {@code {{ui}}} where the path of the {@link Assets} belongs and
 * {@code {{root}}} for the path of the server, both relative to the page, so that they hold behind any proxy. Safe for several threads.
 */
public final class Pages {

    private static final String TYPE = "text/html; charset=utf-8";
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; "
            + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    /** Whoever wants something else in a frame or of its scripts says so here. */
    private static final Map<String, String> POLICIES = Map.of(
            "share.html", POLICY + "; frame-src 'self'",
            // Draws what a stranger made: without an origin wherever it is opened, without a network, and within pages from here alone.
            "pdf.html", "sandbox allow-scripts; default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:; style-src 'self'; img-src blob: data:; font-src blob: data:; form-action 'none'; "
                    + "base-uri 'none'; frame-ancestors 'self'");

    private static final Pattern PART = Pattern.compile("\\{\\{\\w+}}");

    private final Assets assets = new Assets();
    private final Map<String, byte[]> made = new ConcurrentHashMap<>();

    /** What the pages are made of. */
    public Assets assets() {
        return assets;
    }

    /** Answers with the page. @param name such as {@code login.html} */
    public Handler page(String name) {
        return request -> answer(request, 200, name);
    }

    /** Answers a browser that goes to an address with the page, and everybody else, who wants the data, with what is behind it. */
    public Handler forBrowsers(String name, Handler behind) {
        return forBrowsers(name, _ -> true, behind);
    }

    /** As {@link #forBrowsers(String, Handler)}. @param meant whether the page is what this request of a browser is about */
    public Handler forBrowsers(String name, Predicate<Request> meant, Handler behind) {
        return request -> {
            if (isForPerson(request) && meant.test(request)) {
                return answer(request, 200, name);
            }
            return behind.handle(request).header("Vary", "Accept");
        };
    }

    /**
     * As {@link #forBrowsers(String, Handler)}, with the status of what is behind, so that a page of what is over is known for one also by who does not read it.
     *
     * @param behind whose answer holds nothing that would have to be let go of
     */
    public Handler forBrowsersOf(String name, Handler behind) {
        return request -> {
            if (!isForPerson(request)) {
                return behind.handle(request).header("Vary", "Accept");
            }
            try {
                return answer(request, behind.handle(request).status(), name);
            } catch (FailureException e) {
                Problem problem = Problems.told(request, Problems.of(e.failure()));
                return answer(request, problem.status(), name);
            }
        };
    }

    /** Whether HTML is asked for before all else. Curl and wget do not name it. */
    public static boolean isForPerson(Request request) {
        return request.accepts("text/html");
    }

    /** The page with this status. */
    public Response answer(Request request, int status, String name) {
        return answer(request, status, name, Map.of());
    }

    /** The same, of a page that is not the same for everybody. @param parts each that stands in it, such as {@code {{main}}}, and by what it is replaced: markup, with everything in it escaped */
    Response answer(Request request, int status, String name, Map<String, String> parts) {
        byte[] bytes = made.computeIfAbsent(name + " " + depth(request), _ -> fill(name, depth(request)));
        if (!parts.isEmpty()) {
            // In one pass: what was put in is never looked at again, a file may be called like a part.
            String text = PART.matcher(new String(bytes, StandardCharsets.UTF_8)).replaceAll(part -> Matcher.quoteReplacement(parts.get(part.group())));
            bytes = text.getBytes(StandardCharsets.UTF_8);
        }
        Response response = Assets.packed(request, status, TYPE, bytes)
                .header("Vary", "Accept, Accept-Encoding")
                .header("Cache-Control", "no-cache")
                // A form would be sent with the origin "null" under "no-referrer" (Fetch, 3.2), as a page of somebody else's does. The address stays here.
                .header("Referrer-Policy", "same-origin")
                .header("Content-Security-Policy", POLICIES.getOrDefault(name, POLICY));
        // Elsewhere browsers take no notice of it, and complain.
        return Gate.keepsSecureCookies(request) ? response.header("Cross-Origin-Opener-Policy", "same-origin") : response;
    }

    /** How many levels the page lies below the root: none for {@code /} and {@code /a}, one for {@code /a/b}. Bounded by the routes. */
    private static int depth(Request request) {
        return Math.max(0, request.segments().size() - 1);
    }

    private byte[] fill(String name, int depth) {
        String root = depth == 0 ? "./" : "../".repeat(depth);
        String text = new String(Assets.page(name).orElseThrow(() -> new IllegalStateException("the jar lacks " + name)), StandardCharsets.UTF_8);
        return text.replace("{{ui}}", root + "ui/" + assets.version()).replace("{{root}}", root).getBytes(StandardCharsets.UTF_8);
    }
}
