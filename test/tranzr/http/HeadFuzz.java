package tranzr.http;

import com.sun.net.httpserver.Headers;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tranzr.fuzz.Expect;
import tranzr.fuzz.FuzzTarget;
import tranzr.fuzz.Target;

/** Heads of requests, without a connection. */
public final class HeadFuzz {

    static final String[] HEADS = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /s/x%20y/%C3%BC?a=1&b=%2B+c HTTP/1.1\r\nHost: a.example:8000\r\nRange: bytes=0-5\r\nAccept: text/html;q=0.5, */*\r\n\r\n",
        "PUT /a HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 5\r\n\r\nhello", "HEAD http://a.example/b HTTP/1.1\r\nHost: c\r\nIf-None-Match: \"x\"\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n3\r\n--b\r\n0\r\n\r\n",
        "GET / HTTP/1.0\r\nAuthorization: Basic OnNlY3JldA==\r\n\r\n", "PUT /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
        "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"};
    static final String[] WORDS = {"GET ", "HEAD ", " HTTP/1.1\r\n", "Host: a\r\n", "\r\n\r\n", "Content-Length: 5\r\n", "Content-Length: ", "Transfer-Encoding: chunked\r\n",
        "Connection: close\r\n", "Connection: ", "Expect: 100-continue\r\n", "Content-Type: multipart/form-data; boundary=", "Forwarded: for=", "X-Forwarded-For: ",
        "Authorization: Bearer ", "Range: bytes=", "Accept: ", "%2e%2e%2f", "%00", "?a=b&", "http://", "\r\n ", "\r\nX: ", "/", "0\r\n\r\n", "Trailer: x\r\n",
        "Upgrade: websocket\r\n", "If-Match: *\r\n", "Cookie: a=b\r\n", "#", "%"};

    private static final Pattern HEAD = Pattern.compile("(?:\r\n){0,4}[!#$%&'*+\\-.^_`|~0-9A-Za-z]+ [!-~]+ [!-~]+\r\n"
            + "(?:[!#$%&'*+\\-.^_`|~0-9A-Za-z]++:[\\t -~\\x80-\\xff]*+\r\n)*+\r\n", Pattern.DOTALL);

    private HeadFuzz() {
    }

    public static List<FuzzTarget> targets() {
        return List.of(
                Target.of("head-guard", "tranzr.http.HeadGuard").seeds(HEADS).words(WORDS).bytes(HeadFuzz::guard),
                Target.of("request", "tranzr.http.Request", "tranzr.http.RequestHead", "tranzr.http.UriText").seeds("/s/x%20y/%C3%BC\na=1&b=%2B+c\na.example:8000\ntext/html;q=0.5, */*\nBearer x",
                        "/\n\n[::1]\n\nBasic OnNlY3JldA==", "/%2e%2e/a\na&a&=b\na\napplication/json\nBasic !").words("%", "%2e", "%C3%BC", "&", "=", "+", "/", "a=", ";q=", "\n")
                        .latin(HeadFuzz::request));
    }

    /** What passes is a head by the book, and what is cut short becomes one by what is put in its place. */
    private static void guard(byte[] input) {
        HeadGuard guard = new HeadGuard();
        int at = 0;
        while (at < input.length && !guard.isDone() && guard.accept(input[at] & 0xff)) {
            at++;
        }
        String passed = new String(input, 0, at, StandardCharsets.ISO_8859_1);
        if (guard.isDone()) {
            Expect.that(HEAD.matcher(passed).matches(), "no head: " + passed);
            Expect.that(at <= ServerProperties.MAX_HEAD_BYTES, "a head of " + at + " bytes");
        } else if (guard.violation() != null) {
            FieldFuzz.refusal(guard.violation());
            HeadGuard second = new HeadGuard();
            byte[] whole = (passed + new String(guard.rest(), StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
            for (byte b : whole) {
                boolean taken = second.accept(b & 0xff);
                // The end itself may go over the limit, or not be by the book behind half a scheme; the parser behind takes both.
                boolean onlyForTheParser = guard.violation().status() == 431 || guard.rest()[0] == '/';
                if (!taken) {
                    Expect.that(onlyForTheParser, "cut short it is still none: " + passed);
                    return;
                }
            }
            Expect.that(second.isDone(), "cut short it has no end: " + passed);
        }
    }

    private static void request(String text) {
        String[] parts = Arrays.copyOf(text.split("\n", -1), 5);
        String path = parts[0].startsWith("/") ? parts[0] : "/" + parts[0];
        Headers headers = new Headers();
        put(headers, "Accept", parts[3]);
        put(headers, "Authorization", parts[4]);
        boolean host = parts[2] != null && RequestHead.isAuthority(parts[2]);
        Expect.that(!host || parts[2].chars().noneMatch(c -> c <= ' ' || c > '~' || "/@?#\"<>\\".indexOf(c) >= 0), "no authority: " + parts[2]);
        try {
            Request request = new Request(new RequestHead("GET", path, parts[1], host ? parts[2] : null, headers, 0), InputStream.nullInputStream(), ORIGIN);
            StringBuilder again = new StringBuilder();
            request.segments().forEach(segment -> again.append('/').append(URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20")));
            Expect.same(request.segments(), new Request(new RequestHead("GET", again.isEmpty() ? "/" : again.toString(), null, null, headers, 0),
                    InputStream.nullInputStream(), ORIGIN).segments(), "the segments again");
            request.accepts("application/json");
            request.bearerToken().ifPresent(token -> Expect.that(parts[4].contains(token), "a token out of nothing"));
            request.basicCredentials().ifPresent(both -> Expect.that(both.user().indexOf(':') < 0, "a colon in the user's name"));
            request.query("a").ifPresent(value -> Expect.that(parts[1].contains("a") && value.equals(reference(parts[1])), "the query: " + value));
        } catch (BadRequestException e) {
            FieldFuzz.refusal(e);
        }
    }

    /** The value of the only parameter named "a", by the JDK. */
    private static String reference(String query) {
        for (String pair : query.split("&")) {
            String[] both = pair.split("=", 2);
            if (URLDecoder.decode(both[0], StandardCharsets.UTF_8).equals("a")) {
                return both.length == 1 ? "" : URLDecoder.decode(both[1], StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    private static void put(Headers headers, String name, String value) {
        if (value != null && value.indexOf('\r') < 0) {
            headers.add(name, value);
        }
    }

    /** A GET with these fields and no body. */
    static Request request(Headers headers) {
        return new Request(new RequestHead("GET", "/", null, "a", headers, 0), InputStream.nullInputStream(), ORIGIN);
    }

    private static final Request.Origin ORIGIN = new Request.Origin() {
        @Override
        public InetAddress client() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public String baseUrl() {
            return "http://a";
        }

        @Override
        public void abort() {
            throw new AssertionError("aborted");
        }

        @Override
        public String id() {
            return "0";
        }

        @Override
        public boolean isSecure() {
            return false;
        }

        @Override
        public void whenSlow(Supplier<Response> answer) {
            throw new AssertionError("slow");
        }

        @Override
        public boolean canUpgrade() {
            return true;
        }

        @Override
        public boolean interim(int status, String reason, Map<String, String> fields) {
            return false;
        }

        @Override
        public void whenEnded(Consumer<Ended> listener) {
            throw new AssertionError("waited for");
        }

        @Override
        public void pace(Pace in, Pace out) {
            throw new AssertionError("paced");
        }
    };
}
